package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.vfs.OpenFile;

/// Moves data between the pages of user buffers and a file that is open with O_DIRECT: `iomap_dio_rw`.
///
/// The pages are looked up before anything is read, and keep their references until the device is done: a mapping
/// that goes meanwhile takes the data with it, and nobody else's page is stored to.
final class DirectTransfer {

    /// How many bytes are moved at once.
    private static final int PIECE = 1 << 20;

    /// What addresses and lengths of buffers are multiples of: the device's `dma_alignment`.
    private static final int ALIGNMENT = 512;

    private final OpenFile file;
    private final UserVector buffers;
    private final long offset;

    /// At `offset`, or [Transfer#HERE].
    DirectTransfer(OpenFile file, UserVector buffers, long offset) {
        this.file = file;
        this.buffers = buffers;
        this.offset = offset;
    }

    /// Reads into the buffers.
    long read() {
        return transfer(true);
    }

    /// Writes what is in the buffers.
    long write() {
        return transfer(false);
    }

    private long transfer(boolean in) {
        long done = 0;
        boolean more = buffers.remaining() > 0;
        while (more) {
            int wanted = (int) Math.min(PIECE, buffers.remaining());
            int moved;
            try {
                moved = piece(wanted, done, in);
            } catch (ErrnoException failed) {
                if (done == 0) {
                    throw failed;
                }
                return done;
            }
            done += moved;
            more = moved == wanted && buffers.remaining() > 0;
        }
        return done;
    }

    private int piece(int wanted, long done, boolean in) {
        if (in && isPastEnd(done)) {
            return 0;
        }
        if (!buffers.isAligned(ALIGNMENT)) {
            throw Errno.EINVAL.exception();
        }
        try (PinnedPages pages = buffers.pin(wanted, in)) {
            if (pages.length() == 0) {
                throw Errno.EFAULT.exception();
            }
            byte[] bytes = new byte[pages.length()];
            int moved;
            if (in) {
                moved = offset == Transfer.HERE
                        ? file.read(bytes, 0, bytes.length, false)
                        : file.readAt(offset + done, bytes, 0, bytes.length);
                pages.copyOut(bytes, moved);
            } else {
                pages.copyIn(bytes);
                moved = offset == Transfer.HERE
                        ? file.write(bytes, 0, bytes.length, false)
                        : file.writeAt(offset + done, bytes, 0, bytes.length);
            }
            buffers.skip(moved);
            return moved;
        }
    }

    /// Then nothing is read, and nothing looked at.
    private boolean isPastEnd(long done) {
        long at = offset == Transfer.HERE ? file.position() : offset + done;
        return at >= file.inodeObject().size();
    }
}
