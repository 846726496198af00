package faultline.x86.conformance;

import faultline.core.conformance.Ending;
import faultline.core.conformance.StateLayout;
import faultline.core.conformance.StateLayout.Word;
import faultline.core.conformance.TestMemory;
import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;
import faultline.x86.abi.X86Exceptions;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import faultline.x86.mmu.PageFaultCode;
import java.util.ArrayList;
import java.util.List;

/// The words of a state, as `oracle-x86.c` names and describes them, and an [X86Cpu] as such words.
final class X86State {

    // Indices of words.

    /// The general registers by encoding number.
    static final int GENERAL = 0;

    static final int RIP = 16;
    static final int FLAGS = 17;
    static final int ES = 18;
    static final int DS = 19;
    static final int FS = 20;
    static final int GS = 21;
    static final int FS_BASE = 22;
    static final int GS_BASE = 23;

    /// Low and high halves.
    static final int XMM = 24;

    /// Significands, and signs with exponents, of ST(0) to ST(7).
    static final int STACK = 56;

    static final int MXCSR = 72;
    static final int CONTROL = 73;
    static final int STATUS = 74;
    static final int TAGS = 75;
    static final int OPCODE = 76;
    static final int INSTRUCTION = 77;
    static final int DATA = 78;
    static final int SIGNAL = 79;
    static final int SIGNAL_CODE = 80;
    static final int SIGNAL_ADDRESS = 81;
    static final int TRAP = 82;
    static final int ERROR = 83;
    static final int CR2 = 84;

    static final long FLAGS_STANDARD = 0x202;
    static final long MXCSR_STANDARD = 0x1f80;
    static final long CONTROL_STANDARD = 0x37f;

    private static final long TOP = 7 << 11;

    private static final int SIGVTALRM = 26;
    private static final int SIGSEGV = 11;
    private static final int SIGSYS = 31;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;

    /// Where the kernel's half begins: user addresses end a page below the hole.
    private static final long USER_END = 0x7fff_ffff_f000L;

    static final StateLayout LAYOUT = new StateLayout(words(), "rip", "sig");

    private X86State() {}

    private static List<Word> words() {
        List<Word> words = new ArrayList<>();
        String[] general = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
        for (int n = 0; n < 16; n++) {
            words.add(new Word(general[n], n == X86Cpu.RSP ? TestMemory.STACK : 0x0101010101010101L * (n + 1)));
        }
        words.add(new Word("rip", TestMemory.CODE));
        words.add(new Word("fl", FLAGS_STANDARD));
        for (String name : List.of("es", "ds", "fs", "gs", "fsb", "gsb")) {
            words.add(new Word(name, 0));
        }
        for (int n = 0; n < 16; n++) {
            words.add(new Word("x" + n + "l", 0x0202020202020202L * (n + 1)));
            words.add(new Word("x" + n + "h", ~(0x0202020202020202L * (n + 1))));
        }
        for (int n = 0; n < 8; n++) {
            words.add(new Word("s" + n + "m", 0));
            words.add(new Word("s" + n + "e", 0));
        }
        words.add(new Word("mx", MXCSR_STANDARD));
        words.add(new Word("cw", CONTROL_STANDARD));
        for (String name : List.of("sw", "tw", "op", "ip", "dp", "sig", "sic", "sia", "trap", "err", "cr2")) {
            words.add(new Word(name, 0));
        }
        return words;
    }

