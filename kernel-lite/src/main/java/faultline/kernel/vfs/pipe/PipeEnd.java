package faultline.kernel.vfs.pipe;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.VfsPath;
import org.jspecify.annotations.Nullable;

/// An open end of a pipe or FIFO, or both ends at once.
public final class PipeEnd extends OpenFile {

    private final Pipe pipe;

    /// Writers that had come before this reader opened: it sees a hang-up only after a later one.
    private final int writersBefore;

    /// An end that the pipe has counted in already.
    PipeEnd(VfsPath path, int flags, Pipe pipe, boolean hangUpAtOnce) {
        super(path, flags);
        this.pipe = pipe;
        this.writersBefore = hangUpAtOnce ? -1 : pipe.writerOpens();
    }

    public Pipe pipe() {
        return pipe;
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        return pipe.read(to, at, length, nonBlocking);
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        return pipe.write(from, at, length, nonBlocking);
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        int ready = 0;
        if (readable()) {
            if (listener != null) {
                listener.on(pipe.readable());
            }
            if (pipe.count() > 0) {
                ready |= POLLIN | POLLRDNORM;
            }
            if (pipe.writers() == 0 && pipe.writerOpens() != writersBefore) {
                ready |= POLLHUP;
            }
        }
        if (writable()) {
            if (listener != null) {
                listener.on(pipe.writable());
            }
            if (pipe.hasRoom()) {
                ready |= POLLOUT | POLLWRNORM;
            }
            if (pipe.readers() == 0) {
                ready |= POLLERR;
            }
        }
        return ready;
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        if (command != Ioctls.FIONREAD) {
            throw Errno.ENOTTY.exception();
        }
        memory.store32(argument, pipe.count());
        return 0;
    }

    /// F_GETPIPE_SZ.
    public int capacity() {
        return pipe.capacity();
    }

    /// F_SETPIPE_SZ.
    public int setCapacity(int bytes) {
        return pipe.setCapacity(bytes, Caller.current().credentials().isSuperuser());
    }

    @Override
    protected void release() {
        int access = flags() & O_ACCMODE;
        pipe.close(access != O_WRONLY, access != FileMode.O_RDONLY);
    }
}
