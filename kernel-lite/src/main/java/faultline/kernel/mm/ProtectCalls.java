package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.Vma.*;

import faultline.core.cpu.Cpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.MmuGather;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.ArrayList;
import java.util.List;

/// mprotect and protection keys: `mm/mprotect.c` of Linux 6.12.
public final class ProtectCalls {

    private static final int NO_KEY = -1;
    private static final int NOBODYS_KEY = Integer.MAX_VALUE;

    /// Makes the pages of a range present as far as that is possible.
    public interface Populator {
        void populate(Mm mm, long start, long length);
    }

    private record VmaRange(long start, long length) {}

    private final Mm mm;
    private final PageGeometry geometry;
    private final Populator populator;

    /// What is to be populated when `mmap_lock` is released.
    private final List<VmaRange> becameWritable = new ArrayList<>();

    /// For who leaves it to faults to copy the pages of locked memory.
    public ProtectCalls(Mm mm) {
        this(mm, (_, _, _) -> {});
    }

    /// `populator` copies the pages of locked memory that becomes writable, so that no store faults later.
    public ProtectCalls(Mm mm, Populator populator) {
        this.mm = mm;
        this.geometry = mm.geometry();
        this.populator = populator;
    }

    public void mprotect(long start, long length, int prot) {
        protect(start, length, prot, NO_KEY, NO_KEY);
    }

    /// mprotect for PROT_EXEC alone on a processor with keys: the pages get the key that denies
    /// this thread every data access, because page tables cannot say execute-only. When no key is
    /// free they stay readable.
    public void executeOnly(long start, long length, ProtectionKeys keys, Cpu cpu) {
        protect(start, length, PROT_EXEC, NO_KEY, executeOnlyKey(keys, cpu));
    }

    /// `execute_only_pkey`: the key, with data accesses denied to the calling thread. Other threads
    /// keep the rights they have; new programs and handlers begin with all keys denied.
    private int executeOnlyKey(ProtectionKeys keys, Cpu cpu) {
        mm.writeLockKillable();
        int key;
        try {
            key = mm.keys.executeOnly(keys.count(cpu), keys.executeOnlyKey());
        } finally {
            mm.mmapLock().writeUnlock();
        }
        if (key != NO_KEY && (keys.rights(cpu, key) & ProtectionKeys.DISABLE_ACCESS) == 0) {
            keys.setRights(cpu, key, ProtectionKeys.DISABLE_ACCESS);
        }
        return key;
    }

    /// pkey_mprotect; key -1 keeps the keys, others are below `keyCount`, the number the processor
    /// has.
    public void pkeyMprotect(long start, long length, int prot, int key, int keyCount) {
        // One that no program can have is refused like one that is free.
        protect(start, length, prot, key < keyCount ? key : NOBODYS_KEY, NO_KEY);
    }

    /// pkey_alloc: a new key of the processor's. The caller sets its initial rights in the thread's
    /// register.
    public int allocateKey(long flags, long rights, ProtectionKeys keys, Cpu cpu) {
        if (flags != 0 || (rights & ~keys.rightsMask()) != 0) {
            throw Errno.EINVAL.exception();
        }
        mm.writeLockKillable();
        try {
            return mm.keys.allocate(keys.count(cpu), keys.reserved(cpu));
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    /// pkey_free: pages that have the key keep it, as on Linux.
    public void freeKey(int key, int keyCount) {
        mm.writeLockKillable();
        try {
            mm.keys.free(key, keyCount);
        } finally {
            mm.mmapLock().writeUnlock();
        }
    }

    private void protect(long from, long length, int asked, int key, int executeKey) {
        int grows = asked & (PROT_GROWSDOWN | PROT_GROWSUP);
        int prot = asked & ~grows;
        if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || !geometry.isAligned(from)) {
            throw Errno.EINVAL.exception();
        }
        if (length == 0) {
            return;
        }
        long end = from + geometry.up(length);
        if (Long.compareUnsigned(end, from) <= 0) {
            throw Errno.ENOMEM.exception();
        }
        if ((prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)) != 0) {
            throw Errno.EINVAL.exception();
        }
        try {
            protectLocked(from, end, grows, prot, key, executeKey);
        } finally {
            becameWritable.forEach(range -> populator.populate(mm, range.start, range.length));
        }
    }

