package faultline.cli.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/// The choices of one case: everything about it follows from a seed and its number.
final class FuzzRandom {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final SplittableRandom random;

    FuzzRandom(long seed, int number) {
        // Two steps, so that neither neighbouring seeds nor neighbouring numbers share cases.
        this.random = new SplittableRandom(new SplittableRandom(seed).nextLong() ^ number * GOLDEN);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int count) {
        return below(count) == 0;
    }

    long bits() {
        return random.nextLong();
    }

    void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    <T> T of(List<T> list) {
        return list.get(below(list.size()));
    }

    /// Of any size: as many small numbers as large ones.
    long anySize() {
        return bits() >>> below(Long.SIZE);
    }

    /// A word that breaks programs.
    long word() {
        return switch (below(6)) {
            case 0 -> bits();
            case 1 -> anySize();
            case 2 -> -anySize();
            case 3 -> 1L << below(Long.SIZE);
            case 4 -> EDGES.get(below(EDGES.size())) + below(3) - 1;
            default -> EDGES.get(below(EDGES.size()));
        };
    }

    /// Ends of ranges: of widths, of pages, of address spaces.
    private static final List<Long> EDGES = List.of(
            0L,
            1L,
            -1L,
            0x7fL,
            0xffL,
            0x7fffL,
            0xffffL,
            0x7fff_ffffL,
            0x8000_0000L,
            0xffff_ffffL,
            0x1_0000_0000L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0x1000L,
            -0x1000L,
            0x1_0000L,
            0x7fff_ffff_f000L,
            0x8000_0000_0000L,
            0xffff_8000_0000_0000L,
            0xffff_ffff_ff60_0000L);
}
