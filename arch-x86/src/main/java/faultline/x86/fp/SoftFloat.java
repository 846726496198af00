package faultline.x86.fp;

/// IEEE arithmetic in software under any MXCSR: every rounding mode, denormals-are-zeros,
/// flush-to-zero, and all six exceptions (SDM volume 1, 4.8, 4.9, 10.2.3 and 11.5).
///
/// [SseUnit] comes here when the host's arithmetic could differ or would hide an exception. A
/// finite number is taken apart into sign, exponent and a significand with its first bit at bit 62;
/// results are computed with more bits than any format has, the last of which is set if a lower one
/// would be (*sticky*), and rounded once.
final class SoftFloat {

    static final int INVALID = 1;
    static final int DENORMAL = 1 << 1;
    static final int ZERO_DIVIDE = 1 << 2;
    static final int OVERFLOW = 1 << 3;
    static final int UNDERFLOW = 1 << 4;
    static final int PRECISION = 1 << 5;

    /// Rounding modes, as the control registers and immediates number them.
    static final int NEAREST = 0;

    static final int DOWN = 1;
    static final int UP = 2;
    static final int TRUNCATE = 3;

    private static final int DENORMALS_ARE_ZEROS = 1 << 6;
    private static final int MASKS = 7;
    private static final int ROUNDING = 13;
    private static final int FLUSH_TO_ZERO = 1 << 15;

    private static final int TOP = 62;

    /// MXCSR; its sticky flags are not looked at.
    int control;

    /// The exceptions of the operations so far.
    int raised;

    int rounding() {
        return control >>> ROUNDING & 3;
    }

    private boolean masked(int exception) {
        return (control >>> MASKS & exception) != 0;
    }

    // Operands.

    /// The operand as the operation sees it: a denormal may count as zero.
    private long operand(BinaryFormat format, long x) {
        boolean flushed = (control & DENORMALS_ARE_ZEROS) != 0 && format.isDenormal(x);
        return flushed ? format.zero(format.isNegative(x)) : x;
    }

    private void noteDenormals(BinaryFormat format, long a, long b) {
        if (format.isDenormal(a) || format.isDenormal(b)) {
            raised |= DENORMAL;
        }
    }

    /// The first operand that is a NaN, made quiet.
    private long nan(BinaryFormat format, long a, long b) {
        if (format.isSignalling(a) || format.isSignalling(b)) {
            raised |= INVALID;
        }
        return (format.isNan(a) ? a : b) | format.quietBit();
    }

    private long invalid(BinaryFormat format) {
        raised |= INVALID;
        return format.defaultNan();
    }

    // Operations.

    long add(BinaryFormat format, long x, long y, boolean subtract) {
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

    long multiply(BinaryFormat format, long x, long y) {
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

    long divide(BinaryFormat format, long x, long y) {
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

    long squareRoot(BinaryFormat format, long x) {
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

    // Comparisons.

    /// What MIN (`greater` false) and MAX return: the second operand whenever the first is not
    /// beyond it.
    long extreme(BinaryFormat format, long x, long y, boolean greater) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            raised |= INVALID;
            return b;
        }
        noteDenormals(format, a, b);
        int order = order(format, a, b);
        return (greater ? order > 0 : order < 0) ? a : b;
    }

    /// Less than 0, 0 or more than 0 as the operands compare, [SseUnit#UNORDERED] if one is a NaN;
    /// `signalling` makes a quiet NaN invalid too.
    int compare(BinaryFormat format, long x, long y, boolean signalling) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            if (signalling || format.isSignalling(a) || format.isSignalling(b)) {
                raised |= INVALID;
            }
            return SseUnit.UNORDERED;
        }
        noteDenormals(format, a, b);
        return order(format, a, b);
    }

    private static int order(BinaryFormat format, long a, long b) {
        if (format.isZero(a) && format.isZero(b)) {
            return 0;
        }
        long p = format.isNegative(a) ? -format.negated(a) : a;
        long q = format.isNegative(b) ? -format.negated(b) : b;
        return Long.compare(p, q);
    }

    // Conversions.

    /// To another format.
    long convert(BinaryFormat from, BinaryFormat to, long x) {
        long b = operand(from, x);
        boolean negative = from.isNegative(b);
        if (from.isNan(b)) {
            if (from.isSignalling(b)) {
                raised |= INVALID;
            }
            long payload = (b | from.quietBit()) << 64 - from.precision + 1 >>> 64 - to.precision + 1;
            return to.infinity(negative) | payload;
        }
        if (from.isInfinite(b)) {
            return to.infinity(negative);
        }
        if (from.isZero(b)) {
            return to.zero(negative);
        }
        noteDenormals(from, b, b);
        return round(to, negative, from.exponent(b), from.significand(b));
    }

    /// An integer as a number.
    long fromInteger(BinaryFormat to, long value) {
        if (value == 0) {
            return 0;
        }
        long magnitude = Math.abs(value);
        if (magnitude < 0) {
            return round(to, true, 63, 1L << TOP);
        }
        int shift = Long.numberOfLeadingZeros(magnitude) - 1;
        return round(to, value < 0, TOP - shift, magnitude << shift);
    }

