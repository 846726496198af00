package faultline.kernel.testing;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/// A file of a type that supports speculation, whose byte is `p + 1` all over page p. Remembers whether
/// anybody has asked for its size when it was released.
public final class RaceFile implements PlainFile, PageSource {

    private final KernelMemory kernel;
    private final PageCache pages;
    private final AtomicInteger references = new AtomicInteger();
    private final int length;
    private volatile long size;
    private volatile boolean released;
    private volatile boolean touched;

    /// None of its `length` pages is cached.
    RaceFile(KernelMemory kernel, int length) {
        this.kernel = kernel;
        this.length = length;
        this.size = (long) length * kernel.geometry().bytes();
        this.pages = kernel.create(this);
    }

    /// Reads all its pages.
    void cacheAll() {
        for (int index = 0; index < length; index++) {
            kernel.allocator().put(Objects.requireNonNull(pages.get(index)));
        }
    }

    /// A page that is cached; without a reference.
    Page cached(int index) {
        Page page = Objects.requireNonNull(pages.find(index));
        kernel.allocator().put(page);
        return page;
    }

    void truncate() {
        size = 0;
        pages.truncate(0);
    }

    int references() {
        return references.get();
    }

    boolean wasTouchedAfterRelease() {
        return touched;
    }

    @Override
    public PageCache pages() {
        return pages;
    }

    @Override
    public String mapsName() {
        return "/race";
    }

    @Override
    public int device() {
        return 0x801;
    }

    @Override
    public void get() {
        references.incrementAndGet();
    }

    @Override
    public void put() {
        released = references.decrementAndGet() == 0;
    }

    @Override
    public long size() {
        touched |= released;
        return size;
    }

    @Override
    public boolean supportsSpeculation() {
        return true;
    }

    @Override
    public void readPage(long index, long pa) {
        kernel.memory().fill(pa, kernel.geometry().bytes(), (byte) (index + 1));
    }

    @Override
    public void writePage(long index, long pa) {}
}
