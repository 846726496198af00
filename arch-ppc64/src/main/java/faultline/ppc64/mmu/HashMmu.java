package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.StorageInterrupt.DSISR_KEYFAULT;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOEXEC_OR_G;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOHPTE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_PROTFAULT;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.TableWalker;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.jspecify.annotations.Nullable;

/// Translation by a hashed page table (Power ISA 3.0B Book III 5.7.8, 5.7.9): an address's segment is in
/// the SLB, or there is a segment interrupt; the segment and the page in it make two hashes, each of
/// which names a group of eight entries, and one of the sixteen is the page's, or there is a storage
/// interrupt.
///
/// Rights are the entry's PP and N bits, where the segment has Kp, and its key in AMR and IAMR. The root
/// table is not looked at: a change of it is a change of address space, which empties the SLB
/// (`switch_slb`).
public final class HashMmu extends TableWalker {

    private static final int REGION_SHIFT = 60;

    /// Where the kernel's linear mapping begins.
    private static final int KERNEL_REGION = 0xc;

    private final HashedPageTable table;
    private final Slb slb = new Slb();
    private long amr;
    private long iamr;

    public HashMmu(PhysicalMemory memory, PageGeometry pages) {
        super(memory);
        this.table = HashedPageTable.of(memory, pages);
    }

    /// The rights to storage keys of the thread that runs. True when they have changed: then the caller
    /// flushes the soft TLB, which holds rights that were checked already.
    public boolean setKeys(long newAmr, long newIamr) {
        boolean changed = amr != newAmr || iamr != newIamr;
        amr = newAmr;
        iamr = newIamr;
        return changed;
    }

    Slb slb() {
        return slb;
    }

    @Override
    public void setRoot(long rootPa) {
        super.setRoot(rootPa);
        slb.clear();
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        int segment = slb.find(va);
        if (segment == Slb.NONE) {
            // The kernel's own segments are there always, and nothing in them is mapped.
            return (int) (va >>> REGION_SHIFT) == KERNEL_REGION
                    ? faulted.set(va, StorageInterrupt.storage(access, DSISR_NOHPTE))
                    : faulted.set(va, StorageInterrupt.segment(access));
        }
        int size = slb.size(segment);
        boolean large = slb.has(segment, Slb.L);
        int pageShift = large ? PageGeometry.KIB_64.shift() : PageGeometry.KIB_4.shift();
        long vpn = Segment.vpn(slb.vsid(segment), va, size);
        long wanted = Hpte.first(vpn, large, size) | Hpte.VALID;
        long hash = Segment.hash(vpn, pageShift, size);
        boolean noExecute = slb.has(segment, Slb.N);
        for (int secondary = 0; secondary < 2; secondary++) {
            long group = table.group(hash, secondary != 0);
            long named = wanted | (secondary != 0 ? Hpte.SECONDARY : 0);
            for (int entry = 0; entry < HashedPageTable.GROUP_ENTRIES; entry++) {
                if (isNamed(table.first(group, entry), named)) {
                    Walk found = use(va, access, group, entry, named, pageShift, noExecute);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return faulted.set(va, StorageInterrupt.storage(access, DSISR_NOHPTE));
    }

    private static boolean isNamed(long first, long named) {
        return ((first ^ named) & ~(Hpte.LOCK | Hpte.BOLTED)) == 0;
    }

    /// Translates by an entry that has the page's name; null when it has become another's meanwhile, which
    /// hardware does not see because it reads both doublewords at once.
    private @Nullable Walk use(
            long va, Access access, long group, int entry, long named, int pageShift, boolean noExecute) {
        while (true) {
            long second = table.second(group, entry);
            if (!isNamed(table.first(group, entry), named)) {
                return null;
            }
            if (second != table.second(group, entry)) {
                continue;
            }
            int refused = refusal(second, access, noExecute);
            if (refused != 0) {
                return faulted.set(va, StorageInterrupt.storage(access, refused));
            }
            long used = second | Hpte.R | (access == Access.WRITE ? Hpte.C : 0);
            if (used == second || table.setReferenced(group, entry, second, used)) {
                return map(va, pageShift, used, noExecute);
            }
        }
    }

    /// Why an access is refused, or 0: each check has a bit of its own.
    private int refusal(long second, Access access, boolean noExecute) {
        int key = StorageKeys.permits(amr, iamr, Hpte.key(second), access) ? 0 : DSISR_KEYFAULT;
        return key
                | switch (access) {
                    case READ -> Hpte.permitsLoad(second) ? 0 : DSISR_PROTFAULT;
                    case WRITE -> Hpte.permitsStore(second) ? 0 : DSISR_PROTFAULT;
                    case EXECUTE ->
                        (noExecute || (second & (Hpte.N | Hpte.G)) != 0 ? DSISR_NOEXEC_OR_G : 0)
                                | (Hpte.permitsLoad(second) ? 0 : DSISR_PROTFAULT);
                };
    }

    private Walk map(long va, int pageShift, long second, boolean noExecute) {
        long offset = (1L << pageShift) - 1;
        return mapped.set(
                second & Hpte.RPN & ~offset | va & offset,
                refusal(second, Access.READ, noExecute) == 0,
                refusal(second, Access.WRITE, noExecute) == 0 && (second & Hpte.C) != 0,
                refusal(second, Access.EXECUTE, noExecute) == 0);
    }
}