    /// A number as an integer of 32 or 64 bits; the most negative one if it does not fit. Denormals
    /// raise nothing of their own.
    long toInteger(BinaryFormat from, long x, int bits, int rounding) {
        long b = operand(from, x);
        long indefinite = -1L << bits - 1;
        if (from.isZero(b)) {
            return 0;
        }
        if (from.isNan(b) || from.isInfinite(b) || from.exponent(b) >= 64) {
            raised |= INVALID;
            return indefinite;
        }
        boolean negative = from.isNegative(b);
        int exponent = from.exponent(b);
        if (exponent == 63) {
            boolean lowest = bits == 64 && negative && from.significand(b) == 1L << TOP;
            raised |= lowest ? 0 : INVALID;
            return indefinite;
        }
        long magnitude = integral(negative, exponent, from.significand(b), rounding);
        long value = negative ? -magnitude : magnitude;
        if (bits == 32 && value != (int) value) {
            raised |= INVALID;
            return indefinite;
        }
        if (!isIntegral(exponent, from.significand(b))) {
            raised |= PRECISION;
        }
        return value;
    }

    /// A number rounded to an integer in its own format. Denormals raise nothing of their own, and
    /// `exact` leaves precision out.
    long roundToIntegral(BinaryFormat format, long x, int rounding, boolean suppressPrecision) {
        long b = operand(format, x);
        if (format.isNan(b)) {
            return nan(format, b, b);
        }
        if (format.isZero(b) || format.isInfinite(b) || format.exponent(b) >= format.precision) {
            return b;
        }
        boolean negative = format.isNegative(b);
        long significand = format.significand(b);
        if (isIntegral(format.exponent(b), significand)) {
            return b;
        }
        if (!suppressPrecision) {
            raised |= PRECISION;
        }
        long magnitude = integral(negative, format.exponent(b), significand, rounding);
        if (magnitude == 0) {
            return format.zero(negative);
        }
        int shift = Long.numberOfLeadingZeros(magnitude) - 1;
        int top = TOP - shift;
        return format.pack(negative, top + format.bias - 1, magnitude << shift >>> TOP + 1 - format.precision);
    }

    private static boolean isIntegral(int exponent, long significand) {
        return exponent >= TOP || exponent >= 0 && (significand & (1L << TOP - exponent) - 1) == 0;
    }

    /// The magnitude of a finite number below 2^63, rounded to an integer.
    private static long integral(boolean negative, int exponent, long significand, int rounding) {
        if (exponent >= TOP) {
            return significand << exponent - TOP;
        }
        // One bit below the point, and one that stands for all behind it.
        long halves = exponent < -1 ? 1 : shiftRight(significand << 1, TOP - exponent - 1);
        int below = (int) halves & 3;
        return (halves >>> 2) + increment(negative, halves >>> 2 & 1, below, 2, rounding);
    }

    // Rounding.

    /// Shifts right; a one that is lost stays visible in the last bit.
    private static long shiftRight(long significand, int by) {
        if (by == 0) {
            return significand;
        }
        if (by > TOP + 1) {
            return significand == 0 ? 0 : 1;
        }
        return significand >>> by | (significand << 64 - by != 0 ? 1 : 0);
    }

    /// What rounding adds to the last bit kept, of which `odd` is the value; `rest` are the `bits`
    /// below it.
    private static int increment(boolean negative, long odd, long rest, int bits, int rounding) {
        if (rest == 0) {
            return 0;
        }
        long half = 1L << bits - 1;
        boolean up = switch (rounding) {
            case NEAREST -> rest > half || rest == half && odd != 0;
            case DOWN -> negative;
            case UP -> !negative;
            default -> false;
        };
        return up ? 1 : 0;
    }

    /// Rounds a number once and packs it, with the exceptions that come of it.
    private long round(BinaryFormat format, boolean negative, int exponent, long significand) {
        int drop = TOP + 1 - format.precision;
        long rest = significand & (1L << drop) - 1;
        long kept = significand >>> drop;
        kept += increment(negative, kept & 1, rest, drop, rounding());
        int top = exponent + (int) (kept >>> format.precision);
        if (top < format.least) {
            return tiny(format, negative, exponent, significand, rest != 0);
        }
        if (exponent < format.least) {
            // The rounding alone made it a normal number; so does the coarser one of a denormal.
            raised |= PRECISION;
            return denormal(format, negative, exponent, significand);
        }
        if (rest != 0) {
            raised |= PRECISION;
        }
        if (top > format.greatest) {
            return overflow(format, negative);
        }
        return format.pack(negative, exponent + format.bias - 1, kept);
    }

    private long overflow(BinaryFormat format, boolean negative) {
        raised |= masked(OVERFLOW) ? OVERFLOW | PRECISION : OVERFLOW;
        boolean infinite = switch (rounding()) {
            case NEAREST -> true;
            case DOWN -> negative;
            case UP -> !negative;
            default -> false;
        };
        return infinite ? format.infinity(negative) : format.largest(negative);
    }

    /// A result that is tiny after rounding with an unbounded exponent.
    private long tiny(BinaryFormat format, boolean negative, int exponent, long significand, boolean inexact) {
        if (!masked(UNDERFLOW)) {
            raised |= inexact ? UNDERFLOW | PRECISION : UNDERFLOW;
            return format.zero(negative);
        }
        if ((control & FLUSH_TO_ZERO) != 0) {
            raised |= UNDERFLOW | PRECISION;
            return format.zero(negative);
        }
        int before = raised;
        raised &= ~PRECISION;
        long result = denormal(format, negative, exponent, significand);
        raised |= (raised & PRECISION) != 0 ? before | UNDERFLOW : before;
        return result;
    }

    private long denormal(BinaryFormat format, boolean negative, int exponent, long significand) {
        int drop = TOP + 1 - format.precision;
        long shifted = shiftRight(significand, format.least - exponent);
        long rest = shifted & (1L << drop) - 1;
        long kept = shifted >>> drop;
        if (rest != 0) {
            raised |= PRECISION;
        }
        return format.pack(negative, 0, kept + increment(negative, kept & 1, rest, drop, rounding()));
    }
}
