package faultline.kernel.task;

import faultline.kernel.mm.uaccess.UserMemory;

/// The word in user memory: its bits where a thread owns it, and access under a spinning lock.
final class FutexWord {

    /// Somebody waits, so that its owner has to call the kernel to give it up.
    static final int WAITERS = 0x8000_0000;

    /// Its last owner ended without giving it up.
    static final int OWNER_DIED = 0x4000_0000;

    /// The owner's id, or 0.
    static final int TID_MASK = 0x3fff_ffff;

    private FutexWord() {}

    static int owner(int word) {
        return word & TID_MASK;
    }

    /// Changes the word if it still is `from`; false when it is another one or its page is not
    /// there.
    static boolean tryReplace(UserMemory memory, long va, int from, int to) {
        return memory.tryCompareAndExchange32(va, from, to) == Integer.toUnsignedLong(from);
    }

    /// A store that changes nothing, to have the page present and writable.
    static void faultInWritable(UserMemory memory, long va) {
        memory.compareAndExchange32(va, 0, 0);
    }
}
