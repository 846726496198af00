package faultline.ppc64.mmu;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import java.util.List;

/// What a machine translates with, by the kind of MMU that was chosen for it.
public final class LinuxPageTables {

    /// The name of hashed translation, the only one that processors before POWER9 have.
    public static final String HASH = TableShape.HASH;

    /// Radix first, for both models: real POWER8 hardware has hash alone.
    private static final List<String> KINDS = List.of(MmuChoice.RADIX, HASH);

    /// The size that distributions use first.
    private static final List<PageGeometry> PAGE_SIZES = List.of(PageGeometry.KIB_64, PageGeometry.KIB_4);

    private LinuxPageTables() {}

    public static List<String> kinds() {
        return KINDS;
    }

    public static List<PageGeometry> pageSizes() {
        return PAGE_SIZES;
    }

    /// The walker of one vCPU.
    public static Mmu newMmu(PhysicalMemory memory, MmuChoice choice) {
        return isHash(choice) ? new HashMmu(memory, choice.pages()) : new RadixMmu(memory, choice.pages());
    }

    public static PageTableFormat format(MmuChoice choice) {
        return isHash(choice) ? new HashPageTableFormat(choice.pages()) : new RadixPageTableFormat(choice.pages());
    }

    public static TlbInvalidation invalidation(MmuChoice choice) {
        return Ppc64Invalidation.of(choice.kind(), choice.pages());
    }

    /// The hashed table, where there is one.
    public static MmuCache cache(MmuChoice choice, PhysicalMemory memory) {
        return isHash(choice) ? new HashTranslations(memory, choice.pages()) : MmuCache.NONE;
    }

    /// Ids for address spaces. Under hash they are what VSIDs are made of, and there are always as many
    /// as VSIDs allow; `bits` 0 has TLBs forget at every switch.
    public static AddressSpaceIds ids(MmuChoice choice, int bits) {
        if (isHash(choice)) {
            return new ContextIds(ContextIds.HASH_CONTEXT_BITS, bits > 0);
        }
        return bits == 0 ? AddressSpaceIds.NONE : new ContextIds(bits, true);
    }

    public static boolean isHash(MmuChoice choice) {
        return choice.kind().equals(HASH);
    }

    /// Where user space ends with pages of a size.
    public static long userEnd(PageGeometry pages) {
        return LinuxPageTableFormat.userEnd(pages);
    }
}
