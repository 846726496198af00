package faultline.kernel.syscall;

import static faultline.kernel.vfs.FileMode.O_CLOEXEC;
import static faultline.kernel.vfs.FileMode.O_NONBLOCK;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.NumberMap;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.socket.SocketType;
import faultline.kernel.vfs.socket.UnixAddress;
import faultline.kernel.vfs.socket.UnixDomain;
import faultline.kernel.vfs.socket.UnixSocket;
import java.nio.ByteOrder;

/// Making, naming and connecting local sockets. There is no network: internet sockets are forbidden,
/// other families do not exist.
public final class SocketCalls {

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final int TYPE_MASK = 0xf;
    private static final int SOCK_MAX = 11;
    private static final int SHUT_RDWR = 2;

    private final UnixDomain domain;

    private SocketCalls(UnixDomain domain) {
        this.domain = domain;
    }

    /// `order` and the numbers of `options` are the guest's.
    public static void register(SyscallTable table, UnixDomain domain, ByteOrder order, NumberMap options) {
        SocketCalls calls = new SocketCalls(domain);
        table.addFileCall("socket", "af socktype int", calls::socket);
        table.addFileCall("socketpair", "af socktype int int[2]", calls::socketpair);
        table.addFileCall("bind", "fd sockaddr int", calls::bind);
        table.addFileCall("connect", "fd sockaddr int", SocketCalls::connect);
        table.addFileCall("listen", "fd int", SocketCalls::listen);
        table.addFileCall("accept", "fd ptr ptr", (caller, a) -> accept(caller, a, 0));
        table.addFileCall("accept4", "fd ptr ptr sockflags", (caller, a) -> accept(caller, a, (int) a[3]));
        table.addFileCall("getsockname", "fd ptr ptr", SocketCalls::getsockname);
        table.addFileCall("getpeername", "fd ptr ptr", SocketCalls::getpeername);
        table.addFileCall("shutdown", "fd shut", SocketCalls::shutdown);
        new SocketOptionCalls(order, options).register(table);
        MessageCalls.register(table);
    }

    /// The socket of a descriptor with a reference that the caller puts. EBADF, ENOTSOCK.
    static UnixSocket take(Caller caller, long fd) {
        OpenFile file = Arguments.take(caller, fd);
        if (file instanceof UnixSocket socket) {
            return socket;
        }
        file.put();
        throw Errno.ENOTSOCK.exception();
    }

    /// The type asked for, after every argument was looked at in Linux's order.
    private static SocketType type(long[] a) {
        int family = (int) a[0];
        int type = (int) a[1];
        Arguments.requireFlags(Integer.toUnsignedLong(type), TYPE_MASK | O_CLOEXEC | O_NONBLOCK);
        if ((type & TYPE_MASK) >= SOCK_MAX) {
            throw Errno.EINVAL.exception();
        }
        if (family == AF_INET || family == AF_INET6) {
            throw Errno.EACCES.exception();
        }
        if (family != AF_UNIX) {
            throw Errno.EAFNOSUPPORT.exception();
        }
        if ((int) a[2] != 0 && (int) a[2] != AF_UNIX) {
            throw Errno.EPROTONOSUPPORT.exception();
        }
        SocketType known = SocketType.of(type & TYPE_MASK);
        if (known == null) {
            throw Errno.ESOCKTNOSUPPORT.exception();
        }
        return known;
    }

    private static boolean isCloexec(long flags) {
        return (flags & O_CLOEXEC) != 0;
    }

    private long socket(Caller caller, long[] a) {
        OpenFile made = domain.open(caller, type(a), (int) a[1] & O_NONBLOCK);
        return Arguments.install(caller, made, isCloexec(a[1]));
    }

    private long socketpair(Caller caller, long[] a) {
        UnixSocket[] pair = domain.pair(caller, type(a), (int) a[1] & O_NONBLOCK);
        Arguments.installPair(caller, pair, isCloexec(a[1]), a[3]);
        return 0;
    }

    private long bind(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            UnixAddress address = SocketAddress.isOnlyFamily(caller.memory(), a[1], (int) a[2])
                    ? UnixAddress.UNNAMED
                    : SocketAddress.read(caller.memory(), a[1], (int) a[2]);
            domain.bind(caller, socket, address);
            return 0;
        } finally {
            socket.put();
        }
    }

    private static long connect(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            if (SocketAddress.isUnspecified(caller.memory(), a[1], (int) a[2])) {
                socket.disconnect();
            } else {
                UnixAddress to = SocketAddress.read(caller.memory(), a[1], (int) a[2]);
                socket.connect(caller, to, socket.isNonBlocking());
            }
            return 0;
        } finally {
            socket.put();
        }
    }

    private static long listen(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            socket.listen(caller, (int) a[1]);
            return 0;
        } finally {
            socket.put();
        }
    }

    private static long accept(Caller caller, long[] a, int flags) {
        Arguments.requireFlags(flags, O_CLOEXEC | O_NONBLOCK);
        UnixSocket socket = take(caller, a[0]);
        UnixSocket accepted;
        try {
            accepted = socket.accept(caller, flags);
        } finally {
            socket.put();
        }
        if (a[1] != 0) {
            try {
                SocketAddress.write(caller.memory(), a[1], a[2], SocketAddress.bytes(accepted.peerAddress()));
            } catch (ErrnoException failed) {
                accepted.put();
                throw failed;
            }
        }
        return Arguments.install(caller, accepted, isCloexec(flags));
    }

    private static long getsockname(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            SocketAddress.write(caller.memory(), a[1], a[2], SocketAddress.bytes(socket.address()));
            return 0;
        } finally {
            socket.put();
        }
    }

    private static long getpeername(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            SocketAddress.write(caller.memory(), a[1], a[2], SocketAddress.bytes(socket.peerAddress()));
            return 0;
        } finally {
            socket.put();
        }
    }

    private static long shutdown(Caller caller, long[] a) {
        UnixSocket socket = take(caller, a[0]);
        try {
            int how = (int) a[1];
            if (how < 0 || how > SHUT_RDWR) {
                throw Errno.EINVAL.exception();
            }
            // SHUT_RD, SHUT_WR and SHUT_RDWR are one less than the bits they stand for.
            socket.shutdown(how + 1);
            return 0;
        } finally {
            socket.put();
        }
    }
}
