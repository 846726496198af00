package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.AdviceCalls;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Process;
import faultline.kernel.task.PtraceAccess;
import faultline.kernel.task.Task;
import java.util.List;

/// Calls on the memory of another process: process_vm_readv, process_vm_writev, process_madvise.
/// `mm/process_vm_access.c`, and `mm/madvise.c` of Linux 6.13, since which a process may give itself any advice.
///
/// The other's pages are faulted in as [Gup] does, with its `mmap_lock` held for read: that is so under every fault
/// design.
public final class RemoteMmCalls {

    private final Gup gup;
    private final MmCalls calls;

    /// `calls` gives the advice.
    public RemoteMmCalls(Gup gup, MmCalls calls) {
        this.gup = gup;
        this.calls = calls;
    }

    public void register(SyscallTable table) {
        table.add("process_vm_readv", "pid iovec size iovec size hex", (task, a) -> transfer(task, a, false));
        table.add("process_vm_writev", "pid iovec size iovec size hex", (task, a) -> transfer(task, a, true));
        table.add("process_madvise", "fd iovec size madvise hex", this::advise);
    }

    /// Runs `use` on the address space of a process that the caller may look into; `refusal` when it may not, ESRCH
    /// when the process has none.
    private static long with(Task caller, Task target, PtraceAccess.Mode mode, Errno refusal, OtherMm.Use use) {
        return OtherMm.with(target, Errno.ESRCH, mm -> {
            if (mm != caller.mm() && !PtraceAccess.permits(caller, target, mode)) {
                throw refusal.exception();
            }
            return use.of(mm);
        });
    }

    // process_vm_readv and process_vm_writev.

    private long transfer(Task task, long[] a, boolean write) {
        Arguments.requireFlags(a[5], 0);
        UserMemory memory = task.memory();
        UserVector local = UserVector.ofRanges(memory, a[1], a[2], userEnd(task));
        if (local.remaining() == 0) {
            return 0;
        }
        UserRanges remote = UserRanges.of(memory, a[3], a[4]);
        if (remote.isEmpty()) {
            return 0;
        }
        Task target = task.tasks().find((int) a[0]);
        if (target == null) {
            throw Errno.ESRCH.exception();
        }
        return with(task, target, PtraceAccess.Mode.REAL, Errno.EPERM, mm -> copy(task, mm, local, remote, write));
    }

    private static long userEnd(Task task) {
        return task.mm().kernel().format().userEnd();
    }

    /// Copies page by page until one side ends or is not there; EFAULT when that is so at once.
    private long copy(Task task, Mm mm, UserVector local, UserRanges remote, boolean write) {
        byte[] page = new byte[mm.geometry().bytes()];
        long done = 0;
        for (int i = 0; i < remote.count() && local.remaining() > 0; i++) {
            long at = 0;
            while (at < remote.length(i) && local.remaining() > 0) {
                long va = remote.base(i) + at;
                int room = page.length - mm.geometry().offset(va);
                int piece = (int) Math.min(Math.min(remote.length(i) - at, room), local.remaining());
                int copied = task.fatalSignalPending() ? 0 : copyPiece(mm, va, local, page, piece, write);
                done += copied;
                at += copied;
                if (copied < piece) {
                    if (done == 0) {
                        throw Errno.EFAULT.exception();
                    }
                    return done;
                }
            }
        }
        return done;
    }

    private int copyPiece(Mm mm, long va, UserVector local, byte[] page, int piece, boolean write) {
        if (write) {
            int got = local.copyIn(page, piece);
            return gup.write(mm, va, page, 0, got, false);
        }
        int got = gup.read(mm, va, page, 0, piece, false);
        return local.copyOut(page, got);
    }

    // process_madvise.

    private long advise(Task task, long[] a) {
        Arguments.requireFlags(a[4], 0);
        // Its ranges are bounded like the buffers of a read.
        UserVector checked = UserVector.ofRanges(task.memory(), a[1], a[2], userEnd(task));
        int advice = (int) a[3];
        Process process = PidfdCalls.process(task, a[0]);
        List<Task> threads = process.threads();
        if (threads.isEmpty()) {
            throw Errno.ESRCH.exception();
        }
        return with(task, threads.getFirst(), PtraceAccess.Mode.FILE_SYSTEM, Errno.EACCES, mm -> {
            if (mm != task.mm() && !AdviceCalls.isForOthers(advice)) {
                throw Errno.EINVAL.exception();
            }
            // CAP_SYS_NICE.
            if (mm != task.mm() && !task.identity().isPrivileged()) {
                throw Errno.EPERM.exception();
            }
            return adviseRanges(task, mm, checked, advice);
        });
    }

    /// Returns how many bytes were advised before a range was refused; the error when that was the first.
    private long adviseRanges(Task task, Mm mm, UserVector ranges, int advice) {
        long done = 0;
        for (int i = 0; i < ranges.segments(); i++) {
            try {
                calls.advise(task, mm, ranges.base(i), ranges.length(i), advice);
            } catch (ErrnoException refused) {
                if (done == 0) {
                    throw refused;
                }
                return done;
            }
            done += ranges.length(i);
        }
        return done;
    }
}
