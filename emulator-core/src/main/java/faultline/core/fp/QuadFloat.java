package faultline.core.fp;

/// Arithmetic on numbers of quadruple precision in plain integer operations (IEEE 754-2019, binary128).
///
/// A number is two doublewords, and so is the result of an operation: [#high] and [#low]. No operand is
/// a NaN, and no operation is invalid: both are left to whoever calls, as architectures differ there.
/// Tininess is detected before rounding. A unit belongs to one thread of the guest.
public final class QuadFloat {

    public static final int PRECISION_BITS = 113;
    public static final int BIAS = 16383;

    /// The encoded exponent of infinities and NaNs.
    public static final int MOST = 32767;

    private static final int LEAST = 1 - BIAS;
    private static final long SIGN = Long.MIN_VALUE;

    /// Where the high doubleword has its exponent.
    private static final int EXPONENT = 48;

    private static final long FRACTION = (1L << EXPONENT) - 1;
    private static final long MAGNITUDE = ~SIGN;

    /// Where the first bit of a significand is that is to be rounded; a sum has room above it.
    private static final int TOP = 252;

    /// How far an exponent is moved back into range.
    private static final int WRAP = (BIAS + 1) / 2 * 3;

    private final Wide large = new Wide();
    private final Wide small = new Wide();

    private int rounding;
    private boolean wrapsOverflow;
    private boolean wrapsUnderflow;

    private long high;
    private long low;
    private int raised;
    private boolean increased;

    // What an operation is under, and what it gives.

    /// Begins an operation under a rounding mode of [FloatRules]; results that are too large or tiny
    /// may be wanted with a wrapped exponent.
    public QuadFloat under(int mode, boolean wrapOverflow, boolean wrapUnderflow) {
        rounding = mode;
        wrapsOverflow = wrapOverflow;
        wrapsUnderflow = wrapUnderflow;
        raised = 0;
        increased = false;
        return this;
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }

    /// The exceptions of [FloatRules] that the operation had.
    public int raised() {
        return raised;
    }

    /// Whether rounding made the magnitude larger.
    public boolean isIncreased() {
        return increased;
    }

    // Fields of numbers.

    public static boolean isNan(long high, long low) {
        return biasedExponent(high) == MOST && (high & FRACTION | low) != 0;
    }

    public static boolean isSignalling(long high, long low) {
        return isNan(high, low) && (high & 1L << EXPONENT - 1) == 0;
    }

    public static boolean isInfinite(long high, long low) {
        return biasedExponent(high) == MOST && (high & FRACTION | low) == 0;
    }

    public static boolean isZero(long high, long low) {
        return (high & MAGNITUDE | low) == 0;
    }

    public static boolean isDenormal(long high, long low) {
        return biasedExponent(high) == 0 && !isZero(high, low);
    }

    public static boolean isNegative(long high) {
        return high < 0;
    }

    /// The exponent as it is encoded.
    public static int biasedExponent(long high) {
        return (int) (high >>> EXPONENT) & MOST;
    }

    /// The exponent of a finite nonzero number's first bit.
    private static int exponent(long high, long low) {
        int biased = biasedExponent(high);
        if (biased != 0) {
            return biased - BIAS;
        }
        long fraction = high & FRACTION;
        int zeros = fraction != 0
                ? Long.numberOfLeadingZeros(fraction) - (Long.SIZE - EXPONENT)
                : EXPONENT + Long.numberOfLeadingZeros(low);
        return LEAST - 1 - zeros;
    }

    /// Takes the significand of a finite nonzero number, with its first bit at bit 112.
    private static void significand(Wide to, long high, long low) {
        long implied = biasedExponent(high) == 0 ? 0 : 1L << EXPONENT;
        to.set(high & FRACTION | implied, low);
        to.shiftLeft(PRECISION_BITS - 1 - to.firstBit());
    }

    private void result(long newHigh, long newLow) {
        high = newHigh;
        low = newLow;
    }

