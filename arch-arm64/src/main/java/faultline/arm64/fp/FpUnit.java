package faultline.arm64.fp;

import static faultline.core.fp.BinaryFormat.ALTERNATIVE_HALF;

import faultline.core.fp.BinaryFormat;

/// The floating-point unit of a thread: FPCR, FPSR, and all that instructions compute under them.
/// Here are conversions and estimates; arithmetic is in the classes above.
public final class FpUnit extends FpArithmetic {

    private static final long WORD = 0xffffffffL;

    /// Of a model with arithmetic of half precision (FEAT_FP16), or without.
    public FpUnit(boolean half) {
        super(half);
    }

    /// The rounding that an instruction names: nearest, up, down, to zero as in FPCR; 4 for ties away
    /// from zero. Everything else is FPCR's.
    private int mode(int rmode) {
        return switch (rmode) {
            case 0 -> NEAREST;
            case 1 -> UP;
            case 2 -> DOWN;
            case 3 -> TRUNCATE;
            case 4 -> TIES_AWAY;
            default -> rounding();
        };
    }

    // Between the formats.

    /// FCVT; AHP says what half precision is.
    public long convert(int from, int to, long a) {
        if (from == SINGLE && to == DOUBLE) {
            return widen(a);
        }
        if (from == DOUBLE && to == SINGLE) {
            return narrow(a);
        }
        BinaryFormat format = format(from);
        long x = a & format.mask();
        if (format == BinaryFormat.HALF) {
            return convertHalf(isAlternativeHalf() ? ALTERNATIVE_HALF : BinaryFormat.HALF, format(to), x);
        }
        if (!isAlternativeHalf()) {
            return convertHalf(format, BinaryFormat.HALF, x);
        }
        return toAlternativeHalf(format, x);
    }

    /// Infinities become the largest number and NaNs zero.
    private long toAlternativeHalf(BinaryFormat format, long x) {
        boolean negative = format.isNegative(x);
        if (format.isNan(x)) {
            raised |= INVALID;
            return ALTERNATIVE_HALF.zero(negative);
        }
        if (format.isInfinite(x)) {
            raised |= INVALID;
            return ALTERNATIVE_HALF.largest(negative);
        }
        return convertHalf(format, ALTERNATIVE_HALF, x);
    }

    /// FCVTXN: from double to single precision, rounded to odd.
    public long narrowToOdd(long a) {
        return convert(BinaryFormat.DOUBLE, BinaryFormat.SINGLE, a, ODD);
    }

    /// The exact single of a half-precision operand, whose NaN stays as it is (FPMulAddH).
    public long widened(long a) {
        long x = operand(BinaryFormat.HALF, a & BinaryFormat.HALF.mask());
        boolean negative = BinaryFormat.HALF.isNegative(x);
        BinaryFormat to = BinaryFormat.SINGLE;
        if (BinaryFormat.HALF.isNan(x) || BinaryFormat.HALF.isInfinite(x)) {
            return to.infinity(negative) | BinaryFormat.HALF.fraction(x) << to.precision - BinaryFormat.HALF.precision;
        }
        if (BinaryFormat.HALF.isZero(x)) {
            return to.zero(negative);
        }
        return to.pack(
                negative,
                BinaryFormat.HALF.exponent(x) + to.bias - 1,
                BinaryFormat.HALF.significand(x) >>> 63 - to.precision);
    }

    // To and from integers.

    /// A number rounded to an integer of that many bits, or to a fixed-point number with `fraction` of
    /// them behind the point.
    public long toInteger(int type, long a, int bits, boolean signed, int rmode, int fraction) {
        int mode = mode(rmode);
        if (fraction == 0 && type == DOUBLE && bits >= 32) {
            return toInteger64(a, bits, signed, mode);
        }
        if (fraction == 0 && type == SINGLE && bits >= 32) {
            return toInteger32(a, bits, signed, mode);
        }
        BinaryFormat format = format(type);
        return toInteger(format, a & format.mask(), bits, signed, mode, fraction);
    }

    /// A signed integer, or one of 64 bits without a sign, with `fraction` bits behind the point, as a
    /// number.
    public long fromInteger(int type, long value, boolean signed, int fraction) {
        boolean plain = fraction == 0 && (signed || value >= 0);
        if (plain && type == DOUBLE) {
            return fromLong64(value);
        }
        if (plain && type == SINGLE) {
            return fromLong32(value);
        }
        return fromInteger(format(type), value, signed, fraction);
    }

