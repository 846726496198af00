package faultline.arm64.fp;

import faultline.core.fp.BinaryFormat;

/// Arithmetic on the formats that instructions choose among (Arm ARM J1.3, "Shared pseudocode").
///
/// A type is what the manual has as `ftype`: 0 for single, 1 for double, 3 for half precision; of the
/// operands the low bits count, and of results.
public abstract class FpArithmetic extends FpControl {

    public static final int SINGLE = 0;
    public static final int DOUBLE = 1;
    public static final int HALF = 3;

    FpArithmetic(boolean half) {
        super(half);
    }

    static BinaryFormat format(int type) {
        return switch (type) {
            case SINGLE -> BinaryFormat.SINGLE;
            case DOUBLE -> BinaryFormat.DOUBLE;
            default -> BinaryFormat.HALF;
        };
    }

    public final long add(int type, long a, long b) {
        return switch (type) {
            case SINGLE -> add32(a, b);
            case DOUBLE -> add64(a, b);
            default -> add(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), b & BinaryFormat.HALF.mask(), false);
        };
    }

    public final long sub(int type, long a, long b) {
        return switch (type) {
            case SINGLE -> sub32(a, b);
            case DOUBLE -> sub64(a, b);
            default -> add(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), b & BinaryFormat.HALF.mask(), true);
        };
    }

    public final long mul(int type, long a, long b) {
        return switch (type) {
            case SINGLE -> mul32(a, b);
            case DOUBLE -> mul64(a, b);
            default -> multiply(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), b & BinaryFormat.HALF.mask());
        };
    }

    public final long div(int type, long a, long b) {
        return switch (type) {
            case SINGLE -> div32(a, b);
            case DOUBLE -> div64(a, b);
            default -> divide(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), b & BinaryFormat.HALF.mask());
        };
    }

    public final long sqrt(int type, long a) {
        return switch (type) {
            case SINGLE -> sqrt32(a);
            case DOUBLE -> sqrt64(a);
            default -> squareRoot(BinaryFormat.HALF, a & BinaryFormat.HALF.mask());
        };
    }

    /// `addend + a * b`, rounded once.
    public final long mulAdd(int type, long addend, long a, long b) {
        return switch (type) {
            case SINGLE -> fma32(a, b, addend);
            case DOUBLE -> fma64(a, b, addend);
            default ->
                multiplyAdd(
                        BinaryFormat.HALF,
                        a & BinaryFormat.HALF.mask(),
                        b & BinaryFormat.HALF.mask(),
                        addend & BinaryFormat.HALF.mask(),
                        0);
        };
    }

    /// `addend - a * b`.
    public final long mulSub(int type, long addend, long a, long b) {
        return mulAdd(type, addend, neg(type, a), b);
    }

    /// `-(a * b)`, also where the product is a NaN.
    public final long negMul(int type, long a, long b) {
        return neg(type, mul(type, a, b));
    }

    /// A product in which zero times infinity is 2.
    public final long mulExtended(int type, long a, long b) {
        BinaryFormat format = format(type);
        long x = operand(format, a & format.mask());
        long y = operand(format, b & format.mask());
        if (format.isInfinite(x) && format.isZero(y) || format.isZero(x) && format.isInfinite(y)) {
            return format.pack(format.isNegative(x) != format.isNegative(y), format.bias + 1, 0);
        }
        return mul(type, x, y);
    }

    public static long neg(int type, long a) {
        return format(type).negated(a);
    }

    public static long abs(int type, long a) {
        return format(type).absolute(a);
    }

    /// The absolute difference.
    public final long absDiff(int type, long a, long b) {
        return abs(type, sub(type, a, b));
    }

    // Comparison.

    /// -1, 0 or 1 as the operands compare, [#UNORDERED] if one is a NaN.
    public final int compare(int type, long a, long b, boolean signalling) {
        return switch (type) {
            case SINGLE -> compare32(a, b, signalling);
            case DOUBLE -> compare64(a, b, signalling);
            default ->
                compare(BinaryFormat.HALF, a & BinaryFormat.HALF.mask(), b & BinaryFormat.HALF.mask(), signalling);
        };
    }

    /// NZCV of a comparison (FPCompare).
    public final long flags(int type, long a, long b, boolean signalling) {
        return switch (compare(type, a, b, signalling)) {
            case -1 -> 0b1000;
            case 0 -> 0b0110;
            case 1 -> 0b0010;
            default -> 0b0011;
        };
    }

    /// All ones where the comparison holds, else 0.
    public final long equal(int type, long a, long b) {
        return compare(type, a, b, false) == 0 ? -1 : 0;
    }

    public final long greater(int type, long a, long b) {
        return compare(type, a, b, true) == 1 ? -1 : 0;
    }

    public final long greaterOrEqual(int type, long a, long b) {
        return (compare(type, a, b, true) & ~1) == 0 ? -1 : 0;
    }

    public final long absGreater(int type, long a, long b) {
        return greater(type, abs(type, a), abs(type, b));
    }

    public final long absGreaterOrEqual(int type, long a, long b) {
        return greaterOrEqual(type, abs(type, a), abs(type, b));
    }

    // Minimum and maximum.

    public final long max(int type, long a, long b) {
        return extreme(format(type), a, b, true);
    }

    public final long min(int type, long a, long b) {
        return extreme(format(type), a, b, false);
    }

    /// Like maximum, but a number is more than a quiet NaN.
    public final long maxNumber(int type, long a, long b) {
        return extremeNumber(format(type), a, b, true);
    }

    public final long minNumber(int type, long a, long b) {
        return extremeNumber(format(type), a, b, false);
    }

    /// FPMax, FPMin: of zeros of both signs the positive, or the negative one.
    private long extreme(BinaryFormat format, long a, long b, boolean greater) {
        long x = operand(format, a & format.mask());
        long y = operand(format, b & format.mask());
        if (format.isNan(x) || format.isNan(y)) {
            return nan(format, x, y);
        }
        int order = order(format, x, y);
        if (order == 0) {
            return greater ? x & y : x | y;
        }
        return order > 0 == greater ? x : y;
    }

    private long extremeNumber(BinaryFormat format, long a, long b, boolean greater) {
        long x = a & format.mask();
        long y = b & format.mask();
        boolean first = format.isNan(x) && !format.isSignalling(x);
        boolean second = format.isNan(y) && !format.isSignalling(y);
        if (first == second) {
            return extreme(format, x, y, greater);
        }
        long worst = format.infinity(greater);
        return extreme(format, first ? worst : x, second ? worst : y, greater);
    }
}
