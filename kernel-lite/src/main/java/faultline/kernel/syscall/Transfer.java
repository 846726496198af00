package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.OpenFile;

/// Moves data between user memory and files, and between files, in pieces; what was moved before an error is the
/// result.
final class Transfer {

    /// What goes through the kernel at once: large enough that a write of usual size is one.
    private static final int PIECE = 1 << 20;

    /// "At the position", for an offset.
    static final long HERE = -1;

    private Transfer() {}

    /// Reads at the position or at `offset`.
    static long read(OpenFile file, UserVector to, long offset, boolean nonBlocking) {
        if (file.isDirect()) {
            return new DirectTransfer(file, to, offset).read();
        }
        byte[] buffer = new byte[(int) Math.min(to.remaining(), PIECE)];
        long done = 0;
        do {
            int wanted = (int) Math.min(buffer.length, to.remaining());
            int got;
            try {
                got = offset == HERE
                        ? file.read(buffer, 0, wanted, nonBlocking || done > 0)
                        : file.readAt(offset + done, buffer, 0, wanted);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            int copied = to.copyOut(buffer, got);
            done += copied;
            if (copied < got) {
                giveBack(file, offset, got - copied);
                if (done == 0) {
                    throw Errno.EFAULT.exception();
                }
                return done;
            }
            if (got < wanted) {
                return done;
            }
        } while (to.remaining() > 0);
        return done;
    }

    /// Undoes a read of `count` bytes that could not be delivered. A stream has lost them.
    private static void giveBack(OpenFile file, long offset, int count) {
        if (offset == HERE && file.isSeekable()) {
            file.seek(-count, FileMode.SEEK_CUR);
        }
    }

    /// Writes at the position or at `offset`.
    static long write(OpenFile file, UserVector from, long offset, boolean nonBlocking) {
        if (file.isDirect()) {
            return new DirectTransfer(file, from, offset).write();
        }
        byte[] buffer = new byte[(int) Math.min(from.remaining(), PIECE)];
        long done = 0;
        do {
            int wanted = (int) Math.min(buffer.length, from.remaining());
            int ready = from.copyIn(buffer, wanted);
            if (ready == 0 && wanted > 0) {
                if (done == 0) {
                    throw Errno.EFAULT.exception();
                }
                return done;
            }
            int put;
            try {
                put = offset == HERE
                        ? file.write(buffer, 0, ready, nonBlocking)
                        : file.writeAt(offset + done, buffer, 0, ready);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            done += put;
            if (put < wanted) {
                return done;
            }
        } while (from.remaining() > 0);
        return done;
    }

    /// Copies from file to file: sendfile, splice, copy_file_range. Offsets may be [#HERE]. What a target does not
    /// take is given back to a seekable source.
    static long copy(OpenFile from, long fromOffset, OpenFile to, long toOffset, long length, boolean nonBlocking) {
        byte[] buffer = new byte[(int) Math.min(length, 1 << 16)];
        long done = 0;
        while (done < length) {
            int wanted = (int) Math.min(buffer.length, length - done);
            int got;
            try {
                got = fromOffset == HERE
                        ? from.read(buffer, 0, wanted, nonBlocking || done > 0)
                        : from.readAt(fromOffset + done, buffer, 0, wanted);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            if (got == 0) {
                return done;
            }
            int put;
            try {
                put = toOffset == HERE
                        ? to.write(buffer, 0, got, nonBlocking)
                        : to.writeAt(toOffset + done, buffer, 0, got);
            } catch (ErrnoException failed) {
                giveBack(from, fromOffset, got);
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            done += put;
            if (put < got) {
                giveBack(from, fromOffset, got - put);
                return done;
            }
            if (!from.isSeekable() && got < wanted) {
                return done;
            }
        }
        return done;
    }
}
