package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_UFFD_WP;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts pages where faults wait for them: UFFDIO_COPY, _ZEROPAGE, _CONTINUE and _POISON. `mm/userfaultfd.c` of Linux
/// 6.12, with `mmap_lock` for read as before 6.8.
///
/// Each page is one operation that takes effect at once or not at all. What fails after the first page is told by how
/// much was done.
public final class UserfaultFill {

    /// What a page is filled with.
    public enum With {
        /// A copy of the caller's memory.
        COPY,
        ZERO,
        /// The page of the file that is there.
        CONTINUE,
        /// Nothing: whoever touches it gets SIGBUS.
        POISON
    }

    /// The memory that copies are made of.
    @FunctionalInterface
    public interface Source {

        /// Copies what lies at an address; returns how many bytes could be had.
        int read(long va, byte[] to);
    }

    private final Userfaultfd handler;
    private final With with;
    private final boolean protect;
    private final Source caller;
    private final Mm mm;
    private final PageGeometry geometry;
    private final PageTable table;
    private final PageTableFormat format;
    private final PageAllocator allocator;

    /// What is being copied.
    private final byte[] contents;

    /// `protect` has the next store to each page handled too; `caller` is where copies are made of.
    public UserfaultFill(Userfaultfd handler, With with, boolean protect, Source caller) {
        this.handler = handler;
        this.with = with;
        this.protect = protect;
        this.caller = caller;
        this.mm = handler.mm();
        this.geometry = mm.geometry();
        this.table = mm.pageTable();
        this.format = table.format();
        this.allocator = mm.kernel().allocator();
        this.contents = new byte[with == With.COPY ? geometry.bytes() : 0];
    }

    /// Fills `[start, start + length)`, with what lies at `source` if it copies. Returns how many bytes were filled, or
    /// a negative errno where none was.
    public long fill(long start, long source, long length) {
        if (!mm.tryGet()) {
            throw Errno.ESRCH.exception();
        }
        try {
            long done = 0;
            Errno failure = null;
            while (done < length && failure == null) {
                failure = fillPage(start, start + length, start + done, source + done);
                if (failure == null) {
                    done += geometry.bytes();
                    failure = KernelThread.current().fatalSignalPending() ? Errno.EINTR : null;
                }
            }
            return done > 0 || failure == null ? done : failure.result();
        } finally {
            mm.put();
        }
    }

    private @Nullable Errno fillPage(long start, long end, long va, long source) {
        if (with == With.COPY) {
            // Before the source is looked at: which error comes first is the range's.
            Errno failure = underLock(start, end, _ -> null);
            if (failure != null) {
                return failure;
            }
            if (caller.read(source, contents) != contents.length) {
                return Errno.EFAULT;
            }
        }
        return underLock(start, end, vma -> fillLocked(vma, va));
    }

    /// What is done to one page while the VMA stays.
    @FunctionalInterface
    private interface Filling {
        @Nullable
        Errno fill(Vma vma);
    }

