package faultline.ppc64.fp;

import static faultline.core.fp.BinaryFormat.SINGLE;

import faultline.core.fp.BinaryFormat;
import faultline.core.fp.FloatUnit;

/// The arithmetic of vectors of singles that is older than VSX (Power ISA Book I 6.10): rounded to
/// nearest whatever FPSCR says, without exceptions. VSCR.NJ says whether denormals are zeros.
///
/// Operations are on both words of a doubleword.
public final class VectorFloat extends FloatUnit {

    private static final long LOW = 0xffffffffL;
    private static final long ONE = 0x3f800000L;

    // What vcmpbfp finds.

    private static final long ABOVE = 1L << 31;
    private static final long BELOW = 1L << 30;

    private boolean flushes;

    /// The unit, for an instruction under this NJ.
    public VectorFloat under(boolean nonJava) {
        flushes = nonJava;
        return this;
    }

    private static long pair(long low, long high) {
        return low & LOW | high << 32;
    }

    // Arithmetic.

    public long add(long a, long b) {
        return pair(add32(a, b), add32(a >>> 32, b >>> 32));
    }

    public long subtract(long a, long b) {
        return pair(sub32(a, b), sub32(a >>> 32, b >>> 32));
    }

    /// `a * c + b`, rounded once.
    public long multiplyAdd(long a, long c, long b) {
        return pair(fma32(a, c, b), fma32(a >>> 32, c >>> 32, b >>> 32));
    }

    /// `-(a * c - b)`; NaNs keep their signs.
    public long negativeMultiplySubtract(long a, long c, long b) {
        return pair(negatedDifference(a, c, b), negatedDifference(a >>> 32, c >>> 32, b >>> 32));
    }

    private long negatedDifference(long a, long c, long b) {
        return negated(fma32(a, c, negated(b)));
    }

    private static long negated(long x) {
        return Float.isNaN(f(x)) ? x : SINGLE.negated(x);
    }

    // Estimates. The manual bounds their error; these are as near as singles are.

    public long reciprocal(long b) {
        return pair(div32(ONE, b), div32(ONE, b >>> 32));
    }

    public long reciprocalRoot(long b) {
        return pair(rootOf(b), rootOf(b >>> 32));
    }

    private long rootOf(long b) {
        long root = sqrt32(b);
        return Float.isNaN(f(root)) ? root : div32(ONE, root);
    }

    /// Two to the power of a number.
    public long power(long b) {
        return pair(powerOf(b & LOW), powerOf(b >>> 32));
    }

    private long powerOf(long b) {
        long x = operand(SINGLE, b);
        return SINGLE.isNan(x) ? nan(SINGLE, x, x) : narrowed(Math.pow(2, f(x)));
    }

    /// The logarithm to the base of two.
    public long logarithm(long b) {
        return pair(logarithmOf(b & LOW), logarithmOf(b >>> 32));
    }

    private long logarithmOf(long b) {
        long x = operand(SINGLE, b);
        if (SINGLE.isNan(x)) {
            return nan(SINGLE, x, x);
        }
        if (SINGLE.isZero(x)) {
            return SINGLE.infinity(true);
        }
        if (SINGLE.isNegative(x)) {
            return defaultNan(SINGLE);
        }
        if (SINGLE.isInfinite(x)) {
            return x;
        }
        int exponent = SINGLE.exponent(x);
        double significand = Math.scalb((double) f(x), -exponent);
        return narrowed(exponent + Math.log(significand) / Math.log(2));
    }

    private long narrowed(double x) {
        return narrow(Double.doubleToRawLongBits(x)) & LOW;
    }

    // Rounding to integers in the same format.

    public long nearest(long b) {
        return pair(integral32(b, NEAREST, true), integral32(b >>> 32, NEAREST, true));
    }

    public long truncated(long b) {
        return pair(integral32(b, TRUNCATE, true), integral32(b >>> 32, TRUNCATE, true));
    }

    public long up(long b) {
        return pair(integral32(b, UP, true), integral32(b >>> 32, UP, true));
    }

    public long down(long b) {
        return pair(integral32(b, DOWN, true), integral32(b >>> 32, DOWN, true));
    }

    // To and from fixed-point numbers with so many bits behind the point.

    public long fromFixed(long b, boolean signed, int fraction) {
        return pair(fixed(b, signed, fraction), fixed(b >>> 32, signed, fraction));
    }

