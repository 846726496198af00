package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.Waiting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// eventfd(2): a 64-bit counter that reading takes and writing adds to.
public final class EventFile extends OpenFile {

    private static final int BYTES = 8;

    /// The largest value: one less than all ones.
    private static final long MAX = -2;

    private final boolean semaphore;
    private final ByteOrder order;
    private final PollQueue changed = new PollQueue();

    // Guarded by this monitor. Unsigned.
    private long count;

    public EventFile(
            PseudoFileSystem anonymous,
            Credentials owner,
            long initial,
            boolean semaphore,
            int flags,
            ByteOrder order) {
        super(anonymous.path("anon_inode:[eventfd]", new AnonymousInode(anonymous, owner)), O_RDWR | flags);
        this.count = initial;
        this.semaphore = semaphore;
        this.order = order;
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (length < BYTES) {
            throw Errno.EINVAL.exception();
        }
        try (Waiting waiting = new Waiting(changed)) {
            while (true) {
                long taken = take();
                if (taken != 0) {
                    ByteBuffer.wrap(to).order(order).putLong(at, taken);
                    changed.wakeAll();
                    return BYTES;
                }
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
    }

    private synchronized long take() {
        long taken = semaphore && count != 0 ? 1 : count;
        count -= taken;
        return taken;
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        if (length < BYTES) {
            throw Errno.EINVAL.exception();
        }
        long added = ByteBuffer.wrap(from).order(order).getLong(at);
        if (added == -1) {
            throw Errno.EINVAL.exception();
        }
        try (Waiting waiting = new Waiting(changed)) {
            while (!add(added)) {
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
        changed.wakeAll();
        return BYTES;
    }

    private synchronized boolean add(long added) {
        if (Long.compareUnsigned(added, MAX - count) > 0) {
            return false;
        }
        count += added;
        return true;
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(changed);
        }
        synchronized (this) {
            return (count != 0 ? POLLIN | POLLRDNORM : 0) | (count != MAX ? POLLOUT | POLLWRNORM : 0);
        }
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public synchronized String fdinfo() {
        return String.format("eventfd-count: %16s%n", Long.toHexString(count));
    }
}
