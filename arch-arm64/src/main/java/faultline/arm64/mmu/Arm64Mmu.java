package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.AF;
import static faultline.arm64.mmu.Descriptor.AP_TABLE_NO_EL0;
import static faultline.arm64.mmu.Descriptor.AP_TABLE_RDONLY;
import static faultline.arm64.mmu.Descriptor.DBM;
import static faultline.arm64.mmu.Descriptor.RDONLY;
import static faultline.arm64.mmu.Descriptor.TABLE;
import static faultline.arm64.mmu.Descriptor.USER;
import static faultline.arm64.mmu.Descriptor.UXN;
import static faultline.arm64.mmu.Descriptor.UXN_TABLE;
import static faultline.arm64.mmu.Descriptor.VALID;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.TableWalker;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import java.util.List;

/// The translation-table walker: stage 1 of EL1&0 in VMSAv8-64 (Arm ARM D8), with a granule of
/// 4, 16 or 64 KiB, 48 bits of address and TCR_EL1.TBI0 set, as Linux runs.
///
/// TTBR0 alone is walked: the half with bit 55 set is the kernel's, which has no translations here.
/// The kernel reaches user memory with unprivileged loads and stores, so its rights are EL0's.
///
/// With hardware management of the access flag and dirty state (FEAT_HAFDBS) the walker sets AF, and
/// clears AP\[2\] of an entry with DBM at the first store; without it both are faults. Each update is
/// a compare-and-set: an entry that changed meanwhile is read and judged again.
public final class Arm64Mmu extends TableWalker {

    private static final int LAST_LEVEL = Granule.LAST_LEVEL;

    /// How many bits on top do not count for translation.
    private static final int IGNORED_BITS = 8;

    private final boolean managesFlags;

    // What the granule says, beside the walker's own.
    private final int pageShift;
    private final int indexBits;
    private final int rootLevel;
    private final int firstBlockLevel;
    private final long outputAddress;

    /// `managesFlags` says whether TCR_EL1.HA and HD are set, which takes FEAT_HAFDBS.
    public Arm64Mmu(PhysicalMemory memory, PageGeometry pages, boolean managesFlags) {
        super(memory);
        this.managesFlags = managesFlags;
        Granule granule = Granule.of(pages);
        this.pageShift = pages.shift();
        this.indexBits = granule.indexBits();
        this.rootLevel = granule.rootLevel();
        this.firstBlockLevel = granule.firstBlockLevel();
        this.outputAddress = granule.address();
    }

    /// The granules, the one of 4 KiB first.
    public static List<PageGeometry> pageSizes() {
        return Granule.sizes();
    }

    @Override
    public long significantBits() {
        return -1L >>> IGNORED_BITS;
    }

    /// ISS.WnR of an atomic access is 0 if a read of the location would have faulted.
    @Override
    public boolean modifiesReadFirst() {
        return true;
    }

    /// The address that translation sees: bits 63 to 56 are copies of bit 55.
    public static long untagged(long va) {
        return va << IGNORED_BITS >> IGNORED_BITS;
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        long address = untagged(va);
        if (address >>> Granule.VA_BITS != 0) {
            return fault(va, access, privilege, Syndrome.TRANSLATION, 0);
        }
        long table = root;
        long taken = 0;
        int level = rootLevel;
        int shift = pageShift + indexBits * (LAST_LEVEL - rootLevel);
        long indexMask = (1L << indexBits) - 1;
        while (true) {
            long entryPa = table + ((address >>> shift & indexMask) << 3);
            long entry = memory.load64(entryPa);
            if ((entry & VALID) == 0 || (entry & TABLE) == 0 && !mayBeBlock(level)) {
                return fault(va, access, privilege, Syndrome.TRANSLATION, level);
            }
            if (level < LAST_LEVEL && (entry & TABLE) != 0) {
                taken |= entry;
                table = entry & outputAddress;
                level++;
                shift -= indexBits;
                continue;
            }
            if ((entry & AF) == 0 && !managesFlags) {
                return fault(va, access, privilege, Syndrome.ACCESS_FLAG, level);
            }
            if (!permits(entry, taken, access)) {
                return fault(va, access, privilege, Syndrome.PERMISSION, level);
            }
            long used = entry | AF;
            if (access == Access.WRITE) {
                used &= ~RDONLY;
            }
            if (used == entry || memory.compareAndSet64(entryPa, entry, used)) {
                return map(address, shift, used, taken);
            }
            // A lost race falls through: the same entry is read again.
        }
    }

    private boolean mayBeBlock(int level) {
        return level >= firstBlockLevel && level != LAST_LEVEL;
    }

    private Walk fault(long va, Access access, Privilege privilege, int kind, int level) {
        return faulted.set(va, Syndrome.of(access, privilege, kind | level));
    }

    /// Whether EL0 may; `taken` is all table descriptors on the way, whose bits only forbid.
    private boolean permits(long entry, long taken, Access access) {
        if (access == Access.EXECUTE) {
            return isExecutable(entry, taken);
        }
        if (!isUser(entry, taken)) {
            return false;
        }
        if (access == Access.READ || (entry & RDONLY) == 0 && (taken & AP_TABLE_RDONLY) == 0) {
            return true;
        }
        return managesFlags && (entry & DBM) != 0 && (taken & AP_TABLE_RDONLY) == 0;
    }

    private static boolean isUser(long entry, long taken) {
        return (entry & USER) != 0 && (taken & AP_TABLE_NO_EL0) == 0;
    }

    private static boolean isExecutable(long entry, long taken) {
        return (entry & UXN) == 0 && (taken & UXN_TABLE) == 0;
    }

    private Walk map(long address, int shift, long entry, long taken) {
        long offset = (1L << shift) - 1;
        boolean user = isUser(entry, taken);
        return mapped.set(
                entry & outputAddress & ~offset | address & offset,
                user,
                user && (entry & RDONLY) == 0 && (taken & AP_TABLE_RDONLY) == 0,
                isExecutable(entry, taken));
    }
}
