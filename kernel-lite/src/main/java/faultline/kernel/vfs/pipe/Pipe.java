package faultline.kernel.vfs.pipe;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.Waiting;

/// A bounded byte queue with counted readers and writers: `struct pipe_inode_info`, pipe(7)'s rules.
///
/// A write of at most [#PIPE_BUF] bytes is never split. The capacity counts bytes; Linux counts pages, which shows
/// only when many short writes fill a pipe.
public final class Pipe {

    /// What is written at once or not at all.
    public static final int PIPE_BUF = 4096;

    /// Linux's default: 16 pages.
    public static final int DEFAULT_CAPACITY = 65536;

    /// `fs.pipe-max-size`, for those without CAP_SYS_RESOURCE.
    public static final int MAX_CAPACITY = 1 << 20;

    private static final int SIGPIPE = 13;

    /// A pipe has no ring before the first byte, nor after its last end is closed.
    private static final byte[] NONE = {};

    private final KernelHeap heap;
    private final PollQueue readable = new PollQueue();
    private final PollQueue writable = new PollQueue();

    // Guarded by this monitor.
    private byte[] ring = NONE;
    private int capacity = DEFAULT_CAPACITY;
    private int head;
    private int count;
    private int readers;
    private int writers;
    /// How often each side was opened: what a FIFO's open waits to see change.
    private int readerOpens;
    private int writerOpens;

    /// An empty pipe without ends; its ring will be charged to `heap`.
    public Pipe(KernelHeap heap) {
        this.heap = heap;
    }

    /// Woken when there is something to read, or nobody left to write.
    public PollQueue readable() {
        return readable;
    }

    /// Woken when there is room, or nobody left to read.
    public PollQueue writable() {
        return writable;
    }

