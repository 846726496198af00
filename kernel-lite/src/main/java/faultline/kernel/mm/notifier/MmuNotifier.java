package faultline.kernel.mm.notifier;

/// Who keeps translations of an address space beside its page tables, such as a hypervisor's tables of
/// its guest: `mmu_notifier_ops`.
///
/// Between start and end of an invalidation it neither has translations of the range nor makes any.
/// Invalidations overlap, and come from any thread; the calls may block. Accessed bits are not asked for,
/// because this kernel never clears them in place, and `change_pte` is not there: within an invalidation,
/// where Linux has called it since 3.7, it has nothing to do.
public interface MmuNotifier {

    /// Translations of `[start, end)` become invalid: drops them, before it returns.
    void invalidateRangeStart(MmuNotifyEvent event, long start, long end);

    /// The page table says what is valid again. Every start of which a subscriber has heard has its
    /// end, unless it unregisters in between.
    void invalidateRangeEnd(MmuNotifyEvent event, long start, long end);

    /// The address space goes, or the subscriber unregisters: drops all translations. May come twice, and
    /// at once, when both happen.
    void release();
}
