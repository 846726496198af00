package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.LinuxPte.ACCESSED;
import static faultline.ppc64.mmu.LinuxPte.DIRTY;
import static faultline.ppc64.mmu.LinuxPte.EXEC;
import static faultline.ppc64.mmu.LinuxPte.PRESENT;
import static faultline.ppc64.mmu.LinuxPte.PRIVILEGED;
import static faultline.ppc64.mmu.LinuxPte.READ;
import static faultline.ppc64.mmu.LinuxPte.RWX;
import static faultline.ppc64.mmu.LinuxPte.WRITE;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.RamRefused;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.MmuCache;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps the hashed page table behind the page tables, their master: what Linux does in
/// `arch/powerpc/mm/book3s64/slb.c`, `hash_4k.c`, `hash_64k.c`, `hash_tlb.c`.
///
/// An entry is made of a leaf that permits the access, by the hash-fault assist or ahead of the access by
/// [#update]. It goes when the leaf does or loses a right; a leaf that gains one keeps it, so that the
/// next store finds too few rights (PROTFAULT), and the assist mends that. A full pair of groups loses an
/// entry, of whomever; its leaf does not know, and finds out at the next fault.
///
/// R and C of the hashed entry are never read back: a load sets ACCESSED in the leaf before there is an
/// entry, and a store DIRTY before one permits it.
public final class HashTranslations implements MmuCache {

    private final PhysicalMemory memory;
    private final HashedPageTable table;
    private final HashPageTableFormat format;
    private final int pageShift;
    private final boolean large;

    /// How the assist walks: interrupts off, for it is reached with them off.
    private static final LocklessWalk WALK = LocklessWalk.INTERRUPTS_OFF;

    /// Stands for the low bits of the time base, by which Linux chooses whom to evict; it repeats under a
    /// schedule that does.
    private final AtomicInteger ticks = new AtomicInteger();

    /// Makes the table, which takes the end of RAM.
    public HashTranslations(PhysicalMemory memory, PageGeometry pages) {
        memory.extend();
        if (memory.usableFrames() < memory.frames()) {
            throw new RamRefused(memory.bytes());
        }
        this.memory = memory;
        this.table = HashedPageTable.of(memory, pages);
        this.format = new HashPageTableFormat(pages);
        this.pageShift = pages.shift();
        this.large = !pages.equals(PageGeometry.KIB_4);
    }

    @Override
    public long framesEnd(long ramBytes) {
        return table.base();
    }

    /// A segment interrupt for an address of user space: `slb_allocate_user`. By the vCPU's own thread.
    public void loadSegment(Vcpu vcpu, AddressSpaceIds.Context space, long ea) {
        int size = Segment.sizeFor(ea);
        long flags = Slb.KS | Slb.KP | Slb.C | (large ? Slb.L | Slb.LP_64K : 0);
        ((HashMmu) vcpu.mem().mmu()).slb().insert(ea, size, Segment.vsid(ContextIds.id(space), ea, size), flags);
    }

    /// The hash-fault assist: `hash_page_mm`. True when the access can be made again, false when the page
    /// tables do not permit it, so that the fault is one for them. By the vCPU's own thread, in kernel
    /// mode with interrupts on.
    public boolean hashFault(Vcpu vcpu, Mm mm, long ea, Access access) {
        WALK.begin(vcpu, mm.kernel().rcu());
        try {
            long ptePa = mm.pageTable().find(ea);
            return ptePa != 0 && hashPage(mm.context(), ea, ptePa, wanted(access));
        } finally {
            WALK.end(vcpu, mm.kernel().rcu());
        }
    }

    /// What a leaf must have for an access. A fetch wants READ as well.
    private static long wanted(Access access) {
        return PRESENT
                | READ
                | switch (access) {
                    case READ -> 0;
                    case WRITE -> WRITE;
                    case EXECUTE -> EXEC;
                };
    }

    /// `hash_preload`. A store is not asked for: the leaf is dirty by now, if the fault was one.
    @Override
    public void update(AddressSpaceIds.Context space, long va, long ptePa, Access access) {
        if (format.isYoung(format.load(memory, ptePa))) {
            boolean _ = hashPage(space, va, ptePa, wanted(access == Access.EXECUTE ? access : Access.READ));
        }
    }

