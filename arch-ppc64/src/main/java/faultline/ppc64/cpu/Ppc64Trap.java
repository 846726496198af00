package faultline.ppc64.cpu;

import faultline.core.cpu.GuestTrap;

/// Interrupts that are no faults of storage, by their vectors (Power ISA Book III 6.5); those of the
/// program interrupt have the bit of SRR1 that says which it is.
public final class Ppc64Trap {

    public static final int DATA_STORAGE_VECTOR = 0x300;
    public static final int ALIGNMENT_VECTOR = 0x600;
    public static final int PROGRAM_VECTOR = 0x700;
    private static final int FACILITY_VECTOR = 0xf60;

    private static final int DSISR_BAD_AMO = 4;

    /// An enabled floating-point exception.
    public static final int SRR1_FP_ENABLED = 0x100000;

    public static final int SRR1_ILLEGAL = 0x80000;
    public static final int SRR1_PRIVILEGED = 0x40000;
    public static final int SRR1_TRAP = 0x20000;

    /// No instruction, or an invalid form of one.
    public static final GuestTrap ILLEGAL = new GuestTrap("ILLEGAL", PROGRAM_VECTOR, SRR1_ILLEGAL);

    /// An instruction or register of the supervisor's.
    public static final GuestTrap PRIVILEGED = new GuestTrap("PRIVILEGED", PROGRAM_VECTOR, SRR1_PRIVILEGED);

    /// The condition of a trap instruction holds.
    public static final GuestTrap TRAP = new GuestTrap("TRAP", PROGRAM_VECTOR, SRR1_TRAP);

    /// An exception of floating point that the program has enabled.
    public static final GuestTrap FLOATING_POINT = new GuestTrap("FP_ENABLED", PROGRAM_VECTOR, SRR1_FP_ENABLED);

    /// An access that wants its address aligned. DAR is written.
    public static final GuestTrap ALIGNMENT = new GuestTrap("ALIGNMENT", ALIGNMENT_VECTOR, 0);

    /// An atomic memory operation with a function code that is none. DAR is written.
    public static final GuestTrap NO_ATOMIC_OPERATION = new GuestTrap("BAD_AMO", DATA_STORAGE_VECTOR, DSISR_BAD_AMO);

    /// A facility the kernel has not given to the program.
    public static final GuestTrap FACILITY = new GuestTrap("FACILITY", FACILITY_VECTOR, 0);

    private Ppc64Trap() {}
}
