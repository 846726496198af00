package faultline.kernel.mm.fault;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import org.jspecify.annotations.Nullable;

/// Pages of an address space for the kernel's own purposes, faulted in like an access would:
/// `get_user_pages`.
///
/// For populating (MAP_POPULATE, mlock, MADV_POPULATE_*) and for reaching another task's memory
/// (ptrace, `/proc/PID/mem`, process_vm_readv). The caller is a kernel thread with a vCPU; all
/// methods may block.
public final class Gup {

    private final FaultHandler handler;
    private final PageGeometry geometry;
    private final PageAllocator allocator;

    public Gup(FaultHandler handler) {
        this.handler = handler;
        this.geometry = handler.kernel().geometry();
        this.allocator = handler.kernel().allocator();
    }

    // Populating.

    /// Makes the pages of `[start, start + length)` present as far as VMAs permit: `mm_populate`.
    /// With `strict`, a hole or a page that cannot be had is ENOMEM (mlock); without, populating
    /// just ends there (mmap).
    public void populate(Mm mm, long start, long length, boolean strict) {
        long end = geometry.up(start + length);
        KernelFault fault = new KernelFault();
        for (long va = geometry.down(start); va < end; va += geometry.bytes()) {
            // The range may be most of the address space and nothing in it need take RAM.
            if (KernelThread.current().fatalSignalPending() || !populatePage(mm, va, fault)) {
                if (strict) {
                    throw Errno.ENOMEM.exception();
                }
                return;
            }
        }
    }

    private boolean populatePage(Mm mm, long va, KernelFault fault) {
        if (!mm.mmapLock().readLockKillable()) {
            return false;
        }
        try {
            Vma vma = mm.vmaAt(va);
            if (vma == null) {
                return false;
            }
            if (vma.has(Vma.VM_LOCKONFAULT) || !vma.has(Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC)) {
                return true;
            }
            // A writable private page is copied now, so that no store faults later; a shared one is not dirtied.
            boolean write = vma.isWritable() && !vma.isShared();
            Page page = pageLocked(vma, va, write, fault);
            if (page == null) {
                return false;
            }
            release(page);
            return true;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// Faults every page of a range in with exactly this access: MADV_POPULATE_READ and _WRITE.
    public void populateFor(Mm mm, long start, long end, boolean write) {
        KernelFault fault = new KernelFault();
        for (long va = start; va < end; va += geometry.bytes()) {
            if (KernelThread.current().fatalSignalPending()) {
                throw Errno.EINTR.exception();
            }
            mm.mmapLock().readLock();
            try {
                Vma vma = mm.vmaAt(va);
                if (vma == null) {
                    throw Errno.ENOMEM.exception();
                }
                if (write ? !vma.isWritable() : !vma.isReadable()) {
                    throw Errno.EINVAL.exception();
                }
                Page page = pageLocked(vma, va, write, fault);
                if (page == null) {
                    throw Errno.EFAULT.exception();
                }
                release(page);
            } finally {
                mm.mmapLock().readUnlock();
            }
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
        PhysicalMemory memory = allocator.memory();
        int done = 0;
        while (done < length) {
            long at = va + done;
            int piece = Math.min(length - done, geometry.bytes() - geometry.offset(at));
            Page page = page(mm, at, write, force, fault);
            if (page == null) {
                break;
            }
            long pa = page.pa() + geometry.offset(at);
            if (write) {
                memory.writeMapped(pa, bytes, offset + done, piece);
                markDirty(page);
            } else {
                memory.read(pa, bytes, offset + done, piece);
            }
            release(page);
            done += piece;
        }
        return done;
    }

    /// Marks a page of a file that the caller has a reference to, unless it has left the file: `set_page_dirty_lock`.
    private static void markDirty(Page page) {
        PageCache cache = page.mapping();
        if (cache != null) {
            cache.lock(page);
            boolean _ = page.mapping() == cache && page.setDirty();
            cache.unlock(page);
        } else {
            // Its slot of a swap area, if it has one, has no longer what it has.
            boolean _ = page.setDirty();
        }
    }

    private @Nullable Page page(Mm mm, long va, boolean write, boolean force, KernelFault fault) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(va);
            if (vma == null || !permits(vma, write, force)) {
                return null;
            }
            return pageLocked(vma, va, write, fault);
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
    private @Nullable Page pageLocked(Vma vma, long va, boolean write, KernelFault fault) {
        while (true) {
            Page page = follow(vma, va, write);
            if (page != null) {
                return page;
            }
            FaultOutcome outcome = handler.handleMmFault(vma, fault.begin(va, write));
            if (!(outcome instanceof FaultOutcome.Done)) {
                return null;
            }
        }
    }

    /// `follow_page_mask`: the page if it is there and, for a write, ours to write.
    private @Nullable Page follow(Vma vma, long va, boolean write) {
        PageTable table = vma.mm().pageTable();
        PageTableFormat format = table.format();
        long ptePa = table.find(va);
        ptePa = ptePa == 0 ? 0 : table.lock(va, ptePa);
        if (ptePa == 0) {
            return null;
        }
        SpinLock lock = table.lockOf(ptePa);
        try {
            long pte = table.load(ptePa);
            if (!format.isPresent(pte)) {
                return null;
            }
            if (format.isSpecial(pte)) {
                return write ? null : allocator.zeroPage();
            }
            Page page = allocator.page(format.pfn(pte));
            // A forced write to a read-only private mapping goes to a copy that is not shared, dirty by the copying.
            boolean writable = format.isWritable(pte)
                    || vma.isCow() && page.isAnon() && page.refcount() == 1 && format.isDirty(pte);
            if (write && !writable) {
                return null;
            }
            page.get();
            return page;
        } finally {
            lock.unlock();
        }
    }

    private void release(Page page) {
        if (!page.isReserved()) {
            allocator.put(page);
        }
    }
}
