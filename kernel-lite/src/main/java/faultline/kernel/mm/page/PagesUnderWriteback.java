package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.block.BlockDevice;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;

/// How many pages the device is writing: NR_WRITEBACK.
///
/// Nobody is told when a request ends. Its pages are counted under the time that was settled at the submission, and
/// who asks leaves out those whose time has come.
final class PagesUnderWriteback {

    private static final int FEW = 16;

    private final BlockDevice device;
    private final SpinLock lock;

    // Guarded by lock: a ring of requests in the order of their submission, which is that of their ends but for
    // submissions at the same moment.
    private long[] ends = new long[FEW];
    private int[] pages = new int[FEW];
    private int first;
    private int requests;
    private long sum;

    PagesUnderWriteback(BlockDevice device, Steps steps) {
        this.device = device;
        // The rank of the device's own lock: neither is taken under the other.
        this.lock = new SpinLock(steps, LockRank.BLOCK_QUEUE, 1);
    }

    /// One more page is being written, until then.
    void add(long end) {
        lock.lock();
        int last = (first + requests - 1) & ends.length - 1;
        if (requests == 0 || ends[last] != end) {
            grow();
            last = (first + requests) & ends.length - 1;
            ends[last] = end;
            pages[last] = 0;
            requests++;
        }
        pages[last]++;
        sum++;
        lock.unlock();
    }

    /// How many there are.
    long count() {
        long now = device.now();
        lock.lock();
        leaveOut(now);
        long count = sum;
        lock.unlock();
        return count;
    }

    /// When the first of the requests ends; `Long.MAX_VALUE` when none is under way.
    long firstEnd() {
        long now = device.now();
        lock.lock();
        leaveOut(now);
        long end = requests == 0 ? Long.MAX_VALUE : ends[first];
        lock.unlock();
        return end;
    }

    private void leaveOut(long now) {
        while (requests > 0 && ends[first] <= now) {
            sum -= pages[first];
            first = (first + 1) & ends.length - 1;
            requests--;
        }
    }

    /// Makes room for one more.
    private void grow() {
        if (requests < ends.length) {
            return;
        }
        int half = ends.length;
        ends = Arrays.copyOf(ends, 2 * half);
        pages = Arrays.copyOf(pages, 2 * half);
        // What had run over the end of the ring follows it now.
        System.arraycopy(ends, 0, ends, half, first);
        System.arraycopy(pages, 0, pages, half, first);
    }
}
