package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// The floating-point unit of a thread: FPSCR, and all that instructions compute under it. Here are
/// rounding, conversion and comparison; arithmetic is in the classes above.
public final class FpUnit extends FpArithmetic {

    // Results of comparisons: a field of CR, and FPCC.

    private static final int LESS = 8;
    private static final int GREATER = 4;
    private static final int EQUAL = 2;
    private static final int UNORDERED_FIELD = 1;

    /// Rounding modes of instructions that name one: nearest with ties away, toward zero, up, down,
    /// as FPSCR says.
    public static final int AWAY = 0;

    public static final int TO_ZERO = 1;
    public static final int TO_PLUS = 2;
    public static final int TO_MINUS = 3;
    public static final int CURRENT = 4;

    private int mode(int named) {
        return switch (named) {
            case AWAY -> TIES_AWAY;
            case TO_ZERO -> TRUNCATE;
            case TO_PLUS -> UP;
            case TO_MINUS -> DOWN;
            default -> rounding();
        };
    }

    // Between the formats.

    /// Rounds to single precision.
    public long roundToSingle(long b) {
        long result = convertToSingle(b);
        return ended(Operation.ROUND | Operation.SINGLE, b, 0, 0, result);
    }

    private long convertToSingle(long b) {
        if (isPlain() && !BinaryFormat.DOUBLE.isNan(b)) {
            return Singles.toDouble(narrow(b));
        }
        long result = convert(BinaryFormat.DOUBLE, BinaryFormat.SINGLE_AS_DOUBLE, b);
        return BinaryFormat.DOUBLE.isNan(result) ? result & Singles.BITS : result;
    }

    // To and from integers.

    /// An integer of so many bits; a NaN is the least of them.
    public long toInteger(long b, int bits, boolean signed, int named) {
        int rounding = mode(named);
        long result = toInteger64(b, bits, signed, rounding);
        int operation = Operation.TO_INTEGER;
        long conversion = Operation.conversion(bits, signed, rounding);
        return isQuiet()
                ? notedUnclassified(operation, b, conversion, result)
                : settled(operation, b, 0, conversion, result);
    }

    public long fromSigned(long b) {
        return ended(Operation.FROM_SIGNED, b, 0, 0, fromLong64(b));
    }

    public long fromUnsigned(long b) {
        long result = b >= 0 ? fromLong64(b) : fromInteger(BinaryFormat.DOUBLE, b, false, 0);
        return ended(Operation.FROM_UNSIGNED, b, 0, 0, result);
    }

    public long fromSignedToSingle(long b) {
        long result =
                isPlain() ? Singles.toDouble(fromLong32(b)) : fromInteger(BinaryFormat.SINGLE_AS_DOUBLE, b, true, 0);
        return ended(Operation.FROM_SIGNED | Operation.SINGLE, b, 0, 0, result);
    }

    public long fromUnsignedToSingle(long b) {
        long result = fromInteger(BinaryFormat.SINGLE_AS_DOUBLE, b, false, 0);
        return ended(Operation.FROM_UNSIGNED | Operation.SINGLE, b, 0, 0, result);
    }

    /// Rounds to an integer in the same format, which is never inexact.
    public long integral(long b, int named) {
        return ended(Operation.NONE, b, 0, 0, integral64(b, mode(named), true));
    }

    /// The same under the rounding mode of FPSCR, where what is not exact is noted.
    public long integralExact(long b) {
        return ended(Operation.INTEGRAL, b, 0, 0, integral64(b, rounding(), false));
    }

    // Comparison.

    /// Compares; a field of CR. Only a NaN that signals is invalid.
    public int compare(long a, long b) {
        int order = order(a, b);
        return compared(order, order == UNORDERED_FIELD ? signals(a, b) : 0);
    }

    /// Compares; every NaN is invalid.
    public int compareOrdered(long a, long b) {
        int order = order(a, b);
        if (order != UNORDERED_FIELD) {
            return compared(order, 0);
        }
        int signals = signals(a, b);
        return compared(order, signals != 0 && isInvalidEnabled() ? signals : signals | Fpscr.VXVC);
    }

    private static int order(long a, long b) {
        double x = d(a);
        double y = d(b);
        return x < y ? LESS : x > y ? GREATER : x == y ? EQUAL : UNORDERED_FIELD;
    }

    private static int signals(long a, long b) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        return format.isSignalling(a) || format.isSignalling(b) ? Fpscr.VXSNAN : 0;
    }
}
