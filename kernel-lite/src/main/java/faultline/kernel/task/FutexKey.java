package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.uaccess.UserMemory;

/// What waiters and wakers of the same word agree on: the address space and address for private
/// memory, the file and the offset in it for a page that others may have, too.
record FutexKey(Object owner, long offset) {

    static final int BUCKETS = 64;

    /// Of a word that the caller says may be shared, and whose page is not: FUT_OFF_MMSHARED, in a bit that addresses
    /// do not have. Who says that it is private means another.
    private static final int MM_SHARED = 2;

    /// The key of an aligned word; `write` says that the call may store to it. The page of one that may be shared is
    /// looked up, and faulted in: EFAULT where that fails, and for a private page that nobody can store to.
    /// `get_futex_key`.
    static FutexKey of(Task task, long va, boolean shared, boolean write) {
        if ((va & 3) != 0) {
            throw Errno.EINVAL.exception();
        }
        Mm mm = task.mm();
        if (Long.compareUnsigned(va, mm.pageTable().format().userEnd() - Integer.BYTES) > 0) {
            throw Errno.EFAULT.exception();
        }
        return shared ? ofPage(task.memory(), mm, va, write) : new FutexKey(mm, va);
    }

    private static FutexKey ofPage(UserMemory memory, Mm mm, long va, boolean write) {
        while (true) {
            PinnedPage found = memory.pin(va, true);
            boolean readOnly = found == null && !write;
            found = readOnly ? memory.pin(va, false) : found;
            if (found == null) {
                throw Errno.EFAULT.exception();
            }
            try (PinnedPage pinned = found) {
                Page page = pinned.page();
                PageCache pages = page.mapping();
                if (pages != null) {
                    long start = page.index() << mm.geometry().shift();
                    return new FutexKey(pages, start | mm.geometry().offset(va));
                }
                if (page.isAnon() && !readOnly) {
                    return new FutexKey(mm, va | MM_SHARED);
                }
                // A page of a file that is on its way to a swap area comes back; one that was cut off does not.
                if (page.isAnon() || !page.isSwapCache()) {
                    throw Errno.EFAULT.exception();
                }
            }
        }
    }

    /// From the address alone, so that buckets, and with them steps, repeat from run to run.
    int bucket() {
        return (int) ((offset >>> 2) * 0x9e3779b97f4a7c15L >>> 58);
    }
}
