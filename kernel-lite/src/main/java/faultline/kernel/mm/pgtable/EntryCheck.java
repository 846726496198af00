package faultline.kernel.mm.pgtable;

/// Looks over the kernel's shoulder as it changes page-table entries, while checks are on: an
/// architecture may forbid orders of stores and flushes that work on most of its processors.
public interface EntryCheck {

    /// Looks at nothing.
    EntryCheck NONE = new EntryCheck() {
        @Override
        public void changes(long entryPa, long before, long after) {}

        @Override
        public void settled(long firstPa, long endPa) {}

        @Override
        public long refills() {
            return 0;
        }
    };

    /// An entry goes from `before` to `after`. Throws `IllegalStateException` for what the
    /// architecture forbids. Changes of one entry come one at a time; any thread.
    void changes(long entryPa, long before, long after);

    /// No TLB holds anything of the entries at `[firstPa, endPa)` as they were.
    void settled(long firstPa, long endPa);

    /// How often an entry that was emptied got another page before its flush: what a fault does that
    /// overtakes the flush of an madvise, in Linux as well.
    long refills();
}
