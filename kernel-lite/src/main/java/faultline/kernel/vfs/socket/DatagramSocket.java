package faultline.kernel.vfs.socket;

import static faultline.kernel.vfs.FileMode.POLLOUT;
import static faultline.kernel.vfs.FileMode.POLLWRNORM;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.Waiting;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A socket of datagrams: each send names its target, or connect has.
final class DatagramSocket extends UnixSocket {

    /// How much longer than a message SO_SNDBUF must be.
    static final int RESERVED = 32;

    /// `net.unix.max_dgram_qlen`: what a socket holds of those it is not connected to, and one more.
    private static final int MOST_QUEUED = 10;

    DatagramSocket(UnixDomain domain, VfsPath path, int flags) {
        super(domain, path, SocketType.DATAGRAM, flags);
    }

    @Override
    public void connect(Caller caller, UnixAddress to, boolean nonBlocking) {
        UnixSocket other = target(caller, to);
        synchronized (domain()) {
            requireMaySendLocked(other);
            joinLocked(other, PeerCredentials.NONE);
        }
        wakeWriters();
    }

    private UnixSocket target(Caller caller, UnixAddress to) {
        if (options().passesCredentials()) {
            domain().bind(caller, this, UnixAddress.UNNAMED);
        }
        return domain().find(caller, to, SocketType.DATAGRAM);
    }

    @Override
    public void disconnect() {
        synchronized (domain()) {
            joinLocked(null, PeerCredentials.NONE);
        }
        wakeWriters();
    }

    /// A socket that is connected takes messages of its peer only: EPERM.
    private void requireMaySendLocked(UnixSocket other) {
        UnixSocket peer = other.peerLocked();
        if (peer != null && peer != this) {
            throw Errno.EPERM.exception();
        }
    }

    @Override
    public int send(Outgoing out, int flags) {
        if (out.length() > options().sendBuffer() - RESERVED) {
            throw Errno.EMSGSIZE.exception();
        }
        UnixSocket other = out.to() == null ? peer() : target(Caller.current(), out.to());
        long deadline = deadline(options().sendTimeout());
        try (Waiting waiting = new Waiting(writableQueue())) {
            waiting.on(other.writableQueue());
            while (!trySend(other, out)) {
                await(waiting, deadline, flags);
            }
        }
        other.wakeReaders();
        return out.length();
    }

    private UnixSocket peer() {
        synchronized (domain()) {
            UnixSocket peer = peerLocked();
            if (peer == null) {
                throw Errno.ENOTCONN.exception();
            }
            return peer;
        }
    }

    private boolean trySend(UnixSocket other, Outgoing out) {
        synchronized (domain()) {
            throwErrorLocked();
            if (isShutLocked(SHUT_SEND)) {
                throw Errno.EPIPE.exception();
            }
            if (!hasRoomLocked()) {
                return false;
            }
            if (other.isDeadLocked()) {
                if (peerLocked() == other) {
                    joinLocked(null, PeerCredentials.NONE);
                }
                throw Errno.ECONNREFUSED.exception();
            }
            requireMaySendLocked(other);
            if (other.isShutLocked(SHUT_RECEIVE)) {
                throw Errno.EPIPE.exception();
            }
            if (isFullLocked(other)) {
                return false;
            }
            byte[] data = Arrays.copyOfRange(out.data(), out.at(), out.at() + out.length());
            other.enqueueLocked(new Message(data, this, addressLocked(), out.credentials(), out.files()));
            return true;
        }
    }

    /// Whether a socket holds as much as it may of those that are not its peer.
    private boolean isFullLocked(UnixSocket other) {
        return other != this
                && other.peerLocked() != this
                && other.queueLocked().size() > MOST_QUEUED;
    }

    @Override
    public Received receive(byte[] to, int at, int length, int flags) {
        long deadline = deadline(options().receiveTimeout());
        try (Waiting waiting = new Waiting(readableQueue())) {
            while (true) {
                Received received = receiveMessage(to, at, length, (flags & MSG_PEEK) != 0);
                if (received != null) {
                    return received;
                }
                if ((flags & MSG_DONTWAIT) == 0 && isShut()) {
                    return Received.END;
                }
                await(waiting, deadline, flags);
            }
        }
    }

    private boolean isShut() {
        synchronized (domain()) {
            return isShutLocked(SHUT_RECEIVE);
        }
    }

    @Override
    int pollLocked(int ready) {
        @Nullable UnixSocket peer = peerLocked();
        return peer != null && isFullLocked(peer) ? ready & ~(POLLOUT | POLLWRNORM | POLLWRBAND) : ready;
    }

    /// Senders find out when they send.
    @Override
    void leaveLocked(UnixSocket other, boolean lost) {}
}
