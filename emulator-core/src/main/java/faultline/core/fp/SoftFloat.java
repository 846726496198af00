package faultline.core.fp;

/// Arithmetic and comparison in plain integer operations, under any rounding mode and with every
/// exception (IEEE 754-2019, 5.4.1 and 5.11).
public abstract class SoftFloat extends FloatConversion {

    /// What [#compare] says of operands of which one is a NaN.
    public static final int UNORDERED = 2;

    protected SoftFloat() {}

    public final long add(BinaryFormat format, long x, long y, boolean subtract) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        if (subtract) {
            b = format.negated(b);
        }
        if (format.isInfinite(a) && format.isInfinite(b) && format.isNegative(a) != format.isNegative(b)) {
            return invalid(format);
        }
        noteDenormals(format, a, b);
        if (format.isInfinite(a) || format.isInfinite(b)) {
            return format.isInfinite(a) ? a : b;
        }
        if (format.isZero(a) && format.isZero(b)) {
            return format.isNegative(a) == format.isNegative(b) ? a : format.zero(rounding() == DOWN);
        }
        if (format.isZero(a) || format.isZero(b)) {
            long other = format.isZero(a) ? b : a;
            return round(format, format.isNegative(other), format.exponent(other), format.significand(other));
        }
        return sum(format, a, b);
    }

    private long sum(BinaryFormat format, long a, long b) {
        boolean first = format.exponent(a) > format.exponent(b)
                || format.exponent(a) == format.exponent(b) && format.significand(a) >= format.significand(b);
        long large = first ? a : b;
        long small = first ? b : a;
        boolean negative = format.isNegative(large);
        int exponent = format.exponent(large);
        long high = format.significand(large);
        long low = shiftRight(format.significand(small), exponent - format.exponent(small));
        if (negative == format.isNegative(small)) {
            long total = high + low;
            return total < 0
                    ? round(format, negative, exponent + 1, shiftRight(total, 1))
                    : round(format, negative, exponent, total);
        }
        long difference = high - low;
        if (difference == 0) {
            return format.zero(rounding() == DOWN);
        }
        int shift = Long.numberOfLeadingZeros(difference) - 1;
        return round(format, negative, exponent - shift, difference << shift);
    }

    public final long multiply(BinaryFormat format, long x, long y) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        boolean negative = format.isNegative(a) != format.isNegative(b);
        boolean infinite = format.isInfinite(a) || format.isInfinite(b);
        boolean zero = format.isZero(a) || format.isZero(b);
        if (infinite && zero) {
            return invalid(format);
        }
        noteDenormals(format, a, b);
        if (infinite) {
            return format.infinity(negative);
        }
        if (zero) {
            return format.zero(negative);
        }
        long p = format.significand(a);
        long q = format.significand(b);
        long high = Math.multiplyHigh(p, q);
        int shift = Long.numberOfLeadingZeros(high) - 1;
        long product = high << shift | (p * q != 0 ? 1 : 0);
        return round(format, negative, format.exponent(a) + format.exponent(b) + 2 - shift, product);
    }

    public final long divide(BinaryFormat format, long x, long y) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        boolean negative = format.isNegative(a) != format.isNegative(b);
        if (format.isInfinite(a) && format.isInfinite(b) || format.isZero(a) && format.isZero(b)) {
            return invalid(format);
        }
        if (format.isZero(b) && !format.isInfinite(a)) {
            raised |= ZERO_DIVIDE;
            return format.infinity(negative);
        }
        noteDenormals(format, a, b);
        if (format.isInfinite(a)) {
            return format.infinity(negative);
        }
        if (format.isInfinite(b) || format.isZero(a)) {
            return format.zero(negative);
        }
        return quotient(format, negative, a, b);
    }

    private long quotient(BinaryFormat format, boolean negative, long a, long b) {
        int exponent = format.exponent(a) - format.exponent(b);
        long rest = format.significand(a);
        long divisor = format.significand(b);
        if (rest < divisor) {
            exponent--;
            rest <<= 1;
        }
        long quotient = 0;
        for (int bit = 0; bit <= TOP; bit++) {
            quotient <<= 1;
            if (Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient |= 1;
            }
            rest <<= 1;
        }
        return round(format, negative, exponent, quotient | (rest != 0 ? 1 : 0));
    }

    public final long squareRoot(BinaryFormat format, long x) {
        long b = operand(format, x);
        if (format.isNan(b)) {
            return nan(format, b, b);
        }
        if (format.isZero(b)) {
            return b;
        }
        if (format.isNegative(b)) {
            return invalid(format);
        }
        noteDenormals(format, b, b);
        if (format.isInfinite(b)) {
            return b;
        }
        int exponent = format.exponent(b);
        // Two bits before the point, so that the root has one; then two more for each bit of the root.
        long radicand = format.significand(b) << (exponent & 1);
        long root = 0;
        long rest = 0;
        int bits = format.precision + 2;
        for (int bit = 0; bit < bits; bit++) {
            rest = rest << 2 | radicand >>> 62;
            radicand <<= 2;
            long trial = root << 2 | 1;
            root <<= 1;
            if (rest >= trial) {
                rest -= trial;
                root |= 1;
            }
        }
        boolean inexact = rest != 0 || radicand != 0;
        return round(format, false, exponent >> 1, root << TOP + 1 - bits | (inexact ? 1 : 0));
    }

    /// `(x * y + addend) * 2^scale`, rounded once.
    public final long multiplyAdd(BinaryFormat format, long x, long y, long addend, int scale) {
        long a = operand(format, x);
        long b = operand(format, y);
        long c = operand(format, addend);
        boolean infinite = format.isInfinite(a) || format.isInfinite(b);
        boolean zero = format.isZero(a) || format.isZero(b);
        if (format.isNan(a) || format.isNan(b) || format.isNan(c)) {
            return fusedNan(format, a, b, c, infinite && zero);
        }
        boolean negative = format.isNegative(a) != format.isNegative(b);
        boolean opposite = format.isNegative(c) != negative;
        if (infinite && zero || infinite && format.isInfinite(c) && opposite) {
            return invalid(format);
        }
        noteDenormals(format, a, b);
        noteDenormals(format, c, c);
        if (infinite) {
            return format.infinity(negative);
        }
        if (format.isInfinite(c)) {
            return c;
        }
        if (zero && format.isZero(c)) {
            return opposite ? format.zero(rounding() == DOWN) : c;
        }
        if (zero) {
            return round(format, format.isNegative(c), format.exponent(c) + scale, format.significand(c));
        }
        return fused(format, negative, a, b, c, scale);
    }

    /// The product and the addend as 128 bits with the first of them at bit 125: an addend fits above
    /// any bit that is lost when the smaller one is moved to the larger one's exponent, unless they
    /// are too far apart to cancel.
    private long fused(BinaryFormat format, boolean negative, long a, long b, long c, int scale) {
        long p = format.significand(a);
        long q = format.significand(b);
        long high = Math.multiplyHigh(p, q);
        long low = p * q;
        int exponent = format.exponent(a) + format.exponent(b) + 1 + scale;
        if (high >>> TOP - 1 == 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exponent--;
        }
        if (format.isZero(c)) {
            return round(format, negative, exponent, high << 1 | (low != 0 ? 1 : 0));
        }
        long addend = format.significand(c) >>> 1;
        int other = format.exponent(c) + scale;
        int apart = exponent - other;
        boolean first = apart > 0 || apart == 0 && Long.compareUnsigned(high, addend) >= 0;
        boolean subtract = format.isNegative(c) != negative;
        return first
                ? wideSum(format, negative, subtract, exponent, high, low, addend, 0, apart)
                : wideSum(format, format.isNegative(c), subtract, other, addend, 0, high, low, -apart);
    }

    /// The sum or difference of two numbers of 128 bits, of which the first is not less.
    private long wideSum(
            BinaryFormat format,
            boolean negative,
            boolean subtract,
            int exponent,
            long high,
            long low,
            long smallHigh,
            long smallLow,
            int apart) {
        long movedLow = lowShiftedRight(smallHigh, smallLow, apart);
        long movedHigh = apart > 63 ? 0 : smallHigh >>> apart;
        if (!subtract) {
            long sumLow = low + movedLow;
            long sumHigh = high + movedHigh + (Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0);
            return normalized(format, negative, exponent, sumHigh, sumLow);
        }
        long differenceLow = low - movedLow;
        long differenceHigh = high - movedHigh - (Long.compareUnsigned(low, movedLow) < 0 ? 1 : 0);
        return (differenceHigh | differenceLow) == 0
                ? format.zero(rounding() == DOWN)
                : normalized(format, negative, exponent, differenceHigh, differenceLow);
    }

    /// The low half of 128 bits that are shifted right; a one that is lost stays visible in the last
    /// bit.
    private static long lowShiftedRight(long high, long low, int by) {
        if (by == 0) {
            return low;
        }
        if (by < 64) {
            return low >>> by | high << 64 - by | (low << 64 - by != 0 ? 1 : 0);
        }
        return shiftRight(high, Math.min(by - 64, TOP + 2)) | (low != 0 ? 1 : 0);
    }

    /// Rounds 128 bits of which bit 125 has the given exponent.
    private long normalized(BinaryFormat format, boolean negative, int exponent, long high, long low) {
        int zeros = high == 0 ? 64 + Long.numberOfLeadingZeros(low) : Long.numberOfLeadingZeros(high);
        int up = zeros - 1;
        long significand = up == 0
                ? high | (low != 0 ? 1 : 0)
                : up < 64 ? high << up | low >>> 64 - up | (low << up != 0 ? 1 : 0) : low << up - 64;
        return round(format, negative, exponent + 1 - up, significand);
    }

    /// -1, 0 or 1 as the operands compare, [#UNORDERED] if one is a NaN; `signalling` makes a quiet NaN
    /// invalid too.
    public final int compare(BinaryFormat format, long x, long y, boolean signalling) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            if (signalling || format.isSignalling(a) || format.isSignalling(b)) {
                raised |= INVALID;
            }
            return UNORDERED;
        }
        noteDenormals(format, a, b);
        return order(format, a, b);
    }

    protected static int order(BinaryFormat format, long a, long b) {
        if (format.isZero(a) && format.isZero(b)) {
            return 0;
        }
        long p = format.isNegative(a) ? -format.negated(a) : a;
        long q = format.isNegative(b) ? -format.negated(b) : b;
        return Long.compare(p, q);
    }
}
