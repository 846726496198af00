package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.socket.Outgoing;
import faultline.kernel.vfs.socket.PeerCredentials;
import faultline.kernel.vfs.socket.Received;
import faultline.kernel.vfs.socket.SocketType;
import faultline.kernel.vfs.socket.UnixAddress;
import faultline.kernel.vfs.socket.UnixSocket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sending and receiving through sockets: sendto, sendmsg, recvfrom, recvmsg and their plural forms.
final class MessageCalls {

    static final int MSG_CTRUNC = 8;
    static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

    private static final int MSG_OOB = 1;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_WAITFORONE = 0x1_0000;

    /// `struct msghdr`, and `struct mmsghdr` around it.
    private static final int NAME_LENGTH = 8;

    private static final int VECTOR = 16;
    private static final int VECTOR_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int RESULT = 56;
    private static final int MULTIPLE_BYTES = 64;

    private static final int MOST_SEGMENTS = 1024;
    private static final int MOST_NAME = 128;

    /// A stream's bytes go through the kernel in such pieces; no message is larger.
    private static final int PIECE = 1 << 19;

    private MessageCalls() {}

    static void register(SyscallTable table) {
        table.addFileCall("sendto", "fd in size msg sockaddr int", MessageCalls::sendto);
        table.addFileCall("recvfrom", "fd out size msg ptr ptr", MessageCalls::recvfrom);
        table.addFileCall("sendmsg", "fd ptr msg", MessageCalls::sendmsg);
        table.addFileCall("recvmsg", "fd ptr msg", MessageCalls::recvmsg);
        table.addFileCall("sendmmsg", "fd ptr uint msg", MessageCalls::sendmmsg);
        table.addFileCall("recvmmsg", "fd ptr uint msg timespec", MessageCalls::recvmmsg);
    }

    private static int flags(UnixSocket socket, long flags) {
        if ((flags & MSG_OOB) != 0) {
            throw Errno.EOPNOTSUPP.exception();
        }
        return socket.isNonBlocking() ? (int) flags | UnixSocket.MSG_DONTWAIT : (int) flags;
    }

    // Sending.

