package faultline.kernel.syscall;

import faultline.kernel.Errno;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A system call's result as strace prints it.
final class ResultText {

    private static final int MAX_ERRNO = 4095;
    private static final Set<String> ADDRESSES = Set.of("brk", "mmap", "mmap2", "mremap", "shmat");

    private ResultText() {}

    static String of(SyscallTable.@Nullable Entry entry, long result) {
        String name = entry == null ? "" : entry.name();
        if (result == SystemCall.NO_RESULT) {
            return name.startsWith("exit") ? "?" : "0";
        }
        if (result < 0 && result >= -MAX_ERRNO) {
            return error((int) -result);
        }
        if (ADDRESSES.contains(name)) {
            return "0x" + Long.toHexString(result);
        }
        return name.equals("umask") ? "0" + Long.toOctalString(result) : Long.toString(result);
    }

    private static String error(int number) {
        Errno errno = Errno.of(number);
        if (errno == null) {
            return "-1 (errno " + number + ")";
        }
        return switch (errno) {
            case ERESTARTSYS -> "? ERESTARTSYS (To be restarted if SA_RESTART is set)";
            case ERESTARTNOINTR -> "? ERESTARTNOINTR (To be restarted)";
            case ERESTARTNOHAND -> "? ERESTARTNOHAND (To be restarted if no handler)";
            case ERESTART_RESTARTBLOCK -> "? ERESTART_RESTARTBLOCK (Interrupted by signal)";
            default -> "-1 " + errno + " (" + message(errno) + ")";
        };
    }

    /// `strerror`, as the C library words it.
    static String message(Errno errno) {
        return switch (errno) {
            case EPERM -> "Operation not permitted";
            case ENOENT -> "No such file or directory";
            case ESRCH -> "No such process";
            case EINTR -> "Interrupted system call";
            case EIO -> "Input/output error";
            case ENXIO -> "No such device or address";
            case E2BIG -> "Argument list too long";
            case ENOEXEC -> "Exec format error";
            case EBADF -> "Bad file descriptor";
            case ECHILD -> "No child processes";
            case EAGAIN -> "Resource temporarily unavailable";
            case ENOMEM -> "Cannot allocate memory";
            case EACCES -> "Permission denied";
            case EFAULT -> "Bad address";
            case EBUSY -> "Device or resource busy";
            case EEXIST -> "File exists";
            case EXDEV -> "Invalid cross-device link";
            case ENODEV -> "No such device";
            case ENOTDIR -> "Not a directory";
            case EISDIR -> "Is a directory";
            case EINVAL -> "Invalid argument";
            case ENFILE -> "Too many open files in system";
            case EMFILE -> "Too many open files";
            case ENOTTY -> "Inappropriate ioctl for device";
            case ETXTBSY -> "Text file busy";
            case EFBIG -> "File too large";
            case ENOSPC -> "No space left on device";
            case ESPIPE -> "Illegal seek";
            case EROFS -> "Read-only file system";
            case EMLINK -> "Too many links";
            case EPIPE -> "Broken pipe";
            case ERANGE -> "Numerical result out of range";
            case EDEADLK -> "Resource deadlock avoided";
            case ENAMETOOLONG -> "File name too long";
            case ENOSYS -> "Function not implemented";
            case ENOTEMPTY -> "Directory not empty";
            case ELOOP -> "Too many levels of symbolic links";
            case EOVERFLOW -> "Value too large for defined data type";
            case ENOTSOCK -> "Socket operation on non-socket";
            case EOPNOTSUPP -> "Operation not supported";
            case EAFNOSUPPORT -> "Address family not supported by protocol";
            case ETIMEDOUT -> "Connection timed out";
            case EOWNERDEAD -> "Owner died";
            default -> errno.name();
        };
    }
}
