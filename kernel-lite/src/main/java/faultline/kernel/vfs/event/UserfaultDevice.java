package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.O_CLOEXEC;
import static faultline.kernel.vfs.FileMode.O_NONBLOCK;

import faultline.kernel.Errno;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Devices;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;
import java.nio.ByteOrder;

/// `/dev/userfaultfd`: who may open it gets userfaultfds that handle the kernel's faults too, whatever
/// `vm.unprivileged_userfaultfd` says.
public final class UserfaultDevice extends OpenFile {

    /// UFFD_USER_MODE_ONLY.
    public static final int USER_MODE_ONLY = 1;

    private final PseudoFileSystem anonymous;
    private final ByteOrder order;

    private UserfaultDevice(VfsPath path, int flags, PseudoFileSystem anonymous, ByteOrder order) {
        super(path, flags);
        this.anonymous = anonymous;
        this.order = order;
    }

    /// Drives the node; `order` is the guests'.
    public static void register(Devices devices, int major, int minor, PseudoFileSystem anonymous, ByteOrder order) {
        devices.register(major, minor, (path, flags) -> new UserfaultDevice(path, flags, anonymous, order));
    }

    /// A new userfaultfd of the caller's, installed: `new_userfaultfd`. EINVAL, EMFILE.
    public static long open(Caller caller, int flags, PseudoFileSystem anonymous, ByteOrder order) {
        if ((flags & ~(O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY)) != 0) {
            throw Errno.EINVAL.exception();
        }
        Userfaultfd handler = Userfaultfd.create(caller.mm(), (flags & USER_MODE_ONLY) != 0);
        OpenFile file =
                new UserfaultFile(anonymous, caller.credentials(), handler, flags & (O_CLOEXEC | O_NONBLOCK), order);
        return caller.files().install(file, 0, (flags & O_CLOEXEC) != 0, caller.openFilesLimit());
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        if (command != Ioctls.USERFAULTFD_IOC_NEW) {
            throw Errno.EINVAL.exception();
        }
        return open(Caller.current(), (int) argument, anonymous, order);
    }
}
