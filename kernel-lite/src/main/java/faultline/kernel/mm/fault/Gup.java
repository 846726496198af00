package faultline.kernel.mm.fault;

import faultline.core.cpu.Cpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// Pages of an address space for the kernel's own purposes, faulted in like an access would:
/// `get_user_pages`.
///
/// The page of a program that a device or a futex needs is looked up without locks first ([FastGup]).
///
/// For populating (MAP_POPULATE, mlock, MADV_POPULATE_*) and for reaching another task's memory
/// (ptrace, `/proc/PID/mem`, process_vm_readv). The caller is a kernel thread with a vCPU; all
/// methods may block.
public final class Gup {

    private final FaultHandler handler;
    private final PageGeometry geometry;
    private final PageAllocator allocator;

    /// Null where nothing would keep the tables that such a walk goes through.
    private final @Nullable FastGup fast;

    /// What a thread's protection keys permit.
    private final ProtectionKeys keys;

    /// Of an architecture without protection keys.
    public Gup(FaultHandler handler) {
        this(handler, ProtectionKeys.NONE);
    }

    public Gup(FaultHandler handler, ProtectionKeys keys) {
        this.keys = keys;
        this.handler = handler;
        this.geometry = handler.kernel().geometry();
        this.allocator = handler.kernel().allocator();
        this.fast = FastGup.isSafe(handler.kernel()) ? new FastGup(handler.kernel()) : null;
    }

    // Populating.

    /// Makes the pages of `[start, start + length)` present as far as VMAs permit: `mm_populate`. Holes are passed
    /// over. With `strict`, a page that cannot be had is ENOMEM, or EAGAIN for want of RAM (mlock); without,
    /// populating goes on behind its VMA.
    public void populate(Mm mm, long start, long length, boolean strict) {
        long end = geometry.up(start + length);
        KernelFault fault = new KernelFault();
        long va = geometry.down(start);
        // The range may be most of the address space and nothing in it need take RAM.
        while (va < end && !KernelThread.current().fatalSignalPending()) {
            va = populatePage(mm, va, end, strict, fault);
        }
    }

