package faultline.x86.insn;

/// IEEE arithmetic of SSE on bit patterns: rounding to nearest, with x86's rules for NaNs.
///
/// An operation with a NaN operand returns the first operand if it is a NaN, else the second, made
/// quiet; one that invents a NaN returns the negative default NaN (SDM volume 1, table 4-7 and
/// 4.8.3.7). Java promises neither, so the rare NaN result is decided here.
final class Floats {

    private static final int DEFAULT_NAN32 = 0xffc00000;
    private static final int QUIET32 = 0x00400000;
    private static final long DEFAULT_NAN64 = 0xfff8000000000000L;
    private static final long QUIET64 = 0x0008000000000000L;

    private Floats() {}

    static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    static boolean isNan32(long bits) {
        return ((int) bits & 0x7fffffff) > 0x7f800000;
    }

    static boolean isNan64(long bits) {
        return (bits & Long.MAX_VALUE) > 0x7ff0000000000000L;
    }

    /// The bits of a result of `a` and `b`; a NaN is replaced by the one x86 chooses.
    static int bits(float result, long a, long b) {
        return Float.isNaN(result) ? nan32(a, b) : Float.floatToRawIntBits(result);
    }

    static long bits(double result, long a, long b) {
        return Double.isNaN(result) ? nan64(a, b) : Double.doubleToRawLongBits(result);
    }

    private static int nan32(long a, long b) {
        if (isNan32(a)) {
            return (int) a | QUIET32;
        }
        return isNan32(b) ? (int) b | QUIET32 : DEFAULT_NAN32;
    }

    private static long nan64(long a, long b) {
        if (isNan64(a)) {
            return a | QUIET64;
        }
        return isNan64(b) ? b | QUIET64 : DEFAULT_NAN64;
    }

    static int add32(long a, long b) {
        return bits(f(a) + f(b), a, b);
    }

    static int sub32(long a, long b) {
        return bits(f(a) - f(b), a, b);
    }

    static int mul32(long a, long b) {
        return bits(f(a) * f(b), a, b);
    }

    static int div32(long a, long b) {
        return bits(f(a) / f(b), a, b);
    }

    /// The double's root rounded to float is the float's root: 53 bits are more than twice 24.
    static int sqrt32(long b) {
        return bits((float) Math.sqrt(f(b)), b, b);
    }

    /// MIN and MAX return the second operand when either is a NaN or both are zero.
    static int min32(long a, long b) {
        return f(a) < f(b) ? (int) a : (int) b;
    }

    static int max32(long a, long b) {
        return f(a) > f(b) ? (int) a : (int) b;
    }

    static long add64(long a, long b) {
        return bits(d(a) + d(b), a, b);
    }

    static long sub64(long a, long b) {
        return bits(d(a) - d(b), a, b);
    }

    static long mul64(long a, long b) {
        return bits(d(a) * d(b), a, b);
    }

    static long div64(long a, long b) {
        return bits(d(a) / d(b), a, b);
    }

    static long sqrt64(long b) {
        return bits(Math.sqrt(d(b)), b, b);
    }

    static long min64(long a, long b) {
        return d(a) < d(b) ? a : b;
    }

    static long max64(long a, long b) {
        return d(a) > d(b) ? a : b;
    }

    /// The eight comparison predicates of CMPccPS and its kin.
    static boolean compare(double a, double b, int predicate) {
        return switch (predicate & 7) {
            case 0 -> a == b;
            case 1 -> a < b;
            case 2 -> a <= b;
            case 3 -> Double.isNaN(a) || Double.isNaN(b);
            case 4 -> a != b;
            case 5 -> !(a < b);
            case 6 -> !(a <= b);
            default -> !Double.isNaN(a) && !Double.isNaN(b);
        };
    }

    /// A double to a 32-bit integer; what does not fit is the integer indefinite.
    static int toInt(double rounded) {
        return rounded >= -0x1p31 && rounded < 0x1p31 ? (int) rounded : Integer.MIN_VALUE;
    }

    static long toLong(double rounded) {
        return rounded >= -0x1p63 && rounded < 0x1p63 ? (long) rounded : Long.MIN_VALUE;
    }

    static double truncate(double x) {
        return x < 0 ? Math.ceil(x) : Math.floor(x);
    }

    /// Widens a float, keeping a NaN's payload and making it quiet.
    static long widen(long bits) {
        if (isNan32(bits)) {
            return (bits & 0x80000000L) << 32 | 0x7ff0000000000000L | QUIET64 | (bits & 0x7fffffL) << 29;
        }
        return Double.doubleToRawLongBits(f(bits));
    }

    /// Narrows a double, keeping the top of a NaN's payload and making it quiet.
    static int narrow(long bits) {
        if (isNan64(bits)) {
            return (int) (bits >>> 32) & 0x80000000 | 0x7f800000 | QUIET32 | (int) (bits >>> 29) & 0x7fffff;
        }
        return Float.floatToRawIntBits((float) d(bits));
    }
}
