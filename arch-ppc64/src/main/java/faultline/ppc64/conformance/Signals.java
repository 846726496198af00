package faultline.ppc64.conformance;

import faultline.core.cpu.GuestTrap;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64Trap;
import faultline.ppc64.fp.Fpscr;

/// Which signal Linux sends for an exception (`arch/powerpc/kernel/traps.c`, `mm/fault.c`).
///
/// @param number of the signal
/// @param code `si_code`
/// @param address `si_addr`
record Signals(int number, int code, long address) {

    static final int SIGILL = 4;
    static final int SIGFPE = 8;
    static final int SIGSEGV = 11;

    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;

    private static final int ILL_ILLOPC = 1;
    private static final int ILL_PRVOPC = 5;
    private static final int TRAP_BRKPT = 1;
    private static final int BUS_ADRALN = 1;
    private static final int BUS_OBJERR = 3;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;

    private static final int FPE_FLTDIV = 3;
    private static final int FPE_FLTOVF = 4;
    private static final int FPE_FLTUND = 5;
    private static final int FPE_FLTRES = 6;
    private static final int FPE_FLTINV = 7;

    private static final long DSISR_NOHPTE = 0x4000_0000;

    /// A page fault's.
    static Signals ofFault(Ppc64Cpu cpu) {
        cpu.noteStorageInterrupt();
        boolean mapped = (cpu.dsisr & DSISR_NOHPTE) == 0;
        return new Signals(SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, cpu.dar);
    }

    /// That of any other exception.
    static Signals of(Ppc64Cpu cpu, GuestTrap trap) {
        if (trap == Ppc64Trap.ALIGNMENT) {
            return new Signals(SIGBUS, BUS_ADRALN, cpu.dar);
        }
        if (trap == Ppc64Trap.NO_ATOMIC_OPERATION) {
            return new Signals(SIGBUS, BUS_OBJERR, cpu.dar);
        }
        if (trap == Ppc64Trap.TRAP) {
            return new Signals(SIGTRAP, TRAP_BRKPT, cpu.pc);
        }
        if (trap == Ppc64Trap.FLOATING_POINT) {
            return new Signals(SIGFPE, floatCode((int) cpu.fp.fpscr()), cpu.pc);
        }
        return new Signals(SIGILL, trap == Ppc64Trap.PRIVILEGED ? ILL_PRVOPC : ILL_ILLOPC, cpu.pc);
    }

    /// The first exception that is there and enabled.
    private static int floatCode(int fpscr) {
        if ((fpscr & Fpscr.VX) != 0 && (fpscr & Fpscr.VE) != 0) {
            return FPE_FLTINV;
        }
        if ((fpscr & Fpscr.OX) != 0 && (fpscr & Fpscr.OE) != 0) {
            return FPE_FLTOVF;
        }
        if ((fpscr & Fpscr.UX) != 0 && (fpscr & Fpscr.UE) != 0) {
            return FPE_FLTUND;
        }
        return (fpscr & Fpscr.ZX) != 0 && (fpscr & Fpscr.ZE) != 0 ? FPE_FLTDIV : FPE_FLTRES;
    }
}
