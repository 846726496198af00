package faultline.kernel.perf;

import static faultline.kernel.vfs.FileMode.O_RDWR;
import static faultline.kernel.vfs.FileMode.POLLHUP;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PseudoFileSystem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// perf_event_open(2): an event as a descriptor. It is read and told to begin and end; it has no buffer
/// of samples, so that mapping it fails with ENODEV.
public final class PerfFile extends OpenFile {

    private static final int PERF_IOC_FLAG_GROUP = 1;

    private final PerfEvents events;
    private final PerfEvent event;
    private final PerfContext owner;
    private final ByteOrder order;

    public PerfFile(
            PseudoFileSystem anonymous,
            Credentials user,
            PerfEvents events,
            PerfEvent event,
            PerfContext owner,
            ByteOrder order) {
        super(anonymous.path("anon_inode:[perf_event]", new AnonymousInode(anonymous, user)), O_RDWR);
        this.events = events;
        this.event = event;
        this.owner = owner;
        this.order = order;
    }

    /// The event, as a leader for others.
    public PerfEvent event() {
        return event;
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        long[] words = events.read(event);
        int bytes = words.length * Long.BYTES;
        if (length < bytes) {
            throw Errno.ENOSPC.exception();
        }
        ByteBuffer.wrap(to, at, bytes).order(order).asLongBuffer().put(words);
        return bytes;
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        boolean group = (argument & PERF_IOC_FLAG_GROUP) != 0;
        switch (command) {
            case Ioctls.PERF_EVENT_IOC_ENABLE -> events.change(event, group, PerfEvents.Change.ENABLE);
            case Ioctls.PERF_EVENT_IOC_DISABLE -> events.change(event, group, PerfEvents.Change.DISABLE);
            case Ioctls.PERF_EVENT_IOC_RESET -> events.change(event, group, PerfEvents.Change.RESET);
            case Ioctls.PERF_EVENT_IOC_ID -> memory.store64(argument, event.id());
            // For events that sample, or whose type knows filters.
            case Ioctls.PERF_EVENT_IOC_REFRESH, Ioctls.PERF_EVENT_IOC_PERIOD, Ioctls.PERF_EVENT_IOC_SET_FILTER ->
                throw Errno.EINVAL.exception();
            default -> throw Errno.ENOTTY.exception();
        }
        return 0;
    }

    /// Without a buffer nothing ever becomes ready.
    @Override
    public int poll(@Nullable PollListener listener) {
        return POLLHUP;
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    protected void release() {
        events.close(event, owner);
    }
}