    private void protectLocked(long from, long end, int grows, int prot, int key, int executeKey) {
        mm.writeLockKillable();
        MmuGather gather = mm.gather();
        try {
            if (key != NO_KEY && !mm.keys.isAllocated(key)) {
                throw Errno.EINVAL.exception();
            }
            int rights = prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
            protectRange(gather, firstAddress(from, end, grows), end, rights, key != NO_KEY ? key : executeKey);
        } finally {
            gather.finish();
            mm.mmapLock().writeUnlock();
        }
    }

    /// Where the change begins: with PROT_GROWSDOWN at the start of the stack's VMA.
    private long firstAddress(long start, long end, int grows) {
        Vma vma = mm.findVma(start);
        if (vma == null) {
            throw Errno.ENOMEM.exception();
        }
        if (grows == PROT_GROWSDOWN) {
            if (Long.compareUnsigned(vma.start(), end) >= 0) {
                throw Errno.ENOMEM.exception();
            }
            if (!vma.has(VM_GROWSDOWN)) {
                throw Errno.EINVAL.exception();
            }
            return vma.start();
        }
        if (Long.compareUnsigned(vma.start(), start) > 0) {
            throw Errno.ENOMEM.exception();
        }
        if (grows == PROT_GROWSUP) {
            throw Errno.EINVAL.exception();
        }
        return start;
    }

    private void protectRange(MmuGather gather, long start, long end, int prot, int key) {
        long at = start;
        // The range may end above all there can be: what is mapped of it changes first.
        while (Long.compareUnsigned(at, end) < 0) {
            Vma vma = mm.vmaAt(at);
            if (vma == null) {
                throw Errno.ENOMEM.exception();
            }
            int flags = vma.flags() & ~VM_ACCESS | prot;
            if ((flags & ~(flags >>> 4) & VM_ACCESS) != 0) {
                throw Errno.EACCES.exception();
            }
            long stop = vma.endBelow(end);
            protectVma(gather, vma, at, stop, flags, key == NO_KEY ? keptKey(vma) : key);
            at = stop;
        }
    }

    /// `arch_override_mprotect_pkey` without a key: pages that were execute-only lose that key with
    /// that right, all others keep theirs.
    private int keptKey(Vma vma) {
        boolean wasExecuteOnly = mm.keys.isExecuteOnly(vma.pkey()) && (vma.flags() & VM_ACCESS) == VM_EXEC;
        return wasExecuteOnly ? 0 : vma.pkey();
    }

