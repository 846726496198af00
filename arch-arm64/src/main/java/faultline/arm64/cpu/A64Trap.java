package faultline.arm64.cpu;

import faultline.core.cpu.GuestTrap;

/// Exceptions by their class in ESR_ELx.EC (Arm ARM D24.2.40, "ESR_EL1").
public final class A64Trap {

    /// No instruction, or one that exists only at a higher exception level.
    public static final GuestTrap UNDEFINED = new GuestTrap("UNDEFINED", 0x00, 0);

    private static final int DATA_ABORT = 0x24;

    private static final int SP_ALIGNMENT = 0x26;

    private static final int BRK = 0x3c;

    private static final int ALIGNMENT = 0x21;
    private static final int WRITE = 1 << 6;

    /// A data abort: an instruction that reads wants its address aligned. FAR is written.
    public static final GuestTrap MISALIGNED_READ = new GuestTrap("ALIGNMENT", DATA_ABORT, ALIGNMENT);

    /// The same of one that writes.
    public static final GuestTrap MISALIGNED_WRITE = new GuestTrap("ALIGNMENT", DATA_ABORT, WRITE | ALIGNMENT);

    /// The stack pointer, as the base of an access, is not a multiple of 16 (Arm ARM D1.8, "SP alignment checking").
    public static final GuestTrap MISALIGNED_STACK = new GuestTrap("SP_ALIGNMENT", SP_ALIGNMENT, 0);

    private A64Trap() {}

    /// A breakpoint instruction; its number is the syndrome's.
    public static GuestTrap breakpoint(int number) {
        return new GuestTrap("BRK", BRK, number);
    }
}
