package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;

/// An open regular file.
final class RegularFile extends OpenFile {

    /// Sent when RLIMIT_FSIZE forbids a write.
    private static final int SIGXFSZ = 25;

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
    public int readAt(long offset, byte[] to, int at, int length) {
        int count = data.read(offset, to, at, length, readahead);
        if (count > 0 && (flags() & FileMode.O_NOATIME) == 0) {
            data.touchAccessed();
        }
        return count;
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
        data.writeLocked(offset, from, at, count);
        return count;
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
