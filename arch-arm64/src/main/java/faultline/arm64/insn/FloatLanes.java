package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;

/// Operations on every floating-point element of a half of a vector. Types are those of
/// [FpArithmetic].
///
/// Operations are given as method references that capture nothing, so that nothing is allocated.
final class FloatLanes {

    private static final long WORD = 0xffffffffL;

    /// The rounding mode of FPCR.
    private static final int TO_ZERO = 3;

    private FloatLanes() {}

    /// An operation on one element; it looks at the low bits only.
    interface Unary {
        long of(FpUnit fp, int type, long a);
    }

    /// The same with a rounding mode or a number of bits.
    interface Parametric {
        long of(FpUnit fp, int type, long a, int how);
    }

    interface Binary {
        long of(FpUnit fp, int type, long a, long b);
    }

    interface Ternary {
        long of(FpUnit fp, int type, long a, long b, long c);
    }

    static int bits(int type) {
        return type == FpArithmetic.DOUBLE ? 64 : type == FpArithmetic.SINGLE ? 32 : 16;
    }

    static long mask(int type) {
        return -1L >>> 64 - bits(type);
    }

    /// An integer as wide as the type.
    static long signed(int type, long a) {
        return type == FpArithmetic.DOUBLE ? a : type == FpArithmetic.SINGLE ? (int) a : (short) a;
    }

    static long pair(long low, long high) {
        return low & WORD | high << 32;
    }

    private static long four(long a, long b, long c, long d) {
        return pair(a & 0xffff | b << 16, c & 0xffff | d << 16);
    }

    /// The element in all places of a half.
    static long everywhere(int type, long element) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> element;
            case FpArithmetic.SINGLE -> pair(element, element);
            default -> four(element, element, element, element);
        };
    }

    static long each(FpUnit fp, int type, long a, Unary op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> op.of(fp, type, a);
            case FpArithmetic.SINGLE -> pair(op.of(fp, type, a), op.of(fp, type, a >>> 32));
            default ->
                four(
                        op.of(fp, type, a),
                        op.of(fp, type, a >>> 16),
                        op.of(fp, type, a >>> 32),
                        op.of(fp, type, a >>> 48));
        };
    }

    static long eachWith(FpUnit fp, int type, long a, int how, Parametric op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> op.of(fp, type, a, how);
            case FpArithmetic.SINGLE -> pair(op.of(fp, type, a, how), op.of(fp, type, a >>> 32, how));
            default ->
                four(
                        op.of(fp, type, a, how),
                        op.of(fp, type, a >>> 16, how),
                        op.of(fp, type, a >>> 32, how),
                        op.of(fp, type, a >>> 48, how));
        };
    }

    static long each(FpUnit fp, int type, long a, long b, Binary op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> op.of(fp, type, a, b);
            case FpArithmetic.SINGLE -> pair(op.of(fp, type, a, b), op.of(fp, type, a >>> 32, b >>> 32));
            default ->
                four(
                        op.of(fp, type, a, b),
                        op.of(fp, type, a >>> 16, b >>> 16),
                        op.of(fp, type, a >>> 32, b >>> 32),
                        op.of(fp, type, a >>> 48, b >>> 48));
        };
    }

    static long each(FpUnit fp, int type, long a, long b, long c, Ternary op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> op.of(fp, type, a, b, c);
            case FpArithmetic.SINGLE -> pair(op.of(fp, type, a, b, c), op.of(fp, type, a >>> 32, b >>> 32, c >>> 32));
            default ->
                four(
                        op.of(fp, type, a, b, c),
                        op.of(fp, type, a >>> 16, b >>> 16, c >>> 16),
                        op.of(fp, type, a >>> 32, b >>> 32, c >>> 32),
                        op.of(fp, type, a >>> 48, b >>> 48, c >>> 48));
        };
    }

    /// Each element with its neighbour: the results of the first half, then those of the second.
    static long neighbours(FpUnit fp, int type, long first, long second, Binary op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> op.of(fp, type, first, second);
            case FpArithmetic.SINGLE ->
                pair(op.of(fp, type, first, first >>> 32), op.of(fp, type, second, second >>> 32));
            default ->
                four(
                        op.of(fp, type, first, first >>> 16),
                        op.of(fp, type, first >>> 32, first >>> 48),
                        op.of(fp, type, second, second >>> 16),
                        op.of(fp, type, second >>> 32, second >>> 48));
        };
    }

    /// All elements of a half, neighbours first (Reduce).
    static long reduced(FpUnit fp, int type, long half, Binary op) {
        return switch (type) {
            case FpArithmetic.DOUBLE -> half;
            case FpArithmetic.SINGLE -> op.of(fp, type, half, half >>> 32);
            default -> op.of(fp, type, op.of(fp, type, half, half >>> 16), op.of(fp, type, half >>> 32, half >>> 48));
        };
    }

    /// An element of a whole register, in all places of a half.
    static long element(int type, long low, long high, int index) {
        int at = index * bits(type);
        return everywhere(type, (at < 64 ? low : high) >>> at);
    }

    // Conversions of one element from and to an integer as wide.

    static long toSigned(FpUnit fp, int type, long a, int rmode) {
        return fp.toInteger(type, a, bits(type), true, rmode, 0);
    }

    static long toUnsigned(FpUnit fp, int type, long a, int rmode) {
        return fp.toInteger(type, a, bits(type), false, rmode, 0);
    }

    static long toSignedFixed(FpUnit fp, int type, long a, int fraction) {
        return fp.toInteger(type, a, bits(type), true, TO_ZERO, fraction);
    }

    static long toUnsignedFixed(FpUnit fp, int type, long a, int fraction) {
        return fp.toInteger(type, a, bits(type), false, TO_ZERO, fraction);
    }

    static long fromSigned(FpUnit fp, int type, long a, int fraction) {
        return fp.fromInteger(type, signed(type, a), true, fraction);
    }

    static long fromUnsigned(FpUnit fp, int type, long a, int fraction) {
        return fp.fromInteger(type, a & mask(type), false, fraction);
    }
}
