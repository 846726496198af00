package faultline.kernel.vfs.pipe;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;

/// A FIFO in a directory, or an anonymous pipe. A FIFO opens by fifo(7)'s rules; an anonymous pipe,
/// which can be opened through `/proc/PID/fd`, never waits for a partner: both ends have been there
/// from the start.
public final class FifoInode extends Inode {

    private final Pipe pipe;
    private final boolean anonymous;

    /// A FIFO with a name.
    public FifoInode(FileSystem fileSystem, long number, int permissions, Credentials owner) {
        this(fileSystem, number, permissions, owner, false);
    }

    private FifoInode(FileSystem fileSystem, long number, int permissions, Credentials owner, boolean anonymous) {
        super(fileSystem, number, S_IFIFO | permissions, owner);
        this.pipe = new Pipe(fileSystem.heap());
        this.anonymous = anonymous;
    }

    /// The two ends of a new pipe, the one to read from first.
    public static OpenFile[] newPipe(PseudoFileSystem pipes, Credentials owner, int flags) {
        FifoInode inode = new FifoInode(pipes, pipes.nextInode(), 0600, owner, true);
        VfsPath path = pipes.path("pipe:[" + inode.number() + "]", inode);
        inode.pipe.open(true, true);
        PipeEnd reader = new PipeEnd(path, O_RDONLY | flags, inode.pipe, true);
        try {
            return new OpenFile[] {reader, new PipeEnd(path, O_WRONLY | flags, inode.pipe, true)};
        } catch (ErrnoException full) {
            reader.put();
            throw full;
        }
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        boolean nonBlocking = (flags & O_NONBLOCK) != 0;
        boolean reads = (flags & O_ACCMODE) != O_WRONLY;
        boolean writes = (flags & O_ACCMODE) != O_RDONLY;
        if (anonymous) {
            pipe.open(reads, writes);
            return new PipeEnd(path, flags, pipe, true);
        }
        if (writes && !reads && nonBlocking && pipe.readers() == 0) {
            throw Errno.ENXIO.exception();
        }
        int seen = pipe.open(reads, writes);
        // A reader that does not wait is told of a hang-up only once a writer has come and gone.
        boolean hangUpAtOnce = !(reads && !writes && nonBlocking && pipe.writers() == 0);
        if (reads != writes && !nonBlocking && seen != Pipe.PRESENT) {
            try {
                pipe.awaitPartner(reads, seen);
            } catch (ErrnoException interrupted) {
                pipe.close(reads, writes);
                throw interrupted;
            }
        }
        return new PipeEnd(path, flags, pipe, hangUpAtOnce);
    }
}