    private static long sendto(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            UserVector from = UserVector.of(caller.memory(), a[1], a[2]);
            UnixAddress to =
                    a[4] == 0 || (int) a[5] == 0 ? null : SocketAddress.read(caller.memory(), a[4], (int) a[5]);
            return send(socket, from, to, Outgoing.sender(caller), List.of(), flags(socket, a[3]));
        } finally {
            socket.put();
        }
    }

    private static long send(
            UnixSocket socket,
            UserVector from,
            @Nullable UnixAddress to,
            PeerCredentials credentials,
            List<OpenFile> files,
            int flags) {
        boolean stream = socket.socketType() == SocketType.STREAM;
        if (!stream && from.remaining() > PIECE) {
            throw Errno.EMSGSIZE.exception();
        }
        long done = 0;
        List<OpenFile> left = files;
        do {
            byte[] piece = new byte[(int) Math.min(from.remaining(), PIECE)];
            if (from.copyIn(piece, piece.length) < piece.length) {
                return done > 0 ? done : Errno.EFAULT.result();
            }
            int sent;
            try {
                sent = socket.send(new Outgoing(piece, 0, piece.length, to, credentials, left), flags);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            done += sent;
            left = List.of();
            if (sent < piece.length) {
                return done;
            }
        } while (from.remaining() > 0);
        return done;
    }

    private static UserVector vector(UserMemory memory, long header) {
        long count = memory.load64(header + VECTOR_LENGTH);
        if (Long.compareUnsigned(count, MOST_SEGMENTS) > 0) {
            throw Errno.EMSGSIZE.exception();
        }
        return UserVector.of(memory, memory.load64(header + VECTOR), (int) count);
    }

    private static long sendmsg(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            return sendMessage(caller, socket, a[1], flags(socket, a[2]));
        } finally {
            socket.put();
        }
    }

    private static long sendMessage(Caller caller, UnixSocket socket, long header, int flags) {
        UserMemory memory = caller.memory();
        long name = memory.load64(header);
        int nameLength = memory.load32(header + NAME_LENGTH);
        if (nameLength < 0) {
            throw Errno.EINVAL.exception();
        }
        UnixAddress to =
                name == 0 || nameLength == 0 ? null : SocketAddress.read(memory, name, Math.min(nameLength, MOST_NAME));
        UserVector from = vector(memory, header);
        ControlMessages control =
                ControlMessages.read(caller, memory.load64(header + CONTROL), memory.load64(header + CONTROL_LENGTH));
        try {
            return send(socket, from, to, control.credentials(), control.files(), flags);
        } finally {
            control.files().forEach(OpenFile::put);
        }
    }

    private static long sendmmsg(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            int flags = flags(socket, a[3]);
            return many((int) a[2], i -> {
                long header = a[1] + (long) i * MULTIPLE_BYTES;
                long sent = sendMessage(caller, socket, header, flags);
                if (sent >= 0) {
                    caller.memory().store32(header + RESULT, (int) sent);
                }
                return sent >= 0;
            });
        } finally {
            socket.put();
        }
    }

    /// One of several messages; false when the rest is not tried.
    private interface OneOfMany {
        boolean next(int index);
    }

    /// Makes up to `count` transfers; the result is how many there were, or the first one's error.
    private static long many(int count, OneOfMany transfer) {
        int most = Integer.compareUnsigned(count, MOST_SEGMENTS) > 0 ? MOST_SEGMENTS : count;
        for (int done = 0; done < most; done++) {
            try {
                if (!transfer.next(done)) {
                    return done == 0 ? Errno.EFAULT.result() : done;
                }
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
        }
        return most;
    }

    // Receiving.

    private static Received receive(UnixSocket socket, UserVector to, int flags) {
        byte[] buffer = new byte[(int) Math.min(to.remaining(), PIECE)];
        Received received = socket.receive(buffer, 0, buffer.length, flags);
        if (to.copyOut(buffer, received.count()) < received.count()) {
            received.files().forEach(OpenFile::put);
            throw Errno.EFAULT.exception();
        }
        return received;
    }

    /// MSG_TRUNC asks how long a message was, not how much of it came.
    private static int result(Received received, long flags) {
        return (flags & MSG_TRUNC) != 0 ? received.length() : received.count();
    }

    /// A sender without a name leaves none, not even a family.
    private static byte @Nullable [] name(Received received) {
        UnixAddress from = received.from();
        return from == null || from.isUnnamed() ? null : SocketAddress.bytes(from);
    }

    private static long recvfrom(Caller caller, long[] a) {
        UserMemory memory = caller.memory();
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            UserVector to = UserVector.of(memory, a[1], a[2]);
            Received received = receive(socket, to, flags(socket, a[3]));
            received.files().forEach(OpenFile::put);
            if (a[4] != 0) {
                byte[] name = name(received);
                if (name == null) {
                    memory.store32(a[5], 0);
                } else {
                    SocketAddress.write(memory, a[4], a[5], name);
                }
            }
            return result(received, a[3]);
        } finally {
            socket.put();
        }
    }

    private static long recvmsg(Caller caller, long[] a) {
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            return receiveMessage(caller, socket, a[1], flags(socket, a[2]));
        } finally {
            socket.put();
        }
    }

    private static int receiveMessage(Caller caller, UnixSocket socket, long header, int flags) {
        UserMemory memory = caller.memory();
        int nameRoom = memory.load32(header + NAME_LENGTH);
        if (nameRoom < 0) {
            throw Errno.EINVAL.exception();
        }
        Received received = receive(socket, vector(memory, header), flags);
        boolean cloexec = (flags & MSG_CMSG_CLOEXEC) != 0;
        ControlMessages.Written control = ControlMessages.write(
                caller,
                received,
                socket.options().passesCredentials(),
                cloexec,
                memory.load64(header + CONTROL),
                memory.load64(header + CONTROL_LENGTH));
        long nameVa = memory.load64(header);
        if (nameVa != 0) {
            byte[] name = name(received);
            int length = name == null ? 0 : SocketAddress.write(memory, nameVa, nameRoom, name);
            memory.store32(header + NAME_LENGTH, length);
        }
        int told = (received.isTruncated() ? MSG_TRUNC : 0)
                | (control.isCut() ? MSG_CTRUNC : 0)
                | (cloexec ? MSG_CMSG_CLOEXEC : 0);
        memory.store64(header + CONTROL_LENGTH, control.length());
        memory.store32(header + FLAGS, told);
        return result(received, flags);
    }

    private static long recvmmsg(Caller caller, long[] a) {
        long timeout = a[4] == 0 ? Long.MAX_VALUE : UserTime.readTimespec(caller.memory(), a[4]);
        UnixSocket socket = SocketCalls.take(caller, a[0]);
        try {
            int flags = flags(socket, a[3]);
            var schedule = KernelThread.current().schedule();
            long start = schedule.nanoTime();
            // The time is looked at after each message only, as recvmmsg(2) says under BUGS.
            return many((int) a[2], i -> {
                if (i > 0 && schedule.nanoTime() - start >= timeout) {
                    return false;
                }
                int wait = i > 0 && (flags & MSG_WAITFORONE) != 0 ? UnixSocket.MSG_DONTWAIT : 0;
                long header = a[1] + (long) i * MULTIPLE_BYTES;
                int result = receiveMessage(caller, socket, header, flags | wait);
                caller.memory().store32(header + RESULT, result);
                return true;
            });
        } finally {
            socket.put();
        }
    }
}
