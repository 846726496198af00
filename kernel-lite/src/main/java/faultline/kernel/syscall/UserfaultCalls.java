package faultline.kernel.syscall;

import static faultline.kernel.vfs.FileMode.O_CLOEXEC;
import static faultline.kernel.vfs.FileMode.O_NONBLOCK;

import faultline.kernel.Errno;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.event.UserfaultFile;
import java.nio.ByteOrder;

/// userfaultfd: the call; the rest is read, poll and ioctl.
public final class UserfaultCalls {

    private static final int UFFD_USER_MODE_ONLY = 1;

    private UserfaultCalls() {}

    /// `order` is the guest's.
    public static void register(SyscallTable table, PseudoFileSystem anonymous, ByteOrder order) {
        table.add("userfaultfd", "userfaultfd", (task, a) -> userfaultfd(task, (int) a[0], anonymous, order));
    }

    private static long userfaultfd(Task task, int flags, PseudoFileSystem anonymous, ByteOrder order) {
        boolean userModeOnly = (flags & UFFD_USER_MODE_ONLY) != 0;
        // Who can hold up the kernel's own accesses can hold up the kernel.
        if (!userModeOnly
                && !task.credentials().isSuperuser()
                && !task.mm().kernel().unprivilegedUserfaultfd()) {
            throw Errno.EPERM.exception();
        }
        Arguments.requireFlags(flags, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
        Userfaultfd handler = Userfaultfd.create(task.mm(), userModeOnly);
        OpenFile file =
                new UserfaultFile(anonymous, task.credentials(), handler, flags & (O_CLOEXEC | O_NONBLOCK), order);
        return Arguments.install(task, file, (flags & O_CLOEXEC) != 0);
    }
}
