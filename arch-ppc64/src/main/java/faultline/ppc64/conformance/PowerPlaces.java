package faultline.ppc64.conformance;

import faultline.core.conformance.Places;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;

/// Addresses of ppc64.
final class PowerPlaces extends Places {

    private static final int MISALIGNED = 3;

    PowerPlaces(RandomSource random) {
        super(random, MISALIGNED);
    }

    @Override
    protected long elsewhere(int bytes) {
        return random.oneIn(2) ? nowhere() : TestMemory.CODE_PAGE + random.below(PAGE / 4);
    }

    /// Aligned, and where something can be written.
    long aligned(int alignment) {
        return inside(alignment) & -alignment;
    }

    /// Where nothing is: in the kernel's quadrant, beyond the last address of tables, below the first
    /// page, far away.
    private long nowhere() {
        return switch (random.below(4)) {
            case 0 -> 3L << 62 | random.bits() >>> 2;
            case 1 -> 1L << 52 | random.bits() >>> 12;
            case 2 -> random.below(0x10000);
            default -> 0x1000_0000_0000L | random.bits() >>> 20;
        };
    }

    /// Where a branch may go: nothing has to be there. The last two bits do not count.
    long target() {
        long at = switch (random.below(8)) {
            case 0 -> nowhere();
            case 1 -> random.bits();
            case 2 -> TestMemory.DATA + random.below(TestMemory.DATA_BYTES);
            default -> TestMemory.CODE_PAGE + random.below(TestMemory.CODE_PAGES * PAGE);
        };
        return (at & -4) == TestMemory.CODE ? at + 4 : at;
    }
}
