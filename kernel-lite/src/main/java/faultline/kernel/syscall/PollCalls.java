package faultline.kernel.syscall;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.SignalControl;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.event.Poller;

/// poll, ppoll, select and pselect6.
public final class PollCalls {

    private static final int POLLFD_BYTES = 8;
    private static final int SIGSET_BYTES = 8;
    private static final long NEVER = Long.MAX_VALUE;

    /// `POLLIN_SET`, `POLLOUT_SET` and `POLLEX_SET` of select: which events make a descriptor readable, writable,
    /// exceptional.
    private static final int READABLE = POLLIN | POLLRDNORM | 0x80 | POLLHUP | POLLERR;

    private static final int WRITABLE = POLLOUT | POLLWRNORM | 0x200 | POLLERR;
    private static final int EXCEPTIONAL = POLLPRI;

    private PollCalls() {}

    public static void register(SyscallTable table) {
        table.add("poll", "pollfds uint int", PollCalls::poll);
        table.add("ppoll", "pollfds uint timespec sigset size", PollCalls::ppoll);
        table.add("select", "int fdset fdset fdset timeval", PollCalls::select);
        table.add("pselect6", "int fdset fdset fdset timespec ptr", PollCalls::pselect);
    }

    private static long poll(Task task, long[] a) {
        int timeout = (int) a[2];
        long deadline =
                timeout < 0 ? NEVER : timeout == 0 ? 0 : task.tasks().clocks().after(timeout * 1_000_000L);
        return poll(task, a[0], (int) a[1], deadline);
    }

    /// Waits until the schedule's `deadline`; a signal without handler lets it go on through `restart_syscall`.
    private static long poll(Task task, long fds, int count, long deadline) {
        try {
            return await(task, fds, count, deadline);
        } catch (ErrnoException interrupted) {
            if (interrupted.errno() != Errno.ERESTARTSYS) {
                throw interrupted;
            }
            task.setRestart(again -> poll(again, fds, count, deadline));
            return Errno.ERESTART_RESTARTBLOCK.result();
        }
    }

    private static long await(Task task, long fds, int count, long deadline) {
        if (Long.compareUnsigned(Integer.toUnsignedLong(count), task.openFilesLimit()) > 0) {
            throw Errno.EINVAL.exception();
        }
        UserMemory memory = task.memory();
        int[] descriptors = new int[count];
        int[] wanted = new int[count];
        for (int i = 0; i < count; i++) {
            long va = fds + (long) i * POLLFD_BYTES;
            descriptors[i] = memory.load32(va);
            wanted[i] = memory.load16(va + 4) & 0xffff;
        }
        try (Poller poller = new Poller(task.files(), descriptors, wanted)) {
            int ready = poller.await(deadline);
            for (int i = 0; i < count; i++) {
                memory.store16(fds + (long) i * POLLFD_BYTES + 6, (short) poller.ready(i));
            }
            return ready;
        }
    }

    private static long ppoll(Task task, long[] a) {
        UserMemory memory = task.memory();
        long timeout = a[2] == 0 ? NEVER : UserTime.readTimespec(memory, a[2]);
        long deadline = deadline(task, timeout);
        replaceMask(task, a[3], a[4]);
        long result = noHand(() -> await(task, a[0], (int) a[1], deadline));
        if (a[2] != 0) {
            UserTime.writeTimespec(memory, a[2], left(task, deadline));
        }
        return result;
    }

    private static long deadline(Task task, long timeout) {
        return timeout == NEVER
                ? NEVER
                : timeout == 0 ? 0 : task.tasks().clocks().after(timeout);
    }

    private static long left(Task task, long deadline) {
        return deadline == 0 ? 0 : Math.max(0, deadline - task.schedule().nanoTime());
    }

    /// Puts a signal mask in force until the thread is back in guest code, if there is one.
    static void replaceMask(Task task, long maskVa, long size) {
        if (maskVa == 0) {
            return;
        }
        if (size != SIGSET_BYTES) {
            throw Errno.EINVAL.exception();
        }
        SignalControl.replaceMaskUntilReturn(task, task.memory().load64(maskVa));
    }

