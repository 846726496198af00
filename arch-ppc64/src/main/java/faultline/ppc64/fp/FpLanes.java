package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// Operations on the elements of vectors (Power ISA Book I 7.6): on a double, or on both singles of a
/// doubleword. They leave FR, FI and FPRF alone, and no element is written if one has an exception that
/// is enabled.
public abstract class FpLanes extends FpConversion {

    private static final long LOW = 0xffffffffL;
    private static final long ONE = 0x3ff0L << 48;
    private static final long ONE_WORD = 0x3f800000L;
    private static final int SIGN_WORD = 1 << 31;

    FpLanes() {}

    /// Two words as a doubleword.
    static long pair(long low, long high) {
        return low & LOW | high << 32;
    }

    private long lane(int operation, long a, long b, long c, long result) {
        return isQuiet() ? result : settled(operation | Operation.LANE, a, b, c, result);
    }

    private long word(int operation, long a, long b, long c, long result) {
        return isQuiet()
                ? result
                : settled(operation | Operation.LANE | Operation.WORD, a & LOW, b & LOW, c & LOW, result);
    }

    // Doubles.

    public final long addLane(long a, long b) {
        return lane(Operation.ADD, a, b, 0, add64(a, b));
    }

    public final long subtractLane(long a, long b) {
        return lane(Operation.SUBTRACT, a, b, 0, sub64(a, b));
    }

    public final long multiplyLane(long a, long b) {
        return lane(Operation.MULTIPLY, a, b, 0, mul64(a, b));
    }

    public final long divideLane(long a, long b) {
        return lane(Operation.DIVIDE, a, b, 0, div64(a, b));
    }

    public final long squareRootLane(long b) {
        return lane(Operation.ROOT, b, 0, 0, sqrt64(b));
    }

    public final long multiplyAddLane(long a, long c, long b) {
        return lane(Operation.FUSED, a, c, b, fma64(a, c, b));
    }

    public final long multiplySubtractLane(long a, long c, long b) {
        return multiplyAddLane(a, c, negatedNumber(b));
    }

    public final long negativeMultiplyAddLane(long a, long c, long b) {
        return negatedNumber(multiplyAddLane(a, c, b));
    }

    public final long negativeMultiplySubtractLane(long a, long c, long b) {
        return negatedNumber(multiplySubtractLane(a, c, b));
    }

    public final long reciprocalLane(long b) {
        return divideLane(ONE, b);
    }

    public final long reciprocalRootLane(long b) {
        long root = squareRootLane(b);
        return BinaryFormat.DOUBLE.isNan(root) ? root : divideLane(ONE, root);
    }

    // Singles, both of a doubleword.

    public final long addWords(long a, long b) {
        return pair(addWord(a, b), addWord(a >>> 32, b >>> 32));
    }

    private long addWord(long a, long b) {
        return word(Operation.ADD, a, b, 0, add32(a, b));
    }

    public final long subtractWords(long a, long b) {
        return pair(subtractWord(a, b), subtractWord(a >>> 32, b >>> 32));
    }

    private long subtractWord(long a, long b) {
        return word(Operation.SUBTRACT, a, b, 0, sub32(a, b));
    }

    public final long multiplyWords(long a, long b) {
        return pair(multiplyWord(a, b), multiplyWord(a >>> 32, b >>> 32));
    }

    private long multiplyWord(long a, long b) {
        return word(Operation.MULTIPLY, a, b, 0, mul32(a, b));
    }

    public final long divideWords(long a, long b) {
        return pair(divideWord(a, b), divideWord(a >>> 32, b >>> 32));
    }

    private long divideWord(long a, long b) {
        return word(Operation.DIVIDE, a, b, 0, div32(a, b));
    }

    public final long squareRootWords(long b) {
        return pair(squareRootWord(b), squareRootWord(b >>> 32));
    }

    private long squareRootWord(long b) {
        return word(Operation.ROOT, b, 0, 0, sqrt32(b));
    }

    public final long multiplyAddWords(long a, long c, long b) {
        return pair(multiplyAddWord(a, c, b), multiplyAddWord(a >>> 32, c >>> 32, b >>> 32));
    }

    private long multiplyAddWord(long a, long c, long b) {
        return word(Operation.FUSED, a, c, b, fma32(a, c, b));
    }

    public final long multiplySubtractWords(long a, long c, long b) {
        return multiplyAddWords(a, c, negatedWords(b));
    }

    public final long negativeMultiplyAddWords(long a, long c, long b) {
        return negatedWords(multiplyAddWords(a, c, b));
    }

    public final long negativeMultiplySubtractWords(long a, long c, long b) {
        return negatedWords(multiplySubtractWords(a, c, b));
    }

    private static long negatedWords(long b) {
        return pair(negatedWord((int) b), negatedWord((int) (b >>> 32)));
    }

    private static int negatedWord(int b) {
        return Float.isNaN(Float.intBitsToFloat(b)) ? b : b ^ SIGN_WORD;
    }

    public final long reciprocalWords(long b) {
        return pair(divideWord(ONE_WORD, b), divideWord(ONE_WORD, b >>> 32));
    }

    public final long reciprocalRootWords(long b) {
        return pair(reciprocalRootWord(b), reciprocalRootWord(b >>> 32));
    }