    /// Makes the hashed entry of a leaf agree with it, or makes one: `__hash_page_4K`, `__hash_page_64K`.
    /// False when the leaf does not permit `wanted`.
    boolean hashPage(AddressSpaceIds.Context space, long ea, long ptePa, long wanted) {
        long before = format.load(memory, ptePa);
        if ((before & format.busy) != 0) {
            // Another vCPU is at it: the access is made again and finds out.
            return true;
        }
        if ((wanted & ~before) != 0 || (before & PRIVILEGED) != 0) {
            return false;
        }
        long leaf = before | ACCESSED | ((wanted & WRITE) != 0 ? DIRTY : 0);
        if (!format.compareAndSet(memory, ptePa, before, leaf | format.busy)) {
            return true;
        }
        // From here on the leaf is ours, and whoever wants to change it waits.
        Page page = page(space, ea);
        long second = second(leaf);
        if ((before & format.hashed) == 0 || !updateRights(page, format.slot(memory, ptePa, before), second)) {
            leaf = format.withSlot(memory, ptePa, leaf, insert(page, second));
        }
        memory.store64BigEndian(ptePa, leaf);
        return true;
    }

    /// A page's name in the hashed table.
    private record Page(long first, long hash) {}

    private Page page(AddressSpaceIds.Context space, long ea) {
        int size = Segment.sizeFor(ea);
        long vpn = Segment.vpn(Segment.vsid(ContextIds.id(space), ea, size), ea, size);
        return new Page(Hpte.first(vpn, large, size), Segment.hash(vpn, pageShift, size));
    }

    /// `htab_convert_pte_flags`: read-only until the leaf is dirty. R is set ahead, and C with DIRTY, so
    /// that hardware has nothing to update.
    private long second(long leaf) {
        long rights = (leaf & RWX) != 0 ? 2 : 0;
        if ((leaf & (WRITE | DIRTY)) != (WRITE | DIRTY)) {
            rights |= 1;
        }
        return format.pfn(leaf) << pageShift
                | (large ? Hpte.LP_64K : 0)
                | ((leaf & EXEC) == 0 ? Hpte.N : 0)
                | rights
                | Hpte.R
                | ((leaf & DIRTY) != 0 ? Hpte.C : 0)
                | Hpte.M
                | Hpte.keyBits(format.key(leaf));
    }

    private boolean updateRights(Page page, int slot, long second) {
        return table.updateRights(group(page, slot), entry(slot), page.first(), second);
    }

    private long group(Page page, int slot) {
        return table.group(page.hash(), (slot & HashPageTableFormat.SLOT_SECONDARY) != 0);
    }

    private static int entry(int slot) {
        return slot & HashedPageTable.GROUP_ENTRIES - 1;
    }

    /// Puts an entry into the primary group, else into the secondary one, else throws another out of
    /// either and begins again. Returns the slot.
    private int insert(Page page, long second) {
        while (true) {
            int entry = table.insert(table.group(page.hash(), false), page.first(), second);
            if (entry != HashedPageTable.NONE) {
                return entry;
            }
            entry = table.insert(table.group(page.hash(), true), page.first() | Hpte.SECONDARY, second);
            if (entry != HashedPageTable.NONE) {
                return entry | HashPageTableFormat.SLOT_SECONDARY;
            }
            int tick = ticks.getAndIncrement();
            table.evict(table.group(page.hash(), (tick & 1) == 0), tick >>> 1);
        }
    }

    /// `hpte_need_flush` and `flush_hash_page`, but for the `tlbie`, which is gathered with those of other
    /// pages and sent before their frames are free.
    /// `flush_hash_range` of the batch that was collected.
    @Override
    public boolean flushesByTable() {
        return true;
    }

    /// What is hashed of a PTE is found by its address.
    @Override
    public boolean movesTables() {
        return false;
    }

    @Override
    public void entryChanged(AddressSpaceIds.Context space, long va, long ptePa, long before, long after) {
        if ((before & format.hashed) == 0 || format.keepsHashed(before, after)) {
            return;
        }
        Page page = page(space, va);
        int slot = format.slot(memory, ptePa, before);
        table.invalidate(group(page, slot), entry(slot), page.first());
    }
}