    /// A wait that signals interrupt.
    private interface Wait {
        long run();
    }

    /// Makes ERESTARTSYS of a wait ERESTARTNOHAND: any handler ends the call with EINTR.
    private static long noHand(Wait wait) {
        try {
            return wait.run();
        } catch (ErrnoException interrupted) {
            if (interrupted.errno() != Errno.ERESTARTSYS) {
                throw interrupted;
            }
            return Errno.ERESTARTNOHAND.result();
        }
    }

    private static long select(Task task, long[] a) {
        UserMemory memory = task.memory();
        long timeout = a[4] == 0 ? NEVER : UserTime.readTimeval(memory, a[4]);
        long deadline = deadline(task, timeout);
        long result = noHand(() -> await(task, (int) a[0], new long[] {a[1], a[2], a[3]}, deadline));
        if (a[4] != 0) {
            UserTime.writeTimeval(memory, a[4], left(task, deadline));
        }
        return result;
    }

    private static long pselect(Task task, long[] a) {
        UserMemory memory = task.memory();
        long timeout = a[4] == 0 ? NEVER : UserTime.readTimespec(memory, a[4]);
        long deadline = deadline(task, timeout);
        if (a[5] != 0) {
            replaceMask(task, memory.loadWord(a[5]), memory.loadWord(a[5] + 8));
        }
        long result = noHand(() -> await(task, (int) a[0], new long[] {a[1], a[2], a[3]}, deadline));
        if (a[4] != 0) {
            UserTime.writeTimespec(memory, a[4], left(task, deadline));
        }
        return result;
    }

    private static long await(Task task, int count, long[] sets, long deadline) {
        if (count < 0) {
            throw Errno.EINVAL.exception();
        }
        // Bits beyond what a table can hold are not looked at (select(2), BUGS).
        int bounded = Math.min(count, FdTable.MAX_OPEN);
        int words = (bounded + 63) / 64;
        int[] interest = {READABLE, WRITABLE, EXCEPTIONAL};
        long[][] bits = new long[3][words];
        int[] wanted = new int[bounded];
        UserMemory memory = task.memory();
        int watched = 0;
        for (int set = 0; set < 3; set++) {
            for (int word = 0; sets[set] != 0 && word < words; word++) {
                bits[set][word] = memory.load64(sets[set] + 8L * word);
            }
            for (int fd = 0; fd < bounded; fd++) {
                if ((bits[set][fd / 64] >>> fd & 1) != 0) {
                    watched += wanted[fd] == 0 ? 1 : 0;
                    wanted[fd] |= interest[set];
                }
            }
        }
        int[] descriptors = new int[watched];
        int[] events = new int[watched];
        int next = 0;
        for (int fd = 0; fd < bounded; fd++) {
            if (wanted[fd] != 0) {
                task.files().get(fd);
                descriptors[next] = fd;
                events[next++] = wanted[fd];
            }
        }
        try (Poller poller = new Poller(task.files(), descriptors, events)) {
            poller.await(deadline);
            return store(memory, sets, bits, interest, descriptors, poller);
        }
    }

    /// Writes the sets back with only the ready bits and counts them.
    private static long store(
            UserMemory memory, long[] sets, long[][] bits, int[] interest, int[] descriptors, Poller poller) {
        long count = 0;
        for (int set = 0; set < 3; set++) {
            if (sets[set] == 0) {
                continue;
            }
            long[] result = new long[bits[set].length];
            for (int i = 0; i < descriptors.length; i++) {
                int fd = descriptors[i];
                boolean asked = (bits[set][fd / 64] >>> fd & 1) != 0;
                if (asked && (poller.ready(i) & interest[set]) != 0) {
                    result[fd / 64] |= 1L << fd;
                    count++;
                }
            }
            for (int word = 0; word < result.length; word++) {
                memory.store64(sets[set] + 8L * word, result[word]);
            }
        }
        return count;
    }
}