    private long reciprocalRootWord(long b) {
        long root = squareRootWord(b);
        return Float.isNaN(f(root)) ? root : divideWord(ONE_WORD, root);
    }

    // Rounding to integers in the same format.

    public final long integralLane(long b, int named) {
        return lane(Operation.NONE, b, 0, 0, integral64(b, mode(named), named != EXACT));
    }

    public final long integralWords(long b, int named) {
        return pair(integralWord(b, named), integralWord(b >>> 32, named));
    }

    private long integralWord(long b, int named) {
        return word(Operation.NONE, b, 0, 0, integral32(b, mode(named), named != EXACT));
    }

    // To integers, truncated.

    public final long toIntegerLane(long b, int bits, boolean signed) {
        return lane(Operation.TO_INTEGER, b, 0, 0, toInteger64(b, bits, signed, TRUNCATE));
    }

    /// Of the single in the low word.
    public final long wordToInteger(long b, int bits, boolean signed) {
        return word(Operation.TO_INTEGER, b, 0, 0, toInteger32(b, bits, signed, TRUNCATE));
    }

    // Between the formats and from integers.

    /// The single in the low word as a double.
    public final long widenLane(long b) {
        return word(Operation.NONE, b, 0, 0, widen(b));
    }

    /// A double as a single.
    public final long narrowLane(long b) {
        return lane(Operation.NONE, b, 0, 0, narrow(b));
    }

    public final long fromIntegerLane(long b, boolean signed) {
        boolean plain = signed || b >= 0;
        return lane(Operation.NONE, b, 0, 0, plain ? fromLong64(b) : fromInteger(BinaryFormat.DOUBLE, b, false, 0));
    }

    /// As a single.
    public final long wordFromInteger(long b, boolean signed) {
        boolean plain = signed || b >= 0;
        return word(Operation.NONE, b, 0, 0, plain ? fromLong32(b) : fromInteger(BinaryFormat.SINGLE, b, false, 0));
    }

    // Comparison: all ones where it holds.

    public final long equalLane(long a, long b) {
        double x = d(a);
        double y = d(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            unordered(a, b, false);
        }
        return x == y ? -1 : 0;
    }

    public final long greaterLane(long a, long b) {
        double x = d(a);
        double y = d(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            unordered(a, b, true);
        }
        return x > y ? -1 : 0;
    }

    public final long greaterOrEqualLane(long a, long b) {
        double x = d(a);
        double y = d(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            unordered(a, b, true);
        }
        return x >= y ? -1 : 0;
    }

    private void unordered(long a, long b, boolean ordered) {
        int signals = signals(a, b);
        int exceptions = ordered && !(signals != 0 && isInvalidEnabled()) ? signals | Fpscr.VXVC : signals;
        if (exceptions != 0) {
            notedInLane(exceptions);
        }
    }

    // A single is compared as the double that it is.

    public final long equalWords(long a, long b) {
        return pair(
                equalLane(Singles.toDouble((int) a), Singles.toDouble((int) b)),
                equalLane(Singles.toDouble((int) (a >>> 32)), Singles.toDouble((int) (b >>> 32))));
    }

    public final long greaterWords(long a, long b) {
        return pair(
                greaterLane(Singles.toDouble((int) a), Singles.toDouble((int) b)),
                greaterLane(Singles.toDouble((int) (a >>> 32)), Singles.toDouble((int) (b >>> 32))));
    }

    public final long greaterOrEqualWords(long a, long b) {
        return pair(
                greaterOrEqualLane(Singles.toDouble((int) a), Singles.toDouble((int) b)),
                greaterOrEqualLane(Singles.toDouble((int) (a >>> 32)), Singles.toDouble((int) (b >>> 32))));
    }

    // Maximum and minimum.

    /// Of a number and a quiet NaN it is the number.
    public final long maximum(long a, long b) {
        return extreme(BinaryFormat.DOUBLE, a, b, true);
    }

    public final long minimum(long a, long b) {
        return extreme(BinaryFormat.DOUBLE, a, b, false);
    }

    public final long maximumWords(long a, long b) {
        return pair(extremeWord(a, b, true), extremeWord(a >>> 32, b >>> 32, true));
    }

    public final long minimumWords(long a, long b) {
        return pair(extremeWord(a, b, false), extremeWord(a >>> 32, b >>> 32, false));
    }

    private long extremeWord(long a, long b, boolean greater) {
        return extreme(BinaryFormat.SINGLE, a & LOW, b & LOW, greater);
    }

    private long extreme(BinaryFormat format, long a, long b, boolean greater) {
        if (format.isNan(a) || format.isNan(b)) {
            return extremeOfNan(format, a, b);
        }
        int order = order(format, a, b);
        if (order == 0) {
            return greater ? a & b : a | b;
        }
        return order > 0 == greater ? a : b;
    }

    private long extremeOfNan(BinaryFormat format, long a, long b) {
        if (format.isSignalling(a) || format.isSignalling(b)) {
            notedInLane(Fpscr.VXSNAN);
            return (format.isNan(a) ? a : b) | format.quietBit();
        }
        return format.isNan(b) ? a : b;
    }
}
