package faultline.ppc64.cpu;

/// The program priority register (Power ISA Book II 3.1): how much of a core a thread asks for.
public final class Ppr {

    /// Where the priority is.
    public static final int SHIFT = 50;

    private static final long PRIORITY = 7L << SHIFT;

    /// What a thread starts with: medium.
    public static final long MEDIUM = 4L << SHIFT;

    private Ppr() {}

    /// PPR after a program has written `value`: it may choose very low to medium, 1 to 4, and nothing
    /// else changes.
    public static long written(long ppr, long value) {
        long priority = value >>> SHIFT & 7;
        return priority >= 1 && priority <= 4 ? ppr & ~PRIORITY | priority << SHIFT : ppr;
    }
}
