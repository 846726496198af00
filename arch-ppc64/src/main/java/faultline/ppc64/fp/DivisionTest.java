package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// Whether software division or square root by estimates works for operands (Power ISA Book I 4.6.6.1
/// and 7.6), as a field of CR: 8 in any case, 4 where an operand is extreme or denormal, 2 where its
/// exponent is near the ends.
public final class DivisionTest {

    private static final int ALWAYS = 8;
    private static final int GREATER = 4;
    private static final int EQUAL = 2;
    private static final long WORD = 0xffffffffL;

    private DivisionTest() {}

    public static int division(long a, long b) {
        return division(BinaryFormat.DOUBLE, a, b);
    }

    public static int root(long b) {
        return root(BinaryFormat.DOUBLE, b);
    }

    /// Of two singles in a doubleword: what is so of any.
    public static int divisionOfWords(long a, long b) {
        return division(BinaryFormat.SINGLE, a & WORD, b & WORD) | division(BinaryFormat.SINGLE, a >>> 32, b >>> 32);
    }

    public static int rootOfWords(long b) {
        return root(BinaryFormat.SINGLE, b & WORD) | root(BinaryFormat.SINGLE, b >>> 32);
    }

    static int division(BinaryFormat format, long a, long b) {
        boolean extreme = format.isInfinite(a) || format.isInfinite(b) || format.isZero(b);
        int ofA = exponent(format, a);
        int ofB = exponent(format, b);
        boolean near = format.isNan(a)
                || format.isNan(b)
                || ofB <= format.least
                || ofB >= format.greatest - 2
                || !format.isZero(a)
                        && (ofA - ofB >= format.greatest
                                || ofA - ofB <= format.least + 1
                                || ofA <= format.least + format.precision - 1);
        return field(extreme || format.isDenormal(b), extreme || near);
    }

    static int root(BinaryFormat format, long b) {
        boolean extreme = format.isInfinite(b) || format.isZero(b);
        boolean near =
                format.isNan(b) || format.isNegative(b) || exponent(format, b) <= format.least + format.precision - 1;
        return field(extreme || format.isDenormal(b), extreme || near);
    }

    private static int field(boolean greater, boolean equal) {
        return ALWAYS | (greater ? GREATER : 0) | (equal ? EQUAL : 0);
    }

    /// The encoded exponent less the bias.
    private static int exponent(BinaryFormat format, long x) {
        return format.biasedExponent(x) - format.bias;
    }
}
