package faultline.core.conformance;

import org.jspecify.annotations.Nullable;

/// Operands of vector registers, which are two words of a state: floating point of a format, or
/// integers, in all lanes.
public final class LaneOperands {

    private final RandomSource random;

    public LaneOperands(RandomSource random) {
        this.random = random;
    }

    /// Sixteen bytes of a format, null for integers, as the methods below make them.
    public void fill(@Nullable HardFloats format, long[] words, int at, int other) {
        if (format == null) {
            integers(words, at);
        } else {
            floats(format, words, at, other);
        }
    }

    /// Sixteen bytes of hard operands at `words[at]`; with `other` >= 0 each goes with the one that
    /// stands there.
    public void floats(HardFloats format, long[] words, int at, int other) {
        long first = other < 0 ? 0 : words[other];
        long second = other < 0 ? 0 : words[other + 1];
        words[at] = floats(format, first, other >= 0);
        words[at + 1] = floats(format, second, other >= 0);
    }

    private long floats(HardFloats format, long beside, boolean paired) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += format.width()) {
            long other = beside >>> shift;
            value |= (paired && !random.oneIn(4) ? format.beside(random, other) : format.one(random)) << shift;
        }
        return value;
    }

    /// Integers, bytes or halfwords with corners: what integer lanes have corners for.
    public void integers(long[] words, int at) {
        int kind = random.below(6);
        long same = (random.bits() & 0xff) * 0x0101010101010101L;
        for (int half = 0; half < 2; half++) {
            words[at + half] = switch (kind) {
                case 0 -> same;
                case 1 -> lanes(8);
                case 2 -> lanes(16);
                case 3 -> lanes(32);
                default -> random.integer();
            };
        }
    }

    private long lanes(int width) {
        long value = 0;
        int corner = 1 << width - 1;
        for (int i = 0; i < Long.SIZE; i += width) {
            int lane = random.oneOf(0, 1, corner - 1, corner, corner + 1, -1, (int) random.bits(), random.below(width));
            value = value << width | lane & (1L << width) - 1;
        }
        return value;
    }
}
