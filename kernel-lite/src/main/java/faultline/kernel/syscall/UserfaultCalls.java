package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.event.UserfaultDevice;
import java.nio.ByteOrder;

/// userfaultfd: the call; the rest is read, poll and ioctl.
public final class UserfaultCalls {

    private UserfaultCalls() {}

    /// `order` is the guest's.
    public static void register(SyscallTable table, PseudoFileSystem anonymous, ByteOrder order) {
        table.add("userfaultfd", "userfaultfd", (task, a) -> userfaultfd(task, (int) a[0], anonymous, order));
    }

    private static long userfaultfd(Task task, int flags, PseudoFileSystem anonymous, ByteOrder order) {
        boolean userModeOnly = (flags & UserfaultDevice.USER_MODE_ONLY) != 0;
        // Who can hold up the kernel's own accesses can hold up the kernel.
        if (!userModeOnly
                && !task.credentials().isSuperuser()
                && !task.mm().kernel().unprivilegedUserfaultfd()) {
            throw Errno.EPERM.exception();
        }
        return UserfaultDevice.open(task, flags, anonymous, order);
    }
}
