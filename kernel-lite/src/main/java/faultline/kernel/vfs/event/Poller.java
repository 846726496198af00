package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.Waiting;
import org.jspecify.annotations.Nullable;

/// Waits for any of several descriptors: what poll and select share. Holds a reference to each file meanwhile.
public final class Poller implements AutoCloseable {

    private final @Nullable OpenFile[] files;
    private final int[] descriptors;
    private final int[] wanted;
    private final int[] ready;

    /// Takes the files of `descriptors`; `wanted` are POLL* bits. A negative descriptor is ignored, one that is not
    /// open is POLLNVAL.
    public Poller(FdTable table, int[] descriptors, int[] wanted) {
        this.descriptors = descriptors;
        this.wanted = wanted;
        this.ready = new int[descriptors.length];
        this.files = new OpenFile[descriptors.length];
        for (int i = 0; i < descriptors.length; i++) {
            files[i] = table.tryTake(descriptors[i]);
        }
    }

    /// Waits until something is ready or `deadline` (0: does not wait); returns how many are.
    /// Throws `ErrnoException` ERESTARTSYS when a signal comes first.
    public int await(long deadline) {
        try (Waiting waiting = new Waiting()) {
            while (true) {
                waiting.forgetTimes();
                int count = look(waiting);
                if (count > 0 || deadline == 0 || !waiting.sleep(deadline)) {
                    return count;
                }
            }
        }
    }

    private int look(PollListener listener) {
        int count = 0;
        for (int i = 0; i < files.length; i++) {
            OpenFile file = files[i];
            int now = 0;
            if (file != null) {
                // Once something is ready nobody will sleep, so nobody needs to listen.
                now = file.poll(count > 0 ? null : listener) & (wanted[i] | POLLERR | POLLHUP);
            } else if (descriptors[i] >= 0) {
                now = POLLNVAL;
            }
            ready[i] = now;
            if (now != 0) {
                count++;
            }
        }
        return count;
    }

    /// What is ready at one index.
    public int ready(int index) {
        return ready[index];
    }

    @Override
    public void close() {
        for (OpenFile file : files) {
            if (file != null) {
                file.put();
            }
        }
    }
}
