package faultline.kernel.vfs.socket;

import static faultline.kernel.vfs.FileMode.O_NONBLOCK;
import static faultline.kernel.vfs.FileMode.POLLHUP;
import static faultline.kernel.vfs.FileMode.POLLIN;
import static faultline.kernel.vfs.FileMode.POLLOUT;
import static faultline.kernel.vfs.FileMode.POLLRDNORM;
import static faultline.kernel.vfs.FileMode.POLLWRNORM;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A socket that is connected first: a stream, or one of sequenced packets.
///
/// connect makes the socket at the other end and puts it into the listener's queue; accept only takes
/// it out, so that a client may send before it was accepted.
final class ConnectionSocket extends UnixSocket {

    /// What a stream puts into one message.
    private static final int PIECE = 32 << 10;

    /// `net.core.somaxconn`.
    private static final int MOST_PENDING = 4096;

    // Guarded by the domain's monitor.
    private boolean listening;
    private boolean connected;
    private int backlog;
    private final Deque<ConnectionSocket> pending = new ArrayDeque<>();

    ConnectionSocket(UnixDomain domain, VfsPath path, SocketType type, int flags) {
        super(domain, path, type, flags);
    }

    @Override
    public boolean isListening() {
        synchronized (domain()) {
            return listening;
        }
    }

    @Override
    void joinLocked(@Nullable UnixSocket other, PeerCredentials credentials) {
        super.joinLocked(other, credentials);
        connected = true;
    }

    @Override
    public void listen(Caller caller, int most) {
        synchronized (domain()) {
            if (addressLocked().isUnnamed() || connected) {
                throw Errno.EINVAL.exception();
            }
            backlog = most < 0 ? MOST_PENDING : Math.min(most, MOST_PENDING);
            listening = true;
            setPeerCredentialsLocked(UnixDomain.credentials(caller));
        }
        wakeWriters();
    }

    @Override
    public void connect(Caller caller, UnixAddress to, boolean nonBlocking) {
        if (options().passesCredentials()) {
            domain().bind(caller, this, UnixAddress.UNNAMED);
        }
        ConnectionSocket listener = (ConnectionSocket) domain().find(caller, to, socketType());
        ConnectionSocket accepted = (ConnectionSocket) domain().open(caller, socketType(), 0);
        long deadline = deadline(options().sendTimeout());
        try (Waiting waiting = new Waiting(listener.writableQueue())) {
            while (!tryConnect(caller, listener, accepted)) {
                await(waiting, deadline, nonBlocking ? MSG_DONTWAIT : 0);
            }
        } catch (ErrnoException failed) {
            accepted.put();
            throw failed;
        }
        listener.wakeReaders();
        wakeWriters();
    }

    /// Connects unless too many wait to be accepted.
    private boolean tryConnect(Caller caller, ConnectionSocket listener, ConnectionSocket accepted) {
        synchronized (domain()) {
            if (connected || listening) {
                throw (connected ? Errno.EISCONN : Errno.EINVAL).exception();
            }
            if (!listener.listening || listener.isDeadLocked() || listener.isShutLocked(SHUT_RECEIVE)) {
                throw Errno.ECONNREFUSED.exception();
            }
            if (listener.pending.size() > listener.backlog) {
                return false;
            }
            accepted.setAddressLocked(listener.addressLocked());
            accepted.joinLocked(this, UnixDomain.credentials(caller));
            joinLocked(accepted, listener.peerCredentials());
            listener.pending.add(accepted);
            return true;
        }
    }

    @Override
    public void disconnect() {
        throw Errno.EINVAL.exception();
    }

    @Override
    public UnixSocket accept(Caller caller, int flags) {
        long deadline = deadline(options().receiveTimeout());
        ConnectionSocket accepted;
        try (Waiting waiting = new Waiting(readableQueue())) {
            while ((accepted = tryAccept()) == null) {
                await(waiting, deadline, isNonBlocking() ? MSG_DONTWAIT : 0);
            }
        }
        wakeWriters();
        accepted.setFlags(flags & O_NONBLOCK);
        Credentials owner = caller.credentials();
        accepted.inodeObject().setOwner(owner.uid(), owner.gid());
        return accepted;
    }

    private @Nullable ConnectionSocket tryAccept() {
        synchronized (domain()) {
            if (!listening || isShutLocked(SHUT_RECEIVE)) {
                throw Errno.EINVAL.exception();
            }
            return pending.poll();
        }
    }

    // Sending.

    @Override
    public int send(Outgoing out, int flags) {
        if (socketType() == SocketType.SEQUENCED_PACKET) {
            return sendPacket(out, flags);
        }
        if (out.to() != null) {
            synchronized (domain()) {
                throw (connected ? Errno.EISCONN : Errno.EOPNOTSUPP).exception();
            }
        }
        int done = 0;
        long deadline = deadline(options().sendTimeout());
        try (Waiting waiting = new Waiting(writableQueue())) {
            while (done < out.length()) {
                int sent = sendPiece(out, done);
                if (sent == 0) {
                    await(waiting, deadline, flags);
                }
                done += sent;
            }
        } catch (ErrnoException failed) {
            if (done > 0) {
                return done;
            }
            throw failed.errno() == Errno.EPIPE ? broken(flags) : failed;
        }
        return done;
    }

