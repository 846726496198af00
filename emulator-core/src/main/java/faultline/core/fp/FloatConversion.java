package faultline.core.fp;

/// Conversions between formats, to and from integers and fixed-point numbers, and to integers in the
/// same format.
public abstract class FloatConversion extends FloatRules {

    protected FloatConversion() {}

    /// To another format.
    public final long convert(BinaryFormat from, BinaryFormat to, long x) {
        return convert(from, to, x, rounding());
    }

    public final long convert(BinaryFormat from, BinaryFormat to, long x, int rounding) {
        long b = operand(from, x);
        if (from.isNan(b)) {
            long nan = nan(from, b, b);
            long payload = nan << 64 - from.precision + 1 >>> 64 - to.precision + 1;
            return to.infinity(from.isNegative(nan)) | payload;
        }
        boolean negative = from.isNegative(b);
        if (from.isInfinite(b)) {
            return to.infinity(negative);
        }
        if (from.isZero(b)) {
            return to.zero(negative);
        }
        noteDenormals(from, b, b);
        return round(to, negative, from.exponent(b), from.significand(b), rounding);
    }

    /// A fixed-point number with `fraction` bits behind the point as a number; the value is signed, or
    /// of 64 bits without a sign.
    public final long fromInteger(BinaryFormat to, long value, boolean signed, int fraction) {
        if (value == 0) {
            return 0;
        }
        boolean negative = signed && value < 0;
        long magnitude = negative ? -value : value;
        int zeros = Long.numberOfLeadingZeros(magnitude);
        long significand = zeros == 0 ? shiftRight(magnitude, 1) : magnitude << zeros - 1;
        return round(to, negative, TOP + 1 - zeros - fraction, significand);
    }

    /// A number as an integer of that many bits, or as a fixed-point number with `fraction` of them
    /// behind the point. Denormals raise nothing of their own.
    public final long toInteger(BinaryFormat from, long x, int bits, boolean signed, int rounding, int fraction) {
        long b = operand(from, x);
        if (from.isZero(b)) {
            return 0;
        }
        boolean negative = from.isNegative(b);
        boolean nan = from.isNan(b);
        if (nan || from.isInfinite(b) || from.exponent(b) + fraction > TOP + 1) {
            raised |= INVALID;
            return unrepresentable(nan, negative, bits, signed);
        }
        int exponent = from.exponent(b) + fraction;
        long significand = from.significand(b);
        long magnitude = integral(negative, exponent, significand, rounding);
        long most = -1L >>> 64 - bits;
        if (signed) {
            most = (most >>> 1) + (negative ? 1 : 0);
        } else if (negative) {
            most = 0;
        }
        if (Long.compareUnsigned(magnitude, most) > 0) {
            raised |= INVALID;
            return unrepresentable(false, negative, bits, signed);
        }
        inexactIf(!isIntegral(exponent, significand));
        increased = magnitude != integral(negative, exponent, significand, TRUNCATE);
        return negative ? -magnitude : magnitude;
    }

    /// A number rounded to an integer in its own format. Denormals raise nothing of their own, and
    /// `suppressPrecision` leaves precision out.
    public final long roundToIntegral(BinaryFormat format, long x, int rounding, boolean suppressPrecision) {
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
        inexactIf(!suppressPrecision);
        long magnitude = integral(negative, format.exponent(b), significand, rounding);
        increased = magnitude != integral(negative, format.exponent(b), significand, TRUNCATE);
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

    /// The magnitude of a finite number below 2^64, rounded to an integer.
    private static long integral(boolean negative, int exponent, long significand, int rounding) {
        if (exponent >= TOP) {
            return significand << exponent - TOP;
        }
        // One bit below the point, and one that stands for all behind it.
        long halves = exponent < -1 ? 1 : shiftRight(significand << 1, TOP - exponent - 1);
        int below = (int) halves & 3;
        return (halves >>> 2) + increment(negative, halves >>> 2 & 1, below, 2, rounding);
    }
}
