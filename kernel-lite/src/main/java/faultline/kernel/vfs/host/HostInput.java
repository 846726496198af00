package faultline.kernel.vfs.host;

import faultline.kernel.Errno;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.Waiting;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads a pipe, socket or device of the host on a thread outside the schedule, so that no vCPU waits for the host.
///
/// It reads only when a guest asks, by `read` or `poll`, and no more than one buffer ahead: what
/// the guest never asks for is left to the next program that shares the pipe.
final class HostInput {

    private static final int BUFFER = 4096;

    private final HostStream stream;
    private final PollQueue readable = new PollQueue();

    // Guarded by this monitor.
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private boolean wanted;
    private boolean ended;
    private boolean failed;
    private @Nullable Thread reader;

    HostInput(HostStream stream) {
        this.stream = stream;
    }

    PollQueue readable() {
        return readable;
    }

    /// Whether a read returns at once; starts one on the host if not.
    boolean isReady() {
        synchronized (this) {
            if (start < end || ended || failed) {
                return true;
            }
            if (!wanted) {
                wanted = true;
                if (reader == null) {
                    reader = Thread.ofPlatform()
                            .daemon()
                            .name("host-input-" + stream.number())
                            .unstarted(this::run);
                    reader.start();
                }
                notifyAll();
            }
            return false;
        }
    }

    synchronized int available() {
        return end - start;
    }

    private void run() {
        byte[] incoming = new byte[BUFFER];
        while (awaitWanted()) {
            int count;
            boolean broken = false;
            try {
                count = stream.read(incoming, 0, BUFFER);
            } catch (IOException failure) {
                count = -1;
                broken = true;
            }
            synchronized (this) {
                wanted = false;
                start = 0;
                end = Math.max(count, 0);
                System.arraycopy(incoming, 0, buffer, 0, end);
                ended = count < 0 && !broken;
                failed = broken;
            }
            readable.wakeAll();
        }
    }

    private synchronized boolean awaitWanted() {
        try {
            while (!wanted) {
                wait();
            }
            return true;
        } catch (InterruptedException stop) {
            return false;
        }
    }

    int read(byte[] to, int at, int length, boolean nonBlocking) {
        try (Waiting waiting = new Waiting(readable)) {
            while (!isReady()) {
                if (nonBlocking) {
                    throw Errno.EAGAIN.exception();
                }
                waiting.sleep();
            }
        }
        synchronized (this) {
            if (failed) {
                throw Errno.EIO.exception();
            }
            int count = Math.min(length, end - start);
            System.arraycopy(buffer, start, to, at, count);
            start += count;
            // A terminal's end of file is no end for ever, a pipe's is; asking again tells.
            ended = false;
            return count;
        }
    }
}
