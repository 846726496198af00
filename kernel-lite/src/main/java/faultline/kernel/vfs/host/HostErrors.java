package faultline.kernel.vfs.host;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/// Turns what the host's file system says into Linux's error numbers.
final class HostErrors {

    /// By `strerror` text, where the JDK has no exception of its own.
    private static final Map<String, Errno> BY_REASON = Map.of(
            "No space left on device", Errno.ENOSPC,
            "Read-only file system", Errno.EROFS,
            "Too many open files", Errno.EMFILE,
            "Is a directory", Errno.EISDIR,
            "Not a directory", Errno.ENOTDIR,
            "Operation not permitted", Errno.EPERM,
            "File name too long", Errno.ENAMETOOLONG,
            "Too many levels of symbolic links", Errno.ELOOP,
            "Invalid cross-device link", Errno.EXDEV,
            "Text file busy", Errno.ETXTBSY);

    private HostErrors() {}

    static ErrnoException of(IOException failure) {
        return errno(failure).exception();
    }

    private static Errno errno(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> Errno.ENOENT;
            case AccessDeniedException _ -> Errno.EACCES;
            case FileAlreadyExistsException _ -> Errno.EEXIST;
            case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
            case NotDirectoryException _ -> Errno.ENOTDIR;
            case FileSystemLoopException _ -> Errno.ELOOP;
            case FileSystemException other -> byReason(other.getReason());
            default -> byReason(failure.getMessage());
        };
    }

    private static Errno byReason(@org.jspecify.annotations.Nullable String reason) {
        return reason == null ? Errno.EIO : BY_REASON.getOrDefault(reason, Errno.EIO);
    }
}