    /// Moves up to `length` bytes out; 0 when all writers are gone.
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        return read(to, at, length, nonBlocking, true);
    }

    /// Copies bytes without taking them: tee.
    public int peek(byte[] to, int at, int length, boolean nonBlocking) {
        return read(to, at, length, nonBlocking, false);
    }

    private int read(byte[] to, int at, int length, boolean nonBlocking, boolean take) {
        if (length == 0) {
            return 0;
        }
        int taken = tryRead(to, at, length, take);
        if (taken >= 0) {
            return taken;
        }
        if (nonBlocking) {
            throw Errno.EAGAIN.exception();
        }
        try (Waiting waiting = new Waiting(readable)) {
            while (true) {
                taken = tryRead(to, at, length, take);
                if (taken >= 0) {
                    return taken;
                }
                waiting.sleep();
            }
        }
    }

    private int tryRead(byte[] to, int at, int length, boolean take) {
        int taken;
        synchronized (this) {
            if (count == 0) {
                return writers == 0 ? 0 : -1;
            }
            taken = Math.min(length, count);
            int first = Math.min(taken, ring.length - head);
            System.arraycopy(ring, head, to, at, first);
            System.arraycopy(ring, 0, to, at + first, taken - first);
            if (!take) {
                return taken;
            }
            head = (head + taken) % ring.length;
            count -= taken;
        }
        writable.wakeAll();
        return taken;
    }

    /// Puts bytes in, all of them unless a signal or `nonBlocking` ends it early. EPIPE and SIGPIPE
    /// without readers.
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        if (length == 0) {
            return 0;
        }
        int done = 0;
        try (Waiting waiting = new Waiting(writable)) {
            while (true) {
                int put = tryWrite(from, at + done, length - done, length <= PIPE_BUF);
                if (put < 0) {
                    Caller.current().sendSignal(SIGPIPE);
                    if (done == 0) {
                        throw Errno.EPIPE.exception();
                    }
                    return done;
                }
                done += put;
                if (done == length) {
                    return done;
                }
                if (nonBlocking) {
                    if (done == 0) {
                        throw Errno.EAGAIN.exception();
                    }
                    return done;
                }
                try {
                    waiting.sleep();
                } catch (ErrnoException interrupted) {
                    if (done == 0) {
                        throw interrupted;
                    }
                    return done;
                }
            }
        }
    }

    /// Puts in what fits now, or with `whole` all or nothing; -1 without readers.
    private int tryWrite(byte[] from, int at, int length, boolean whole) {
        int put;
        synchronized (this) {
            if (readers == 0) {
                return -1;
            }
            if (ring.length == 0) {
                heap.charge(capacity, Errno.ENOMEM);
                ring = new byte[capacity];
            }
            int room = ring.length - count;
            put = whole && room < length ? 0 : Math.min(room, length);
            int tail = (head + count) % ring.length;
            int first = Math.min(put, ring.length - tail);
            System.arraycopy(from, at, ring, tail, first);
            System.arraycopy(from, at + first, ring, 0, put - first);
            count += put;
        }
        if (put > 0) {
            readable.wakeAll();
        }
        return put;
    }

    synchronized int count() {
        return count;
    }

    synchronized int capacity() {
        return capacity;
    }

    synchronized int readers() {
        return readers;
    }

    synchronized int writers() {
        return writers;
    }

    synchronized int writerOpens() {
        return writerOpens;
    }

    synchronized boolean hasRoom() {
        return capacity - count >= PIPE_BUF;
    }

    /// F_SETPIPE_SZ: rounds up to a power of two of at least a page; EBUSY when the contents do not
    /// fit, EPERM beyond the system's limit. Returns the new capacity.
    int setCapacity(int wanted, boolean privileged) {
        if (wanted < 0) {
            throw Errno.EINVAL.exception();
        }
        if (wanted > MAX_CAPACITY && !privileged || wanted > MAX_CAPACITY << 6) {
            throw Errno.EPERM.exception();
        }
        int size = wanted <= PIPE_BUF ? PIPE_BUF : Integer.highestOneBit(wanted - 1) << 1;
        synchronized (this) {
            if (size < count) {
                throw Errno.EBUSY.exception();
            }
            if (ring.length != 0) {
                move(size);
            }
            capacity = size;
        }
        writable.wakeAll();
        return size;
    }

    private void move(int size) {
        heap.charge(size, Errno.ENOMEM);
        byte[] to = new byte[size];
        int first = Math.min(count, ring.length - head);
        System.arraycopy(ring, head, to, 0, first);
        System.arraycopy(ring, 0, to, first, count - first);
        heap.release(ring.length);
        ring = to;
        head = 0;
    }

    /// Nobody to wait for.
    static final int PRESENT = -1;

    /// Counts an opener in. Returns how often the other side has been opened if it is not open now,
    /// else [#PRESENT]: decided in one step, so that a partner that comes and goes at once is not
    /// missed.
    int open(boolean reads, boolean writes) {
        int seen;
        synchronized (this) {
            if (reads) {
                readers++;
                readerOpens++;
            }
            if (writes) {
                writers++;
                writerOpens++;
            }
            int partners = reads ? writers : readers;
            seen = partners > 0 ? PRESENT : reads ? writerOpens : readerOpens;
        }
        readable.wakeAll();
        writable.wakeAll();
        return seen;
    }

    /// Counts an opener out; the other side sees end of file or EPIPE when it was the last.
    public void close(boolean reads, boolean writes) {
        synchronized (this) {
            if (reads) {
                readers--;
            }
            if (writes) {
                writers--;
            }
            if (readers == 0 && writers == 0) {
                count = 0;
                head = 0;
                heap.release(ring.length);
                ring = NONE;
            }
        }
        readable.wakeAll();
        writable.wakeAll();
    }

    /// A FIFO's opener waits until the other side has been opened more often than `seen`, even if
    /// only for a moment.
    void awaitPartner(boolean reads, int seen) {
        try (Waiting waiting = new Waiting(reads ? readable : writable)) {
            while (true) {
                synchronized (this) {
                    if ((reads ? writerOpens : readerOpens) != seen) {
                        return;
                    }
                }
                waiting.sleep();
            }
        }
    }
}
