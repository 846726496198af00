package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.FileMode;

/// The user buffers of one read or write, in order, and how far the transfer has come: `iov_iter`.
final class UserVector {

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
        UserRanges ranges = UserRanges.of(memory, vector, count);
        long[] bases = new long[ranges.count()];
        long[] lengths = new long[ranges.count()];
        long total = 0;
        for (int i = 0; i < bases.length; i++) {
            bases[i] = ranges.base(i);
            lengths[i] = Math.min(ranges.length(i), FileMode.MAX_RW_COUNT - total);
            total += lengths[i];
        }
        return new UserVector(memory, bases, lengths, total);
    }

    /// The same; EFAULT when a buffer, cut as it may be, does not lie below `userEnd`: `import_iovec`.
    static UserVector ofRanges(UserMemory memory, long vector, long count, long userEnd) {
        if (count < 0 || count > UserRanges.MOST) {
            throw Errno.EINVAL.exception();
        }
        UserVector made = of(memory, vector, (int) count);
        for (int i = 0; i < made.bases.length; i++) {
            if (Long.compareUnsigned(made.bases[i], userEnd - made.lengths[i]) > 0) {
                throw Errno.EFAULT.exception();
            }
        }
        return made;
    }

    int segments() {
        return bases.length;
    }

    long base(int i) {
        return bases[i];
    }

    long length(int i) {
        return lengths[i];
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

    /// Whether every buffer lies at a multiple of `unit`, a power of two, and is a multiple of it long.
    boolean isAligned(int unit) {
        long all = 0;
        for (int i = 0; i < bases.length; i++) {
            all |= bases[i] | lengths[i];
        }
        return (all & unit - 1) == 0;
    }

    /// The pages of up to `most` bytes from here on, for loads, or with `write` for stores; fewer where the rest cannot
    /// be had. Does not go on: [#skip] does.
    PinnedPages pin(int most, boolean write) {
        PinnedPages pages = new PinnedPages();
        int at = segment;
        long from = offset;
        while (pages.length() < most && at < bases.length) {
            long left = Math.min(lengths[at] - from, most - pages.length());
            if (left == 0) {
                at++;
                from = 0;
                continue;
            }
            PinnedPage page = memory.pin(bases[at] + from, write);
            if (page == null) {
                break;
            }
            int piece = (int) Math.min(left, page.bytes());
            pages.add(page, piece);
            from += piece;
        }
        return pages;
    }

    /// Goes on behind `length` bytes that were moved.
    void skip(int length) {
        remaining -= length;
        long left = length;
        while (left > 0) {
            long part = Math.min(left, lengths[segment] - offset);
            offset += part;
            left -= part;
            if (offset == lengths[segment]) {
                segment++;
                offset = 0;
            }
        }
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
