package faultline.arm64.conformance;

import faultline.core.conformance.Places;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;

/// Addresses of arm64: some have a tag, which does not count.
final class A64Places extends Places {

    /// One in so many addresses has a tag.
    private static final int TAGGED = 16;

    private static final int TAG_SHIFT = 56;
    private static final int MISALIGNED = 3;

    A64Places(RandomSource random) {
        super(random, MISALIGNED);
    }

    @Override
    public long place(int bytes, int alignment) {
        long placed = super.place(bytes, alignment);
        return random.oneIn(TAGGED) ? placed | random.bits() << TAG_SHIFT : placed;
    }

    @Override
    protected long elsewhere(int bytes) {
        return random.oneIn(2) ? nowhere() : TestMemory.CODE_PAGE + random.below(PAGE / 4);
    }

    /// Aligned, and where something can be written.
    long aligned(int alignment) {
        return inside(alignment) & -alignment;
    }

    /// Where something can be read.
    long readable() {
        return TestMemory.DATA + random.below(TestMemory.DATA_BYTES);
    }

    /// Where nothing is: the kernel's half, beyond the last address, below the first page, far away.
    private long nowhere() {
        return switch (random.below(5)) {
            case 0 -> 1L << 48 | random.bits() >>> 16;
            case 1 -> -1L << EmulatorDifferences.HOST_BITS | random.bits() >>> 24;
            case 2 -> random.below(0x10000);
            case 3 -> 1L << 55 | random.bits() >>> 16;
            default -> 0x1000_0000_0000L | random.bits() >>> 20;
        };
    }

    /// Where a branch may go: nothing has to be there.
    long target() {
        long at = switch (random.below(8)) {
            case 0 -> nowhere();
            case 1 -> random.bits();
            case 2 -> TestMemory.DATA + random.below(TestMemory.DATA_BYTES);
            default -> TestMemory.CODE_PAGE + random.below(TestMemory.CODE_PAGES * PAGE);
        };
        long aligned = random.oneIn(8) ? at : at & ~3L;
        return aligned == TestMemory.CODE ? aligned + 4 : aligned;
    }
}
