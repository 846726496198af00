package faultline.x86.conformance;

import faultline.core.conformance.Places;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;

/// Addresses of x86-64, and where it keeps other addresses than those of operands.
final class X86Places extends Places {

    private static final int MISALIGNED = 12;

    X86Places(RandomSource random) {
        super(random, MISALIGNED);
    }

    @Override
    protected long elsewhere(int bytes) {
        return random.oneIn(3) ? nowhere(bytes) : inside(bytes);
    }

    /// Over the end of what can be written or read.
    long end(int bytes) {
        return (random.oneIn(2) ? TestMemory.READ_ONLY : TestMemory.HOLE) - random.below(bytes + 1);
    }

    @Override
    public long inside(int bytes) {
        return TestMemory.DATA + random.below(bytes > PAGE / 2 ? PAGE : PAGE / 2);
    }

    /// Where nothing is: not canonical, the kernel's, below the first page, far away.
    private long nowhere(int bytes) {
        // Not where a longer operand only ends, which is found out in the middle of it.
        return switch (random.below(bytes > 16 ? 3 : 5)) {
            case 0 -> 0x8000_0000_0000L + (random.bits() >>> 18);
            case 1 -> -1L << 47 | random.bits() >>> 24;
            case 2 -> random.below(0x10000);
            // The ends of the two halves.
            case 3 -> 0x8000_0000_0000L - random.below(20);
            default -> 0x1000_0000_0000L | random.bits() >>> 20;
        };
    }

    /// A stack pointer: where pushes and pops meet the ends of pages.
    long stack() {
        return switch (random.below(10)) {
            case 0 -> TestMemory.READ_ONLY + random.below(9);
            case 1 -> TestMemory.HOLE - random.below(9);
            case 2 -> TestMemory.DATA + PAGE + random.below(17) - 8;
            case 3 -> random.oneIn(4) ? nowhere(8) : TestMemory.DATA + random.below(17);
            default -> TestMemory.STACK + random.below(64);
        };
    }

    /// Where a transfer may go: a case that transfers is stepped, so nothing has to be there.
    long target() {
        return switch (random.below(8)) {
            case 0 -> nowhere(1);
            case 1 -> random.bits() >>> 17;
            default -> TestMemory.CODE_PAGE + random.below(TestMemory.CODE_PAGES * PAGE);
        };
    }

    /// A base of FS or GS, canonical most of the time.
    long base() {
        return random.oneIn(8) ? random.integer() : random.bits() >> 17;
    }
}