    /// Rounds to an integer in the same format; `exact` notes where that changed it.
    public long integral(int type, long a, int rmode, boolean exact) {
        int mode = mode(rmode);
        return switch (type) {
            case SINGLE -> integral32(a, mode, !exact);
            case DOUBLE -> integral64(a, mode, !exact);
            default -> roundToIntegral(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), mode, !exact);
        };
    }

    /// FPToFixedJS: truncated, and the low 32 bits of that; bit 32 is set if those are the number
    /// itself, which a negative zero is not.
    public long toJavaScript(long a) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        int before = raised;
        raised = 0;
        // A zero with a fraction is a denormal that was flushed, and is not exact.
        long x = operand(format, a);
        long value = toInteger(format, x, 32, true, TRUNCATE, 0);
        boolean inside = (raised & INVALID) == 0;
        boolean exact = (raised & ~DENORMAL) == 0 && x != format.zero(true) && (x != 0 || a == 0);
        raised |= before;
        long low = inside ? value & WORD : lowWord(a);
        return low | (exact ? 1L << 32 : 0);
    }

    /// The low 32 bits of the integer in a number that is too large for them.
    private static long lowWord(long a) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        if (format.isNan(a) || format.isInfinite(a)) {
            return 0;
        }
        int up = format.exponent(a) - 62;
        long significand = format.significand(a);
        long magnitude = up > 63 ? 0 : up >= 0 ? significand << up : significand >>> -up;
        return (format.isNegative(a) ? -magnitude : magnitude) & WORD;
    }

    // Estimates.

    /// FPRecipEstimate.
    public long reciprocalEstimate(int type, long a) {
        BinaryFormat format = format(type);
        long x = operand(format, a & format.mask());
        boolean negative = format.isNegative(x);
        if (format.isNan(x)) {
            return nan(format, x, x);
        }
        if (format.isInfinite(x)) {
            return format.zero(negative);
        }
        if (format.isZero(x)) {
            raised |= ZERO_DIVIDE;
            return format.infinity(negative);
        }
        int exponent = format.exponent(x);
        if (exponent < -format.bias - 1) {
            raised |= OVERFLOW | PRECISION;
            return toInfinity(negative, rounding()) ? format.infinity(negative) : format.largest(negative);
        }
        if (exponent >= format.bias - 1 && flushes(format)) {
            raised |= UNDERFLOW;
            return format.zero(negative);
        }
        // Nine bits, of which the first is the implied one.
        long estimate = Estimates.reciprocal((int) (format.significand(x) >>> 54));
        int biased = format.bias - 1 - exponent;
        long significand = estimate << format.precision - 9;
        return biased > 0
                ? format.pack(negative, biased - 1, significand)
                : format.pack(negative, 0, significand >>> 1 - biased);
    }

    /// FPRSqrtEstimate.
    public long rootEstimate(int type, long a) {
        BinaryFormat format = format(type);
        long x = operand(format, a & format.mask());
        if (format.isNan(x)) {
            return nan(format, x, x);
        }
        if (format.isZero(x)) {
            raised |= ZERO_DIVIDE;
            return format.infinity(format.isNegative(x));
        }
        if (format.isNegative(x)) {
            return invalid(format);
        }
        if (format.isInfinite(x)) {
            return 0;
        }
        int exponent = format.exponent(x);
        int scaled = (int) (format.significand(x) >>> 54);
        // 0.25 to 1 times an even power of two.
        boolean odd = (exponent & 1) != 0;
        long estimate = Estimates.reciprocalRoot(odd ? scaled : scaled >>> 1);
        int root = -(exponent + 2 >> 1);
        return format.pack(false, root + format.bias - 1, estimate << format.precision - 9);
    }

    /// FPRecpX: a power of two whose product with the operand is near 1.
    public long reciprocalExponent(int type, long a) {
        BinaryFormat format = format(type);
        long x = operand(format, a & format.mask());
        if (format.isNan(x)) {
            return nan(format, x, x);
        }
        int most = 2 * format.bias + 1;
        int exponent = format.biasedExponent(x);
        return format.pack(format.isNegative(x), exponent == 0 ? most - 1 : most ^ exponent, 0);
    }

    /// `2 - a * b`, where zero times infinity is 0 (FPRecipStepFused).
    public long reciprocalStep(int type, long a, long b) {
        BinaryFormat format = format(type);
        return step(format, a, b, format.pack(false, format.bias + 1, 0), 0);
    }

    /// `(3 - a * b) / 2`, where zero times infinity is 0 (FPRSqrtStepFused).
    public long rootStep(int type, long a, long b) {
        BinaryFormat format = format(type);
        return step(format, a, b, format.pack(false, format.bias + 1, format.quietBit()), -1);
    }

    private long step(BinaryFormat format, long a, long b, long from, int scale) {
        long x = operand(format, format.negated(a) & format.mask());
        long y = operand(format, b & format.mask());
        if (format.isNan(x) || format.isNan(y)) {
            return nan(format, x, y);
        }
        boolean none = format.isInfinite(x) && format.isZero(y) || format.isZero(x) && format.isInfinite(y);
        return multiplyAdd(format, none ? 0 : x, none ? 0 : y, from, scale);
    }

    /// UnsignedRecipEstimate: of 0.5 to 1, else all ones.
    public static long unsignedReciprocal(long a) {
        int first = (int) (a >>> 23 & 0x1ff);
        return first < 256 ? WORD : (long) Estimates.reciprocal(first) << 23;
    }

    /// UnsignedRSqrtEstimate: of 0.25 to 1, else all ones.
    public static long unsignedRoot(long a) {
        int first = (int) (a >>> 23 & 0x1ff);
        return first < 128 ? WORD : (long) Estimates.reciprocalRoot(first) << 23;
    }
}