    /// Changes the part of one VMA: `mprotect_fixup`.
    private void protectVma(MmuGather gather, Vma vma, long start, long end, int asked, int key) {
        if (vma.has(VM_SEALED)) {
            throw Errno.EPERM.exception();
        }
        if (asked == vma.flags() && key == vma.pkey()) {
            return;
        }
        int flags = asked;
        int oldFlags = vma.flags();
        long pages = (end - start) >>> geometry.shift();
        long promised = 0;
        boolean givesBack =
                (flags & VM_WRITE) == 0 && vma.has(VM_ACCOUNT) && vma.isAnonymous() && vma.anonVma() == null;
        if (givesBack) {
            // Nothing was stored there.
            flags &= ~VM_ACCOUNT;
        } else if ((flags & VM_WRITE) != 0) {
            requireExpansion(vma, flags, pages);
            if (!vma.has(VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)) {
                mm.commit(pages);
                promised = pages;
                flags |= VM_ACCOUNT;
            }
        }
        try {
            mm.editor.changeRights(vma, start, end, flags, key, part -> changeProtection(gather, part, start, end));
        } catch (ErrnoException full) {
            mm.uncommit(promised);
            throw full;
        }
        mm.uncommit(givesBack ? pages : 0);
        if ((oldFlags & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED && (flags & VM_WRITE) != 0) {
            becameWritable.add(new VmaRange(start, end - start));
        }
    }

    /// ENOMEM where the limits permit such memory as it was, and no more of what it becomes.
    private void requireExpansion(Vma vma, int flags, long pages) {
        MmapCalls calls = new MmapCalls(mm);
        if (!calls.mayExpand(flags, pages) && calls.mayExpand(vma.flags(), pages)) {
            throw Errno.ENOMEM.exception();
        }
    }

    /// Gives the PTEs of a range the VMA's protection: `change_protection`.
    private void changeProtection(MmuGather gather, Vma vma, long start, long end) {
        PageTable table = mm.pageTable();
        long va = start;
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.PROTECTION_VMA, start, end);
        while (va < end) {
            long stop = Math.min(end, table.endOfTable(va));
            boolean whole = HugeMappings.change(gather, mm, va, stop, pte -> changed(vma, table, pte));
            long ptePa = whole ? 0 : table.find(va);
            if (ptePa != 0) {
                changeTable(gather, vma, va, stop, ptePa);
            }
            va = stop;
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.PROTECTION_VMA, start, end);
    }

    /// The first PTE of a huge page with the VMA's protection: `change_huge_pmd`.
    private static long changed(Vma vma, PageTable table, long pte) {
        PageTableFormat format = table.format();
        long changed = format.modify(pte, vma.pageProt());
        boolean writable = mayStayWritable(vma, format, changed)
                && HugeMappings.isAlone(vma.mm().kernel().allocator(), table.huge(), format.pfn(pte));
        return writable ? format.mkWrite(changed) : changed;
    }

    private void changeTable(MmuGather gather, Vma vma, long start, long stop, long firstPtePa) {
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        SpinLock lock = table.lockOf(firstPtePa);
        lock.lock();
        long ptePa = firstPtePa;
        for (long va = start; va < stop; va += geometry.bytes(), ptePa += Long.BYTES) {
            if (!format.isPresent(table.load(ptePa))) {
                protectMoving(table, ptePa);
                continue;
            }
            // Taken out and put back, so that no accessed or dirty bit of the hardware is lost in between.
            long pte = table.getAndClear(va, ptePa);
            long changed = format.modify(pte, vma.pageProt());
            if (mayStayWritable(vma, format, changed)) {
                changed = format.mkWrite(changed);
            }
            table.store(ptePa, changed);
            gather.addRange(va, va + geometry.bytes());
        }
        lock.unlock();
    }

    /// A page that is being moved comes back read-only, and its next store asks the VMA.
    private static void protectMoving(PageTable table, long ptePa) {
        PageTableFormat format = table.format();
        long pte = table.load(ptePa);
        if (format.isMigration(pte) && format.swapType(pte) == PageTableFormat.MIGRATION_WRITE) {
            table.store(ptePa, format.migrationAs(pte, PageTableFormat.MIGRATION_READ_EXCLUSIVE));
        }
    }

    /// Whether a page needs no fault before a store: a private page that is ours alone, or a shared
    /// one that is dirty already. `can_change_pte_writable`.
    public static boolean mayStayWritable(Vma vma, PageTableFormat format, long pte) {
        boolean handled = vma.has(VM_UFFD_WP) && format.isUffdWp(pte);
        if (!vma.isWritable() || format.isSpecial(pte) || !format.isDirty(pte) || handled) {
            return false;
        }
        if (vma.tracksSoftDirty() && !format.isSoftDirty(pte)) {
            return false;
        }
        if (vma.isShared()) {
            return true;
        }
        Page page = vma.mm().kernel().allocator().page(format.pfn(pte));
        // In this order: who makes it a shared one has a reference until it is.
        return page.isAnon() && page.refcount() == 1 && !page.isKsm();
    }
}
