package faultline.ppc64.mmu;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;

/// The hashed page table in RAM: groups of eight entries, and what Linux does to one
/// (`arch/powerpc/mm/book3s64/hash_native.c`). Big-endian; at the end of RAM, aligned to its size.
///
/// An entry changes under its own lock bit; hardware sets R and C without it. Any thread.
final class HashedPageTable {

    static final int GROUP_ENTRIES = 8;

    private static final int ENTRY_SHIFT = 4;
    private static final int GROUP_SHIFT = 7;

    /// 2^18 bytes, the least that the architecture permits.
    private static final int LEAST_SHIFT = 18;

    /// No entry of a group was free, or none was what one looked for.
    static final int NONE = -1;

    private final PhysicalMemory memory;
    private final long base;
    private final long groupMask;

    private HashedPageTable(PhysicalMemory memory, long base, int shift) {
        this.memory = memory;
        this.base = base;
        this.groupMask = (1L << shift - GROUP_SHIFT) - 1;
    }

    /// The table of a machine: a group for two pages of RAM (`htab_shift_for_mem_size`).
    static HashedPageTable of(PhysicalMemory memory, PageGeometry pages) {
        int memoryShift = Long.SIZE - Long.numberOfLeadingZeros(memory.bytes() - 1);
        int shift = Math.max(memoryShift - (pages.shift() + 1) + GROUP_SHIFT, LEAST_SHIFT);
        long base = memory.bytes() - (1L << shift) & -1L << shift;
        if (base <= 0) {
            throw new IllegalArgumentException("ppc64: " + memory.bytes() + " bytes of RAM; a hashed page table alone "
                    + "takes " + (1L << shift));
        }
        return new HashedPageTable(memory, base, shift);
    }

    /// Where it begins.
    long base() {
        return base;
    }

    /// The group of a hash; the secondary one's is the complement.
    long group(long hash, boolean secondary) {
        return (secondary ? ~hash : hash) & groupMask;
    }

    long first(long group, int entry) {
        return memory.load64BigEndian(address(group, entry));
    }

    long second(long group, int entry) {
        return memory.load64BigEndian(address(group, entry) + Long.BYTES);
    }

    /// What hardware does to R and C.
    boolean setReferenced(long group, int entry, long second, long used) {
        return memory.compareAndSet64BigEndian(address(group, entry) + Long.BYTES, second, used);
    }

    private long address(long group, int entry) {
        return base + (group << GROUP_SHIFT) + ((long) entry << ENTRY_SHIFT);
    }

    /// Puts an entry into a free place of a group: `native_hpte_insert`. Returns which, or [#NONE].
    int insert(long group, long first, long second) {
        for (int entry = 0; entry < GROUP_ENTRIES; entry++) {
            if ((first(group, entry) & Hpte.VALID) != 0) {
                continue;
            }
            long before = lock(group, entry);
            if ((before & Hpte.VALID) != 0) {
                unlock(group, entry, before);
                continue;
            }
            memory.store64BigEndian(address(group, entry) + Long.BYTES, second);
            // The second before the first: a search that sees V sees both. Release; pairs with the acquire in first.
            unlock(group, entry, first | Hpte.VALID);
            return entry;
        }
        return NONE;
    }

    /// Throws one entry of a full group out, beginning to look at `from`: `native_hpte_remove`. Nothing
    /// is invalidated in TLBs: what they have is still true.
    void evict(long group, int from) {
        for (int i = 0; i < GROUP_ENTRIES; i++) {
            int entry = from + i & GROUP_ENTRIES - 1;
            long seen = first(group, entry);
            if ((seen & (Hpte.VALID | Hpte.BOLTED)) != Hpte.VALID) {
                continue;
            }
            long before = lock(group, entry);
            if ((before & (Hpte.VALID | Hpte.BOLTED)) == Hpte.VALID) {
                unlock(group, entry, 0);
                return;
            }
            unlock(group, entry, before);
        }
    }

    /// Gives the entry of a page other rights: `native_hpte_updatepp`. False when it has been evicted.
    boolean updateRights(long group, int entry, long wanted, long second) {
        long before = lock(group, entry);
        boolean found = isOf(before, wanted);
        if (found) {
            long rights = Hpte.PP0 | Hpte.PP | Hpte.N;
            long old;
            long updated;
            do {
                old = second(group, entry);
                updated = old & ~rights | second & (rights | Hpte.R | Hpte.C);
            } while (!setReferenced(group, entry, old, updated));
        }
        unlock(group, entry, before);
        return found;
    }

    /// Takes the entry of a page out, if it is still there: `native_hpte_invalidate` without its
    /// `tlbie`.
    void invalidate(long group, int entry, long wanted) {
        long before = lock(group, entry);
        unlock(group, entry, isOf(before, wanted) ? 0 : before);
    }

    private static boolean isOf(long first, long wanted) {
        return (first & Hpte.VALID) != 0 && ((first ^ wanted) & Hpte.COMPARE) == 0;
    }

    /// `native_lock_hpte`: returns the first doubleword without the lock.
    private long lock(long group, int entry) {
        long at = address(group, entry);
        while (true) {
            long seen = memory.load64BigEndian(at);
            if ((seen & Hpte.LOCK) == 0 && memory.compareAndSet64BigEndian(at, seen, seen | Hpte.LOCK)) {
                return seen;
            }
            Thread.onSpinWait();
        }
    }

    private void unlock(long group, int entry, long first) {
        memory.store64BigEndian(address(group, entry), first);
    }
}
