package faultline.core.fp;

import static faultline.core.fp.BinaryFormat.DOUBLE;
import static faultline.core.fp.BinaryFormat.SINGLE;

/// Arithmetic by the host as long as it cannot differ: rounding to nearest, normal operands, and a
/// result well inside the normal range. Then the only exception can be an inexact result, and once
/// that is flagged nobody has to look. Everything else is left to [SoftFloat].
///
/// Operands and results are bit patterns; of a single-precision one only the low 32 bits count.
public abstract class FloatUnit extends SoftFloat {

    private static final long LOW = 0xffffffffL;

    /// Above this the residual of a rounded double result is a double itself.
    private static final double EXACT_RESIDUAL = 0x1p-900;

    /// Doubles that large have no bits behind the point; less than the largest `long`.
    private static final double MOST_LONG = 0x1p62;

    protected FloatUnit() {}

    /// Whether the control register leaves normal operands and results to the host.
    protected abstract boolean isPlain();

    /// Whether the exception for an inexact result is not flagged yet.
    protected abstract boolean seesPrecision();

    private static boolean isOrdinary(double x) {
        double magnitude = Math.abs(x);
        return magnitude >= Double.MIN_NORMAL && magnitude <= Double.MAX_VALUE || magnitude == 0;
    }

    private static boolean isOrdinary(float x) {
        float magnitude = Math.abs(x);
        return magnitude >= Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE || magnitude == 0;
    }

    /// Whether a result neither overflowed nor came near underflow.
    private static boolean isInside(double result) {
        double magnitude = Math.abs(result);
        return magnitude > Double.MIN_NORMAL && magnitude <= Double.MAX_VALUE;
    }

    private static boolean isInside(float result) {
        float magnitude = Math.abs(result);
        return magnitude > Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE;
    }

    /// Whether two operands are both normal numbers or zeros.
    protected static boolean areOrdinary64(long a, long b) {
        return isOrdinary(d(a)) && isOrdinary(d(b));
    }

    protected static boolean areOrdinary32(long a, long b) {
        return isOrdinary(f(a)) && isOrdinary(f(b));
    }

    protected static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    protected static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    // Double precision.

