package faultline.ppc64.conformance;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.RandomSource;

/// Operands of VSRs, and FPSCR.
final class VectorOperands {

    // Bits of FPSCR.

    private static final int ENABLES = 0xf8;
    private static final int INVALID = 0x01f80700;
    private static final int STICKY = 0x1e000000;
    private static final int SUMMARY = 1 << 31;
    private static final int INVALID_SUMMARY = 1 << 29;
    private static final int RESULT = 0x0007f000;

    /// The bits that may be signs of packed decimals.
    private static final int[] SIGNS = {0xa, 0xb, 0xc, 0xd, 0xe, 0xf};

    private final RandomSource random;
    private final LaneOperands lanes;

    VectorOperands(RandomSource random) {
        this.random = random;
        lanes = new LaneOperands(random);
    }

    /// Fills both halves of a register, the low one first; with `other` >= 0 they go with those that
    /// stand there.
    void fill(OperandFormat format, long[] words, int at, int other) {
        switch (format) {
            case INTEGER -> lanes.integers(words, at);
            case HALF -> lanes.floats(HardFloats.HALF, words, at, other);
            case SINGLE -> lanes.floats(HardFloats.SINGLE, words, at, other);
            case DOUBLE -> lanes.floats(HardFloats.DOUBLE, words, at, other);
            case SINGLE_AS_DOUBLE -> singles(words, at, other);
            case QUAD -> quad(words, at, other);
            case DECIMAL -> decimal(words, at);
        }
    }

    private void singles(long[] words, int at, int other) {
        for (int half = 0; half < 2; half++) {
            float number = Float.intBitsToFloat((int)
                    (other < 0 || random.oneIn(4)
                            ? HardFloats.SINGLE.one(random)
                            : HardFloats.SINGLE.beside(random, single(words[other + half]))));
            words[at + half] = widened(Float.floatToRawIntBits(number));
        }
    }

    /// A number of single precision of the same magnitude.
    private static long single(long bits) {
        return Float.floatToRawIntBits((float) Double.longBitsToDouble(bits)) & 0xffffffffL;
    }

    /// The same number in the format of doubles; NaNs keep payload and kind.
    private static long widened(int bits) {
        if ((bits & 0x7f800000) == 0x7f800000) {
            return (bits & 0x80000000L) << 32 | 0x7ff0000000000000L | (bits & 0x7fffffL) << 29;
        }
        return Double.doubleToRawLongBits(Float.intBitsToFloat(bits));
    }

    private void quad(long[] words, int at, int other) {
        words[at] = random.oneIn(3) ? random.integer() : random.oneIn(2) ? 0 : 1L << random.below(64);
        words[at + 1] = other < 0 || random.oneIn(4)
                ? HardFloats.QUAD_HIGH.one(random)
                : HardFloats.QUAD_HIGH.beside(random, words[other + 1]);
    }

    /// Digits; one register in eight has some that are none.
    private void decimal(long[] words, int at) {
        int last = random.oneIn(3) ? 32 : random.below(32);
        for (int half = 1; half >= 0; half--) {
            long digits = 0;
            for (int digit = 0; digit < 16; digit++) {
                boolean leading = (1 - half) * 16 + digit < 32 - last;
                digits = digits << 4 | (leading ? 0 : random.oneIn(2) ? 9 : random.below(10));
            }
            words[at + half] = digits;
        }
        words[at] = words[at] & -16 | random.oneOf(SIGNS);
        if (random.oneIn(8)) {
            words[at + random.below(2)] ^= fewBits(random);
        }
    }

    /// One bit in eight.
    private static long fewBits(RandomSource random) {
        long bits = random.bits();
        bits &= random.bits();
        return bits & random.bits();
    }

    /// FPSCR: all rounding modes, flags that are set already, at times exceptions enabled that are not
    /// set.
    long fpscr() {
        int value = random.oneIn(2) ? random.below(4) : 0;
        if (random.oneIn(3)) {
            value |= (int) random.bits() & (INVALID | STICKY | RESULT | SUMMARY);
        }
        if ((value & INVALID) != 0) {
            value |= INVALID_SUMMARY;
        }
        if (random.oneIn(6)) {
            value |= (int) random.bits() & ENABLES;
        }
        return Integer.toUnsignedLong(isEnabledPending(value) ? value & ~ENABLES : value);
    }

    /// Whether an exception is set and enabled: then there would have been a trap.
    private static boolean isEnabledPending(int value) {
        int set = (value & INVALID_SUMMARY) != 0 ? 0x80 : 0;
        return ((set | value >>> 22 & 0x78) & value & ENABLES) != 0;
    }
}