    /// Passes on as much as one message takes; 0 when there is no room.
    private int sendPiece(Outgoing out, int done) {
        UnixSocket other;
        int piece;
        synchronized (domain()) {
            other = requirePeerLocked();
            if (!hasRoomLocked()) {
                return 0;
            }
            piece = Math.min(out.length() - done, Math.min(PIECE, options().sendBuffer() / 2 - 64));
            enqueueToLocked(other, out, done, piece);
        }
        other.wakeReaders();
        return piece;
    }

    /// The other end. ENOTCONN without one, EPIPE when either side has shut this direction.
    private UnixSocket requirePeerLocked() {
        UnixSocket other = peerLocked();
        if (other == null) {
            throw Errno.ENOTCONN.exception();
        }
        if (isShutLocked(SHUT_SEND) || other.isDeadLocked() || other.isShutLocked(SHUT_RECEIVE)) {
            throw Errno.EPIPE.exception();
        }
        return other;
    }

    /// The first message takes the files along.
    private void enqueueToLocked(UnixSocket other, Outgoing out, int done, int length) {
        byte[] data = Arrays.copyOfRange(out.data(), out.at() + done, out.at() + done + length);
        other.enqueueLocked(
                new Message(data, this, addressLocked(), out.credentials(), done == 0 ? out.files() : List.of()));
    }

    private int sendPacket(Outgoing out, int flags) {
        if (out.length() > options().sendBuffer() - DatagramSocket.RESERVED) {
            throw Errno.EMSGSIZE.exception();
        }
        long deadline = deadline(options().sendTimeout());
        UnixSocket other;
        try (Waiting waiting = new Waiting(writableQueue())) {
            while ((other = trySendPacket(out)) == null) {
                await(waiting, deadline, flags);
            }
        }
        other.wakeReaders();
        return out.length();
    }

    private @Nullable UnixSocket trySendPacket(Outgoing out) {
        synchronized (domain()) {
            throwErrorLocked();
            UnixSocket other = requirePeerLocked();
            if (!hasRoomLocked()) {
                return null;
            }
            enqueueToLocked(other, out, 0, out.length());
            return other;
        }
    }

    // Receiving.

    @Override
    public Received receive(byte[] to, int at, int length, int flags) {
        boolean stream = socketType() == SocketType.STREAM;
        synchronized (domain()) {
            if (!connected) {
                throw (stream ? Errno.EINVAL : Errno.ENOTCONN).exception();
            }
        }
        long deadline = deadline(options().receiveTimeout());
        return stream ? receiveStream(to, at, length, flags, deadline) : receivePacket(to, at, length, flags, deadline);
    }

    private Received receivePacket(byte[] to, int at, int length, int flags, long deadline) {
        try (Waiting waiting = new Waiting(readableQueue())) {
            while (true) {
                Received received = receiveMessage(to, at, length, (flags & MSG_PEEK) != 0);
                if (received != null) {
                    return received;
                }
                if (hasEnded()) {
                    return Received.END;
                }
                await(waiting, deadline, flags);
            }
        }
    }

    private boolean hasEnded() {
        synchronized (domain()) {
            return isShutLocked(SHUT_RECEIVE);
        }
    }

    private Received receiveStream(byte[] to, int at, int length, int flags, long deadline) {
        StreamReader reader = new StreamReader(to, at, length, (flags & MSG_PEEK) != 0, options());
        int least = (flags & MSG_WAITALL) != 0 ? length : 1;
        try (Waiting waiting = new Waiting(readableQueue())) {
            while (true) {
                List<UnixSocket> relieved = new ArrayList<>();
                boolean enough;
                synchronized (domain()) {
                    enough = reader.readLocked(this, relieved) || reader.count() >= least;
                    if (!enough && reader.count() == 0) {
                        throwErrorLocked();
                    }
                    enough |= isShutLocked(SHUT_RECEIVE);
                }
                relieved.forEach(UnixSocket::wakeWriters);
                if (enough) {
                    return reader.result();
                }
                await(waiting, deadline, flags);
            }
        } catch (ErrnoException failed) {
            if (reader.count() > 0) {
                return reader.result();
            }
            throw failed;
        }
    }

    // The file.

    @Override
    int pollLocked(int ready) {
        if (listening) {
            int accepting = pending.isEmpty() ? 0 : POLLIN | POLLRDNORM;
            return ready & ~(POLLOUT | POLLWRNORM | POLLWRBAND) | accepting;
        }
        return connected ? ready : ready | POLLHUP;
    }

    @Override
    void leaveLocked(UnixSocket other, boolean lost) {
        other.hangUpLocked(lost);
    }

    /// Those that nobody accepts any more are told so.
    @Override
    void releaseOthers() {
        List<ConnectionSocket> refused;
        synchronized (domain()) {
            refused = List.copyOf(pending);
            pending.clear();
            for (ConnectionSocket accepted : refused) {
                UnixSocket client = accepted.peerLocked();
                if (client != null) {
                    client.hangUpLocked(true);
                }
            }
        }
        refused.forEach(UnixSocket::put);
    }
}