    public final long add64(long a, long b) {
        double x = d(a);
        double y = d(b);
        double sum = x + y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(sum) || sum == 0)) {
            if (seesPrecision()) {
                double added = sum - x;
                inexactIf((x - (sum - added)) + (y - added) != 0);
            }
            return Double.doubleToRawLongBits(sum);
        }
        return add(DOUBLE, a, b, false);
    }

    public final long sub64(long a, long b) {
        double x = d(a);
        double y = d(b);
        double difference = x - y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(difference) || difference == 0)) {
            if (seesPrecision()) {
                double added = difference - x;
                inexactIf((x - (difference - added)) + (-y - added) != 0);
            }
            return Double.doubleToRawLongBits(difference);
        }
        return add(DOUBLE, a, b, true);
    }

    public final long mul64(long a, long b) {
        double x = d(a);
        double y = d(b);
        double product = x * y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(product) || x == 0 || y == 0)) {
            if (!seesPrecision() || product == 0) {
                return Double.doubleToRawLongBits(product);
            }
            if (Math.abs(product) > EXACT_RESIDUAL) {
                inexactIf(Math.fma(x, y, -product) != 0);
                return Double.doubleToRawLongBits(product);
            }
        }
        return multiply(DOUBLE, a, b);
    }

    public final long div64(long a, long b) {
        double x = d(a);
        double y = d(b);
        double quotient = x / y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && y != 0 && (isInside(quotient) || x == 0)) {
            if (!seesPrecision() || x == 0) {
                return Double.doubleToRawLongBits(quotient);
            }
            if (Math.abs(x) > EXACT_RESIDUAL) {
                inexactIf(Math.fma(quotient, y, -x) != 0);
                return Double.doubleToRawLongBits(quotient);
            }
        }
        return divide(DOUBLE, a, b);
    }

    public final long sqrt64(long b) {
        double y = d(b);
        if (isPlain() && y >= EXACT_RESIDUAL && y <= Double.MAX_VALUE) {
            double root = Math.sqrt(y);
            if (seesPrecision()) {
                inexactIf(Math.fma(root, root, -y) != 0);
            }
            return Double.doubleToRawLongBits(root);
        }
        return squareRoot(DOUBLE, b);
    }

    /// `a * b + addend`, rounded once.
    public final long fma64(long a, long b, long addend) {
        double x = d(a);
        double y = d(b);
        double z = d(addend);
        if (isPlain() && !seesPrecision() && isOrdinary(x) && isOrdinary(y) && isOrdinary(z)) {
            double result = Math.fma(x, y, z);
            if (isInside(result)) {
                return Double.doubleToRawLongBits(result);
            }
        }
        return multiplyAdd(DOUBLE, a, b, addend, 0);
    }

    /// As [#compare].
    public final int compare64(long a, long b, boolean signalling) {
        double x = d(a);
        double y = d(b);
        if (isOrdinary(x) && isOrdinary(y)) {
            return x < y ? -1 : x > y ? 1 : 0;
        }
        return compare(DOUBLE, a, b, signalling);
    }

    // Single precision.

    public final int add32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float sum = x + y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(sum) || sum == 0)) {
            if (seesPrecision()) {
                float added = sum - x;
                inexactIf((x - (sum - added)) + (y - added) != 0);
            }
            return Float.floatToRawIntBits(sum);
        }
        return (int) add(SINGLE, a & LOW, b & LOW, false);
    }

    public final int sub32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float difference = x - y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(difference) || difference == 0)) {
            if (seesPrecision()) {
                float added = difference - x;
                inexactIf((x - (difference - added)) + (-y - added) != 0);
            }
            return Float.floatToRawIntBits(difference);
        }
        return (int) add(SINGLE, a & LOW, b & LOW, true);
    }

    public final int mul32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float product = x * y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(product) || x == 0 || y == 0)) {
            inexactIf(seesPrecision() && product != (double) x * y);
            return Float.floatToRawIntBits(product);
        }
        return (int) multiply(SINGLE, a & LOW, b & LOW);
    }

    public final int div32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float quotient = x / y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && y != 0 && (isInside(quotient) || x == 0)) {
            inexactIf(seesPrecision() && (double) quotient * y != x);
            return Float.floatToRawIntBits(quotient);
        }
        return (int) divide(SINGLE, a & LOW, b & LOW);
    }

    /// The double's root rounded to float is the float's root: 53 bits are more than twice 24.
    public final int sqrt32(long b) {
        float y = f(b);
        if (isPlain() && y >= Float.MIN_NORMAL && y <= Float.MAX_VALUE) {
            float root = (float) Math.sqrt(y);
            inexactIf(seesPrecision() && (double) root * root != y);
            return Float.floatToRawIntBits(root);
        }
        return (int) squareRoot(SINGLE, b & LOW);
    }

    /// As [#fma64].
    public final int fma32(long a, long b, long addend) {
        float x = f(a);
        float y = f(b);
        float z = f(addend);
        if (isPlain() && !seesPrecision() && isOrdinary(x) && isOrdinary(y) && isOrdinary(z)) {
            float result = Math.fma(x, y, z);
            if (isInside(result)) {
                return Float.floatToRawIntBits(result);
            }
        }
        return (int) multiplyAdd(SINGLE, a & LOW, b & LOW, addend & LOW, 0);
    }

    /// As [#compare].
    public final int compare32(long a, long b, boolean signalling) {
        float x = f(a);
        float y = f(b);
        if (isOrdinary(x) && isOrdinary(y)) {
            return x < y ? -1 : x > y ? 1 : 0;
        }
        return compare(SINGLE, a & LOW, b & LOW, signalling);
    }

    // Conversions between the formats.

    public final long widen(long b) {
        float y = f(b);
        return isOrdinary(y) ? Double.doubleToRawLongBits(y) : convert(SINGLE, DOUBLE, b & LOW);
    }

    public final int narrow(long b) {
        double y = d(b);
        float rounded = (float) y;
        if (isPlain() && isOrdinary(y) && (isInside(rounded) || y == 0)) {
            inexactIf(seesPrecision() && rounded != y);
            return Float.floatToRawIntBits(rounded);
        }
        return (int) convert(DOUBLE, SINGLE, b);
    }

    // Conversions from signed integers.

    public final long fromLong64(long b) {
        double rounded = (double) b;
        if (isPlain() && (!seesPrecision() || Math.abs(rounded) < 0x1p53)) {
            return Double.doubleToRawLongBits(rounded);
        }
        return fromInteger(DOUBLE, b, true, 0);
    }

    public final int fromLong32(long b) {
        float rounded = (float) b;
        if (isPlain() && (!seesPrecision() || Math.abs(rounded) < 0x1p24f)) {
            return Float.floatToRawIntBits(rounded);
        }
        return (int) fromInteger(SINGLE, b, true, 0);
    }

    // Conversions to integers of 32 or 64 bits.

    public final long toInteger64(long b, int bits, boolean signed, int rounding) {
        double y = d(b);
        boolean fits = Math.abs(y) < (bits == 64 ? MOST_LONG : Integer.MAX_VALUE) && (signed || y >= 0);
        if (rounding == TRUNCATE && fits && isOrdinary(y)) {
            long value = (long) y;
            inexactIf(value != y);
            return value;
        }
        return toInteger(DOUBLE, b, bits, signed, rounding, 0);
    }

    public final long toInteger32(long b, int bits, boolean signed, int rounding) {
        float y = f(b);
        boolean fits = Math.abs(y) < (bits == 64 ? MOST_LONG : Integer.MAX_VALUE) && (signed || y >= 0);
        if (rounding == TRUNCATE && fits && isOrdinary(y)) {
            long value = (long) y;
            inexactIf(value != y);
            return value;
        }
        return toInteger(SINGLE, b & LOW, bits, signed, rounding, 0);
    }

    // Rounding to an integer in the same format.

    public final long integral64(long b, int rounding, boolean suppressPrecision) {
        double y = d(b);
        if (rounding <= TRUNCATE && isOrdinary(y)) {
            double result = integral(y, rounding);
            inexactIf(!suppressPrecision && result != y);
            return Double.doubleToRawLongBits(result);
        }
        return roundToIntegral(DOUBLE, b, rounding, suppressPrecision);
    }

    public final int integral32(long b, int rounding, boolean suppressPrecision) {
        float y = f(b);
        if (rounding <= TRUNCATE && isOrdinary(y)) {
            float result = (float) integral(y, rounding);
            inexactIf(!suppressPrecision && result != y);
            return Float.floatToRawIntBits(result);
        }
        return (int) roundToIntegral(SINGLE, b & LOW, rounding, suppressPrecision);
    }

    private static double integral(double y, int rounding) {
        return switch (rounding) {
            case NEAREST -> Math.rint(y);
            case DOWN -> Math.floor(y);
            case UP -> Math.ceil(y);
            default -> y < 0 ? Math.ceil(y) : Math.floor(y);
        };
    }
}
