package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An open directory. The listing is taken when reading starts and again after a rewind, so that a reader that
/// removes what it reads sees every entry once.
public final class DirectoryFile extends OpenFile {

    // Guarded by the position lock.
    private @Nullable List<Inode.Entry> listing;

    public DirectoryFile(VfsPath path, int flags) {
        super(path, flags);
    }

    @Override
    public boolean isSeekable() {
        return true;
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        throw Errno.EISDIR.exception();
    }

    @Override
    public int readAt(long offset, byte[] to, int at, int length) {
        throw Errno.EISDIR.exception();
    }

    @Override
    protected long seekEnd() {
        return Long.MAX_VALUE;
    }

    @Override
    protected void seeked(long to) {
        if (to == 0) {
            forget();
        }
    }

    private void forget() {
        if (listing != null) {
            heap().release(listing.size() * KernelHeap.NAME);
            listing = null;
        }
    }

    @Override
    protected void release() {
        forget();
    }

    private KernelHeap heap() {
        return inodeObject().fileSystem().heap();
    }

    @Override
    public void sync() {}

    /// Takes entries one by one; false ends the reading before that entry.
    @FunctionalInterface
    public interface Visitor {
        /// `next` is the position behind the entry.
        boolean visit(Inode.Entry entry, long next);
    }

    /// Passes the entries from the position on, `.` and `..` first.
    public void read(Visitor visitor) {
        positionLock().lock();
        try {
            if (path().dentry().isUnlinked()) {
                throw Errno.ENOENT.exception();
            }
            List<Inode.Entry> entries = listing();
            for (long at = positionLocked(); at < entries.size(); at++) {
                if (!visitor.visit(entries.get((int) at), at + 1)) {
                    return;
                }
                setPositionLocked(at + 1);
            }
        } finally {
            positionLock().unlock();
        }
    }

    private List<Inode.Entry> listing() {
        List<Inode.Entry> known = listing;
        if (known == null) {
            known = new ArrayList<>();
            known.add(new Inode.Entry(".", inode(), FileMode.S_IFDIR));
            known.add(new Inode.Entry("..", path().parent().inode().number(), FileMode.S_IFDIR));
            known.addAll(inodeObject().list());
            heap().charge(known.size() * KernelHeap.NAME, Errno.ENOMEM);
            listing = known;
        }
        return known;
    }
}
