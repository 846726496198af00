package faultline.kernel.mm.swap;

/// The name of a slot: `swp_entry_t`. An area's type and the page of the area, whatever a PTE of the architecture makes
/// of them.
public final class SwapEntry {

    /// SWP_TYPE_SHIFT: as many types as a PTE of every architecture has bits for.
    private static final int TYPE_SHIFT = Long.SIZE - 6;

    private SwapEntry() {}

    public static long of(int type, long offset) {
        return (long) type << TYPE_SHIFT | offset;
    }

    /// `swp_type`.
    public static int type(long entry) {
        return (int) (entry >>> TYPE_SHIFT);
    }

    /// `swp_offset`.
    public static int offset(long entry) {
        return (int) (entry & (1L << TYPE_SHIFT) - 1);
    }
}