    private void zero(boolean negative) {
        result(negative ? SIGN : 0, 0);
    }

    private void infinity(boolean negative) {
        result((negative ? SIGN : 0) | (long) MOST << EXPONENT, 0);
    }

    // Arithmetic.

    public void add(long aHigh, long aLow, long bHigh, long bLow) {
        if (isInfinite(aHigh, aLow) || isInfinite(bHigh, bLow)) {
            infinity(isNegative(isInfinite(aHigh, aLow) ? aHigh : bHigh));
        } else if (isZero(aHigh, aLow) && isZero(bHigh, bLow)) {
            zero(isNegative(aHigh) == isNegative(bHigh) ? isNegative(aHigh) : rounding == FloatRules.DOWN);
        } else if (isZero(aHigh, aLow)) {
            result(bHigh, bLow);
            exactIfTiny(bHigh, bLow);
        } else if (isZero(bHigh, bLow)) {
            result(aHigh, aLow);
            exactIfTiny(aHigh, aLow);
        } else {
            significand(large, aHigh, aLow);
            significand(small, bHigh, bLow);
            large.shiftLeft(TOP - PRECISION_BITS + 1);
            small.shiftLeft(TOP - PRECISION_BITS + 1);
            sum(isNegative(aHigh), exponent(aHigh, aLow), isNegative(bHigh), exponent(bHigh, bLow));
        }
    }

    /// A tiny operand that is the result is rounded like any: it may be wanted with another exponent.
    private void exactIfTiny(long aHigh, long aLow) {
        if (isDenormal(aHigh, aLow)) {
            significand(large, aHigh, aLow);
            large.shiftLeft(TOP - PRECISION_BITS + 1);
            round(isNegative(aHigh), exponent(aHigh, aLow), PRECISION_BITS);
        }
    }

    /// The sum of `large` and `small`, whose first bits are at [#TOP] and have these exponents.
    private void sum(boolean negative, int exponent, boolean otherNegative, int otherExponent) {
        boolean first = exponent > otherExponent || exponent == otherExponent && large.compareTo(small) >= 0;
        Wide greater = first ? large : small;
        Wide lesser = first ? small : large;
        boolean sign = first ? negative : otherNegative;
        int top = Math.max(exponent, otherExponent);
        lesser.shiftRight(Math.abs(exponent - otherExponent));
        if (negative == otherNegative) {
            greater.add(lesser);
        } else {
            greater.subtract(lesser);
        }
        if (greater.isZero()) {
            zero(rounding == FloatRules.DOWN);
            return;
        }
        large.set(greater);
        normalize(sign, top);
    }

    /// Rounds `large`, of which the bit [#TOP] has this exponent, wherever its first bit is.
    private void normalize(boolean negative, int exponent) {
        int up = TOP - large.firstBit();
        if (up >= 0) {
            large.shiftLeft(up);
        } else {
            large.shiftRight(-up);
        }
        round(negative, exponent - up, PRECISION_BITS);
    }

    public void multiply(long aHigh, long aLow, long bHigh, long bLow) {
        boolean negative = isNegative(aHigh) != isNegative(bHigh);
        if (isInfinite(aHigh, aLow) || isInfinite(bHigh, bLow)) {
            infinity(negative);
        } else if (isZero(aHigh, aLow) || isZero(bHigh, bLow)) {
            zero(negative);
        } else {
            normalize(negative, product(aHigh, aLow, bHigh, bLow));
        }
    }

    /// Puts the product of two numbers into `large`; the exponent of bit [#TOP].
    private int product(long aHigh, long aLow, long bHigh, long bLow) {
        significand(large, aHigh, aLow);
        significand(small, bHigh, bLow);
        large.setProduct(large.high(), large.low(), small.high(), small.low());
        int exponent = exponent(aHigh, aLow) + exponent(bHigh, bLow) + TOP - 2 * (PRECISION_BITS - 1);
        int up = TOP - large.firstBit();
        large.shiftLeft(up);
        return exponent - up;
    }

