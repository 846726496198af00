package faultline.kernel.vfs.host;

import static faultline.kernel.vfs.FileMode.O_ACCMODE;
import static faultline.kernel.vfs.FileMode.O_RDONLY;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.page.PageAccount;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A regular file of the overlay: pages that were written come from memory, the others from the
/// host's file as far as it is still valid.
final class OverlayFile extends DataInode implements LowerBacked {

    private final OverlayFileSystem fileSystem;
    private final PhysicalMemory ram;
    private final @Nullable HostContent content;

    /// How many bytes of the host's file are still this file's; only ever cut. Written with the content lock held.
    private volatile long lowerSize;

    /// From the first open for writing on, the host's attributes no longer count.
    private volatile boolean detached;

    /// The host's file as this inode last knew it.
    private volatile @Nullable HostAttributes known;

    /// A file of the host.
    OverlayFile(OverlayFileSystem fileSystem, HostPlace place, HostAttributes attributes) {
        this(
                fileSystem,
                attributes.inode(),
                attributes.mode(),
                new Credentials(attributes.uid(), attributes.gid(), new int[0]),
                new HostContent(place, false));
        adopt(attributes);
    }

    /// A new file, in memory only.
    OverlayFile(OverlayFileSystem fileSystem, int permissions, Credentials owner) {
        this(fileSystem, fileSystem.upperInode(), FileMode.S_IFREG | permissions, owner, null);
        this.detached = true;
        fileSystem.written(this);
    }

    private OverlayFile(
            OverlayFileSystem fileSystem, long number, int mode, Credentials owner, @Nullable HostContent content) {
        super(fileSystem, number, mode, owner, fileSystem.caches());
        this.fileSystem = fileSystem;
        this.ram = fileSystem.caches().ram();
        this.content = content;
    }

    private void adopt(HostAttributes attributes) {
        known = attributes;
        lowerSize = attributes.size();
        setSize(attributes.size());
        setAttributes(attributes.mode(), attributes.uid(), attributes.gid(), attributes.links());
        setAllTimes(attributes.accessed(), attributes.modified(), attributes.changed());
    }

    /// Follows the host's file until the guest changes something of it.
    @Override
    public void refresh() {
        HostAttributes before = known;
        if (detached || content == null || before == null) {
            return;
        }
        HostAttributes now = content.place().attributes();
        if (now == null || !now.key().equals(before.key())) {
            return;
        }
        adopt(now);
        if (now.differsInContent(before)) {
            pages().truncate(0);
        }
    }

    @Override
    public boolean isGone() {
        HostAttributes before = known;
        if (detached || content == null || before == null) {
            return false;
        }
        HostAttributes now = content.place().attributes();
        return now == null || !now.key().equals(before.key());
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        refresh();
        if (content != null) {
            content.requireReadable();
        }
        if ((flags & O_ACCMODE) != O_RDONLY) {
            detached = true;
        }
        return super.open(path, flags);
    }

    @Override
    public void readPage(long index, long pa) {
        long offset = index << geometry().shift();
        int valid = Math.clamp(lowerSize - offset, 0, geometry().bytes());
        int done = content == null || valid == 0 ? 0 : content.read(offset, ram, pa, valid);
        ram.fill(pa + done, geometry().bytes() - done, (byte) 0);
    }

    @Override
    public boolean usesDevice() {
        return true;
    }

    @Override
    public boolean supportsSpeculation() {
        return true;
    }

    /// What lies beyond the host's part, the guest has made: holes, until written.
    @Override
    public boolean isOnDevice(long index) {
        return content != null && index << geometry().shift() < lowerSize;
    }

    @Override
    public PageAccount storage() {
        return fileSystem.storage();
    }

    @Override
    public boolean keepsPages() {
        return true;
    }

    @Override
    public void writePage(long index, long pa) {
        detached = true;
        fileSystem.written(this);
    }

    @Override
    protected void beforeWrite(long end) {
        detached = true;
        fileSystem.written(this);
    }

    @Override
    protected void beforeResize(long newSize) {
        if (newSize != size()) {
            detached = true;
            fileSystem.written(this);
        }
    }

    @Override
    protected void cut(long newSize) {
        lowerSize = Math.min(lowerSize, newSize);
    }

    @Override
    protected long storedBytes() {
        return lowerSize;
    }

    @Override
    public void addLinks(int count) {
        detached = true;
        super.addLinks(count);
    }

    @Override
    public void setPermissions(int permissions) {
        detached = true;
        super.setPermissions(permissions);
    }

    @Override
    public void setOwner(int newUid, int newGid) {
        detached = true;
        super.setOwner(newUid, newGid);
    }

    @Override
    public void setTimes(@Nullable Instant access, @Nullable Instant modification) {
        detached = true;
        super.setTimes(access, modification);
    }

    @Override
    protected void sync() {
        pages().writeback(0, Long.MAX_VALUE);
    }

    @Override
    protected void evict() {
        super.evict();
        fileSystem.evicted(this);
    }

    @Override
    protected void idle() {
        if (content != null) {
            content.close();
        }
    }
}
