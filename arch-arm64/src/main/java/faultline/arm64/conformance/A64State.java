package faultline.arm64.conformance;

import faultline.arm64.abi.Arm64Exceptions;
import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.Nzcv;
import faultline.arm64.mmu.Arm64Mmu;
import faultline.arm64.mmu.Syndrome;
import faultline.core.conformance.Ending;
import faultline.core.conformance.StateLayout;
import faultline.core.conformance.StateLayout.Word;
import faultline.core.conformance.TestMemory;
import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;
import java.util.ArrayList;
import java.util.List;

/// The words of a state, as `oracle-arm64.c` names and describes them, and an [A64Cpu] as such words.
final class A64State {

    // Indices of words.

    /// X0 to X30, by number; behind them the stack pointer, which is register 31.
    static final int GENERAL = 0;

    static final int SP = 31;
    static final int PC = 32;
    static final int FLAGS = 33;

    /// Low and high halves.
    static final int VECTOR = 34;

    static final int FPCR = 98;
    static final int FPSR = 99;
    static final int THREAD = 100;
    static final int SIGNAL = 101;
    static final int SIGNAL_CODE = 102;
    static final int SIGNAL_ADDRESS = 103;

    /// Where NZCV is in PSTATE's image.
    static final int NZCV_SHIFT = 28;

    static final int SIGILL = 4;
    static final int SIGSEGV = 11;

    private static final int GENERALS = 31;
    private static final int VECTORS = 32;

    private static final int SIGVTALRM = 26;
    private static final int SIGSYS = 31;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;

    static final StateLayout LAYOUT = new StateLayout(words(), "pc", "sig");

    private A64State() {}

    private static List<Word> words() {
        List<Word> words = new ArrayList<>();
        for (int n = 0; n < GENERALS; n++) {
            words.add(new Word("x" + n, 0x0101010101010101L * (n + 1)));
        }
        words.add(new Word("sp", TestMemory.STACK));
        words.add(new Word("pc", TestMemory.CODE));
        words.add(new Word("fl", 0));
        for (int n = 0; n < VECTORS; n++) {
            words.add(new Word("v" + n + "l", 0x0202020202020202L * (n + 1)));
            words.add(new Word("v" + n + "h", ~(0x0202020202020202L * (n + 1))));
        }
        for (String name : List.of("fpcr", "fpsr", "tp", "sig", "sic", "sia")) {
            words.add(new Word(name, 0));
        }
        return words;
    }

    static void load(long[] state, A64Cpu cpu) {
        System.arraycopy(state, GENERAL, cpu.x, 0, GENERALS);
        cpu.x[A64Cpu.SP] = state[SP];
        cpu.pc = state[PC];
        Nzcv.setNzcv(cpu, state[FLAGS] >>> NZCV_SHIFT);
        System.arraycopy(state, VECTOR, cpu.v, 0, 2 * VECTORS);
        cpu.fp.setFpcr((int) state[FPCR]);
        cpu.fp.setFpsr((int) state[FPSR]);
        cpu.tpidr = state[THREAD];
    }

    static void store(A64Cpu cpu, Ending ending, long[] state) {
        System.arraycopy(cpu.x, 0, state, GENERAL, GENERALS);
        state[SP] = cpu.x[A64Cpu.SP];
        state[PC] = cpu.pc;
        state[FLAGS] = Nzcv.nzcv(cpu) << NZCV_SHIFT;
        System.arraycopy(cpu.v, 0, state, VECTOR, 2 * VECTORS);
        state[FPCR] = Integer.toUnsignedLong(cpu.fp.fpcr());
        state[FPSR] = Integer.toUnsignedLong(cpu.fp.fpsr());
        state[THREAD] = cpu.tpidr;
        switch (ending) {
            case Ending.Completed _ -> ended(state, 0, 0, 0);
            case Ending.Endless _ -> ended(state, SIGVTALRM, 0, 0);
            case Ending.SystemCall _ -> ended(state, SIGSYS, 0, 0);
            case Ending.PageFault _ -> pageFault(cpu, state);
            case Ending.Trap(GuestTrap trap) -> {
                Siginfo info = Arm64Exceptions.signal(cpu, trap);
                ended(state, info.signal(), info.code(), Arm64Mmu.untagged(info.address()));
            }
        }
    }

    private static void pageFault(A64Cpu cpu, long[] state) {
        boolean mapped = Syndrome.kind(cpu.esr) != Syndrome.TRANSLATION;
        ended(state, SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, Arm64Mmu.untagged(cpu.far));
    }

    private static void ended(long[] state, int signal, int code, long address) {
        state[SIGNAL] = signal;
        state[SIGNAL_CODE] = code;
        state[SIGNAL_ADDRESS] = address;
    }
}
