package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.page.PageCache;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A System V shared memory segment: `struct shmid_kernel`. It is the file its attachments map; when
/// it was removed it goes with the last of them.
public final class ShmSegment implements MappedFile {

    /// Who may do what, and to whom it belongs: `struct ipc_perm`. `mode` has the nine permission bits.
    public record Rights(int uid, int gid, int ownerUid, int ownerGid, int mode) {}

    private static final int SHM_DEST = 01000;
    private static final int SHM_LOCKED = 02000;

    private final int id;
    private final int key;
    private final long size;
    private final int creator;
    private final SharedMemoryFile memory;
    private final PageGeometry geometry;

    /// The pages of `memory`, for who counts them while it may be going.
    private final PageCache counted;
    private final Consumer<ShmSegment> unused;
    private final AtomicInteger attachments = new AtomicInteger();
    private final MappedFile readOnly = new ReadOnlyView(this);

    // Each written by one call at a time, under the table's monitor.
    private volatile Rights rights;
    private volatile boolean removed;
    private volatile boolean locked;
    private volatile int locker;
    private volatile int lastPid;
    private volatile long attached;
    private volatile long detached;
    private volatile long changed;

    ShmSegment(
            Mm maker,
            boolean reserves,
            int id,
            int key,
            long size,
            Rights rights,
            int creator,
            long now,
            Consumer<ShmSegment> unused) {
        this.id = id;
        this.key = key;
        this.size = size;
        this.rights = rights;
        this.creator = creator;
        this.changed = now;
        this.unused = unused;
        this.geometry = maker.geometry();
        this.memory = new SharedMemoryFile(maker, geometry.up(size), reserves);
        this.memory.get();
        this.counted = memory.pages();
    }

    public int id() {
        return id;
    }

    /// What an attachment maps that may never be written: SHM_RDONLY.
    public MappedFile forReading() {
        return readOnly;
    }

    /// Its key; 0 (IPC_PRIVATE) also when it was removed.
    public int key() {
        return removed ? 0 : key;
    }

    public long size() {
        return size;
    }

    /// How many pages it has, there or not.
    public long pageCount() {
        return geometry.up(size) >>> geometry.shift();
    }

    /// How much of it is in memory.
    public long residentBytes() {
        return counted.pages() << geometry.shift();
    }

    /// How much of it is swapped out.
    public long swappedBytes() {
        return counted.countSwapped(0, pageCount()) << geometry.shift();
    }

    public Rights rights() {
        return rights;
    }

    /// The permission bits, and what became of it: `shm_perm.mode`.
    public int mode() {
        return rights.mode | (removed ? SHM_DEST : 0) | (locked ? SHM_LOCKED : 0);
    }

    /// The process that made it.
    public int creator() {
        return creator;
    }

    /// The process that attached or detached it last.
    public int lastPid() {
        return lastPid;
    }

    /// When it was last attached, in seconds; 0 for never.
    public long attachedAt() {
        return attached;
    }

    public long detachedAt() {
        return detached;
    }

    public long changedAt() {
        return changed;
    }

    /// How many VMAs map it.
    public int attachments() {
        return attachments.get();
    }

    void setRights(Rights to, long now) {
        rights = to;
        changed = now;
    }

    void remove() {
        removed = true;
    }

    /// Notes who attached it.
    public void noteAttached(int pid, long now) {
        lastPid = pid;
        attached = now;
    }

    /// Notes who detached it.
    public void noteDetached(int pid, long now) {
        lastPid = pid;
        detached = now;
    }

    void free() {
        memory.put();
    }

    /// Its pages stay in memory, for which a user is charged.
    void lock(int uid) {
        locker = uid;
        setLocked(true);
    }

    void unlock() {
        setLocked(false);
    }

    private void setLocked(boolean stay) {
        locked = stay;
        memory.pages().setUnevictable(stay);
    }

    boolean isLocked() {
        return locked;
    }

    /// Who is charged while it is locked.
    int locker() {
        return locker;
    }

    @Override
    public PageCache pages() {
        return memory.pages();
    }

    @Override
    public String mapsName() {
        return String.format(Locale.ROOT, "/SYSV%08x (deleted)", key);
    }

    @Override
    public int device() {
        return memory.device();
    }

    @Override
    public long inode() {
        return id;
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
    public boolean countsAttachments() {
        return true;
    }

    @Override
    public void punchHole(long offset, long length) {
        memory.punchHole(offset, length);
    }

    @Override
    public void get() {
        attachments.incrementAndGet();
    }

    @Override
    public void put() {
        if (attachments.decrementAndGet() == 0 && removed) {
            unused.accept(this);
        }
    }
}
