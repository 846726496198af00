package faultline.x86.fp;

import static faultline.x86.fp.BinaryFormat.DOUBLE;
import static faultline.x86.fp.BinaryFormat.SINGLE;

import faultline.core.cpu.GuestTrap;

/// The floating-point unit of SSE: MXCSR, and arithmetic under it (SDM volume 1, 10.2.3 and 11.5).
///
/// Operands and results are bit patterns; of a single-precision one only the low 32 bits count. The
/// host's arithmetic does the work as long as it cannot differ: rounding to nearest, nothing
/// unmasked, normal operands and a result well inside the normal range. Then the only exception can
/// be an inexact result, and once PE is set nobody has to look. Everything else is [SoftFloat]'s.
///
/// The operations of one instruction gather their exceptions; [#settle] then takes them over, for
/// all lanes at once, before the instruction changes a register.
public final class SseUnit {

    /// MXCSR after reset, and what the ABI starts programs with: everything masked, nothing
    /// flagged.
    public static final int INITIAL = 0x1f80;

    /// What [#compare64] says of operands of which one is a NaN.
    public static final int UNORDERED = 2;

    private static final int STICKY = 0x3f;
    private static final int MASKS = 7;

    /// Exceptions of the operands, which are recognised before any result is computed.
    private static final int BEFORE_RESULT = SoftFloat.INVALID | SoftFloat.DENORMAL | SoftFloat.ZERO_DIVIDE;

    private static final long LOW = 0xffffffffL;

    /// Above this the residual of a rounded double result is a double itself.
    private static final double EXACT_RESIDUAL = 0x1p-900;

    public int mxcsr = INITIAL;

    private final SoftFloat soft = new SoftFloat();
    private final GuestTrap exception;

    /// `exception` is thrown for what is not masked.
    public SseUnit(GuestTrap exception) {
        this.exception = exception;
    }

    /// Ends an instruction's operations: their exceptions become sticky flags, or `#XM`. An
    /// unmasked exception of an operand comes before there are results, so that none of theirs is
    /// flagged then (SDM volume 1, 11.5.3).
    public void settle() {
        if (soft.raised != 0) {
            takeOver(soft.raised);
        }
    }

    private void takeOver(int raised) {
        soft.raised = 0;
        int unmasked = raised & ~(mxcsr >>> MASKS);
        mxcsr |= (unmasked & BEFORE_RESULT) != 0 ? raised & BEFORE_RESULT : raised;
        if (unmasked != 0) {
            throw exception;
        }
    }

    private boolean isPlain() {
        return (mxcsr & ~STICKY) == INITIAL;
    }

    private boolean seesPrecision() {
        return (mxcsr & SoftFloat.PRECISION) == 0;
    }

    private void inexactIf(boolean inexact) {
        if (inexact) {
            soft.raised |= SoftFloat.PRECISION;
        }
    }

    private SoftFloat soft() {
        soft.control = mxcsr;
        return soft;
    }

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

    private static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    // Double precision.

    public long add64(long a, long b) {
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
        return soft().add(DOUBLE, a, b, false);
    }

    public long sub64(long a, long b) {
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
        return soft().add(DOUBLE, a, b, true);
    }

    public long mul64(long a, long b) {
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
        return soft().multiply(DOUBLE, a, b);
    }

    public long div64(long a, long b) {
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
        return soft().divide(DOUBLE, a, b);
    }

    public long sqrt64(long b) {
        double y = d(b);
        if (isPlain() && y >= EXACT_RESIDUAL && y <= Double.MAX_VALUE) {
            double root = Math.sqrt(y);
            if (seesPrecision()) {
                inexactIf(Math.fma(root, root, -y) != 0);
            }
            return Double.doubleToRawLongBits(root);
        }
        return soft().squareRoot(DOUBLE, b);
    }

    public long min64(long a, long b) {
        double x = d(a);
        double y = d(b);
        return isOrdinary(x) && isOrdinary(y) ? x < y ? a : b : soft().extreme(DOUBLE, a, b, false);
    }

    public long max64(long a, long b) {
        double x = d(a);
        double y = d(b);
        return isOrdinary(x) && isOrdinary(y) ? x > y ? a : b : soft().extreme(DOUBLE, a, b, true);
    }

    /// -1, 0 or 1 as the operands compare, or [#UNORDERED]; `signalling` makes every NaN invalid,
    /// not only those that signal.
    public int compare64(long a, long b, boolean signalling) {
        double x = d(a);
        double y = d(b);
        if (isOrdinary(x) && isOrdinary(y)) {
            return x < y ? -1 : x > y ? 1 : 0;
        }
        return soft().compare(DOUBLE, a, b, signalling);
    }

    // Single precision.

    public int add32(long a, long b) {
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
        return (int) soft().add(SINGLE, a & LOW, b & LOW, false);
    }

    public int sub32(long a, long b) {
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
        return (int) soft().add(SINGLE, a & LOW, b & LOW, true);
    }

