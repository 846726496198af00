package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;

/// The free frames of one vCPU: `struct per_cpu_pages`.
///
/// A ring. The frame freed last is handed out first, because the vCPU's caches still know it and
/// its `struct page`; the shared pool deals with the other end. The lock is taken by the thread
/// that holds the vCPU, and by others only to drain it, so it is as good as uncontended.
final class PerCpuPages extends PaddedLine {

    /// Two batches: a vCPU that only takes needs no more.
    private static final int FIRST_CAPACITY = 128;

    /// `pcp->lock`.
    final SpinLock lock;

    /// How many frames may stay here.
    final int high;

    // Guarded by lock. The capacity is a power of two; the oldest frame is at `oldest`.
    private int[] ring = new int[FIRST_CAPACITY];
    private int oldest;
    private int count;

    PerCpuPages(Steps steps, int cpu, int high) {
        this.lock = new SpinLock(steps, LockRank.PER_CPU_PAGES, cpu);
        this.high = high;
    }

    int count() {
        return count;
    }

    /// Adds a frame that will be handed out next.
    void push(int frame) {
        makeRoom();
        ring[oldest + count & ring.length - 1] = frame;
        count++;
    }

    /// Takes the frame that was added last.
    int pop() {
        count--;
        return ring[oldest + count & ring.length - 1];
    }

    /// Adds a frame that will be handed out last.
    void addOldest(int frame) {
        makeRoom();
        oldest = oldest - 1 & ring.length - 1;
        ring[oldest] = frame;
        count++;
    }

    /// Takes the frame that would be handed out last.
    int removeOldest() {
        int frame = ring[oldest];
        oldest = oldest + 1 & ring.length - 1;
        count--;
        return frame;
    }

    private void makeRoom() {
        if (count == ring.length) {
            int[] larger = Arrays.copyOf(ring, count * 2);
            // The part in front of the oldest goes behind the part that begins with it.
            System.arraycopy(ring, 0, larger, count, oldest);
            ring = larger;
        }
    }
}
