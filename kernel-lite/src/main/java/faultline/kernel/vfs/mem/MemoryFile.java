package faultline.kernel.vfs.mem;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.page.PageAccount;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;

/// A regular file that exists only in memory: in RAM, as far as it was written, like everything the
/// guest stores, or in swap.
public class MemoryFile extends DataInode {

    private static final byte[] NOTHING = {};

    private final PhysicalMemory ram;

    /// What it was made with; the part that was not cut off since shows where nothing was written.
    private volatile byte[] original = NOTHING;

    /// Written with the content lock held.
    private volatile int originalSize;

    public MemoryFile(FileSystem fileSystem, long number, int permissions, Credentials owner, PageCaches caches) {
        super(fileSystem, number, FileMode.S_IFREG | permissions, owner, caches);
        this.ram = caches.ram();
    }

    /// Sets the contents before anybody has opened the file.
    public void preset(byte[] contents) {
        original = contents;
        originalSize = contents.length;
        setSize(contents.length);
    }

    @Override
    public void readPage(long index, long pa) {
        long offset = index << geometry().shift();
        int valid = Math.clamp(originalSize - offset, 0, geometry().bytes());
        if (valid > 0) {
            ram.write(pa, original, (int) offset, valid);
        }
        ram.fill(pa + valid, geometry().bytes() - valid, (byte) 0);
    }

    /// A memfd has none: it belongs to a mount without a limit.
    @Override
    public PageAccount storage() {
        return fileSystem() instanceof MemoryFileSystem tmpfs ? tmpfs.storage() : PageAccount.NONE;
    }

    @Override
    public boolean isShmem() {
        return true;
    }

    @Override
    public boolean holds(long index) {
        return index << geometry().shift() < originalSize;
    }

    @Override
    public void writePage(long index, long pa) {
        throw new IllegalStateException("tmpfs: page " + index + " is written back to a file that is all there is");
    }

    @Override
    protected void cut(long newSize) {
        originalSize = (int) Math.min(originalSize, newSize);
    }

    @Override
    protected long storedBytes() {
        return originalSize;
    }
}