    public int mul32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float product = x * y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && (isInside(product) || x == 0 || y == 0)) {
            inexactIf(seesPrecision() && product != (double) x * y);
            return Float.floatToRawIntBits(product);
        }
        return (int) soft().multiply(SINGLE, a & LOW, b & LOW);
    }

    public int div32(long a, long b) {
        float x = f(a);
        float y = f(b);
        float quotient = x / y;
        if (isPlain() && isOrdinary(x) && isOrdinary(y) && y != 0 && (isInside(quotient) || x == 0)) {
            inexactIf(seesPrecision() && (double) quotient * y != x);
            return Float.floatToRawIntBits(quotient);
        }
        return (int) soft().divide(SINGLE, a & LOW, b & LOW);
    }

    /// The double's root rounded to float is the float's root: 53 bits are more than twice 24.
    public int sqrt32(long b) {
        float y = f(b);
        if (isPlain() && y >= Float.MIN_NORMAL && y <= Float.MAX_VALUE) {
            float root = (float) Math.sqrt(y);
            inexactIf(seesPrecision() && (double) root * root != y);
            return Float.floatToRawIntBits(root);
        }
        return (int) soft().squareRoot(SINGLE, b & LOW);
    }

    public int min32(long a, long b) {
        float x = f(a);
        float y = f(b);
        boolean ordinary = isOrdinary(x) && isOrdinary(y);
        return ordinary ? (int) (x < y ? a : b) : (int) soft().extreme(SINGLE, a & LOW, b & LOW, false);
    }

    public int max32(long a, long b) {
        float x = f(a);
        float y = f(b);
        boolean ordinary = isOrdinary(x) && isOrdinary(y);
        return ordinary ? (int) (x > y ? a : b) : (int) soft().extreme(SINGLE, a & LOW, b & LOW, true);
    }

    /// As [#compare64].
    public int compare32(long a, long b, boolean signalling) {
        float x = f(a);
        float y = f(b);
        if (isOrdinary(x) && isOrdinary(y)) {
            return x < y ? -1 : x > y ? 1 : 0;
        }
        return soft().compare(SINGLE, a & LOW, b & LOW, signalling);
    }

    // Conversions between the formats.

    public long widen(long b) {
        float y = f(b);
        return isOrdinary(y) ? Double.doubleToRawLongBits(y) : soft().convert(SINGLE, DOUBLE, b & LOW);
    }

    public int narrow(long b) {
        double y = d(b);
        float rounded = (float) y;
        if (isPlain() && isOrdinary(y) && (isInside(rounded) || y == 0)) {
            inexactIf(seesPrecision() && rounded != y);
            return Float.floatToRawIntBits(rounded);
        }
        return (int) soft().convert(DOUBLE, SINGLE, b);
    }

    // Conversions from integers.

    public long fromLong64(long b) {
        double rounded = (double) b;
        if (isPlain() && !seesPrecision()) {
            return Double.doubleToRawLongBits(rounded);
        }
        return soft().fromInteger(DOUBLE, b);
    }

    public int fromLong32(long b) {
        float rounded = (float) b;
        if (isPlain() && !seesPrecision()) {
            return Float.floatToRawIntBits(rounded);
        }
        return (int) soft().fromInteger(SINGLE, b);
    }

    // Conversions to integers: what does not fit becomes the most negative integer.

    /// Rounds as MXCSR says.
    public long round64(long b, int bits) {
        return toInteger64(b, bits, soft().rounding());
    }

    public long truncate64(long b, int bits) {
        return toInteger64(b, bits, SoftFloat.TRUNCATE);
    }

    public long round32(long b, int bits) {
        return toInteger32(b, bits, soft().rounding());
    }

    public long truncate32(long b, int bits) {
        return toInteger32(b, bits, SoftFloat.TRUNCATE);
    }

    private long toInteger64(long b, int bits, int rounding) {
        double y = d(b);
        if (rounding == SoftFloat.TRUNCATE && Math.abs(y) < Integer.MAX_VALUE && isOrdinary(y)) {
            long value = (long) y;
            inexactIf(value != y);
            return value;
        }
        return soft().toInteger(DOUBLE, b, bits, rounding);
    }

    private long toInteger32(long b, int bits, int rounding) {
        float y = f(b);
        if (rounding == SoftFloat.TRUNCATE && Math.abs(y) < Integer.MAX_VALUE && isOrdinary(y)) {
            long value = (long) y;
            inexactIf(value != y);
            return value;
        }
        return soft().toInteger(SINGLE, b & LOW, bits, rounding);
    }

    // Rounding to an integer in the same format, as an immediate says: mode in bits 0 and 1, MXCSR's instead with
    // bit 2, no precision exception with bit 3.

    public long roundToIntegral64(long b, int how) {
        return soft().roundToIntegral(DOUBLE, b, mode(how), (how & 8) != 0);
    }

    public int roundToIntegral32(long b, int how) {
        return (int) soft().roundToIntegral(SINGLE, b & LOW, mode(how), (how & 8) != 0);
    }

    private int mode(int how) {
        return (how & 4) != 0 ? soft().rounding() : how & 3;
    }
}
