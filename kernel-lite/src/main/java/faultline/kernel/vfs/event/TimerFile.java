package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.Waiting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// timerfd(2): a timer whose expirations are read. No thread runs for it: whoever waits sleeps until its time.
public final class TimerFile extends OpenFile {

    private static final int BYTES = 8;

    private final int clock;
    private final GuestClocks clocks;
    private final ByteOrder order;
    private final PollQueue changed = new PollQueue();

    // Guarded by this monitor; nanoseconds of `clock`.
    private boolean armed;
    private long next;
    private long interval;
    private long expirations;

    /// The two values of `struct itimerspec`, in nanoseconds.
    public record Setting(long interval, long value) {}

    public TimerFile(
            PseudoFileSystem anonymous, Credentials owner, int clock, GuestClocks clocks, int flags, ByteOrder order) {
        super(anonymous.path("anon_inode:[timerfd]", new AnonymousInode(anonymous, owner)), O_RDWR | flags);
        this.clock = clock;
        this.clocks = clocks;
        this.order = order;
    }

    /// timerfd_settime: arms with a value, disarms with 0; returns the setting before.
    public Setting set(Setting setting, boolean absolute) {
        Setting before;
        long now = clocks.now(clock);
        synchronized (this) {
            before = remaining(now);
            armed = setting.value() != 0;
            next = absolute ? setting.value() : saturatingAdd(now, setting.value());
            interval = setting.interval();
            expirations = 0;
        }
        changed.wakeAll();
        return before;
    }

    /// timerfd_gettime.
    public Setting setting() {
        long now = clocks.now(clock);
        synchronized (this) {
            return remaining(now);
        }
    }

    private Setting remaining(long now) {
        expire(now);
        return new Setting(interval, armed ? Math.max(1, next - now) : 0);
    }

    private static long saturatingAdd(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /// Counts what has expired by `now`.
    private void expire(long now) {
        if (!armed || now < next) {
            return;
        }
        if (interval == 0) {
            expirations++;
            armed = false;
            return;
        }
        long times = (now - next) / interval + 1;
        expirations += times;
        next = saturatingAdd(next + (times - 1) * interval, interval);
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (length < BYTES) {
            throw Errno.EINVAL.exception();
        }
        try (Waiting waiting = new Waiting(changed)) {
            while (true) {
                waiting.forgetTimes();
                long taken = take(waiting);
                if (taken != 0) {
                    ByteBuffer.wrap(to).order(order).putLong(at, taken);
                    return BYTES;
                }
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
    }

    private long take(PollListener listener) {
        long now = clocks.now(clock);
        long wake;
        synchronized (this) {
            expire(now);
            long taken = expirations;
            expirations = 0;
            if (taken != 0 || !armed) {
                return taken;
            }
            wake = next;
        }
        listener.at(clocks.deadline(clock, wake));
        return 0;
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        long now = clocks.now(clock);
        boolean ready;
        long wake;
        synchronized (this) {
            expire(now);
            ready = expirations != 0;
            wake = armed ? next : Long.MAX_VALUE;
        }
        if (listener != null) {
            listener.on(changed);
            if (wake != Long.MAX_VALUE) {
                listener.at(clocks.deadline(clock, wake));
            }
        }
        return ready ? POLLIN | POLLRDNORM : 0;
    }

    @Override
    public boolean isPollable() {
        return true;
    }
}
