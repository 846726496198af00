package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.UserfaultMessage;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.Waiting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// userfaultfd(2): faults of other threads as messages to read, and ioctls that resolve them.
///
/// A fork's message brings a descriptor for the faults of the child.
public final class UserfaultFile extends OpenFile {

    private final PseudoFileSystem anonymous;
    private final Credentials owner;
    private final Userfaultfd handler;
    private final UserfaultIoctls ioctls;
    private final int flags;
    private final ByteOrder order;
    private final PollQueue changed = new PollQueue();

    /// `flags` are O_CLOEXEC and O_NONBLOCK, which the descriptors for children get too.
    public UserfaultFile(
            PseudoFileSystem anonymous, Credentials owner, Userfaultfd handler, int flags, ByteOrder order) {
        super(
                anonymous.path("anon_inode:[userfaultfd]", new AnonymousInode(anonymous, owner)),
                O_RDONLY | flags & O_NONBLOCK);
        this.anonymous = anonymous;
        this.owner = owner;
        this.handler = handler;
        this.ioctls = new UserfaultIoctls(handler);
        this.flags = flags;
        this.order = order;
        handler.onNews(changed::wakeAll);
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (!handler.isInitialized()) {
            throw Errno.EINVAL.exception();
        }
        if (length < UserfaultMessage.BYTES) {
            throw Errno.EINVAL.exception();
        }
        ByteBuffer buffer = ByteBuffer.wrap(to).order(order);
        int done = 0;
        try (Waiting waiting = new Waiting(changed)) {
            while (length - done >= UserfaultMessage.BYTES) {
                UserfaultMessage message = handler.next();
                if (message != null) {
                    read(message, done > 0).write(buffer, at + done);
                    done += UserfaultMessage.BYTES;
                } else if (done > 0) {
                    break;
                } else if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                } else {
                    waiting.sleep();
                }
            }
        } catch (Unread _) {
            // It is there for the next read.
        }
        return done;
    }

    /// A message that is read; of a fork with a descriptor for the child's faults, which the reader gets.
    private UserfaultMessage read(UserfaultMessage message, boolean behindOthers) {
        Userfaultfd forked = message.forked();
        if (forked == null) {
            return message;
        }
        Caller caller = Caller.current();
        int fd;
        try {
            OpenFile file = new UserfaultFile(anonymous, owner, forked, flags, order);
            fd = caller.files().install(file, 0, (flags & O_CLOEXEC) != 0, caller.openFilesLimit());
        } catch (ErrnoException failure) {
            boolean _ = handler.finish(message, false);
            if (behindOthers) {
                throw new Unread();
            }
            throw failure;
        }
        boolean _ = handler.finish(message, true);
        return message.withDescriptor(fd);
    }

    /// A message could not be read behind others, which count.
    private static final class Unread extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unread() {
            super(null, null, false, false);
        }
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(changed);
        }
        // Who blocks in read cannot poll: a fault may be gone before it is read.
        if (!handler.isInitialized() || !isNonBlocking()) {
            return POLLERR;
        }
        return handler.hasNews() ? POLLIN : 0;
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        ioctls.run(command, argument, memory);
        return 0;
    }

    @Override
    protected void release() {
        handler.release();
    }

    @Override
    public String fdinfo() {
        int[] counts = handler.counts();
        return String.format(
                "pending:\t%d%ntotal:\t%d%nAPI:\t%x:%x:%x%n",
                counts[0], counts[1], Userfaultfd.UFFD_API, handler.features(), ioctls.all());
    }
}
