package faultline.kernel.vfs.mem;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;

/// A regular file that exists only in memory.
public class MemoryFile extends DataInode {

    private final PhysicalMemory ram;
    private final PageStore store;

    public MemoryFile(FileSystem fileSystem, long number, int permissions, Credentials owner, PageCaches caches) {
        super(fileSystem, number, FileMode.S_IFREG | permissions, owner, caches);
        this.ram = caches.ram();
        this.store = new PageStore(ram);
    }

    /// An unnamed file that is all hole and has no end in practice: what a mapping of `/dev/zero` maps.
    public static MemoryFile zeros(FileSystem fileSystem, Credentials owner, PageCaches caches) {
        MemoryFile file = new MemoryFile(fileSystem, fileSystem.nextInode(), 0600, owner, caches);
        file.setSize(1L << 47);
        return file;
    }

    /// Sets the contents before anybody has opened the file.
    public void preset(byte[] contents) {
        store.preset(contents);
        setSize(contents.length);
    }

    @Override
    public void readPage(long index, long pa) {
        if (!store.load(index, pa)) {
            ram.fill(pa, PhysicalMemory.FRAME_BYTES, (byte) 0);
        }
    }

    @Override
    public void writePage(long index, long pa) {
        store.store(index, pa);
    }

    @Override
    protected void cut(long newSize) {
        store.cut(newSize);
    }

    @Override
    protected boolean hasData(long index) {
        return store.has(index);
    }
}