    /// Makes the first page present that is mapped at or above `va`; returns where to go on.
    private long populatePage(Mm mm, long va, long end, boolean strict, KernelFault fault) {
        if (!mm.mmapLock().readLockKillable()) {
            return end;
        }
        try {
            Vma vma = mm.findVma(va);
            if (vma == null || vma.start() >= end) {
                return end;
            }
            long at = Math.max(va, vma.start());
            if (vma.has(Vma.VM_LOCKONFAULT | Vma.VM_IO | Vma.VM_PFNMAP)) {
                return vma.end();
            }
            // A writable private page is copied now, so that no store faults later; a shared one is not dirtied.
            boolean write = vma.isWritable() && !vma.isShared();
            fault.outOfMemory = false;
            Page page = vma.has(Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC) ? pageLocked(vma, at, write, fault) : null;
            if (page != null) {
                release(page);
                return at + geometry.bytes();
            }
            if (strict) {
                throw (fault.outOfMemory ? Errno.EAGAIN : Errno.ENOMEM).exception();
            }
            return vma.end();
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// Faults every page of a range in with exactly this access: MADV_POPULATE_READ and _WRITE. ENOMEM for a hole
    /// or for want of RAM, EINVAL where the VMA forbids the access, EFAULT where it would end in a signal.
    public void populateFor(Mm mm, long start, long end, boolean write) {
        KernelFault fault = new KernelFault();
        // The range may end above all there can be.
        for (long va = start; Long.compareUnsigned(va, end) < 0; va += geometry.bytes()) {
            if (KernelThread.current().fatalSignalPending()) {
                throw Errno.EINTR.exception();
            }
            mm.mmapLock().readLock();
            try {
                Vma vma = mm.vmaAt(va);
                if (vma == null) {
                    throw Errno.ENOMEM.exception();
                }
                if ((write ? !vma.isWritable() : !vma.isReadable()) || vma.has(Vma.VM_IO | Vma.VM_PFNMAP)) {
                    throw Errno.EINVAL.exception();
                }
                fault.outOfMemory = false;
                Page page = pageLocked(vma, va, write, fault);
                if (page == null) {
                    throw (fault.outOfMemory ? Errno.ENOMEM : Errno.EFAULT).exception();
                }
                release(page);
            } finally {
                mm.mmapLock().readUnlock();
            }
        }
    }

    /// Faults the page at `va` in as a load would; false when it cannot be had.
    public boolean faultIn(Mm mm, long va) {
        try {
            populateFor(mm, va, va + geometry.bytes(), false);
            return true;
        } catch (ErrnoException _) {
            return false;
        }
    }

    // The caller's own memory.

    /// The page behind an address for a read or, with `write`, a store of the thread whose processor is given:
    /// `pin_user_pages_fast`. Without a lock if it is there; else it is faulted in under `mmap_lock`. Null where
    /// the access could not be made, the thread's protection keys included.
    public @Nullable PinnedPage pin(Mm mm, Cpu cpu, long va, boolean write) {
        // An entry says nothing of its key that every architecture has.
        Page page = fast == null || mm.usesKeys() ? null : fast.pin(mm, va, write);
        if (page == null) {
            page = page(mm, cpu, va, write, false, new KernelFault());
        }
        while (page != null && page.isKsm()) {
            // A device is to see what the program stores from now on: gup_must_unshare.
            new PinnedPage(page, va, allocator).close();
            page = unshare(mm, va) ? page(mm, cpu, va, write, false, new KernelFault()) : null;
        }
        return page == null ? null : new PinnedPage(page, va, allocator);
    }

    /// Gives the program a page of its own in the place of one that is shared for its contents:
    /// FAULT_FLAG_UNSHARE.
    private boolean unshare(Mm mm, long va) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(va);
            return vma != null && mm.kernel().ksm().unshare(vma, geometry.down(va));
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    // Another task's memory.

    /// Copies out of an address space until done or unreadable; returns the number of bytes copied.
    /// `force` reads what the program itself may not (FOLL_FORCE: debuggers).
    public int read(Mm mm, long va, byte[] to, int offset, int length, boolean force) {
        return access(mm, va, to, offset, length, false, force);
    }

    /// Copies into an address space until done or unwritable. `force` writes to private copies of
    /// what the program may not write: breakpoints.
    public int write(Mm mm, long va, byte[] from, int offset, int length, boolean force) {
        return access(mm, va, from, offset, length, true, force);
    }

    private int access(Mm mm, long va, byte[] bytes, int offset, int length, boolean write, boolean force) {
        KernelFault fault = new KernelFault();
        int done = 0;
        while (done < length) {
            long at = va + done;
            int piece = Math.min(length - done, geometry.bytes() - geometry.offset(at));
            Page page = page(mm, null, at, write, force, fault);
            if (page == null) {
                break;
            }
            try (PinnedPage pinned = new PinnedPage(page, at, allocator)) {
                if (write) {
                    pinned.write(bytes, offset + done, piece);
                } else {
                    pinned.read(bytes, offset + done, piece);
                }
            }
            done += piece;
        }
        return done;
    }

    /// A page with a reference and a pin (the zero page with none). `cpu` is null for who has no keys to ask: nobody's
    /// count for another's memory.
    private @Nullable Page page(Mm mm, @Nullable Cpu cpu, long va, boolean write, boolean force, KernelFault fault) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(va);
            if (vma == null || !permits(vma, write, force) || cpu != null && !keys.permit(vma, cpu, write)) {
                return null;
            }
            mm.setHasPinned();
            Page page = pageLocked(vma, va, write, fault);
            // With mmap_lock, so that no fork is under way.
            if (page != null && !page.isReserved()) {
                page.pin();
            }
            return page;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    private static boolean permits(Vma vma, boolean write, boolean force) {
        if (write) {
            return vma.isWritable() || force && vma.isCow();
        }
        return vma.isReadable() || force && vma.has(Vma.VM_MAYREAD);
    }

    /// The page behind `va` with a reference (none for the zero page), faulted in for the access.
    /// Null when that fails. The caller holds mmap_lock and gives the page to [#release].
    private @Nullable Page pageLocked(Vma found, long va, boolean write, KernelFault fault) {
        Vma vma = found;
        int flags = found.has(Vma.VM_UFFD) ? KernelFault.WAITS : 0;
        while (true) {
            Page page = follow(vma, va, write);
            if (page != null) {
                return page;
            }
            FaultOutcome outcome = handler.handleMmFault(vma, fault.begin(va, write, flags));
            if (outcome instanceof FaultOutcome.Retry && flags != 0) {
                vma = lockAgain(vma.mm(), va, write);
                if (vma == null || KernelThread.current().fatalSignalPending()) {
                    return null;
                }
                flags |= PageFault.FAULT_FLAG_TRIED;
            } else if (!(outcome instanceof FaultOutcome.Done)) {
                fault.outOfMemory = outcome instanceof FaultOutcome.OutOfMemory;
                return null;
            }
        }
    }

    /// The lock was given up to wait for somebody in user space: what is mapped there now, null for nothing that the
    /// access could be made to.
    private static @Nullable Vma lockAgain(Mm mm, long va, boolean write) {
        mm.mmapLock().readLock();
        Vma vma = mm.vmaAt(va);
        return vma != null && permits(vma, write, true) ? vma : null;
    }

    /// `follow_page_mask`: the page if it is there and, for a write, ours to write.
    private @Nullable Page follow(Vma vma, long va, boolean write) {
        PageTable table = vma.mm().pageTable();
        return table.readPte(va, pte -> get(vma, table.format(), pte, write));
    }

    /// The page of a PTE, whose lock the caller has, with a reference; null where it is not there for the access.
    private @Nullable Page get(Vma vma, PageTableFormat format, long pte, boolean write) {
        if (!format.isPresent(pte)) {
            return null;
        }
        if (format.isSpecial(pte)) {
            return write ? null : allocator.zeroPage();
        }
        Page page = allocator.page(format.pfn(pte));
        // A forced write to a read-only private mapping goes to a copy that is not shared, dirty by the copying.
        boolean writable = format.isWritable(pte)
                || vma.isCow() && page.isAnon() && page.refcount() == 1 && !page.isKsm() && format.isDirty(pte);
        boolean handled = vma.has(Vma.VM_UFFD_WP) && format.isUffdWp(pte);
        if (write && (!writable || handled)) {
            return null;
        }
        page.get();
        return page;
    }

    private void release(Page page) {
        if (!page.isReserved()) {
            allocator.put(page);
        }
    }
}
