package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The System V shared memory segments of a machine: `shm_ids`. Its monitor is held for a few
/// instructions.
public final class ShmTable {

    /// SHMMNI: segments there may be.
    public static final int MOST = 4096;

    // Guarded by this monitor.
    private final Map<Integer, ShmSegment> byId = new HashMap<>();
    private int lastId = -1;

    /// The segment of a key that was not removed, or null.
    public synchronized @Nullable ShmSegment withKey(int key) {
        for (ShmSegment segment : byId.values()) {
            if (key != 0 && segment.key() == key) {
                return segment;
            }
        }
        return null;
    }

    /// The segment of an id; EINVAL when there is none.
    public synchronized ShmSegment withId(int id) {
        ShmSegment segment = byId.get(id);
        if (segment == null) {
            throw Errno.EINVAL.exception();
        }
        return segment;
    }

    /// The same with a reference, so that a removal does not free it. Nobody else makes the first one.
    public synchronized ShmSegment holdId(int id) {
        ShmSegment segment = withId(id);
        segment.get();
        return segment;
    }

    /// A new segment; ENOSPC when there are too many. With `reserves` its memory is promised to `maker`: ENOMEM
    /// when that cannot be. `now` is in seconds.
    public synchronized ShmSegment make(
            Mm maker, boolean reserves, int key, long size, ShmSegment.Rights rights, int creator, long now) {
        if (byId.size() >= MOST) {
            throw Errno.ENOSPC.exception();
        }
        do {
            lastId = lastId == Integer.MAX_VALUE ? 0 : lastId + 1;
        } while (byId.containsKey(lastId));
        ShmSegment made = new ShmSegment(maker, reserves, lastId, key, size, rights, creator, now, this::free);
        byId.put(lastId, made);
        return made;
    }

    /// IPC_SET.
    public synchronized void change(ShmSegment segment, ShmSegment.Rights rights, long now) {
        segment.setRights(rights, now);
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
            if (segment.attachments() != 0 || !byId.remove(segment.id(), segment)) {
                return;
            }
        }
        segment.free();
    }
}