    private long fixed(long b, boolean signed, int fraction) {
        return fromInteger(SINGLE, signed ? (int) b : b & LOW, true, fraction);
    }

    /// The nearest number that there is; a NaN is 0.
    public long toFixed(long b, boolean signed, int fraction) {
        return pair(fixedOf(b & LOW, signed, fraction), fixedOf(b >>> 32, signed, fraction));
    }

    private long fixedOf(long b, boolean signed, int fraction) {
        return toInteger(SINGLE, b, 32, signed, TRUNCATE, fraction);
    }

    /// Whether either word has no such number.
    public boolean saturates(long b, boolean signed, int fraction) {
        return isOutside(b & LOW, signed, fraction) || isOutside(b >>> 32, signed, fraction);
    }

    private boolean isOutside(long b, boolean signed, int fraction) {
        raised = 0;
        long _ = fixedOf(b, signed, fraction);
        boolean outside = (raised & INVALID) != 0 && !SINGLE.isNan(b);
        raised = 0;
        return outside;
    }

    // Maximum, minimum and comparison.

    public long maximum(long a, long b) {
        return pair(extreme(a & LOW, b & LOW, true), extreme(a >>> 32, b >>> 32, true));
    }

    public long minimum(long a, long b) {
        return pair(extreme(a & LOW, b & LOW, false), extreme(a >>> 32, b >>> 32, false));
    }

    private long extreme(long a, long b, boolean greater) {
        long x = operand(SINGLE, a);
        long y = operand(SINGLE, b);
        if (SINGLE.isNan(x) || SINGLE.isNan(y)) {
            return nan(SINGLE, x, y);
        }
        int order = order(SINGLE, x, y);
        if (order == 0) {
            return greater ? x & y : x | y;
        }
        return order > 0 == greater ? x : y;
    }

    /// All ones where it holds.
    public long equal(long a, long b) {
        return pair(mask(compare32(a, b, false) == 0), mask(compare32(a >>> 32, b >>> 32, false) == 0));
    }

    public long greater(long a, long b) {
        return pair(mask(compare32(a, b, false) == 1), mask(compare32(a >>> 32, b >>> 32, false) == 1));
    }

    public long greaterOrEqual(long a, long b) {
        return pair(mask((compare32(a, b, false) & ~1) == 0), mask((compare32(a >>> 32, b >>> 32, false) & ~1) == 0));
    }

    private static long mask(boolean holds) {
        return holds ? -1 : 0;
    }

    /// Two bits: whether A is above B, and whether it is below -B; both of what has no order.
    public long bounds(long a, long b) {
        return pair(beyond(a, b), beyond(a >>> 32, b >>> 32));
    }

    private long beyond(long a, long b) {
        int upper = compare32(a, b, false);
        int lower = compare32(a, SINGLE.negated(b & LOW), false);
        return (upper > 0 ? ABOVE : 0) | (lower == -1 || lower == UNORDERED ? BELOW : 0);
    }

    // What the architecture decides.

    @Override
    protected boolean isPlain() {
        return true;
    }

    @Override
    protected boolean seesPrecision() {
        return false;
    }

    @Override
    protected int rounding() {
        return NEAREST;
    }

    @Override
    protected long operand(BinaryFormat format, long x) {
        return flushes && format.isDenormal(x) ? format.zero(format.isNegative(x)) : x;
    }

    @Override
    protected long nan(BinaryFormat format, long a, long b) {
        return (format.isNan(a) ? a : b) | format.quietBit();
    }

    @Override
    protected long fusedNan(BinaryFormat format, long a, long b, long addend, boolean invalid) {
        return nan(format, a, format.isNan(addend) ? addend : b);
    }

    @Override
    protected long defaultNan(BinaryFormat format) {
        return format.nan(false);
    }

    /// The nearest integer that there is; a NaN is 0.
    @Override
    protected long unrepresentable(boolean nan, boolean negative, int bits, boolean signed) {
        if (nan || negative && !signed) {
            return 0;
        }
        long most = -1L >>> 64 - bits;
        return signed ? negative ? -1L << bits - 1 : most >>> 1 : most;
    }

    @Override
    protected boolean isTinyBeforeRounding() {
        return true;
    }

    @Override
    protected boolean flushes(BinaryFormat format, boolean inexact) {
        return flushes;
    }
}
