package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;

/// A thread's own list, in its memory, of the words it owns: `exit_robust_list`.
final class RobustList {

    /// ROBUST_LIST_LIMIT: a list that is longer was corrupted into a circle.
    private static final int LIMIT = 2048;

    /// The low bit of a pointer to an entry: its word is a PI futex.
    private static final long PI = 1;

    private final Task task;
    private final UserMemory memory;

    private RobustList(Task task) {
        this.task = task;
        this.memory = task.memory();
    }

    /// The thread ends: words on its list that it still owns are marked OWNER_DIED, and a waiter of
    /// each is woken.
    static void release(Task task) {
        long head = task.robustList;
        task.robustList = 0;
        if (head == 0) {
            return;
        }
        try {
            new RobustList(task).walk(head);
        } catch (ErrnoException _) {
            // The list leads out of mapped memory: as far as it went is all there is.
        }
    }

    /// `struct robust_list_head`: the first entry, the distance from an entry to its word, the
    /// entry whose word is just being taken or given up.
    private void walk(long head) {
        long entry = memory.loadWord(head);
        long offset = memory.loadWord(head + Long.BYTES);
        long pending = memory.loadWord(head + 2 * Long.BYTES);
        for (int i = 0; i < LIMIT && (entry & ~PI) != head; i++) {
            // The next pointer first: the owner of the word may reuse the entry as soon as it is
            // marked.
            long next = memory.loadWord(entry & ~PI);
            if (entry != pending) {
                ownerDied(entry, offset, false);
            }
            entry = next;
        }
        if (pending != 0) {
            ownerDied(pending, offset, true);
        }
    }

    /// `handle_futex_death`.
    private void ownerDied(long entry, long offset, boolean pending) {
        long va = (entry & ~PI) + offset;
        boolean pi = (entry & PI) != 0;
        if ((va & 3) != 0) {
            throw Errno.EFAULT.exception();
        }
        while (true) {
            int word = memory.load32(va);
            if (pending && !pi && word == 0) {
                // Given up, but the thread died before it could wake anybody.
                task.tasks().futexes().wakeAt(task, va);
                return;
            }
            if (FutexWord.owner(word) != task.tid()) {
                return;
            }
            int orphaned = word & FutexWord.WAITERS | FutexWord.OWNER_DIED;
            if (memory.compareAndExchange32(va, word, orphaned) == word) {
                if (!pi && (word & FutexWord.WAITERS) != 0) {
                    task.tasks().futexes().wakeAt(task, va);
                }
                return;
            }
        }
    }
}
