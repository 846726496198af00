package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.LinuxPte.ACCESSED;
import static faultline.ppc64.mmu.LinuxPte.DIRTY;
import static faultline.ppc64.mmu.LinuxPte.EXEC;
import static faultline.ppc64.mmu.LinuxPte.PRESENT;
import static faultline.ppc64.mmu.LinuxPte.PRIVILEGED;
import static faultline.ppc64.mmu.LinuxPte.PTE;
import static faultline.ppc64.mmu.LinuxPte.READ;
import static faultline.ppc64.mmu.LinuxPte.RPN;
import static faultline.ppc64.mmu.LinuxPte.WRITE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_BADACCESS;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOEXEC_OR_G;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOHPTE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_PROTFAULT;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.TableWalker;
import faultline.core.mmu.Access;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;

/// The radix tree walker (Power ISA 3.0B Book III 5.7.10): process-scoped translation of a program's
/// addresses, 52 bits of them, by tables whose sizes the entries above them say.
///
/// The root is what the process-table entry of the PID in force says, which hardware keeps beside the
/// PID: here it is given as the two change. Quadrant 0 is the program's, quadrant 3 the kernel's, which
/// has no translations here; the rest, and what lies above the root's reach, is not addressable at all,
/// a segment interrupt.
///
/// R and C are set by compare-and-set, C with the first store: an entry that changed meanwhile is read
/// and judged again. That is POWER9's behaviour; the architecture also permits a processor to raise
/// DSISR_SET_RC and leave both to software.
public final class RadixMmu extends TableWalker {

    /// The widest table.
    private static final int MOST_INDEX_BITS = 16;

    private static final int SMALLEST_PAGE_SHIFT = PhysicalMemory.FRAME_SHIFT;

    /// Where the quadrant is in an address.
    private static final int QUADRANT_SHIFT = 62;

    private static final int KERNEL_QUADRANT = 3;

    /// How many bits of an address the root's table and all below it translate, and how many of them
    /// index the root: RTS and RPDS of the process-table entry.
    private final int addressBits;

    private final int rootIndexBits;

    public RadixMmu(PhysicalMemory memory, PageGeometry pages) {
        super(memory);
        TableShape shape = TableShape.of(MmuChoice.RADIX, pages);
        this.rootIndexBits = shape.indexBits(TableShape.LEVELS - 1);
        this.addressBits = shape.shift(TableShape.LEVELS - 1) + rootIndexBits;
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        if (va >>> addressBits != 0) {
            return outOfRange(va, access);
        }
        long table = root;
        int indexBits = rootIndexBits;
        int shift = addressBits - rootIndexBits;
        while (true) {
            long entryPa = table + ((va >>> shift & (1L << indexBits) - 1) << 3);
            long entry = memory.load64BigEndian(entryPa);
            if ((entry & PRESENT) == 0) {
                return faulted.set(va, StorageInterrupt.storage(access, DSISR_NOHPTE));
            }
            if ((entry & PTE) == 0) {
                indexBits = (int) (entry & RadixPageTableFormat.NLS);
                shift -= indexBits;
                if (indexBits == 0 || indexBits > MOST_INDEX_BITS || shift < SMALLEST_PAGE_SHIFT) {
                    return faulted.set(va, StorageInterrupt.storage(access, DSISR_BADACCESS));
                }
                table = entry & RPN & -1L << Math.max(indexBits + 3, 8);
                continue;
            }
            int refused = refusal(entry, access);
            if (refused != 0) {
                return faulted.set(va, StorageInterrupt.storage(access, refused));
            }
            long used = entry | ACCESSED | (access == Access.WRITE ? DIRTY : 0);
            if (used == entry || memory.compareAndSet64BigEndian(entryPa, entry, used)) {
                return map(va, shift, used);
            }
            // A lost race falls through: the same entry is read again.
        }
    }

    private Walk outOfRange(long va, Access access) {
        return (int) (va >>> QUADRANT_SHIFT) == KERNEL_QUADRANT
                ? faulted.set(va, StorageInterrupt.storage(access, DSISR_NOHPTE))
                : faulted.set(va, StorageInterrupt.segment(access));
    }

    /// Why an access is refused, or 0. The right to write includes reading. The kernel reaches a program's
    /// memory with the program's rights: no page of its own is in these tables.
    private static int refusal(long entry, Access access) {
        boolean user = (entry & PRIVILEGED) == 0;
        return switch (access) {
            case READ -> user && (entry & (READ | WRITE)) != 0 ? 0 : DSISR_PROTFAULT;
            case WRITE -> user && (entry & WRITE) != 0 ? 0 : DSISR_PROTFAULT;
            case EXECUTE -> user && (entry & EXEC) != 0 ? 0 : DSISR_NOEXEC_OR_G;
        };
    }

    private Walk map(long va, int shift, long entry) {
        long offset = (1L << shift) - 1;
        return mapped.set(
                entry & RPN & ~offset | va & offset,
                (entry & (READ | WRITE)) != 0,
                (entry & (WRITE | DIRTY)) == (WRITE | DIRTY),
                (entry & EXEC) != 0);
    }
}
