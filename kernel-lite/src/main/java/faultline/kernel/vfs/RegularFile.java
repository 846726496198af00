package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;

/// An open regular file.
final class RegularFile extends OpenFile {

    /// Sent when RLIMIT_FSIZE forbids a write.
    private static final int SIGXFSZ = 25;

    /// What offsets and lengths past the cache are multiples of: the device's logical block size.
    private static final int SECTOR = 512;

    private final DataInode data;
    private final FileReadahead readahead;

    RegularFile(VfsPath path, int flags, DataInode data) {
        super(path, flags);
        this.data = data;
        this.readahead = new FileReadahead(data.geometry());
    }

    @Override
    public FileReadahead readahead() {
        return readahead;
    }

    @Override
    public boolean isSeekable() {
        return true;
    }

    @Override
    public boolean mayBeDirect() {
        return true;
    }

    /// A file in memory takes O_DIRECT and does nothing about it, as tmpfs does since Linux 6.6.
    @Override
    public boolean isDirect() {
        return (flags() & FileMode.O_DIRECT) != 0 && data.usesDevice();
    }

    @Override
    public int readAt(long offset, byte[] to, int at, int length) {
        int count = isDirect() ? readDirect(offset, to, at, length) : data.read(offset, to, at, length, readahead);
        if (count > 0 && (flags() & FileMode.O_NOATIME) == 0) {
            data.touchAccessed();
        }
        return count;
    }

    private int readDirect(long offset, byte[] to, int at, int length) {
        if (length == 0 || offset >= data.size()) {
            return 0;
        }
        requireSectors(offset, length);
        return data.pages().readDirect(offset, to, at, length);
    }

    private static void requireSectors(long offset, int length) {
        if (((offset | length) & (SECTOR - 1)) != 0) {
            throw Errno.EINVAL.exception();
        }
    }

    @Override
    public int writeAt(long offset, byte[] from, int at, int length) {
        data.contentLock().lock();
        try {
            // pwrite on an O_APPEND file appends (open(2), BUGS).
            long where = (flags() & FileMode.O_APPEND) != 0 ? data.size() : offset;
            return writeLocked(where, from, at, length);
        } finally {
            data.contentLock().unlock();
        }
    }

    @Override
    protected int append(byte[] from, int at, int length) {
        return writeAt(0, from, at, length);
    }

    private int writeLocked(long offset, byte[] from, int at, int length) {
        if (length == 0) {
            return 0;
        }
        if (data.isSwapFile()) {
            throw Errno.ETXTBSY.exception();
        }
        Caller caller = Caller.current();
        long limit = caller.fileSizeLimit();
        if (offset >= limit) {
            caller.sendSignal(SIGXFSZ);
            throw Errno.EFBIG.exception();
        }
        int count = (int) Math.min(length, limit - offset);
        if (isDirect()) {
            requireSectors(offset, count);
        }
        int done = data.writeLocked(offset, from, at, count);
        if (isDirect()) {
            // A file of the overlay has no place but its frames, so it is written through the cache.
            data.pages().flushDirect(offset, offset + done);
        }
        return done;
    }

    @Override
    protected long seekHole(long offset, int whence) {
        data.contentLock().lock();
        try {
            return data.seekHole(offset, whence);
        } finally {
            data.contentLock().unlock();
        }
    }

    @Override
    public void sync() {
        data.sync();
    }
}
