package faultline.kernel.vfs.socket;

import static faultline.kernel.vfs.FileMode.O_RDWR;
import static faultline.kernel.vfs.FileMode.POLLERR;
import static faultline.kernel.vfs.FileMode.POLLHUP;
import static faultline.kernel.vfs.FileMode.POLLIN;
import static faultline.kernel.vfs.FileMode.POLLOUT;
import static faultline.kernel.vfs.FileMode.POLLRDHUP;
import static faultline.kernel.vfs.FileMode.POLLRDNORM;
import static faultline.kernel.vfs.FileMode.POLLWRNORM;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A local socket: `struct unix_sock`. What it will receive lies in its own queue, put there by its
/// peers, and counts against theirs SO_SNDBUF.
public abstract sealed class UnixSocket extends OpenFile permits ConnectionSocket, DatagramSocket {

    /// Flags of send and receive calls that mean something here.
    public static final int MSG_PEEK = 2;

    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_WAITALL = 0x100;
    public static final int MSG_NOSIGNAL = 0x4000;

    public static final int SHUT_RECEIVE = 1;
    public static final int SHUT_SEND = 2;

    private static final int SIGPIPE = 13;
    static final int POLLWRBAND = 0x200;
    private static final long NEVER = Long.MAX_VALUE;

    private final UnixDomain domain;
    private final SocketType type;
    private final SocketOptions options = new SocketOptions();
    private final PollQueue readable = new PollQueue();
    private final PollQueue writable = new PollQueue();

    // The rest is guarded by the domain's monitor.
    private final Deque<Message> queue = new ArrayDeque<>();
    private UnixAddress address = UnixAddress.UNNAMED;
    private @Nullable Inode boundFile;
    private @Nullable UnixSocket peer;
    private PeerCredentials peerCredentials = PeerCredentials.NONE;
    private int shut;
    private @Nullable Errno error;
    private boolean dead;
    /// What it has sent and nobody has received yet.
    private int unreceived;

    UnixSocket(UnixDomain domain, VfsPath path, SocketType type, int flags) {
        super(path, O_RDWR | flags);
        this.domain = domain;
        this.type = type;
    }

    final UnixDomain domain() {
        return domain;
    }

    /// Stream, datagram or sequenced packet.
    public final SocketType socketType() {
        return type;
    }

    /// What setsockopt changes.
    public final SocketOptions options() {
        return options;
    }

    /// getsockname.
    public final UnixAddress address() {
        synchronized (domain) {
            return address;
        }
    }

    /// getpeername; ENOTCONN without a peer.
    public final UnixAddress peerAddress() {
        synchronized (domain) {
            if (peer == null) {
                throw Errno.ENOTCONN.exception();
            }
            return peer.address;
        }
    }

    /// SO_PEERCRED.
    public final PeerCredentials peerCredentials() {
        synchronized (domain) {
            return peerCredentials;
        }
    }

    /// SO_ERROR: takes the pending error.
    public final int takeError() {
        synchronized (domain) {
            Errno pending = error;
            error = null;
            return pending == null ? 0 : pending.value();
        }
    }

    /// SO_ACCEPTCONN.
    public boolean isListening() {
        return false;
    }

    /// connect. `nonBlocking` is the file's O_NONBLOCK.
    public abstract void connect(Caller caller, UnixAddress to, boolean nonBlocking);

    /// connect to AF_UNSPEC: no peer any more, where that is possible.
    public abstract void disconnect();

    /// listen; EOPNOTSUPP for datagrams.
    public void listen(Caller caller, int backlog) {
        throw Errno.EOPNOTSUPP.exception();
    }

    /// accept; EOPNOTSUPP for datagrams, EINVAL unless listening. `flags` are O_NONBLOCK or nothing,
    /// for the new socket.
    public UnixSocket accept(Caller caller, int flags) {
        throw Errno.EOPNOTSUPP.exception();
    }

    /// shutdown: SHUT_* bits. The peer sees the other side of it.
    public final void shutdown(int directions) {
        UnixSocket other;
        synchronized (domain) {
            shut |= directions;
            other = peer;
            if (other != null && type != SocketType.DATAGRAM) {
                other.shut |= (directions & SHUT_RECEIVE) != 0 ? SHUT_SEND : 0;
                other.shut |= (directions & SHUT_SEND) != 0 ? SHUT_RECEIVE : 0;
            }
        }
        wakeAll();
        if (other != null) {
            other.wakeAll();
        }
    }

