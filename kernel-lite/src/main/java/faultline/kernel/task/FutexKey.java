package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.Mm;

/// What waiters and wakers of the same word agree on: the address space and address for private
/// memory, the shared pages and the offset in them otherwise.
record FutexKey(Object owner, long offset) {

    static final int BUCKETS = 64;

    /// The key of an aligned word. Shared memory is looked up only when the caller says that it may
    /// be shared.
    static FutexKey of(Task task, long va, boolean shared) {
        if ((va & 3) != 0) {
            throw Errno.EINVAL.exception();
        }
        Mm mm = task.mm();
        if (shared) {
            Mm.FilePosition place = mm.sharedPosition(va);
            if (place != null) {
                return new FutexKey(
                        place.pages(),
                        place.index() << mm.geometry().shift() | mm.geometry().offset(va));
            }
        }
        return new FutexKey(mm, va);
    }

    /// From the address alone, so that buckets, and with them steps, repeat from run to run.
    int bucket() {
        return (int) ((offset >>> 2) * 0x9e3779b97f4a7c15L >>> 58);
    }
}