    /// `a * b + c`, rounded once.
    public void multiplyAdd(long aHigh, long aLow, long bHigh, long bLow, long cHigh, long cLow) {
        boolean negative = isNegative(aHigh) != isNegative(bHigh);
        if (isInfinite(aHigh, aLow) || isInfinite(bHigh, bLow)) {
            infinity(negative);
        } else if (isInfinite(cHigh, cLow)) {
            result(cHigh, cLow);
        } else if (isZero(aHigh, aLow) || isZero(bHigh, bLow)) {
            add(negative ? SIGN : 0, 0, cHigh, cLow);
        } else {
            int exponent = product(aHigh, aLow, bHigh, bLow);
            if (isZero(cHigh, cLow)) {
                normalize(negative, exponent);
                return;
            }
            significand(small, cHigh, cLow);
            small.shiftLeft(TOP - PRECISION_BITS + 1);
            sum(negative, exponent, isNegative(cHigh), exponent(cHigh, cLow));
        }
    }

    /// The quotient of numbers of which the second is not zero, unless the first is infinite.
    public void divide(long aHigh, long aLow, long bHigh, long bLow) {
        boolean negative = isNegative(aHigh) != isNegative(bHigh);
        if (isInfinite(aHigh, aLow)) {
            infinity(negative);
        } else if (isZero(bHigh, bLow)) {
            raised |= FloatRules.ZERO_DIVIDE;
            infinity(negative);
        } else if (isInfinite(bHigh, bLow) || isZero(aHigh, aLow)) {
            zero(negative);
        } else {
            significand(large, aHigh, aLow);
            significand(small, bHigh, bLow);
            quotient(negative, exponent(aHigh, aLow) - exponent(bHigh, bLow));
        }
    }

    private void quotient(boolean negative, int exponent) {
        int bits = PRECISION_BITS + 2;
        long quotientHigh = 0;
        long quotientLow = 0;
        for (int bit = 0; bit < bits; bit++) {
            quotientHigh = quotientHigh << 1 | quotientLow >>> 63;
            quotientLow <<= 1;
            if (large.compareTo(small) >= 0) {
                large.subtract(small);
                quotientLow |= 1;
            }
            large.shiftLeft(1);
        }
        boolean inexact = !large.isZero();
        large.set(quotientHigh, quotientLow);
        large.shiftLeft(TOP - bits + 1);
        setSticky(inexact);
        normalize(negative, exponent);
    }

    /// The last bit of `large`, which has been shifted left, stands for all that are lost.
    private void setSticky(boolean inexact) {
        if (inexact) {
            small.set(0, 1);
            large.add(small);
        }
    }

    /// The root of a number that is not negative, or of a zero.
    public void squareRoot(long bHigh, long bLow) {
        if (isInfinite(bHigh, bLow) || isZero(bHigh, bLow)) {
            result(bHigh, bLow);
            return;
        }
        int exponent = exponent(bHigh, bLow);
        significand(small, bHigh, bLow);
        // Two bits before the point, at the top; then two more for each bit of the root.
        small.shiftLeft(Wide.BITS - PRECISION_BITS - 1 + (exponent & 1));
        int bits = PRECISION_BITS + 2;
        long rootHigh = 0;
        long rootLow = 0;
        long restHigh = 0;
        long restLow = 0;
        for (int bit = 0; bit < bits; bit++) {
            int two = small.topTwoBits();
            small.shiftLeft(2);
            restHigh = restHigh << 2 | restLow >>> 62;
            restLow = restLow << 2 | two;
            long trialHigh = rootHigh << 2 | rootLow >>> 62;
            long trialLow = rootLow << 2 | 1;
            rootHigh = rootHigh << 1 | rootLow >>> 63;
            rootLow <<= 1;
            if (isAtLeast(restHigh, restLow, trialHigh, trialLow)) {
                restHigh -= trialHigh + (Long.compareUnsigned(restLow, trialLow) < 0 ? 1 : 0);
                restLow -= trialLow;
                rootLow |= 1;
            }
        }
        boolean inexact = (restHigh | restLow) != 0 || !small.isZero();
        large.set(rootHigh, rootLow);
        large.shiftLeft(TOP - bits + 1);
        setSticky(inexact);
        round(false, exponent >> 1, PRECISION_BITS);
    }