    /// Sends bytes and what travels with them; returns how many went. MSG_DONTWAIT and MSG_NOSIGNAL
    /// of `flags` hold.
    public abstract int send(Outgoing out, int flags);

    /// Receives into the buffer: from a stream what there is, else one message. Waits unless the flags
    /// say MSG_DONTWAIT.
    public abstract Received receive(byte[] to, int at, int length, int flags);

    // Shared by the kinds; the domain's lock is held where the name says so.

    final UnixAddress addressLocked() {
        return address;
    }

    final void boundLocked(UnixAddress name, @Nullable Inode file) {
        address = name;
        boundFile = file;
    }

    final void setAddressLocked(UnixAddress name) {
        address = name;
    }

    final @Nullable UnixSocket peerLocked() {
        return peer;
    }

    void joinLocked(@Nullable UnixSocket other, PeerCredentials credentials) {
        peer = other;
        peerCredentials = credentials;
    }

    final void setPeerCredentialsLocked(PeerCredentials credentials) {
        peerCredentials = credentials;
    }

    final boolean isDeadLocked() {
        return dead;
    }

    final boolean isShutLocked(int direction) {
        return (shut & direction) != 0;
    }

    final Deque<Message> queueLocked() {
        return queue;
    }

    final void throwErrorLocked() {
        Errno pending = error;
        if (pending != null) {
            error = null;
            throw pending.exception();
        }
    }

    final boolean hasRoomLocked() {
        return unreceived < options.sendBuffer();
    }

    /// Puts a message into this socket's queue; its files get references of their own. ENOBUFS when the
    /// kernel's heap has no room for it.
    final void enqueueLocked(Message message) {
        domain.heap().charge(message.charge(), Errno.ENOBUFS);
        message.files.forEach(OpenFile::get);
        queue.add(message);
        message.sender.unreceived += message.charge();
    }

    /// Takes the first message out for good.
    final Message dequeueLocked() {
        Message message = queue.remove();
        message.sender.unreceived -= message.charge();
        domain.heap().release(message.charge());
        return message;
    }

    /// The files of a received message, with references for the receiver: the message's own, or new
    /// ones when it stays in the queue.
    static List<OpenFile> takeFilesLocked(Message message, boolean peek) {
        List<OpenFile> files = message.files;
        if (peek) {
            files.forEach(OpenFile::get);
        } else {
            message.files = List.of();
        }
        return files;
    }

    final void wakeReaders() {
        readable.wakeAll();
    }

    final void wakeWriters() {
        writable.wakeAll();
    }

    private void wakeAll() {
        readable.wakeAll();
        writable.wakeAll();
    }

    final PollQueue readableQueue() {
        return readable;
    }

    final PollQueue writableQueue() {
        return writable;
    }

    /// SIGPIPE unless the flags forbid it, then EPIPE.
    static ErrnoException broken(int flags) {
        if ((flags & MSG_NOSIGNAL) == 0) {
            Caller.current().sendSignal(SIGPIPE);
        }
        return Errno.EPIPE.exception();
    }

    /// When a wait that `timeout` (nanoseconds, 0 for none) bounds is over.
    static long deadline(long timeout) {
        return timeout == 0 ? NEVER : KernelThread.current().schedule().nanoTime() + timeout;
    }

    /// Waits until woken. EAGAIN at the deadline or with MSG_DONTWAIT; a call with a deadline does not
    /// restart (signal(7)).
    static void await(Waiting waiting, long deadline, int flags) {
        if ((flags & MSG_DONTWAIT) != 0) {
            throw Errno.EAGAIN.exception();
        }
        try {
            if (!waiting.sleep(deadline)) {
                throw Errno.EAGAIN.exception();
            }
        } catch (ErrnoException interrupted) {
            throw deadline != NEVER && interrupted.errno() == Errno.ERESTARTSYS ? Errno.EINTR.exception() : interrupted;
        }
    }

