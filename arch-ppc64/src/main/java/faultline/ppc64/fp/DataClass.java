package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;
import faultline.core.fp.QuadFloat;

/// The fields of numbers, and tests of what kind they are (Power ISA Book I 7.6.1.4, "Test Data Class").
public final class DataClass {

    // The mask of a test, for positive numbers; the bit below is for negative ones.

    private static final int NAN = 1 << 6;
    private static final int INFINITY = 1 << 5;
    private static final int ZERO = 1 << 3;
    private static final int DENORMAL = 1 << 1;

    // A field of CR: the sign, whether the class is asked for, whether the number is no single.

    private static final int NEGATIVE = 8;
    private static final int MATCHES = 2;
    private static final int NO_SINGLE = 1;

    private DataClass() {}

    /// Whether a number is of a class in the mask.
    public static boolean matches(BinaryFormat format, long b, int mask) {
        return (mask & classOf(format, b)) != 0;
    }

    private static int classOf(BinaryFormat format, long b) {
        if (format.isNan(b)) {
            return NAN;
        }
        int kind = format.isInfinite(b) ? INFINITY : format.isZero(b) ? ZERO : format.isDenormal(b) ? DENORMAL : 0;
        return format.isNegative(b) ? kind >> 1 : kind;
    }

    /// The field of CR that a test gives.
    public static int field(BinaryFormat format, long b, int mask) {
        return field(format.isNegative(b), matches(format, b, mask));
    }

    /// The same of a number of quadruple precision.
    public static int fieldOfQuad(long high, long low, int mask) {
        boolean negative = QuadFloat.isNegative(high);
        int kind = QuadFloat.isNan(high, low)
                ? NAN
                : QuadFloat.isInfinite(high, low)
                        ? INFINITY
                        : QuadFloat.isZero(high, low) ? ZERO : QuadFloat.isDenormal(high, low) ? DENORMAL : 0;
        return field(negative, (mask & (negative && kind != NAN ? kind >> 1 : kind)) != 0);
    }

    private static int field(boolean negative, boolean matches) {
        return (negative ? NEGATIVE : 0) | (matches ? MATCHES : 0);
    }

    /// The same of a double as a single: it is denormal below the normal singles, and may have no place
    /// among them at all.
    public static int fieldOfSingle(long b, int mask) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        int exponent = format.biasedExponent(b) - format.bias;
        boolean small = !format.isZero(b) && exponent < BinaryFormat.SINGLE.least;
        int kind = small ? (format.isNegative(b) ? DENORMAL >> 1 : DENORMAL) : classOf(format, b);
        return field(format.isNegative(b), (mask & kind) != 0)
                | (Singles.toDouble(Singles.toSingle(b)) != b ? NO_SINGLE : 0);
    }

    /// The significand with the bit that normal numbers imply.
    public static long significand(BinaryFormat format, long b) {
        boolean normal = format.biasedExponent(b) != 0 && !format.isNan(b) && !format.isInfinite(b);
        return format.fraction(b) | (normal ? 1L << format.precision - 1 : 0);
    }

    /// A number with sign and fraction of one, and this exponent.
    public static long withExponent(BinaryFormat format, long b, long exponent) {
        long mask = format.infinity(false);
        return b & ~mask | exponent << format.precision - 1 & mask;
    }
}
