package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.NumberMap;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.socket.PeerCredentials;
import faultline.kernel.vfs.socket.SocketOptions;
import faultline.kernel.vfs.socket.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// getsockopt and setsockopt at the socket's level, which is the only one that local sockets have.
final class SocketOptionCalls {

    private static final int SOL_SOCKET = 1;

    private static final int SO_DEBUG = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_TYPE = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_DONTROUTE = 5;
    private static final int SO_BROADCAST = 6;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_OOBINLINE = 10;
    private static final int SO_LINGER = 13;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_PASSCRED = 16;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVLOWAT = 18;
    private static final int SO_SNDLOWAT = 19;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;

    private static final int AF_UNIX = 1;
    private static final int TIMEVAL_BYTES = 16;

    private final ByteOrder order;
    private final NumberMap numbers;

    /// `order` and `numbers` are the guest's.
    SocketOptionCalls(ByteOrder order, NumberMap numbers) {
        this.order = order;
        this.numbers = numbers;
    }

    void register(SyscallTable table) {
        table.addFileCall("getsockopt", "fd sol sockopt ptr ptr", this::get);
        table.addFileCall("setsockopt", "fd sol sockopt ptr uint", this::set);
    }

    private long get(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            UserMemory memory = caller.memory();
            int room = memory.load32(a[4]);
            if (room < 0) {
                throw Errno.EINVAL.exception();
            }
            requireLevel((int) a[1]);
            byte[] value = value(socket, numbers.toKernel((int) a[2]));
            int length = Math.min(room, value.length);
            memory.write(a[3], value, 0, length);
            memory.store32(a[4], length);
            return 0;
        } finally {
            socket.put();
        }
    }

    private static void requireLevel(int level) {
        if (level != SOL_SOCKET) {
            throw Errno.EOPNOTSUPP.exception();
        }
    }

    private byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(order);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    private byte[] timeval(long nanos) {
        return ByteBuffer.allocate(TIMEVAL_BYTES)
                .order(order)
                .putLong(nanos / UserTime.NANOS)
                .putLong(nanos % UserTime.NANOS / 1000)
                .array();
    }

    private byte[] value(UnixSocket socket, int option) {
        SocketOptions options = socket.options();
        return switch (option) {
            case SO_TYPE -> words(socket.socketType().number());
            case SO_ERROR -> words(socket.takeError());
            case SO_SNDBUF -> words(options.sendBuffer());
            case SO_RCVBUF -> words(options.receiveBuffer());
            case SO_LINGER -> words(options.linger() < 0 ? 0 : 1, Math.max(0, options.linger()));
            case SO_PASSCRED -> words(options.passesCredentials() ? 1 : 0);
            case SO_PEERCRED -> {
                PeerCredentials peer = socket.peerCredentials();
                yield words(peer.pid(), peer.uid(), peer.gid());
            }
            case SO_RCVLOWAT, SO_SNDLOWAT -> words(1);
            case SO_RCVTIMEO -> timeval(options.receiveTimeout());
            case SO_SNDTIMEO -> timeval(options.sendTimeout());
            case SO_ACCEPTCONN -> words(socket.isListening() ? 1 : 0);
            case SO_PROTOCOL -> words(0);
            case SO_DOMAIN -> words(AF_UNIX);
            case SO_DEBUG, SO_REUSEADDR, SO_DONTROUTE, SO_BROADCAST, SO_KEEPALIVE, SO_OOBINLINE, SO_REUSEPORT ->
                words(options.kept(option) ? 1 : 0);
            default -> throw Errno.ENOPROTOOPT.exception();
        };
    }

    private long set(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            requireLevel((int) a[1]);
            int length = (int) a[4];
            if (length < Integer.BYTES) {
                throw Errno.EINVAL.exception();
            }
            change(socket.options(), numbers.toKernel((int) a[2]), caller.memory(), a[3], length);
            return 0;
        } finally {
            socket.put();
        }
    }

    private static void change(SocketOptions options, int option, UserMemory memory, long va, int length) {
        int word = memory.load32(va);
        switch (option) {
            case SO_SNDBUF -> options.setSendBuffer(word);
            case SO_RCVBUF -> options.setReceiveBuffer(word);
            case SO_PASSCRED -> options.setPassesCredentials(word != 0);
            case SO_LINGER -> {
                requireLength(length, 2 * Integer.BYTES);
                options.setLinger(word == 0 ? -1 : memory.load32(va + Integer.BYTES));
            }
            case SO_RCVTIMEO -> options.setReceiveTimeout(timeout(memory, va, length));
            case SO_SNDTIMEO -> options.setSendTimeout(timeout(memory, va, length));
            case SO_DEBUG, SO_REUSEADDR, SO_DONTROUTE, SO_BROADCAST, SO_KEEPALIVE, SO_OOBINLINE, SO_REUSEPORT ->
                options.keep(option, word != 0);
            default -> throw Errno.ENOPROTOOPT.exception();
        }
    }

    private static void requireLength(int length, int least) {
        if (length < least) {
            throw Errno.EINVAL.exception();
        }
    }

    /// EDOM for microseconds out of range; a negative time is none to wait, which a kernel takes as the
    /// shortest.
    private static long timeout(UserMemory memory, long va, int length) {
        requireLength(length, TIMEVAL_BYTES);
        long seconds = memory.load64(va);
        long micros = memory.load64(va + 8);
        if (micros < 0 || micros >= UserTime.MICROS) {
            throw Errno.EDOM.exception();
        }
        return seconds < 0 ? 1 : UserTime.readTimeval(memory, va);
    }
}
