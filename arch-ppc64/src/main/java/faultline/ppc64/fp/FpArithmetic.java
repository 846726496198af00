package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// Arithmetic on one number (Power ISA Book I 4.6.6 and 7.6): double precision, and single precision,
/// whose operands and results are doubles in registers.
///
/// Operands that are singles, as the manual wants them, are left to the host as singles; others are
/// rounded once to the same format.
public abstract class FpArithmetic extends FpStatus {

    private static final long ONE = 0x3ff0L << 48;
    private static final long SIGN = 1L << 63;

    FpArithmetic() {}

    // Double precision.

    public final long add(long a, long b) {
        return ended(Operation.ADD, a, b, 0, add64(a, b));
    }

    public final long subtract(long a, long b) {
        return ended(Operation.SUBTRACT, a, b, 0, sub64(a, b));
    }

    public final long multiply(long a, long b) {
        return ended(Operation.MULTIPLY, a, b, 0, mul64(a, b));
    }

    public final long divide(long a, long b) {
        return ended(Operation.DIVIDE, a, b, 0, div64(a, b));
    }

    public final long squareRoot(long b) {
        return ended(Operation.ROOT, b, 0, 0, sqrt64(b));
    }

    /// `a * c + b`, rounded once.
    public final long multiplyAdd(long a, long c, long b) {
        return ended(Operation.FUSED, a, c, b, fma64(a, c, b));
    }

    /// `a * c - b`; a NaN keeps its sign.
    public final long multiplySubtract(long a, long c, long b) {
        return multiplyAdd(a, c, negatedNumber(b));
    }

    /// `-(a * c + b)`, negated when it is rounded; a NaN keeps its sign.
    public final long negativeMultiplyAdd(long a, long c, long b) {
        return ended(Operation.FUSED, a, c, b, negatedNumber(fma64(a, c, b)));
    }

    public final long negativeMultiplySubtract(long a, long c, long b) {
        return negativeMultiplyAdd(a, c, negatedNumber(b));
    }

    static long negatedNumber(long x) {
        return BinaryFormat.DOUBLE.isNan(x) ? x : x ^ SIGN;
    }

    // Single precision.

    /// Whether an operand is left to the host as a single.
    private boolean isSingle(long a) {
        double x = d(a);
        return isPlain() && (float) x == x;
    }

    private static int single(long a) {
        return Float.floatToRawIntBits((float) d(a));
    }

    public final long addSingle(long a, long b) {
        long result = isSingle(a) && isSingle(b)
                ? Singles.toDouble(add32(single(a), single(b)))
                : add(BinaryFormat.SINGLE_AS_DOUBLE, a, b, false);
        return ended(Operation.ADD | Operation.SINGLE, a, b, 0, result);
    }

    public final long subtractSingle(long a, long b) {
        long result = isSingle(a) && isSingle(b)
                ? Singles.toDouble(sub32(single(a), single(b)))
                : add(BinaryFormat.SINGLE_AS_DOUBLE, a, b, true);
        return ended(Operation.SUBTRACT | Operation.SINGLE, a, b, 0, result);
    }

    public final long multiplySingle(long a, long b) {
        long result = isSingle(a) && isSingle(b)
                ? Singles.toDouble(mul32(single(a), single(b)))
                : multiply(BinaryFormat.SINGLE_AS_DOUBLE, a, b);
        return ended(Operation.MULTIPLY | Operation.SINGLE, a, b, 0, result);
    }

    public final long divideSingle(long a, long b) {
        long result = isSingle(a) && isSingle(b)
                ? Singles.toDouble(div32(single(a), single(b)))
                : divide(BinaryFormat.SINGLE_AS_DOUBLE, a, b);
        return ended(Operation.DIVIDE | Operation.SINGLE, a, b, 0, result);
    }

    public final long squareRootSingle(long b) {
        long result = isSingle(b) ? Singles.toDouble(sqrt32(single(b))) : squareRoot(BinaryFormat.SINGLE_AS_DOUBLE, b);
        return ended(Operation.ROOT | Operation.SINGLE, b, 0, 0, result);
    }

    public final long multiplyAddSingle(long a, long c, long b) {
        return ended(Operation.FUSED | Operation.SINGLE, a, c, b, fusedSingle(a, c, b));
    }

    public final long multiplySubtractSingle(long a, long c, long b) {
        return multiplyAddSingle(a, c, negatedNumber(b));
    }

    public final long negativeMultiplyAddSingle(long a, long c, long b) {
        return ended(Operation.FUSED | Operation.SINGLE, a, c, b, negatedNumber(fusedSingle(a, c, b)));
    }

    public final long negativeMultiplySubtractSingle(long a, long c, long b) {
        return negativeMultiplyAddSingle(a, c, negatedNumber(b));
    }

    private long fusedSingle(long a, long c, long b) {
        return isSingle(a) && isSingle(c) && isSingle(b)
                ? Singles.toDouble(fma32(single(a), single(c), single(b)))
                : multiplyAdd(BinaryFormat.SINGLE_AS_DOUBLE, a, c, b, 0);
    }

    final long ended(int operation, long a, long b, long c, long result) {
        return isQuiet() ? noted(operation, a, b, c, result) : settled(operation, a, b, c, result);
    }

    // Estimates. The manual bounds their error; these are the nearest numbers.

    public final long reciprocal(long b) {
        return divide(ONE, b);
    }

    public final long reciprocalSingle(long b) {
        return divideSingle(ONE, b);
    }

    public final long reciprocalRoot(long b) {
        return reciprocalRoot(b, 0);
    }

    public final long reciprocalRootSingle(long b) {
        return reciprocalRoot(b, Operation.SINGLE);
    }

    /// What the root has of exceptions comes before the division's.
    private long reciprocalRoot(long b, int single) {
        long root = sqrt64(b);
        if ((raised & INVALID) != 0) {
            return settled(Operation.ROOT | single, b, 0, 0, single != 0 ? root & Singles.BITS : root);
        }
        if (single == 0) {
            return ended(Operation.DIVIDE, ONE, root, 0, div64(ONE, root));
        }
        return ended(Operation.DIVIDE | single, ONE, root, 0, divide(BinaryFormat.SINGLE_AS_DOUBLE, ONE, root));
    }
}
