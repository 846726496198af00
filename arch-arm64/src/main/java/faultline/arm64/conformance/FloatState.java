package faultline.arm64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.RandomSource;

/// Operands and modes of floating point and vectors.
final class FloatState {

    // FPCR.
    private static final int AHP = 1 << 26;
    private static final int DN = 1 << 25;
    private static final int FZ = 1 << 24;
    private static final int ROUNDING_SHIFT = 22;
    private static final int FZ16 = 1 << 19;

    private final RandomSource random;
    private final LaneOperands lanes;
    private HardFloats format = HardFloats.SINGLE;

    FloatState(RandomSource random) {
        this.random = random;
        lanes = new LaneOperands(random);
    }

    /// FPCR: all rounding modes, flushing, default NaNs.
    long fpcr() {
        if (random.oneIn(3)) {
            return 0;
        }
        return (long) random.below(4) << ROUNDING_SHIFT
                | (random.oneIn(3) ? FZ : 0)
                | (random.oneIn(3) ? DN : 0)
                | (random.oneIn(4) ? AHP : 0)
                | (random.oneIn(3) ? FZ16 : 0);
    }

    /// Chooses the format of a word's operands; returns whether they are numbers of floating point.
    boolean chooseFormat(int word, String chapter) {
        if (is(word, 0x5e000000, 0x1e000000)) {
            // Scalar floating point has its type in bits 23 and 22.
            format = switch (field(word, 22, 2)) {
                case 0 -> HardFloats.SINGLE;
                case 1 -> HardFloats.DOUBLE;
                default -> HardFloats.HALF;
            };
            return true;
        }
        format = switch (random.below(6)) {
            case 0 -> HardFloats.HALF;
            case 1 -> HardFloats.SINGLE;
            case 2 -> HardFloats.DOUBLE;
            default -> field(word, 22, 1) == 0 ? HardFloats.SINGLE : HardFloats.DOUBLE;
        };
        if (!random.oneIn(6) && isHalfPrecision(word)) {
            format = HardFloats.HALF;
        }
        return chapter.contains("Float") || chapter.contains("Fp") || random.oneIn(2);
    }

    /// Three same and two registers of half precision, and by element with size 00.
    private static boolean isHalfPrecision(int word) {
        return is(word, 0x0e60c400, 0x0e400400)
                || is(word, 0x0e7e0c00, 0x0e780800)
                || is(word, 0x0f000400, 0x0f000000) && field(word, 22, 2) == 0;
    }

    /// Sixteen bytes of hard operands at `words[at]`; with `other` >= 0 each goes with the one that
    /// stands there.
    void vector(long[] words, int at, int other) {
        lanes.floats(format, words, at, other);
    }
}
