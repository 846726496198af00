package faultline.kernel.vfs.host;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.VfsPath;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A standard stream that is no terminal: a file, pipe or device of the host, at the host's own offset.
final class HostStreamFile extends OpenFile {

    private static final int SIGPIPE = 13;

    private final HostStream stream;
    private final HostInput input;

    HostStreamFile(VfsPath path, int flags, HostStream stream, HostInput input) {
        super(path, flags);
        this.stream = stream;
        this.input = input;
    }

    @Override
    public boolean isSeekable() {
        return inodeObject().isRegular();
    }

    /// A transfer with the host.
    private interface Io {
        int run() throws IOException;
    }

    private static int onHost(Io io) {
        int[] result = new int[1];
        try {
            KernelThread.current().callHost(() -> result[0] = io.run());
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
        return result[0];
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (length == 0) {
            return 0;
        }
        if (isSeekable()) {
            return Math.max(0, onHost(() -> stream.read(to, at, length)));
        }
        return input.read(to, at, length, nonBlocking);
    }

    @Override
    public int readAt(long offset, byte[] to, int at, int length) {
        return Math.max(0, onHost(() -> stream.readAt(offset, to, at, length)));
    }

    /// A host pipe without readers is EPIPE and SIGPIPE, as if the guest had written to it itself.
    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        try {
            KernelThread.current().callHost(() -> stream.write(from, at, length));
            return length;
        } catch (IOException failure) {
            if (inodeObject().type() == FileMode.S_IFREG) {
                throw HostErrors.of(failure);
            }
            Caller.current().sendSignal(SIGPIPE);
            throw Errno.EPIPE.exception();
        }
    }

    @Override
    public int writeAt(long offset, byte[] from, int at, int length) {
        return onHost(() -> stream.writeAt(offset, from, at, length));
    }

    @Override
    public long seek(long offset, int whence) {
        if (!isSeekable()) {
            throw Errno.ESPIPE.exception();
        }
        try {
            long to = switch (whence) {
                case SEEK_SET -> offset;
                case SEEK_CUR -> stream.position() + offset;
                case SEEK_END -> stream.size() + offset;
                case SEEK_DATA, SEEK_HOLE -> seekHole(offset, whence);
                default -> throw Errno.EINVAL.exception();
            };
            if (to < 0) {
                throw Errno.EINVAL.exception();
            }
            stream.position(to);
            return to;
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    @Override
    public long position() {
        try {
            return isSeekable() ? stream.position() : 0;
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        int ready = writable() ? POLLOUT | POLLWRNORM : 0;
        if (!readable()) {
            return ready;
        }
        if (isSeekable()) {
            return ready | POLLIN | POLLRDNORM;
        }
        if (listener != null) {
            listener.on(input.readable());
        }
        return input.isReady() ? ready | POLLIN | POLLRDNORM : ready;
    }

    @Override
    public boolean isPollable() {
        return !isSeekable();
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        if (command != Ioctls.FIONREAD) {
            throw Errno.ENOTTY.exception();
        }
        memory.store32(argument, input.available());
        return 0;
    }

    @Override
    public void sync() {
        if (!isSeekable()) {
            throw Errno.EINVAL.exception();
        }
    }
}
