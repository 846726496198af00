package faultline.kernel.task;

import static faultline.kernel.vfs.FileMode.O_RDWR;
import static faultline.kernel.vfs.FileMode.POLLHUP;
import static faultline.kernel.vfs.FileMode.POLLIN;
import static faultline.kernel.vfs.FileMode.POLLRDNORM;

import faultline.kernel.Errno;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PseudoFileSystem;
import org.jspecify.annotations.Nullable;

/// pidfd_open(2): a process as a descriptor, readable once it has ended. Unlike its number it never
/// comes to mean another process.
public final class PidFile extends OpenFile {

    private final Process process;

    public PidFile(PseudoFileSystem anonymous, Credentials owner, Process process, int flags) {
        super(anonymous.path("anon_inode:[pidfd]", new AnonymousInode(anonymous, owner)), O_RDWR | flags);
        this.process = process;
    }

    /// The process; ESRCH once its parent has waited for it.
    public Process process() {
        if (life() == Process.Life.REAPED) {
            throw Errno.ESRCH.exception();
        }
        return process;
    }

    /// The process's number, which may be another's by now.
    public int pid() {
        return process.pid();
    }

    /// The open file behind one of the process's descriptors, with a reference for the caller. ESRCH
    /// when it has ended, EBADF.
    public OpenFile takeFile(int fd) {
        for (Task thread : process.threads()) {
            FdTable files = thread.filesOrNull();
            if (files != null) {
                return files.take(fd);
            }
        }
        throw Errno.ESRCH.exception();
    }

    private Process.Life life() {
        process.tasks().lock();
        try {
            return process.life;
        } finally {
            process.tasks().unlock();
        }
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(process.end);
        }
        return switch (life()) {
            case ALIVE -> 0;
            case ZOMBIE -> POLLIN | POLLRDNORM;
            case REAPED -> POLLIN | POLLRDNORM | POLLHUP;
        };
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public String fdinfo() {
        int shown = life() == Process.Life.REAPED ? -1 : process.pid();
        return "Pid:\t" + shown + "\nNSpid:\t" + shown + "\n";
    }
}
