package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// Rounding, conversion and comparison of one number (Power ISA Book I 4.6.7, 4.6.8 and 7.6).
public abstract class FpConversion extends FpArithmetic {

    // Results of comparisons: a field of CR, and FPCC.

    static final int EQUAL = 2;
    static final int NO_ORDER = 1;

    /// Rounding modes of instructions that name one: nearest with ties away, toward zero, up, down,
    /// as FPSCR says.
    public static final int AWAY = 0;

    public static final int TO_ZERO = 1;
    public static final int TO_PLUS = 2;
    public static final int TO_MINUS = 3;
    public static final int CURRENT = 4;

    /// As FPSCR says, and what is not exact is noted.
    public static final int EXACT = 5;

    FpConversion() {}

    final int mode(int named) {
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
    public final long roundToSingle(long b) {
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

    /// The single in the high word, as a double.
    public final long fromWord(long b) {
        return ended(Operation.NONE | Operation.WORD, b >>> 32, 0, 0, widen(b >>> 32));
    }

    // To and from integers.

    /// An integer of so many bits; a NaN is the least of them.
    public final long toInteger(long b, int bits, boolean signed, int named) {
        int rounding = mode(named);
        long result = toInteger64(b, bits, signed, rounding);
        int operation = Operation.TO_INTEGER;
        long conversion = Operation.conversion(bits, signed, rounding);
        return isQuiet()
                ? notedUnclassified(operation, b, conversion, result)
                : settled(operation, b, 0, conversion, result);
    }

    public final long fromSigned(long b) {
        return ended(Operation.FROM_SIGNED, b, 0, 0, fromLong64(b));
    }

    public final long fromUnsigned(long b) {
        long result = b >= 0 ? fromLong64(b) : fromInteger(BinaryFormat.DOUBLE, b, false, 0);
        return ended(Operation.FROM_UNSIGNED, b, 0, 0, result);
    }

    public final long fromSignedToSingle(long b) {
        long result =
                isPlain() ? Singles.toDouble(fromLong32(b)) : fromInteger(BinaryFormat.SINGLE_AS_DOUBLE, b, true, 0);
        return ended(Operation.FROM_SIGNED | Operation.SINGLE, b, 0, 0, result);
    }

    public final long fromUnsignedToSingle(long b) {
        long result = fromInteger(BinaryFormat.SINGLE_AS_DOUBLE, b, false, 0);
        return ended(Operation.FROM_UNSIGNED | Operation.SINGLE, b, 0, 0, result);
    }

    /// Rounds to an integer in the same format, which is inexact for [#EXACT] only.
    public final long integral(long b, int named) {
        boolean exact = named == EXACT;
        int operation = exact ? Operation.INTEGRAL : Operation.NONE;
        return ended(operation, b, 0, 0, integral64(b, mode(named), !exact));
    }

    // Comparison.

    /// Compares; a field of CR. Only a NaN that signals is invalid.
    public final int compare(long a, long b) {
        int order = order(a, b);
        return compared(order, order == NO_ORDER ? signals(a, b) : 0);
    }

    /// Compares; every NaN is invalid.
    public final int compareOrdered(long a, long b) {
        int order = order(a, b);
        if (order != NO_ORDER) {
            return compared(order, 0);
        }
        int signals = signals(a, b);
        return compared(order, signals != 0 && isInvalidEnabled() ? signals : signals | Fpscr.VXVC);
    }

    static int order(long a, long b) {
        double x = d(a);
        double y = d(b);
        return x < y ? LESS : x > y ? GREATER : x == y ? EQUAL : NO_ORDER;
    }

    static int signals(long a, long b) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        return format.isSignalling(a) || format.isSignalling(b) ? Fpscr.VXSNAN : 0;
    }
}