    /// Receives one whole message, cutting what does not fit; null when there is none.
    final @Nullable Received receiveMessage(byte[] to, int at, int length, boolean peek) {
        Message message;
        Received received;
        synchronized (domain) {
            message = queue.peek();
            if (message == null) {
                throwErrorLocked();
                return null;
            }
            int count = Math.min(length, message.data.length);
            System.arraycopy(message.data, 0, to, at, count);
            received = new Received(
                    count, message.data.length, message.from, message.credentials, takeFilesLocked(message, peek));
            if (!peek) {
                dequeueLocked();
            }
        }
        message.sender.wakeWriters();
        wakeWriters();
        return received;
    }

    // The file.

    private static int flags(boolean nonBlocking) {
        return nonBlocking ? MSG_DONTWAIT : 0;
    }

    @Override
    public final int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (length == 0) {
            return 0;
        }
        Received received = receive(to, at, length, flags(nonBlocking));
        received.files().forEach(OpenFile::put);
        return received.count();
    }

    @Override
    public final int write(byte[] from, int at, int length, boolean nonBlocking) {
        return send(Outgoing.of(from, at, length), flags(nonBlocking));
    }

    @Override
    public final boolean isPollable() {
        return true;
    }

    @Override
    public final int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listen(listener);
        }
        synchronized (domain) {
            int ready = error != null ? POLLERR : 0;
            if (shut == (SHUT_RECEIVE | SHUT_SEND)) {
                ready |= POLLHUP;
            }
            if (isShutLocked(SHUT_RECEIVE)) {
                ready |= POLLRDHUP | POLLIN | POLLRDNORM;
            }
            if (!queue.isEmpty()) {
                ready |= POLLIN | POLLRDNORM;
            }
            // A quarter of the buffer filled is as much as still counts as writable.
            if (unreceived * 4L <= options.sendBuffer()) {
                ready |= POLLOUT | POLLWRNORM | POLLWRBAND;
            }
            return pollLocked(ready);
        }
    }

    /// A peer's queue has room again: that wakes writers too.
    private void listen(PollListener listener) {
        listener.on(readable);
        listener.on(writable);
        UnixSocket other;
        synchronized (domain) {
            other = peer;
        }
        if (other != null) {
            listener.on(other.writable);
        }
    }

    /// Adds and takes away what is particular to the kind.
    abstract int pollLocked(int ready);

    @Override
    public final long ioctl(int command, long argument, UserMemory memory) {
        int answer;
        synchronized (domain) {
            answer = switch (command) {
                case Ioctls.FIONREAD -> readableBytesLocked();
                case Ioctls.TIOCOUTQ -> unreceived;
                default -> throw Errno.ENOTTY.exception();
            };
        }
        memory.store32(argument, answer);
        return 0;
    }

    private int readableBytesLocked() {
        if (type == SocketType.DATAGRAM) {
            Message first = queue.peek();
            return first == null ? 0 : first.left();
        }
        if (isListening()) {
            throw Errno.EINVAL.exception();
        }
        return queue.stream().mapToInt(Message::left).sum();
    }

    @Override
    protected final void release() {
        List<Message> lost;
        UnixSocket other;
        synchronized (domain) {
            dead = true;
            domain.forgetLocked(this, boundFile);
            lost = new ArrayList<>();
            while (!queue.isEmpty()) {
                lost.add(dequeueLocked());
            }
            other = peer;
            peer = null;
            shut = SHUT_RECEIVE | SHUT_SEND;
            if (other != null) {
                leaveLocked(other, !lost.isEmpty());
            }
        }
        wakeAll();
        if (other != null) {
            other.wakeAll();
        }
        for (Message message : lost) {
            message.sender.wakeWriters();
            message.files.forEach(OpenFile::put);
        }
        releaseOthers();
    }

    /// Tells the peer that this end is gone; `lost` says that it had not read everything.
    abstract void leaveLocked(UnixSocket other, boolean lost);

    /// Lets go of what else waits for this socket.
    void releaseOthers() {}

    /// The other end is gone.
    final void hangUpLocked(boolean lost) {
        shut = SHUT_RECEIVE | SHUT_SEND;
        error = lost ? Errno.ECONNRESET : error;
    }
}
