package faultline.ppc64.abi;

import faultline.core.cpu.GuestTrap;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Siginfo;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64Trap;
import faultline.ppc64.fp.Fpscr;
import org.jspecify.annotations.Nullable;

/// What Linux does for an interrupt other than one of storage (`arch/powerpc/kernel/traps.c`): it sends
/// a signal, or executes the instruction itself.
final class Ppc64Exceptions {

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;

    private static final int ILL_ILLOPC = 1;
    private static final int ILL_PRVOPC = 5;
    private static final int TRAP_BRKPT = 1;
    private static final int BUS_ADRALN = 1;
    private static final int BUS_OBJERR = 3;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;

    /// Of `align_ctl`: the program wants the signal.
    private static final int PR_UNALIGN_SIGBUS = 2;

    private static final int INSTRUCTION_BYTES = 4;

    private static final int FPE_FLTDIV = 3;
    private static final int FPE_FLTOVF = 4;
    private static final int FPE_FLTUND = 5;
    private static final int FPE_FLTRES = 6;
    private static final int FPE_FLTINV = 7;
    private static final int FPE_FLTUNK = 14;

    private Ppc64Exceptions() {}

    /// The signal, or null where the instruction has been executed. Also keeps what the signal frame
    /// will show.
    static @Nullable Siginfo signal(Ppc64Cpu cpu, UserMemory memory, GuestTrap trap) {
        cpu.thread.trap = trap.vector();
        cpu.thread.result = 0;
        return switch (trap.vector()) {
            case Ppc64Trap.ALIGNMENT_VECTOR -> alignment(cpu, memory);
            // An atomic memory operation that does not exist.
            case Ppc64Trap.DATA_STORAGE_VECTOR -> {
                cpu.dsisr = trap.code();
                yield Siginfo.fault(SIGBUS, BUS_OBJERR, cpu.dar);
            }
            case Ppc64Trap.PROGRAM_VECTOR -> program(cpu, memory, trap.code());
            default -> Siginfo.fault(SIGILL, ILL_ILLOPC, cpu.pc);
        };
    }

    /// `alignment_exception`.
    private static @Nullable Siginfo alignment(Ppc64Cpu cpu, UserMemory memory) {
        try {
            boolean wanted = (cpu.thread.alignment & PR_UNALIGN_SIGBUS) == 0;
            if (wanted && AlignmentFix.execute(cpu, memory, memory.load32(cpu.pc))) {
                cpu.pc += INSTRUCTION_BYTES;
                return null;
            }
        } catch (ErrnoException _) {
            return Siginfo.fault(SIGSEGV, SEGV_ACCERR, cpu.dar);
        }
        return Siginfo.fault(SIGBUS, BUS_ADRALN, cpu.dar);
    }

    /// `program_check_exception`: SRR1 says why.
    private static @Nullable Siginfo program(Ppc64Cpu cpu, UserMemory memory, long reason) {
        if ((reason & Ppc64Trap.SRR1_FP_ENABLED) != 0) {
            return Siginfo.fault(SIGFPE, floatCode(cpu.fp.fpscr()), cpu.pc);
        }
        if ((reason & Ppc64Trap.SRR1_TRAP) != 0) {
            return Siginfo.fault(SIGTRAP, TRAP_BRKPT, cpu.pc);
        }
        try {
            if (Emulation.execute(cpu, memory.load32(cpu.pc))) {
                cpu.pc += INSTRUCTION_BYTES;
                return null;
            }
        } catch (ErrnoException _) {
            return Siginfo.fault(SIGSEGV, SEGV_MAPERR, cpu.pc);
        }
        return Siginfo.fault(SIGILL, (reason & Ppc64Trap.SRR1_PRIVILEGED) != 0 ? ILL_PRVOPC : ILL_ILLOPC, cpu.pc);
    }

    /// `__parse_fpscr`: the first exception that is there and enabled.
    static int floatCode(long fpscr) {
        int bits = (int) fpscr;
        if (isEnabled(bits, Fpscr.VE, Fpscr.VX)) {
            return FPE_FLTINV;
        }
        if (isEnabled(bits, Fpscr.OE, Fpscr.OX)) {
            return FPE_FLTOVF;
        }
        if (isEnabled(bits, Fpscr.UE, Fpscr.UX)) {
            return FPE_FLTUND;
        }
        if (isEnabled(bits, Fpscr.ZE, Fpscr.ZX)) {
            return FPE_FLTDIV;
        }
        return isEnabled(bits, Fpscr.XE, Fpscr.XX) ? FPE_FLTRES : FPE_FLTUNK;
    }

    private static boolean isEnabled(int fpscr, int enable, int exception) {
        return (fpscr & enable) != 0 && (fpscr & exception) != 0;
    }
}
