package faultline.kernel.mm.pgtable;

/// How one machine's translation is driven: what its architecture decides, and what was chosen for
/// it.
///
/// @param format the page tables
/// @param invalidation how TLBs are made to forget
/// @param ids how TLBs tell address spaces apart
/// @param freeing when the frames of page tables are free
/// @param cache what the kernel keeps for the hardware beside the page tables
public record Translation(
        PageTableFormat format,
        TlbInvalidation invalidation,
        AddressSpaceIds ids,
        TableFreeing freeing,
        MmuCache cache) {

    /// Of hardware that walks the page tables.
    public Translation(
            PageTableFormat format, TlbInvalidation invalidation, AddressSpaceIds ids, TableFreeing freeing) {
        this(format, invalidation, ids, freeing, MmuCache.NONE);
    }
}
