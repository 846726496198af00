package faultline.core.fp;

import org.jspecify.annotations.Nullable;

/// The binary interchange formats, as bit patterns in the low bits of a `long` (IEEE 754-2019, 3.4).
public enum BinaryFormat {
    HALF(11, 15, true),

    /// Arm's alternative half precision, which has one more exponent instead of infinities and NaNs.
    ALTERNATIVE_HALF(11, 15, false),

    SINGLE(24, 127, true),
    DOUBLE(53, 1023, true),

    /// Patterns of double precision, where results are rounded to single precision and its range: they
    /// are singles, denormal ones included, written as doubles.
    SINGLE_AS_DOUBLE(53, 1023, true, SINGLE);

    /// Bits of the significand, the implied one included.
    public final int precision;

    public final int bias;

    /// Exponents of the least and the greatest normal numbers.
    public final int least;

    public final int greatest;

    /// Whether there are infinities and NaNs.
    public final boolean hasInfinities;

    /// Whose precision and exponents results have: its own where it says nothing else.
    public final BinaryFormat range;

    private final long fraction;
    private final long exponent;
    private final long sign;

    /// What infinity has where finite numbers have exponent and fraction; more than any pattern
    /// where there is none.
    private final long infinity;

    BinaryFormat(int precision, int bias, boolean hasInfinities) {
        this(precision, bias, hasInfinities, null);
    }

    BinaryFormat(int precision, int bias, boolean hasInfinities, @Nullable BinaryFormat range) {
        this.range = range == null ? this : range;
        this.precision = precision;
        this.bias = bias;
        this.hasInfinities = hasInfinities;
        least = 1 - bias;
        greatest = hasInfinities ? bias : bias + 1;
        fraction = (1L << precision - 1) - 1;
        exponent = (2L * bias + 1) << precision - 1;
        sign = fraction + exponent + 1;
        infinity = hasInfinities ? exponent : Long.MAX_VALUE;
    }

    /// The bits of a number.
    public long mask() {
        return sign | exponent | fraction;
    }

    public boolean isNan(long x) {
        return (x & exponent + fraction) > infinity;
    }

    public boolean isSignalling(long x) {
        return isNan(x) && (x & quietBit()) == 0;
    }

    public boolean isInfinite(long x) {
        return (x & exponent + fraction) == infinity;
    }

    public boolean isZero(long x) {
        return (x & exponent + fraction) == 0;
    }

    public boolean isDenormal(long x) {
        return (x & exponent) == 0 && (x & fraction) != 0;
    }

    public boolean isNegative(long x) {
        return (x & sign) != 0;
    }

    public long quietBit() {
        return fraction + 1 >> 1;
    }

    /// A quiet NaN without a payload, as operations invent it.
    public long nan(boolean negative) {
        return zero(negative) | exponent | quietBit();
    }

    public long negated(long x) {
        return x ^ sign;
    }

    public long absolute(long x) {
        return x & ~sign;
    }

    public long zero(boolean negative) {
        return negative ? sign : 0;
    }

    public long infinity(boolean negative) {
        return zero(negative) | exponent;
    }

    /// The largest finite number.
    public long largest(boolean negative) {
        return packRounded(negative, range.greatest, (1L << range.precision) - 1);
    }

    /// The exponent as it is encoded.
    public int biasedExponent(long x) {
        return (int) ((x & exponent) >>> precision - 1);
    }

    /// The bits behind the exponent.
    public long fraction(long x) {
        return x & fraction;
    }

    /// The exponent of a finite nonzero number's first significant bit.
    public int exponent(long x) {
        int biased = biasedExponent(x);
        return biased == 0 ? least - (precision - 64 + Long.numberOfLeadingZeros(x & fraction)) : biased - bias;
    }

    /// The significand of a finite nonzero number with its first bit moved to bit 62.
    public long significand(long x) {
        long bits = x & fraction | ((x & exponent) == 0 ? 0 : fraction + 1);
        return bits << Long.numberOfLeadingZeros(bits) - 1;
    }

    /// A number from its fields; a significand that reaches `2^precision` or lacks the implied bit
    /// moves the exponent as it should.
    public long pack(boolean negative, int biasedExponent, long significand) {
        return zero(negative) | ((long) biasedExponent << precision - 1) + significand;
    }

    /// A normal number whose significand is rounded to the precision of [#range], `2^precision`
    /// included.
    long packRounded(boolean negative, int ofFirstBit, long significand) {
        return pack(negative, ofFirstBit + bias - 1, significand << precision - range.precision);
    }

    /// So many of the least numbers of [#range].
    long packDenormal(boolean negative, long count) {
        if (range == this || count == 0) {
            return pack(negative, 0, count);
        }
        int zeros = Long.numberOfLeadingZeros(count);
        int ofFirstBit = range.least - range.precision + Long.SIZE - zeros;
        return pack(negative, ofFirstBit + bias - 1, count << zeros - Long.SIZE + precision);
    }
}
