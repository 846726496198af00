package faultline.kernel.vfs.host;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A regular file of the host that the guest writes: bytes go to the host as they are written, pages of a shared
/// mapping when they are synced or the file is closed.
final class ThroughFile extends DataInode implements HostNamed {

    private final PhysicalMemory ram;
    private final HostContent content;

    private volatile HostAttributes known;

    ThroughFile(ThroughFileSystem fileSystem, HostPlace place, HostAttributes attributes) {
        super(
                fileSystem,
                attributes.inode(),
                attributes.mode(),
                new Credentials(attributes.uid(), attributes.gid(), new int[0]),
                fileSystem.caches());
        this.ram = fileSystem.caches().ram();
        this.content = new HostContent(place, true);
        this.known = attributes;
        adopt(attributes);
    }

    private void adopt(HostAttributes attributes) {
        known = attributes;
        setSize(attributes.size());
        setAttributes(attributes.mode(), attributes.uid(), attributes.gid(), attributes.links());
        setAllTimes(attributes.accessed(), attributes.modified(), attributes.changed());
    }

    @Override
    public HostPlace place() {
        return content.place();
    }

    @Override
    public void foundAt(HostPlace place, HostAttributes attributes) {
        content.moveTo(place);
    }

    @Override
    public void movedTo(HostPlace at) {
        content.moveTo(at);
    }

    @Override
    public void refresh() {
        HostAttributes now = place().attributes();
        if (now != null && now.key().equals(known.key())) {
            adopt(now);
        }
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        HostAttributes before = known;
        refresh();
        if (known.differsInContent(before)) {
            pages().truncate(0);
        }
        content.requireReadable();
        content.hold();
        return super.open(path, flags);
    }

    @Override
    public void readPage(long index, long pa) {
        int done = content.read(index << geometry().shift(), ram, pa, geometry().bytes());
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

    @Override
    public boolean isOnDevice(long index) {
        return index << geometry().shift() < known.size();
    }

    @Override
    public void writePage(long index, long pa) {
        long offset = index << geometry().shift();
        int length = Math.clamp(size() - offset, 0, geometry().bytes());
        byte[] page = new byte[length];
        ram.read(pa, page, 0, length);
        content.write(offset, page, 0, length);
    }

    @Override
    protected void wrote(long offset, byte[] from, int at, int length) {
        content.write(offset, from, at, length);
        remember();
    }

    @Override
    protected void resized(long newSize) {
        content.resize(newSize);
        remember();
    }

    /// Our own change of the host's file is not one to drop the cache for.
    private void remember() {
        HostAttributes now = place().attributes();
        if (now != null && now.key().equals(known.key())) {
            known = now;
        }
    }

    /// Opens the host's file, if a guest has it open, before its name goes away.
    void holdOpen() {
        content.hold();
    }

    @Override
    protected void cut(long newSize) {}

    @Override
    protected long storedBytes() {
        return size();
    }

    @Override
    protected void sync() {
        pages().writeback(0, Long.MAX_VALUE);
        content.force();
    }

    @Override
    protected void idle() {
        if (nlink() > 0) {
            // Who closes a file last, or a fault that ends after its mapping has, is not told of errors.
            pages().beginWriteback(0, Long.MAX_VALUE);
            remember();
        }
        content.close();
    }

    @Override
    protected void evict() {
        super.evict();
        content.close();
    }

    @Override
    public void setPermissions(int permissions) {
        HostChanges.permissions(place(), permissions);
        super.setPermissions(permissions);
    }

    @Override
    public void setOwner(int newUid, int newGid) {
        HostChanges.owner(place(), newUid, newGid);
        super.setOwner(newUid, newGid);
    }

    @Override
    public void setTimes(@Nullable Instant access, @Nullable Instant modification) {
        HostChanges.times(place(), access, modification);
        super.setTimes(access, modification);
        remember();
    }
}
