package faultline.core.conformance;

/// Addresses to try memory operands at: mostly inside, sometimes over the end of a page, in pages
/// that cannot be written or are not there, or where no page can be, of which an architecture knows
/// where that is.
public abstract class Places {

    protected static final int PAGE = TestMemory.PAGE;

    protected final RandomSource random;
    private final int misaligned;

    /// @param misaligned one in so many operands that are to be aligned is not
    protected Places(RandomSource random, int misaligned) {
        this.random = random;
        this.misaligned = misaligned;
    }

    /// An address for so many bytes, aligned to `alignment` most of the time.
    public long place(int bytes, int alignment) {
        long at = switch (random.below(28)) {
            case 0 -> TestMemory.DATA + PAGE - random.below(bytes + 1);
            case 1 -> TestMemory.READ_ONLY - random.below(bytes + 1);
            case 2 -> TestMemory.HOLE - random.below(bytes + 1);
            case 3 -> TestMemory.READ_ONLY + random.below(PAGE);
            case 4 -> elsewhere(bytes);
            default -> inside(bytes);
        };
        return random.oneIn(misaligned) ? at : at & -alignment;
    }

    /// In memory that can be written.
    public long inside(int bytes) {
        return TestMemory.DATA + random.below(PAGE);
    }

    /// Where no data is: where no page can be, at times.
    protected abstract long elsewhere(int bytes);
}
