package faultline.ppc64.cpu;

/// The machine state register (Power ISA Book III 4.2.1), of which a program sees an image in signal
/// frames.
public final class Msr {

    public static final long VEC = 1 << 25;
    public static final long VSX = 1 << 23;
    public static final long FP = 1 << 13;

    /// Floating-point exceptions are precise with both of these, and none interrupts without them.
    public static final long FE0 = 1 << 11;

    public static final long FE1 = 1 << 8;

    /// SF, EE, PR, ME, IR, DR and RI: what every program runs with.
    private static final long USER = 1L << 63 | 0xd032;

    private static final long LE = 1;

    private Msr() {}

    /// MSR while a thread runs. Its floating-point and vector registers are always loaded.
    public static long of(Ppc64Cpu cpu) {
        return USER | VEC | VSX | FP | cpu.floatingPointMode | (cpu.littleEndian ? LE : 0);
    }
}
