package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.socket.UnixAddress;
import java.util.Arrays;

/// `struct sockaddr_un` in user memory.
final class SocketAddress {

    private static final int AF_UNSPEC = 0;
    private static final int AF_UNIX = 1;
    private static final int FAMILY_BYTES = 2;

    /// sizeof(struct sockaddr_un) and sizeof(struct sockaddr_storage).
    private static final int MOST_BYTES = 110;

    private static final int STORAGE_BYTES = 128;

    private SocketAddress() {}

    private static void requireLength(int length) {
        if (length < 0 || length > STORAGE_BYTES) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Whether it is a family and nothing more: `bind` then makes a name up.
    static boolean isOnlyFamily(UserMemory memory, long va, int length) {
        requireLength(length);
        return length == FAMILY_BYTES && memory.load16(va) == AF_UNIX;
    }

    /// Whether it asks `connect` to undo a connection.
    static boolean isUnspecified(UserMemory memory, long va, int length) {
        requireLength(length);
        return length >= FAMILY_BYTES && memory.load16(va) == AF_UNSPEC;
    }

    /// Reads a name. EINVAL for another family or none.
    static UnixAddress read(UserMemory memory, long va, int length) {
        requireLength(length);
        byte[] bytes = new byte[length];
        memory.read(va, bytes, 0, length);
        if (length <= FAMILY_BYTES || length > MOST_BYTES || memory.load16(va) != AF_UNIX) {
            throw Errno.EINVAL.exception();
        }
        int end = length;
        if (bytes[FAMILY_BYTES] != 0) {
            end = FAMILY_BYTES;
            while (end < length && bytes[end] != 0) {
                end++;
            }
        }
        return new UnixAddress(Arrays.copyOfRange(bytes, FAMILY_BYTES, end));
    }

    /// What stands behind the family: a path with its NUL, or an abstract name as it is.
    static byte[] bytes(UnixAddress address) {
        byte[] name = address.name();
        return address.isUnnamed() || address.isAbstract() ? name : Arrays.copyOf(name, name.length + 1);
    }

    /// Writes as much as the word at `lengthVa` leaves room for, and into that word how long it is.
    static void write(UserMemory memory, long va, long lengthVa, byte[] name) {
        int room = memory.load32(lengthVa);
        if (room < 0) {
            throw Errno.EINVAL.exception();
        }
        write(memory, va, room, name);
        memory.store32(lengthVa, FAMILY_BYTES + name.length);
    }

    /// Writes as much as there is room for; returns how long it is. Less than a family is no room.
    static int write(UserMemory memory, long va, int room, byte[] name) {
        if (room >= FAMILY_BYTES) {
            memory.store16(va, (short) AF_UNIX);
            memory.write(va + FAMILY_BYTES, name, 0, Math.min(name.length, room - FAMILY_BYTES));
        }
        return FAMILY_BYTES + name.length;
    }
}