    private static boolean isAtLeast(long aHigh, long aLow, long bHigh, long bLow) {
        int order = Long.compareUnsigned(aHigh, bHigh);
        return order > 0 || order == 0 && Long.compareUnsigned(aLow, bLow) >= 0;
    }

    // Comparison.

    /// -1, 0 or 1 as two numbers compare.
    public static int compare(long aHigh, long aLow, long bHigh, long bLow) {
        if (isZero(aHigh, aLow) && isZero(bHigh, bLow)) {
            return 0;
        }
        if (isNegative(aHigh) != isNegative(bHigh)) {
            return isNegative(aHigh) ? -1 : 1;
        }
        int order = aHigh != bHigh ? Long.compare(aHigh, bHigh) : Long.compareUnsigned(aLow, bLow);
        return isNegative(aHigh) ? -order : order;
    }

    // Rounding.

    /// Rounds a finite number to fewer bits.
    public void toPrecision(long bHigh, long bLow, int bits) {
        if (isInfinite(bHigh, bLow) || isZero(bHigh, bLow)) {
            result(bHigh, bLow);
            return;
        }
        significand(large, bHigh, bLow);
        large.shiftLeft(TOP - PRECISION_BITS + 1);
        round(isNegative(bHigh), exponent(bHigh, bLow), bits);
    }

    /// Rounds to an integer in the same format.
    public void toIntegral(long bHigh, long bLow) {
        int exponent = isZero(bHigh, bLow) ? 0 : exponent(bHigh, bLow);
        if (isZero(bHigh, bLow) || exponent >= PRECISION_BITS - 1) {
            result(bHigh, bLow);
            return;
        }
        boolean negative = isNegative(bHigh);
        integer(negative, exponent, bHigh, bLow);
        if (large.isZero()) {
            zero(negative);
            return;
        }
        int first = large.firstBit();
        large.shiftLeft(PRECISION_BITS - 1 - first);
        pack(negative, first, large.high(), large.low());
    }

    /// Puts the integer that a finite number below 2^126 is rounded to into `large`.
    private void integer(boolean negative, int exponent, long bHigh, long bLow) {
        significand(large, bHigh, bLow);
        // One bit below the point, and one that stands for all behind it.
        large.shiftLeft(2);
        if (exponent < PRECISION_BITS - 1) {
            large.shiftRight(PRECISION_BITS - 1 - exponent);
        } else {
            large.shiftLeft(exponent - PRECISION_BITS + 1);
        }
        roundLastTwo(negative);
    }

    /// Takes the last two bits away and rounds by them.
    private void roundLastTwo(boolean negative) {
        int rest = (int) large.low() & 3;
        long odd = large.low() >>> 2 & 1;
        int increment = FloatRules.increment(negative, odd, rest, 2, rounding);
        large.dropTwoBits();
        raised |= rest != 0 ? FloatRules.PRECISION : 0;
        increased = increment != 0;
        if (increment != 0) {
            small.set(0, 1);
            large.add(small);
        }
    }

    /// Rounds `large`, whose first bit is at [#TOP] and has this exponent.
    private void round(boolean negative, int exponent, int bits) {
        if (exponent >= LEAST) {
            roundNormal(negative, exponent, bits, !wrapsOverflow);
        } else if (wrapsUnderflow) {
            raised |= FloatRules.UNDERFLOW;
            roundNormal(negative, exponent + WRAP, bits, true);
        } else {
            roundTiny(negative, exponent, bits);
        }
    }

