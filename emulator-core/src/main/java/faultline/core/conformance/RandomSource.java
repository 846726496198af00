package faultline.core.conformance;

/// Random numbers that repeat for a seed, with a taste for corners.
public final class RandomSource {

    private static final long[] CORNERS = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        0xffff_ffff_ffff_ff80L,
        0xffff_ffff_ffff_8000L,
        0xffff_ffff_8000_0000L,
        0x0f,
        0x10,
        0x3f,
        0x40
    };

    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    public RandomSource(long seed) {
        state = seed * GAMMA;
    }

    /// 64 bits, any as likely as any other (SplitMix64).
    public long bits() {
        state += GAMMA;
        long z = state;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    /// 0 to `bound` - 1.
    public int below(int bound) {
        return (int) ((bits() >>> 33) * bound >>> 31);
    }

    /// True once in `n` times.
    public boolean oneIn(int n) {
        return below(n) == 0;
    }

    /// One of them.
    public int oneOf(int... values) {
        return values[below(values.length)];
    }

    /// An integer with corners of all widths.
    public long integer() {
        return switch (below(5)) {
            case 0 -> CORNERS[below(CORNERS.length)];
            case 1 -> CORNERS[below(CORNERS.length)] ^ bits() << 32 << below(32);
            case 2 -> bits() >>> below(64);
            case 3 -> (byte) bits();
            default -> bits();
        };
    }

    /// Fills with random bytes.
    public void fill(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) below(256);
        }
    }
}
