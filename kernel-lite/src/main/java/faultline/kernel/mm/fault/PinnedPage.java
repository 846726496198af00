package faultline.kernel.mm.fault;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.PageCache;

/// A page of a program that the kernel has a reference to, for itself or for a device. It stays the same page
/// whatever becomes of the mapping; what is stored to it is lost once the program has another in its place.
public final class PinnedPage implements AutoCloseable {

    private final Page page;
    private final PageAllocator allocator;
    private final PhysicalMemory memory;
    private final int offset;
    private boolean dirty;

    /// The page of an address, whose reference and pin it takes over.
    PinnedPage(Page page, long va, PageAllocator allocator) {
        this.page = page;
        this.offset = allocator.geometry().offset(va);
        this.allocator = allocator;
        this.memory = allocator.memory();
    }

    public Page page() {
        return page;
    }

    /// How many bytes there are from the address to the end of the page.
    public int bytes() {
        return allocator.geometry().bytes() - offset;
    }

    /// Copies bytes out of the page, from the address on.
    public void read(byte[] to, int at, int length) {
        memory.read(page.pa() + offset, to, at, length);
    }

    /// Copies bytes into the page.
    public void write(byte[] from, int at, int length) {
        memory.writeMapped(page.pa() + offset, from, at, length);
        dirty = true;
    }

    /// Gives the page back: `unpin_user_pages_dirty_lock`.
    @Override
    public void close() {
        if (dirty) {
            markDirty();
        }
        if (!page.isReserved()) {
            page.unpin();
            allocator.put(page);
        }
    }

    /// Unless it has left its file: `set_page_dirty_lock`.
    private void markDirty() {
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
}
