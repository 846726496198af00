package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The System V shared memory segments of a machine: `shm_ids`. Its monitor is held for a few
/// instructions.
///
/// An id is an index, by which all segments can be asked for one after the other, below a sequence number, so that
/// who knows the id of a segment that is gone does not meet the next one of its index.
public final class ShmTable {

    /// SHMMNI: segments there may be.
    public static final int MOST = 4096;

    /// SHMMAX and SHMALL: bytes of a segment, and pages of all, unsigned. So much less than all, for those who add.
    public static final long MOST_BYTES = -1L - (1L << 24);

    /// IPCMNI_SHIFT.
    private static final int INDEX_BITS = 15;

    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    private static final int MOST_SEQUENCES = Integer.MAX_VALUE >> INDEX_BITS;

    /// `ipc_min_cycle`: so many indices are used in turn, however few segments there are.
    private static final int LEAST_CYCLE = 64;

    private static final String HEADING =
            "       key      shmid perms                  size  cpid  lpid nattch   uid   gid"
                    + "  cuid  cgid      atime      dtime      ctime                   rss                  swap\n";

    // Guarded by this monitor.
    private final TreeMap<Integer, ShmSegment> byIndex = new TreeMap<>();
    private int lastIndex = -1;
    private int sequence;

    /// Pages that users have locked, by the real user: UCOUNT_RLIMIT_MEMLOCK.
    private final Map<Integer, Long> lockedPages = new HashMap<>();

    /// What shmget does with the segment of its key, or without one.
    @FunctionalInterface
    public interface Ask {
        /// The segment found, or another. Called with the monitor.
        ShmSegment of(@Nullable ShmSegment found);
    }

    /// Asks about a key, 0 (IPC_PRIVATE) for that of no segment; nobody makes one of the same key meanwhile:
    /// `ipcget`.
    public synchronized ShmSegment get(int key, Ask ask) {
        return ask.of(key == 0 ? null : withKey(key));
    }

    private @Nullable ShmSegment withKey(int key) {
        for (ShmSegment segment : byIndex.values()) {
            if (segment.key() == key) {
                return segment;
            }
        }
        return null;
    }

    /// The segment of an id; EINVAL when there is none.
    public synchronized ShmSegment withId(int id) {
        ShmSegment segment = withIndex(id);
        if (segment.id() != id) {
            throw Errno.EINVAL.exception();
        }
        return segment;
    }

    /// The segment of an index, of which more bits than it has are not looked at; EINVAL when there is none.
    public synchronized ShmSegment withIndex(int index) {
        ShmSegment segment = byIndex.get(index & INDEX_MASK);
        if (segment == null) {
            throw Errno.EINVAL.exception();
        }
        return segment;
    }

    /// That of an id with a reference, so that a removal does not free it. Nobody else makes the first one.
    public synchronized ShmSegment holdId(int id) {
        ShmSegment segment = withId(id);
        segment.get();
        return segment;
    }

    /// All segments, by index.
    public synchronized List<ShmSegment> all() {
        return List.copyOf(byIndex.values());
    }

    /// The highest index in use; 0 without segments.
    public synchronized int lastUsedIndex() {
        return byIndex.isEmpty() ? 0 : byIndex.lastKey();
    }

    /// A new segment; ENOSPC when there are too many. With `reserves` its memory is promised to `maker`: ENOMEM
    /// when that cannot be. `now` is in seconds.
    public synchronized ShmSegment make(
            Mm maker, boolean reserves, int key, long size, ShmSegment.Rights rights, int creator, long now) {
        if (byIndex.size() >= MOST) {
            throw Errno.ENOSPC.exception();
        }
        int id = nextId();
        ShmSegment made = new ShmSegment(maker, reserves, id, key, size, rights, creator, now, this::free);
        byIndex.put(id & INDEX_MASK, made);
        return made;
    }

    /// `ipc_idr_alloc`.
    private int nextId() {
        int end = Math.max(byIndex.size() * 3 / 2, LEAST_CYCLE);
        int index = freeIndex(lastIndex + 1);
        if (index >= end) {
            index = freeIndex(0);
        }
        if (index <= lastIndex) {
            sequence = sequence + 1 < MOST_SEQUENCES ? sequence + 1 : 0;
        }
        lastIndex = index;
        return sequence << INDEX_BITS | index;
    }

    private int freeIndex(int from) {
        int index = from;
        while (byIndex.containsKey(index)) {
            index++;
        }
        return index;
    }

    /// IPC_SET.
    public synchronized void change(ShmSegment segment, ShmSegment.Rights rights, long now) {
        segment.setRights(rights, now);
    }

    /// SHM_LOCK for a user, of whom `most` pages may be locked, unsigned: `user_shm_lock`. ENOMEM; EINVAL when the
    /// segment is gone.
    public synchronized void lock(ShmSegment segment, int uid, long most) {
        ShmSegment there = withId(segment.id());
        if (there.isLocked()) {
            return;
        }
        long pages = lockedPages.getOrDefault(uid, 0L) + there.pageCount();
        if (Long.compareUnsigned(pages, most) > 0) {
            throw Errno.ENOMEM.exception();
        }
        lockedPages.put(uid, pages);
        there.lock(uid);
    }

    /// SHM_UNLOCK.
    public synchronized void unlock(ShmSegment segment) {
        if (segment.isLocked()) {
            long _ = lockedPages.merge(segment.locker(), -segment.pageCount(), Long::sum);
            segment.unlock();
        }
    }

    /// IPC_RMID: it goes when nobody maps it any more.
    public void remove(ShmSegment segment) {
        synchronized (this) {
            segment.remove();
        }
        if (segment.attachments() == 0) {
            free(segment);
        }
    }

    private void free(ShmSegment segment) {
        synchronized (this) {
            if (segment.attachments() != 0 || !byIndex.remove(segment.id() & INDEX_MASK, segment)) {
                return;
            }
            unlock(segment);
        }
        segment.free();
    }

    /// `/proc/sysvipc/shm`.
    public String text() {
        StringBuilder text = new StringBuilder(HEADING);
        all().forEach(segment -> text.append(line(segment)));
        return text.toString();
    }

    /// `sysvipc_shm_proc_show`.
    private static String line(ShmSegment segment) {
        ShmSegment.Rights rights = segment.rights();
        return String.format(
                Locale.ROOT,
                "%10d %10d  %4o %21d %5d %5d  %5d %5d %5d %5d %5d %10d %10d %10d %21d %21d\n",
                segment.key(),
                segment.id(),
                segment.mode(),
                segment.size(),
                segment.creator(),
                segment.lastPid(),
                segment.attachments(),
                rights.uid(),
                rights.gid(),
                rights.ownerUid(),
                rights.ownerGid(),
                segment.attachedAt(),
                segment.detachedAt(),
                segment.changedAt(),
                segment.residentBytes(),
                segment.swappedBytes());
    }
}
