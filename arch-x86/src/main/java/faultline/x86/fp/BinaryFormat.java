package faultline.x86.fp;

/// The two IEEE formats of SSE, as bit patterns in the low bits of a `long` (SDM volume 1, 4.2.2
/// and 4.8).
enum BinaryFormat {
    SINGLE(24, 127),
    DOUBLE(53, 1023);

    /// Bits of the significand, the implied one included.
    final int precision;

    final int bias;

    /// Exponents of the least and the greatest normal numbers.
    final int least;

    final int greatest;

    private final long fraction;
    private final long exponent;
    private final long sign;

    BinaryFormat(int precision, int bias) {
        this.precision = precision;
        this.bias = bias;
        least = 1 - bias;
        greatest = bias;
        fraction = (1L << precision - 1) - 1;
        exponent = (2L * bias + 1) << precision - 1;
        sign = fraction + exponent + 1;
    }

    boolean isNan(long x) {
        return (x & ~sign & exponent + fraction) > exponent;
    }

    boolean isSignalling(long x) {
        return isNan(x) && (x & quietBit()) == 0;
    }

    boolean isInfinite(long x) {
        return (x & exponent + fraction) == exponent;
    }

    boolean isZero(long x) {
        return (x & exponent + fraction) == 0;
    }

    boolean isDenormal(long x) {
        return (x & exponent) == 0 && (x & fraction) != 0;
    }

    boolean isNegative(long x) {
        return (x & sign) != 0;
    }

    long quietBit() {
        return fraction + 1 >> 1;
    }

    /// The NaN that operations invent: negative, quiet, no payload.
    long defaultNan() {
        return sign | exponent | quietBit();
    }

    long negated(long x) {
        return x ^ sign;
    }

    long zero(boolean negative) {
        return negative ? sign : 0;
    }

    long infinity(boolean negative) {
        return zero(negative) | exponent;
    }

    /// The largest finite number.
    long largest(boolean negative) {
        return infinity(negative) - 1;
    }

    /// The exponent of a finite nonzero number's first significant bit.
    int exponent(long x) {
        int biased = (int) ((x & exponent) >>> precision - 1);
        return biased == 0 ? least - (precision - 64 + Long.numberOfLeadingZeros(x & fraction)) : biased - bias;
    }

    /// The significand of a finite nonzero number with its first bit moved to bit 62.
    long significand(long x) {
        long bits = x & fraction | ((x & exponent) == 0 ? 0 : fraction + 1);
        return bits << Long.numberOfLeadingZeros(bits) - 1;
    }

    /// A number from its fields; a significand that reaches `2^precision` or lacks the implied bit
    /// moves the exponent as it should.
    long pack(boolean negative, int biasedExponent, long significand) {
        return zero(negative) | ((long) biasedExponent << precision - 1) + significand;
    }
}
