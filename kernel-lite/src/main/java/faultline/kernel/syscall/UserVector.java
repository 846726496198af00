package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.FileMode;

/// The user buffers of one read or write, in order, and how far the transfer has come: `iov_iter`.
final class UserVector {

    /// UIO_MAXIOV.
    private static final int MAX_SEGMENTS = 1024;

    private static final int IOVEC_BYTES = 16;

    private final UserMemory memory;
    private final long[] bases;
    private final long[] lengths;
    private long remaining;
    private int segment;
    private long offset;

    private UserVector(UserMemory memory, long[] bases, long[] lengths, long remaining) {
        this.memory = memory;
        this.bases = bases;
        this.lengths = lengths;
        this.remaining = remaining;
    }

    /// One buffer. A length beyond the signed range is EINVAL, one beyond MAX_RW_COUNT is cut.
    static UserVector of(UserMemory memory, long base, long length) {
        if (length < 0) {
            throw Errno.EINVAL.exception();
        }
        long cut = Math.min(length, FileMode.MAX_RW_COUNT);
        return new UserVector(memory, new long[] {base}, new long[] {cut}, cut);
    }

    /// An array of `struct iovec`.
    static UserVector of(UserMemory memory, long vector, int count) {
        if (count < 0 || count > MAX_SEGMENTS) {
            throw Errno.EINVAL.exception();
        }
        long[] bases = new long[count];
        long[] lengths = new long[count];
        long total = 0;
        for (int i = 0; i < count; i++) {
            bases[i] = memory.load64(vector + (long) i * IOVEC_BYTES);
            long length = memory.load64(vector + (long) i * IOVEC_BYTES + 8);
            if (length < 0) {
                throw Errno.EINVAL.exception();
            }
            lengths[i] = Math.min(length, FileMode.MAX_RW_COUNT - total);
            total += lengths[i];
        }
        return new UserVector(memory, bases, lengths, total);
    }

    long remaining() {
        return remaining;
    }

    /// Copies up to `length` bytes from the user's buffers; a short count means that the rest cannot be read.
    int copyIn(byte[] to, int length) {
        return copy(to, length, true);
    }

    /// Copies up to `length` bytes to the user's buffers; a short count means that the rest cannot be written.
    int copyOut(byte[] from, int length) {
        return copy(from, length, false);
    }

    private int copy(byte[] bytes, int length, boolean in) {
        int done = 0;
        while (done < length && segment < bases.length) {
            int part = (int) Math.min(length - done, lengths[segment] - offset);
            if (part == 0) {
                segment++;
                offset = 0;
                continue;
            }
            long va = bases[segment] + offset;
            int copied = in ? memory.readPartial(va, bytes, done, part) : memory.writePartial(va, bytes, done, part);
            done += copied;
            offset += copied;
            remaining -= copied;
            if (copied < part) {
                break;
            }
        }
        return done;
    }
}
