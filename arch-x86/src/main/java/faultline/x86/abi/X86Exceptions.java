package faultline.x86.abi;

import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import faultline.x86.mmu.X86Mmu;

/// What Linux sends a program for an exception other than a page fault (`arch/x86/kernel/traps.c`).
public final class X86Exceptions {

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;

    private static final int ILL_ILLOPN = 2;
    private static final int TRAP_BRKPT = 1;
    private static final int TRAP_TRACE = 2;
    private static final int BUS_ADRALN = 1;

    private static final int FPE_INTDIV = 1;
    private static final int FPE_FLTDIV = 3;
    private static final int FPE_FLTOVF = 4;
    private static final int FPE_FLTUND = 5;
    private static final int FPE_FLTRES = 6;
    private static final int FPE_FLTINV = 7;

    // The exception bits that the x87 status word and MXCSR have in common.

    private static final int INVALID = 1;
    private static final int DENORMAL = 1 << 1;
    private static final int ZERO_DIVIDE = 1 << 2;
    private static final int OVERFLOW = 1 << 3;
    private static final int UNDERFLOW = 1 << 4;
    private static final int PRECISION = 1 << 5;

    /// MXCSR's mask bits lie so many places above its exception bits.
    private static final int MXCSR_MASKS = 7;

    private X86Exceptions() {}

    /// Also keeps what the signal frame will show. CR2 in the frame stays that of the last page
    /// fault.
    public static Siginfo signal(X86Cpu cpu, GuestTrap raised) {
        boolean stack = raised == X86Mmu.NON_CANONICAL && StackReference.isIn(cpu);
        GuestTrap trap = stack ? X86Trap.SS : raised;
        cpu.signalTrap = trap.vector();
        cpu.signalError = trap.code();
        cpu.signalResume = !trap.afterInstruction();
        return switch (trap.vector()) {
            case 0 -> Siginfo.fault(SIGFPE, FPE_INTDIV, cpu.pc);
            // DR6.BS tells a single step from INT1; so does TF.
            case 1 -> Siginfo.fault(SIGTRAP, (cpu.flags() & Flags.TF) != 0 ? TRAP_TRACE : TRAP_BRKPT, cpu.pc);
            // Not TRAP_BRKPT, which the name suggests: x86 sends SI_KERNEL, and debuggers rely on it.
            case 3 -> Siginfo.kernel(SIGTRAP);
            case 6 -> Siginfo.fault(SIGILL, ILL_ILLOPN, cpu.pc);
            case 11, 12 -> Siginfo.kernel(SIGBUS);
            case 16 -> Siginfo.fault(SIGFPE, floatingPoint(cpu.fpStatus & ~cpu.fpControl), cpu.pc);
            case 17 -> Siginfo.fault(SIGBUS, BUS_ADRALN, 0);
            case 19 -> Siginfo.fault(SIGFPE, floatingPoint(cpu.sse.mxcsr & ~(cpu.sse.mxcsr >>> MXCSR_MASKS)), cpu.pc);
            // #OF, #BR, #GP and what else user mode can raise.
            default -> Siginfo.kernel(SIGSEGV);
        };
    }

    /// The code for the unmasked exceptions of a floating-point unit, the gravest first.
    private static int floatingPoint(int unmasked) {
        if ((unmasked & INVALID) != 0) {
            return FPE_FLTINV;
        }
        if ((unmasked & ZERO_DIVIDE) != 0) {
            return FPE_FLTDIV;
        }
        if ((unmasked & OVERFLOW) != 0) {
            return FPE_FLTOVF;
        }
        if ((unmasked & (DENORMAL | UNDERFLOW)) != 0) {
            return FPE_FLTUND;
        }
        return (unmasked & PRECISION) != 0 ? FPE_FLTRES : 0;
    }
}
