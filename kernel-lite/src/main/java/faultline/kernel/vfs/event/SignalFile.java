package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.AnonymousInode;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.Waiting;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// signalfd(2): blocked signals as records to read. Whoever reads gets its own signals, not its creator's.
public final class SignalFile extends OpenFile {

    private final Supplier<SignalSource> callers;

    private volatile long mask;

    /// `callers` gives the signals of the calling thread.
    public SignalFile(
            PseudoFileSystem anonymous, Credentials owner, long mask, int flags, Supplier<SignalSource> callers) {
        super(anonymous.path("anon_inode:[signalfd]", new AnonymousInode(anonymous, owner)), O_RDWR | flags);
        this.mask = mask;
        this.callers = callers;
    }

    /// signalfd on an existing descriptor: another set of signals.
    public void setMask(long signals) {
        mask = signals;
        callers.get().arrivals().wakeAll();
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        if (length < SignalSource.INFO_BYTES) {
            throw Errno.EINVAL.exception();
        }
        SignalSource source = callers.get();
        try (Waiting waiting = new Waiting(source.arrivals())) {
            while (true) {
                int done = 0;
                while (length - done >= SignalSource.INFO_BYTES && source.take(mask, to, at + done)) {
                    done += SignalSource.INFO_BYTES;
                }
                if (done > 0) {
                    return done;
                }
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        SignalSource source = callers.get();
        if (listener != null) {
            listener.on(source.arrivals());
        }
        return source.isPending(mask) ? POLLIN | POLLRDNORM : 0;
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public String fdinfo() {
        return String.format("sigmask:\t%016x%n", mask);
    }
}
