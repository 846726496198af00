package faultline.kernel.mm.page;

import faultline.kernel.ErrnoException;
import faultline.kernel.block.BlockDevice;
import faultline.kernel.lock.KernelThread;

/// How the pages of one file are read and written back: at once, or in the device's time.
///
/// The bytes are moved when the request is submitted; until its end the page is locked and not up to
/// date (a read), or counts as being written back.
final class PageReads {

    /// Requests of one caller: pages in a row are one, from when the first of them is submitted.
    final class Plug {
        private long last = -2;
        private long ends;

        /// When the request that page `index` belongs to ends.
        long endOf(long index) {
            if (index != last + 1 || device.now() >= ends) {
                ends = device.submit(index);
            }
            last = index;
            return ends;
        }
    }

    private final PageSource source;
    private final PageAllocator allocator;
    private final DirtyPages dirtyPages;
    private final BlockDevice device;
    private final PageLocks locks;

    PageReads(PageSource source, PageAllocator allocator, DirtyPages dirtyPages, PageLocks locks) {
        this.source = source;
        this.allocator = allocator;
        this.dirtyPages = dirtyPages;
        this.device = dirtyPages.device();
        this.locks = locks;
    }

    Plug plug() {
        return new Plug();
    }

    /// Whether the file's device takes its time. Threads outside the machine, which load its first program, do not
    /// wait: no time passes for them.
    boolean takesTime() {
        return !device.isInstant() && source.usesDevice() && Thread.currentThread() instanceof KernelThread;
    }

    private boolean takesTime(Page page) {
        return takesTime(page.index, page.has(Page.KEPT));
    }

    private boolean takesTime(long index, boolean kept) {
        return takesTime() && (kept || source.isOnDevice(index));
    }

    /// Has the device read a page that is not put into the cache; `kept` when it was written and kept. Returns when it
    /// is done with it, `Long.MIN_VALUE` for at once.
    long passBy(long index, boolean kept, Plug plug) {
        count(VmEvent.PGPGIN);
        return takesTime(index, kept) ? plug.endOf(index) : Long.MIN_VALUE;
    }

    /// Begins to read a page whose lock the caller has, and gives that away: to the device until it has read, or back
    /// when there is nothing to wait for. A page that cannot be read is marked so.
    void begin(Page page, Plug plug) {
        boolean failed = false;
        try {
            fill(page);
        } catch (ErrnoException _) {
            failed = true;
        }
        if (takesTime(page)) {
            locks.beginRead(page, plug.endOf(page.index), failed);
            return;
        }
        locks.endRead(page, failed);
    }

    private void fill(Page page) {
        // What was written and kept is in the frame.
        if (!page.has(Page.KEPT)) {
            source.readPage(page.index, page.pa());
        }
        count(VmEvent.PGPGIN);
    }

    /// Stores a page that the caller has locked and made clean. Throws `ErrnoException`.
    void write(Page page, Plug plug) {
        if (source.keepsPages()) {
            page.set(Page.KEPT);
        }
        source.writePage(page.index, page.pa());
        count(VmEvent.PGPGOUT);
        if (source.usesDevice()) {
            dirtyPages.written();
        }
        if (takesTime()) {
            long ends = plug.endOf(page.index);
            page.beginWriteback(ends);
            dirtyPages.isWritten(ends);
        }
    }

    /// Whether the device is still writing the page.
    boolean isUnderWriteback(Page page) {
        long ends = page.writebackEnds();
        return ends != Long.MIN_VALUE && device.now() < ends;
    }

    /// `folio_wait_writeback`. The page is the caller's to wait for: with its lock, or a reference.
    void awaitWriteback(Page page) {
        awaitEnd(page.writebackEnds());
    }

    /// Waits until a request has ended; `Long.MIN_VALUE` is none.
    void awaitEnd(long ends) {
        if (ends == Long.MIN_VALUE || !(Thread.currentThread() instanceof KernelThread self)) {
            return;
        }
        while (device.now() < ends) {
            self.block(ends);
        }
    }

    private void count(VmEvent event) {
        allocator.events().add(event.ordinal(), allocator.geometry().bytes() / 1024);
    }
}
