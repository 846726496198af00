package faultline.ppc64.fp;

/// Singles in memory and in registers, where they are doubles (Power ISA Book I 4.6.2 and 4.6.3).
/// Nothing is rounded, no exception is raised, and NaNs stay as they are.
public final class Singles {

    /// The bits of a double that a single has.
    static final long BITS = -1L << 29;

    private static final long SIGN = 1L << 63;
    private static final int EXPONENT = 0xff;
    private static final long FRACTION = (1L << 23) - 1;

    private Singles() {}

    /// The double that a single in memory is (DOUBLE).
    public static long toDouble(int word) {
        long sign = (long) word << 32 & SIGN;
        int exponent = word >>> 23 & EXPONENT;
        long fraction = word & FRACTION;
        if (exponent == EXPONENT) {
            return sign | 0x7ffL << 52 | fraction << 29;
        }
        if (exponent != 0) {
            return sign | exponent + 1023L - 127 << 52 | fraction << 29;
        }
        // A denormal of single precision is exact in the host's arithmetic too.
        return sign | Double.doubleToRawLongBits(fraction * 0x1p-149);
    }

    /// The single that is stored for a double (SINGLE). What is too small for a denormal loses bits,
    /// what is too large is nonsense, both as prescribed.
    public static int toSingle(long x) {
        int sign = (int) (x >>> 32) & 1 << 31;
        int exponent = (int) (x >>> 52) & 0x7ff;
        if (exponent > 1023 - 127 || x << 1 == 0) {
            return (int) (x >>> 32) & 0xc0000000 | (int) (x >>> 29) & 0x3fffffff;
        }
        int shift = 1023 - 126 - exponent;
        long significand = x & (1L << 52) - 1 | 1L << 52;
        return shift > 24 ? sign : sign | (int) (significand >>> 29 + shift);
    }
}
