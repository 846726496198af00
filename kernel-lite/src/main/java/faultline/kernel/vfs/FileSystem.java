package faultline.kernel.vfs;

import faultline.kernel.KernelHeap;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// One mounted kind of storage: its device number, its inode numbers, its `statfs`.
public abstract class FileSystem {

    private final String type;
    private final int device;
    private final AtomicLong lastInode = new AtomicLong();
    private final AtomicLong lastLock = new AtomicLong();
    private final Clock clock;
    private final KernelHeap heap;

    /// Where time stamps come from; injectable so that a seeded run repeats.
    @FunctionalInterface
    public interface Clock {
        Instant now();
    }

    /// `statfs`: the fields that differ between file systems.
    public record Usage(long magic, long blocks, long blocksFree, long files, long filesFree) {}

    protected FileSystem(String type, int device, Clock clock, KernelHeap heap) {
        this.heap = heap;
        this.type = type;
        this.device = device;
        this.clock = clock;
    }

    /// Its name in `/proc/mounts`.
    public final String type() {
        return type;
    }

    /// `st_dev`.
    public final int device() {
        return device;
    }

    public final Instant now() {
        return clock.now();
    }

    public final Clock clock() {
        return clock;
    }

    /// What its inodes, names and open files are charged to.
    public final KernelHeap heap() {
        return heap;
    }

    /// An inode number not used before; the first is 1, by custom the root's.
    public final long nextInode() {
        return lastInode.incrementAndGet();
    }

    /// A name for an inode's lock in steps. Not the inode's number: that may be a host file's,
    /// which does not repeat.
    final long nextLock() {
        return (long) device << Integer.SIZE | lastLock.incrementAndGet();
    }

    /// The directory a mount of it shows.
    public abstract Inode root();

    /// Nothing may be changed: EROFS.
    public boolean isReadOnly() {
        return false;
    }

    public abstract Usage usage();
}
