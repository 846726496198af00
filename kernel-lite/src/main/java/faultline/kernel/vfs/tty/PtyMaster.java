package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.Waiting;
import org.jspecify.annotations.Nullable;

/// The master of a Unix98 pseudo-terminal: what `/dev/ptmx` opens. Writing types, reading sees the output.
final class PtyMaster extends OpenFile {

    private final Terminals terminals;
    private final Buffer buffer;
    private final Tty tty;

    private PtyMaster(VfsPath path, int flags, Terminals terminals, Buffer buffer, Tty tty) {
        super(path, flags);
        this.terminals = terminals;
        this.buffer = buffer;
        this.tty = tty;
    }

    static OpenFile open(Terminals terminals, VfsPath path, int flags) {
        Buffer buffer = new Buffer();
        Tty tty = terminals.add(index -> new Tty(index, terminals.jobs(), buffer));
        buffer.connect(tty);
        return new PtyMaster(path, flags, terminals, buffer, tty);
    }

    /// What the slave has written and the master not read.
    private static final class Buffer implements Tty.Driver {

        private static final int CAPACITY = 1 << 16;

        /// What one write of the slave may still add when [#hasRoom] said yes: a chunk of tabs,
        /// expanded, and its echo.
        private static final int SLACK = 8192;

        private final PollQueue readable = new PollQueue();

        // Guarded by this monitor.
        private final byte[] bytes = new byte[CAPACITY];
        private int count;
        private boolean gone;
        /// The slave was opened and is open no more: the master reads EIO until somebody opens it again.
        private boolean slaveClosed;
        private @Nullable Tty tty;

        synchronized void connect(Tty to) {
            tty = to;
        }

        @Override
        public void write(byte[] from, int at, int length) {
            synchronized (this) {
                int fits = Math.min(length, CAPACITY - count);
                System.arraycopy(from, at, bytes, count, fits);
                count += fits;
            }
            readable.wakeAll();
        }

        @Override
        public synchronized boolean hasRoom() {
            return count <= CAPACITY - SLACK;
        }

        @Override
        public synchronized boolean isGone() {
            return gone;
        }

        int take(byte[] to, int at, int length) {
            int taken;
            Tty writer;
            synchronized (this) {
                taken = Math.min(length, count);
                System.arraycopy(bytes, 0, to, at, taken);
                System.arraycopy(bytes, taken, bytes, 0, count - taken);
                count -= taken;
                writer = tty;
            }
            if (writer != null) {
                writer.writable().wakeAll();
            }
            return taken;
        }

        @Override
        public void inUse(boolean open) {
            synchronized (this) {
                slaveClosed = !open;
            }
            readable.wakeAll();
        }

        synchronized boolean isSlaveClosed() {
            return slaveClosed;
        }

        synchronized int count() {
            return count;
        }

        synchronized void close() {
            gone = true;
        }
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        try (Waiting waiting = new Waiting(buffer.readable)) {
            while (true) {
                int taken = buffer.take(to, at, length);
                if (taken > 0 || length == 0) {
                    return taken;
                }
                if (buffer.isSlaveClosed()) {
                    throw Errno.EIO.exception();
                }
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        tty.input(from, at, length);
        return length;
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(buffer.readable);
        }
        return POLLOUT
                | POLLWRNORM
                | (buffer.count() > 0 ? POLLIN | POLLRDNORM : 0)
                | (buffer.isSlaveClosed() ? POLLHUP : 0);
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        switch (command) {
            case Ioctls.TIOCGPTN -> memory.store32(argument, tty.index());
            // A new slave is never locked; unlocking it is what every program does next.
            case Ioctls.TIOCSPTLCK -> memory.load32(argument);
            case Ioctls.FIONREAD -> memory.store32(argument, buffer.count());
            default -> {
                return TtyFile.ioctl(terminals, tty, command, argument, memory);
            }
        }
        return 0;
    }

    @Override
    protected void release() {
        buffer.close();
        tty.hangUp();
        terminals.remove(tty);
    }
}