    private void roundNormal(boolean negative, int exponent, int bits, boolean inRange) {
        keep(bits, 0);
        roundLastTwo(negative);
        int top = large.firstBit() == bits ? exponent + 1 : exponent;
        if (top > BIAS && inRange) {
            overflow(negative, bits);
            return;
        }
        if (top > BIAS) {
            raised |= FloatRules.OVERFLOW;
            top -= WRAP;
        }
        large.shiftLeft(PRECISION_BITS - 1 - large.firstBit());
        pack(negative, top, large.high(), large.low());
    }

    /// Leaves so many bits, less those it is too small for, and two that stand for the rest.
    private void keep(int bits, int less) {
        large.shiftRight(TOP + 1 - bits - 2 + less);
    }

    private void roundTiny(boolean negative, int exponent, int bits) {
        keep(bits, LEAST - exponent);
        roundLastTwo(negative);
        raised |= (raised & FloatRules.PRECISION) != 0 ? FloatRules.UNDERFLOW : 0;
        large.shiftLeft(PRECISION_BITS - bits);
        // Without an implied bit; a first bit that rounding has made is the exponent's.
        result((negative ? SIGN : 0) | large.high(), large.low());
    }

    private void overflow(boolean negative, int bits) {
        raised |= FloatRules.OVERFLOW | FloatRules.PRECISION;
        increased = FloatRules.toInfinity(negative, rounding);
        if (increased) {
            infinity(negative);
            return;
        }
        large.set(0, 1);
        large.shiftLeft(bits);
        small.set(0, 1);
        large.subtract(small);
        large.shiftLeft(PRECISION_BITS - bits);
        pack(negative, BIAS, large.high(), large.low());
    }

    /// Packs a significand with its first bit at bit 112.
    private void pack(boolean negative, int exponent, long significandHigh, long significandLow) {
        long biased = (long) (exponent + BIAS) << EXPONENT;
        result((negative ? SIGN : 0) | biased | significandHigh & FRACTION, significandLow);
    }

    // Conversions.

    /// A double that is no NaN.
    public void fromDouble(long b) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        boolean negative = format.isNegative(b);
        if (format.isInfinite(b)) {
            infinity(negative);
        } else if (format.isZero(b)) {
            zero(negative);
        } else {
            large.set(0, format.significand(b));
            large.shiftLeft(PRECISION_BITS - 1 - FloatRules.TOP);
            pack(negative, format.exponent(b), large.high(), large.low());
        }
    }

    public void fromInteger(long b, boolean signed) {
        if (b == 0) {
            zero(false);
            return;
        }
        boolean negative = signed && b < 0;
        large.set(0, negative ? -b : b);
        int first = large.firstBit();
        large.shiftLeft(PRECISION_BITS - 1 - first);
        pack(negative, first, large.high(), large.low());
    }

    /// The exponent of a finite nonzero number, and its first 63 bits, of which the last stands for the
    /// rest: what [FloatRules] rounds to other formats.
    public static int exponentOf(long bHigh, long bLow) {
        return exponent(bHigh, bLow);
    }

    public long firstBits(long bHigh, long bLow) {
        significand(large, bHigh, bLow);
        large.shiftRight(PRECISION_BITS - 1 - FloatRules.TOP);
        return large.low();
    }

    /// Truncates a finite number to an integer of so many bits in [#low]; says whether it is one.
    public boolean toInteger(long bHigh, long bLow, int bits, boolean signed) {
        if (isZero(bHigh, bLow)) {
            zero(false);
            return true;
        }
        int exponent = exponent(bHigh, bLow);
        if (exponent >= Long.SIZE) {
            return false;
        }
        boolean negative = isNegative(bHigh);
        integer(negative, exponent, bHigh, bLow);
        long magnitude = large.low();
        long most = -1L >>> Long.SIZE - bits;
        if (signed) {
            most = (most >>> 1) + (negative ? 1 : 0);
        } else if (negative) {
            most = 0;
        }
        result(0, negative ? -magnitude : magnitude);
        return Long.compareUnsigned(magnitude, most) <= 0;
    }
}