    /// `mfill_atomic`'s checks.
    private @Nullable Errno underLock(long start, long end, Filling filling) {
        mm.mmapLock().readLock();
        try {
            Vma vma = mm.vmaAt(start);
            if (vma == null || Long.compareUnsigned(end, vma.end()) > 0 || vma.userfault() == null) {
                return Errno.ENOENT;
            }
            if (handler.isChanging()) {
                return Errno.EAGAIN;
            }
            if (protect && !vma.has(VM_UFFD_WP)
                    || !vma.isAnonymous() && !vma.isShmem()
                    || with == With.CONTINUE && !vma.isShmem()) {
                return Errno.EINVAL;
            }
            if (vma.isAnonymous()) {
                vma.prepareAnon();
            }
            return filling.fill(vma);
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    /// `mfill_atomic_pte`.
    private @Nullable Errno fillLocked(Vma vma, long va) {
        return switch (with) {
            case POISON -> install(vma, va, null, format.marker(PageTableFormat.MARKER_POISONED), false);
            case CONTINUE -> fillCached(vma, va);
            case COPY, ZERO -> vma.isShared() ? fillShared(vma, va) : fillPrivate(vma, va);
        };
    }

    /// A hole in a private mapping of shared memory is filled with a page of the process's own, too.
    private @Nullable Errno fillPrivate(Vma vma, long va) {
        if (with == With.ZERO) {
            long pte = format.mkSpecial(format.leaf(allocator.zeroPage().pfn(), vma.pageProt()));
            return install(vma, va, null, pte, false);
        }
        vma.prepareAnon();
        Page page = newPage(vma, va);
        if (page == null) {
            return Errno.ENOMEM;
        }
        page.setAnon(vma.anonId(), vma.indexOf(va));
        Errno failure = install(vma, va, page, pteOf(vma, page, vma.isWritable()), true);
        if (failure != null) {
            allocator.put(page);
        }
        return failure;
    }

    private @Nullable Page newPage(Vma vma, long va) {
        Page page = mm.kernel().nodes().newPage(vma, vma.policy(), va, with == With.ZERO);
        if (page != null && with != With.ZERO) {
            mm.kernel().memory().write(page.pa(), contents, 0, contents.length);
        }
        return page;
    }

    /// `shmem_mfill_atomic_pte`.
    private @Nullable Errno fillShared(Vma vma, long va) {
        if (isBehindEnd(vma, va)) {
            return Errno.EFAULT;
        }
        Page page = newPage(vma, va);
        if (page == null) {
            return Errno.ENOMEM;
        }
        PageCache cache = cacheOf(vma);
        Errno failure = cache.add(page, vma.indexOf(va));
        if (failure != null) {
            allocator.put(page);
            return failure;
        }
        boolean _ = page.setDirty();
        failure = install(vma, va, page, pteOf(vma, page, vma.isWritable()), true);
        if (failure != null) {
            cache.drop(page);
        }
        cache.unlock(page);
        if (failure != null) {
            allocator.put(page);
        }
        return failure;
    }

    /// `mfill_atomic_pte_continue`: EFAULT where the file has no page.
    private @Nullable Errno fillCached(Vma vma, long va) {
        PageCache cache = cacheOf(vma);
        long index = vma.indexOf(va);
        // What is swapped out is brought back; a hole stays one.
        Page page = cache.has(index) ? cache.get(index) : null;
        if (page == null) {
            return Errno.EFAULT;
        }
        cache.lock(page);
        Errno failure = Errno.EFAULT;
        if (page.mapping() == cache && cache.isUptodate(page)) {
            failure = install(vma, va, page, pteOf(vma, page, vma.isWritable() && vma.isShared()), true);
        }
        cache.unlock(page);
        if (failure != null) {
            allocator.put(page);
        }
        return failure;
    }

    private static PageCache cacheOf(Vma vma) {
        return Objects.requireNonNull(vma.file(), "shared memory is a file").pages();
    }

    private boolean isBehindEnd(Vma vma, long va) {
        MappedFile file = vma.file();
        return file != null
                && vma.indexOf(va) >= geometry.up(file.pages().source().size()) >>> geometry.shift();
    }

    private long pteOf(Vma vma, Page page, boolean writable) {
        long pte = format.mkDirty(format.leaf(page.pfn(), vma.pageProt()));
        pte = writable ? format.mkWrite(pte) : pte;
        return protect ? format.mkUffdWp(pte) : pte;
    }

    /// Fills a PTE, which takes over the reference of `page`: `mfill_atomic_install_pte`. With `overMarker` a marker
    /// gives way.
    private @Nullable Errno install(Vma vma, long va, @Nullable Page page, long pte, boolean overMarker) {
        long ptePa = table.findOrMake(va);
        if (ptePa == 0) {
            return Errno.ENOMEM;
        }
        ptePa = table.lock(va, ptePa);
        if (ptePa == 0) {
            // The table was reclaimed at once.
            return Errno.EAGAIN;
        }
        SpinLock lock = table.lockOf(ptePa);
        try {
            if (isBehindEnd(vma, va)) {
                return Errno.EFAULT;
            }
            long before = table.load(ptePa);
            if (!format.isNone(before) && !(overMarker && format.markerOf(before) != 0)) {
                return Errno.EEXIST;
            }
            if (page != null) {
                page.addMapping();
                mm.kernel().checkAnon(vma, page, va);
                mm.addRss(RssKind.of(page), 1);
            }
            table.store(ptePa, pte);
            return null;
        } finally {
            lock.unlock();
        }
    }
}
