package faultline.core.mmu;

/// The size of a page, and with it how addresses, byte counts and page numbers belong together.
///
/// A machine has one, chosen among [faultline.core.arch.Architecture#pageSizes]; the frames of
/// [faultline.core.mem.PhysicalMemory] and the entries of the soft TLB are the smallest of all, and
/// larger pages are several of them.
public record PageGeometry(int shift) {

    public static final PageGeometry KIB_4 = new PageGeometry(12);
    public static final PageGeometry KIB_16 = new PageGeometry(14);
    public static final PageGeometry KIB_64 = new PageGeometry(16);

    /// The size of a page.
    public int bytes() {
        return 1 << shift;
    }

    /// The address of the page that `va` is in.
    public long down(long va) {
        return va & -1L << shift;
    }

    /// Rounds up to a whole page; 0 when that overflows.
    public long up(long value) {
        return down(value + bytes() - 1);
    }

    public boolean isAligned(long value) {
        return offset(value) == 0;
    }

    /// How far into its page an address is.
    public int offset(long va) {
        return (int) va & bytes() - 1;
    }

    /// The size as people write it: `4k`, `16k`, `64k`.
    @Override
    public String toString() {
        return (bytes() >> 10) + "k";
    }
}
