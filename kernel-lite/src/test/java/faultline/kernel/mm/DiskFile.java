package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.PageAccount;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A file on the block device: byte i of page p is `p + 1`. Remembers which pages were read, in order.
public final class DiskFile implements MappedFile, PageSource {

    private static final int PAGE = ToyMachine.PAGE;

    private final KernelMemory kernel;
    private final byte[] bytes;
    private final boolean keeps;
    private final PageAccount storage;
    private final PageCache pages;
    private final FileReadahead readahead;
    private final List<Long> read = new ArrayList<>();
    private final AtomicInteger references = new AtomicInteger();
    private volatile long size;

    /// How many reads to come fail.
    volatile int failures;

    /// How many writes to come fail.
    volatile int writeFailures;

    public DiskFile(KernelMemory kernel, int pages) {
        this(kernel, pages, false);
    }

    /// With `keeps`, what is written has no place but its frame, as in the upper half of an overlay.
    DiskFile(KernelMemory kernel, int pages, boolean keeps) {
        this(kernel, pages, keeps, PageAccount.NONE);
    }

    /// The same where there is a limit to that.
    DiskFile(KernelMemory kernel, int pages, boolean keeps, PageAccount storage) {
        this.kernel = kernel;
        this.storage = storage;
        this.keeps = keeps;
        this.size = (long) pages * PAGE;
        this.bytes = new byte[pages * PAGE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / PAGE + 1);
        }
        this.pages = kernel.create(this);
        this.readahead = new FileReadahead(kernel.geometry());
    }

    /// The pages the device was asked for so far.
    synchronized List<Long> takeRead() {
        List<Long> taken = List.copyOf(read);
        read.clear();
        return taken;
    }

    /// Has all pages in memory, without the disk's time; called outside the machine.
    public void load() {
        byte[] to = new byte[bytes.length];
        pages.read(0, to, 0, to.length);
    }

    void truncate(int toPages) {
        size = (long) toPages * PAGE;
        pages.truncate(size);
    }

    public int references() {
        return references.get();
    }

    /// What the device has.
    byte stored(int at) {
        return bytes[at];
    }

    @Override
    public PageCache pages() {
        return pages;
    }

    @Override
    public FileReadahead readahead() {
        return readahead;
    }

    @Override
    public String mapsName() {
        return "/disk";
    }

    @Override
    public int device() {
        return 0x801;
    }

    @Override
    public long inode() {
        return 7;
    }

    @Override
    public boolean readable() {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void get() {
        references.incrementAndGet();
    }

    @Override
    public void put() {
        references.decrementAndGet();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean usesDevice() {
        return true;
    }

    @Override
    public boolean supportsSpeculation() {
        return true;
    }

    @Override
    public PageAccount storage() {
        return storage;
    }

    @Override
    public boolean keepsPages() {
        return keeps;
    }

    @Override
    public synchronized void readPage(long index, long pa) {
        read.add(index);
        if (failures > 0) {
            failures--;
            throw Errno.EIO.exception();
        }
        kernel.memory().write(pa, bytes, (int) index * PAGE, PAGE);
    }

    @Override
    public synchronized void writePage(long index, long pa) {
        if (writeFailures > 0) {
            writeFailures--;
            throw Errno.EIO.exception();
        }
        if (!keeps) {
            kernel.memory().read(pa, bytes, (int) index * PAGE, PAGE);
        }
    }
}
