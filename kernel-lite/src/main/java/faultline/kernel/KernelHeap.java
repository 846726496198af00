package faultline.kernel;

import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the kernel's own objects take of the host's heap: what slab caches and their accounting
/// (`__GFP_ACCOUNT`) are to Linux.
///
/// Whatever a guest can make more and more of, and that does not lie in RAM, is charged before it is
/// made and released when it is gone: inodes, names, open files, VMAs, nodes of page caches, locks,
/// timers, queued signals. When the limit is reached the call fails as it does in Linux without
/// memory, so that no guest can make Java run out of heap. The sizes are estimates, rather too large.
public final class KernelHeap {

    /// An inode with its locks and its page cache.
    public static final long INODE = 1024;

    /// A name in a directory, on top of its length.
    public static final long NAME = 192;

    /// An open file, with what its kind needs beside it.
    public static final long FILE = 768;

    /// A VMA with its node in the tree.
    public static final long VMA = 256;

    /// An entry of a list or map: a lock, a timer, a signal, a watched file.
    public static final long ENTRY = 256;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /// Null without checks. Set before the first object.
    private @Nullable ObjectLives lives;

    /// A heap of which `limit` bytes may be used.
    public KernelHeap(long limit) {
        this.limit = limit;
    }

    /// Half of the Java heap: the rest is for what is bounded by other limits.
    public static long defaultLimit() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    /// Charges an object that is about to be made; false when there is no room for it.
    public boolean tryCharge(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /// As [#tryCharge], or fails the call.
    public void charge(long bytes, Errno failure) {
        if (!tryCharge(bytes)) {
            throw failure.exception();
        }
    }

    /// An object that was charged is gone.
    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    // Checks.

    /// Has objects watched from here on.
    public void watch(ObjectLives by) {
        lives = by;
    }

    /// The life of an object that is made now; null without checks.
    public @Nullable Life begin(ObjectLives.Kind kind, long id) {
        return lives == null ? null : lives.begin(kind, id);
    }

    /// What is charged now.
    public long used() {
        return used.get();
    }
}
