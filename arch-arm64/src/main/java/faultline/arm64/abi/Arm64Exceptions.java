package faultline.arm64.abi;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.mmu.Arm64Mmu;
import faultline.arm64.mmu.Syndrome;
import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;

/// What Linux sends a program for an exception other than a page fault (`arch/arm64/kernel/traps.c`,
/// `debug-monitors.c`).
public final class Arm64Exceptions {

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;

    private static final int ILL_ILLOPC = 1;
    private static final int TRAP_BRKPT = 1;
    private static final int BUS_ADRALN = 1;

    private static final int EC_BRK = 0x3c;

    private Arm64Exceptions() {}

    /// Also keeps what the signal frame will show. The vector of a trap is its exception class, the
    /// code its syndrome.
    public static Siginfo signal(A64Cpu cpu, GuestTrap trap) {
        long esr = (long) trap.vector() << Syndrome.EC_SHIFT | Syndrome.IL | trap.code();
        return switch (trap.vector()) {
            case Syndrome.EC_UNKNOWN -> undefined(cpu);
            // Leaves the fault registers of the frame as they were.
            case EC_BRK -> Siginfo.fault(SIGTRAP, TRAP_BRKPT, cpu.pc);
            case Syndrome.EC_DATA_ABORT -> {
                cpu.noteFault(Arm64Mmu.untagged(cpu.far), esr);
                yield Siginfo.fault(SIGBUS, BUS_ADRALN, cpu.far);
            }
            case Syndrome.EC_SP_ALIGNMENT -> {
                cpu.noteFault(0, esr);
                yield Siginfo.fault(SIGBUS, BUS_ADRALN, cpu.x[A64Cpu.SP]);
            }
            default -> undefined(cpu);
        };
    }

    /// No instruction; or no address of one, which the hardware finds out before it fetches.
    private static Siginfo undefined(A64Cpu cpu) {
        if ((cpu.pc & 3) != 0) {
            cpu.noteFault(0, (long) Syndrome.EC_PC_ALIGNMENT << Syndrome.EC_SHIFT | Syndrome.IL);
            return Siginfo.fault(SIGBUS, BUS_ADRALN, cpu.pc);
        }
        cpu.noteFault(0, 0);
        return Siginfo.fault(SIGILL, ILL_ILLOPC, cpu.pc);
    }
}
