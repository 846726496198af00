package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.Waiting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// epoll(7): a set of watched files and the list of those that may be ready.
///
/// A watched file's wake puts its item on the list; only a wait looks whether it really is ready.
/// An item holds no reference to its file and goes away with it. Lock: this monitor guards
/// everything; it is never held while a file is polled or another queue is woken.
public final class EpollFile extends OpenFile {

    private static final int EPOLLET = 1 << 31;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EPOLLEXCLUSIVE = 1 << 28;

    /// The bits that are no events.
    private static final int PRIVATE = EPOLLET | EPOLLONESHOT | 1 << 29 | EPOLLEXCLUSIVE;

    /// What names an item: a number may come to mean another file while the old one lives on.
    private record Key(int fd, OpenFile file) {}

    private final PollQueue arrivals = new PollQueue();

    /// Which sets are in which. Guarded by the file system's monitor, which is taken before ours.
    private final EpollNests nests = new EpollNests();

    // Guarded by this monitor.
    private final Map<Key, Item> items = new LinkedHashMap<>();
    private final Set<Item> ready = new LinkedHashSet<>();

    public EpollFile(PseudoFileSystem anonymous, Credentials owner) {
        super(anonymous.path("anon_inode:[eventpoll]", new AnonymousInode(anonymous, owner)), O_RDWR);
    }

    /// One watched file. Its queues and events are guarded by the set's monitor.
    private final class Item implements PollQueue.Waiter, PollListener {

        private final OpenFile file;
        private final Runnable gone;
        private final Set<PollQueue> queues = new LinkedHashSet<>(2);
        private int events;
        private long data;
        private long alarm = Long.MAX_VALUE;

        Item(Key key, int events, long data) {
            this.file = key.file();
            this.events = events;
            this.data = data;
            this.gone = () -> remove(key);
        }

        @Override
        public void woken() {
            synchronized (EpollFile.this) {
                if ((events & ~PRIVATE) == 0) {
                    return;
                }
                ready.add(this);
            }
            arrivals.wakeAll();
        }

        @Override
        public void on(PollQueue queue) {
            synchronized (EpollFile.this) {
                if (!queues.add(queue)) {
                    return;
                }
            }
            queue.add(this);
        }

        @Override
        public void at(long time) {
            synchronized (EpollFile.this) {
                alarm = Math.min(alarm, time);
            }
        }

        /// Polls the file and listens on.
        int look() {
            synchronized (EpollFile.this) {
                alarm = Long.MAX_VALUE;
            }
            int wanted;
            int now = file.poll(this);
            synchronized (EpollFile.this) {
                wanted = events;
            }
            return (wanted & ~PRIVATE) == 0 ? 0 : now & (wanted & ~PRIVATE | POLLERR | POLLHUP);
        }
    }

    /// EPOLL_CTL_ADD.
    public void add(int fd, OpenFile file, int events, long data) {
        requireWatchable(file);
        Key key = new Key(fd, file);
        Item item = file instanceof EpollFile inner ? nest(key, inner, events, data) : insert(key, events, data);
        file.atRelease(item.gone);
        if (item.look() != 0) {
            item.woken();
        }
    }

    /// One nesting is checked and made after the other, on the whole machine.
    private Item nest(Key key, EpollFile inner, int events, long data) {
        synchronized (inodeObject().fileSystem()) {
            nests.requireRoomFor(inner.nests);
            Item item = insert(key, events, data);
            nests.add(inner.nests);
            return item;
        }
    }

    private synchronized Item insert(Key key, int events, long data) {
        if (items.containsKey(key)) {
            throw Errno.EEXIST.exception();
        }
        heap().charge(KernelHeap.ENTRY, Errno.ENOSPC);
        Item item = new Item(key, events, data);
        items.put(key, item);
        return item;
    }

    private KernelHeap heap() {
        return inodeObject().fileSystem().heap();
    }

    private void requireWatchable(OpenFile file) {
        if (!file.isPollable()) {
            throw Errno.EPERM.exception();
        }
        if (file == this) {
            throw Errno.EINVAL.exception();
        }
    }

    /// EPOLL_CTL_MOD.
    public void modify(int fd, OpenFile file, int events, long data) {
        Item item;
        synchronized (this) {
            item = items.get(new Key(fd, file));
            if (item == null) {
                throw Errno.ENOENT.exception();
            }
            if (((item.events | events) & EPOLLEXCLUSIVE) != 0) {
                throw Errno.EINVAL.exception();
            }
            item.events = events;
            item.data = data;
        }
        if (item.look() != 0) {
            item.woken();
        }
    }

    /// EPOLL_CTL_DEL.
    public void delete(int fd, OpenFile file) {
        if (!remove(new Key(fd, file))) {
            throw Errno.ENOENT.exception();
        }
    }

    private boolean remove(Key key) {
        Item item;
        List<PollQueue> queues;
        synchronized (this) {
            item = items.remove(key);
            if (item == null) {
                return false;
            }
            heap().release(KernelHeap.ENTRY);
            ready.remove(item);
            queues = List.copyOf(item.queues);
        }
        queues.forEach(queue -> queue.remove(item));
        key.file().cancelAtRelease(item.gone);
        if (key.file() instanceof EpollFile inner) {
            synchronized (inodeObject().fileSystem()) {
                nests.remove(inner.nests);
            }
        }
        return true;
    }

    /// What epoll_wait delivers: one entry.
    public record Event(int events, long data) {}

    /// Waits for events, at most `limit` of them, until `deadline` (0: does not wait). Throws
    /// ERESTARTSYS for a signal.
    public List<Event> await(int limit, long deadline) {
        try (Waiting waiting = new Waiting(arrivals)) {
            while (true) {
                waiting.forgetTimes();
                List<Event> events = collect(limit);
                if (!events.isEmpty() || deadline == 0) {
                    return events;
                }
                waiting.at(alarm());
                if (!waiting.sleep(deadline)) {
                    return events;
                }
                addOverdue();
            }
        }
    }

    private List<Event> collect(int limit) {
        List<Event> events = new ArrayList<>();
        for (Item item : candidates()) {
            if (events.size() == limit) {
                break;
            }
            synchronized (this) {
                // Off the list first: a wake from now on puts it back.
                if (!ready.remove(item)) {
                    continue;
                }
            }
            int now = item.look();
            if (now == 0) {
                continue;
            }
            synchronized (this) {
                events.add(new Event(now, item.data));
                if ((item.events & EPOLLONESHOT) != 0) {
                    item.events &= PRIVATE;
                } else if ((item.events & EPOLLET) == 0 && items.containsValue(item)) {
                    ready.add(item);
                }
            }
        }
        return events;
    }

    private synchronized List<Item> candidates() {
        return new ArrayList<>(ready);
    }

    /// When the first watched timer is due.
    private synchronized long alarm() {
        long first = Long.MAX_VALUE;
        for (Item item : items.values()) {
            first = Math.min(first, item.alarm);
        }
        return first;
    }

    /// Timers wake nobody: whoever waited until one was due looks at them all.
    private synchronized void addOverdue() {
        for (Item item : items.values()) {
            if (item.alarm != Long.MAX_VALUE && (item.events & ~PRIVATE) != 0) {
                ready.add(item);
            }
        }
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(arrivals);
            listener.at(alarm());
        }
        addOverdue();
        for (Item item : candidates()) {
            if (item.look() != 0) {
                return POLLIN | POLLRDNORM;
            }
        }
        return 0;
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    protected void release() {
        List<Key> all;
        synchronized (this) {
            all = List.copyOf(items.keySet());
        }
        all.forEach(this::remove);
    }
}