    static void load(long[] state, X86Cpu cpu) {
        System.arraycopy(state, GENERAL, cpu.r, 0, 16);
        cpu.pc = state[RIP];
        cpu.setFlags(state[FLAGS]);
        cpu.es = (int) state[ES];
        cpu.ds = (int) state[DS];
        cpu.fs = (int) state[FS];
        cpu.gs = (int) state[GS];
        cpu.fsBase = state[FS_BASE];
        cpu.gsBase = state[GS_BASE];
        System.arraycopy(state, XMM, cpu.v, 0, 32);
        cpu.sse.mxcsr = (int) state[MXCSR];
        cpu.fpControl = (int) state[CONTROL];
        cpu.fpStatus = (int) (state[STATUS] & ~TOP);
        cpu.fpTop = (int) (state[STATUS] & TOP) >>> 11;
        cpu.fpEmpty = (int) ~state[TAGS] & 0xff;
        cpu.fpOpcode = (int) state[OPCODE];
        cpu.fpInstruction = state[INSTRUCTION];
        cpu.fpData = state[DATA];
        for (int i = 0; i < 8; i++) {
            int register = cpu.fpTop + i & 7;
            cpu.fpMantissa[register] = state[STACK + 2 * i];
            cpu.fpSignExponent[register] = (int) state[STACK + 2 * i + 1];
        }
        cpu.writePkru(0);
    }

    static void store(X86Cpu cpu, Ending ending, long[] state) {
        System.arraycopy(cpu.r, 0, state, GENERAL, 16);
        state[RIP] = cpu.pc;
        state[FLAGS] = cpu.flags();
        state[ES] = cpu.es;
        state[DS] = cpu.ds;
        state[FS] = cpu.fs;
        state[GS] = cpu.gs;
        state[FS_BASE] = cpu.fsBase;
        state[GS_BASE] = cpu.gsBase;
        System.arraycopy(cpu.v, 0, state, XMM, 32);
        state[MXCSR] = cpu.sse.mxcsr;
        state[CONTROL] = cpu.fpControl;
        state[STATUS] = cpu.fpStatus | cpu.fpTop << 11;
        state[TAGS] = ~cpu.fpEmpty & 0xff;
        state[OPCODE] = cpu.fpOpcode;
        state[INSTRUCTION] = cpu.fpInstruction;
        state[DATA] = cpu.fpData;
        for (int i = 0; i < 8; i++) {
            int register = cpu.fpTop + i & 7;
            state[STACK + 2 * i] = cpu.fpMantissa[register];
            state[STACK + 2 * i + 1] = cpu.fpSignExponent[register];
        }
        switch (ending) {
            case Ending.Completed _ -> ended(state, 0, 0, 0, 0, 0, 0);
            case Ending.Endless _ -> ended(state, SIGVTALRM, 0, 0, 0, 0, 0);
            case Ending.SystemCall _ -> ended(state, SIGSYS, 0, 0, 0, 0, 0);
            case Ending.PageFault _ -> pageFault(cpu, state);
            case Ending.Trap(GuestTrap trap) -> trap(cpu, trap, state);
        }
    }

    /// As the kernel reports it: of the kernel's half of addresses it does not tell what is mapped.
    private static void pageFault(X86Cpu cpu, long[] state) {
        boolean present = (cpu.errorCode & PageFaultCode.P) != 0;
        boolean kernels = Long.compareUnsigned(cpu.cr2, USER_END) >= 0;
        long code = cpu.errorCode | (kernels ? PageFaultCode.P : 0);
        ended(
                state,
                SIGSEGV,
                present && !kernels ? SEGV_ACCERR : SEGV_MAPERR,
                cpu.cr2,
                X86Trap.PF.vector(),
                code,
                cpu.cr2);
    }

    private static void trap(X86Cpu cpu, GuestTrap trap, long[] state) {
        Siginfo info = X86Exceptions.signal(cpu, trap);
        ended(state, info.signal(), info.code(), info.address(), cpu.signalTrap, cpu.signalError, 0);
    }

    private static void ended(long[] state, int signal, int code, long address, int trap, long error, long cr2) {
        state[SIGNAL] = signal;
        state[SIGNAL_CODE] = code;
        state[SIGNAL_ADDRESS] = address;
        state[TRAP] = trap;
        state[ERROR] = error;
        state[CR2] = cr2;
    }
}
