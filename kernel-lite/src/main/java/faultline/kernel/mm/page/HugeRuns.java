package faultline.kernel.mm.page;

import java.util.Arrays;

/// The free runs of frames that are as long as a huge page, and where the pool's single frames would make one.
///
/// Of each aligned run it counts the frames that are in the pool. A run whose frames all are there is whole; whole
/// runs are taken out of the pool together, in one pass over it, so that a pass finds at least one run and its cost
/// is spread over all. Before the first huge page nothing is counted. Guarded by the pool's lock.
final class HugeRuns {

    /// Whose vCPUs are drained in vain does it less often: COMPACT_MAX_DEFER_SHIFT.
    private static final int MOST_DEFERRED = 1 << 6;

    private int length;

    /// Of each run, how many of its frames are in the pool; empty before the first huge page.
    private int[] pooled = {};

    /// How many runs are in the pool with all their frames.
    private int whole;

    private int[] free = {};
    private int count;

    private int deferred;
    private int wait;

    /// Begins to count, for runs of `length` frames, if it has not yet.
    void begin(int length, int frames, int[] pool, int pooledFrames) {
        if (this.length != 0) {
            return;
        }
        this.length = length;
        this.pooled = new int[frames / length + 1];
        for (int i = 0; i < pooledFrames; i++) {
            comes(pool[i]);
        }
    }

    int length() {
        return length;
    }

    boolean isOf(int frames) {
        return length == frames;
    }

    /// A frame has come into the pool.
    void comes(int frame) {
        if (length != 0 && ++pooled[frame / length] == length) {
            whole++;
        }
    }

    /// A frame leaves it.
    void leaves(int frame) {
        if (length != 0 && pooled[frame / length]-- == length) {
            whole--;
        }
    }

    boolean hasWhole() {
        return whole > 0;
    }

    /// Takes all whole runs out of the pool; returns how many frames that has then.
    int gather(int[] pool, int pooledFrames) {
        int kept = 0;
        for (int i = 0; i < pooledFrames; i++) {
            int run = pool[i] / length;
            if (pooled[run] != length) {
                pool[kept++] = pool[i];
            } else if (pool[i] % length == 0) {
                push(pool[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            pooled[free[i] / length] = 0;
        }
        whole = 0;
        return kept;
    }

    void push(int first) {
        if (count == free.length) {
            free = Arrays.copyOf(free, Math.max(8, count * 2));
        }
        free[count++] = first;
    }

    /// A free run, 0 where there is none.
    int pop() {
        return count == 0 ? 0 : free[--count];
    }

    /// How many frames the free runs have.
    long frames() {
        return (long) count * length;
    }

    /// Whether vCPUs are asked for their frames, of which one may be what a run lacks. Each time they were asked in
    /// vain, it is longer until the next: `defer_compaction`. A lost race costs one attempt.
    boolean mayDrain() {
        if (wait > 0) {
            wait--;
            return false;
        }
        return true;
    }

    /// They were asked, and a run came of it or not.
    void drained(boolean got) {
        deferred = got ? 0 : Math.min(MOST_DEFERRED, Math.max(1, deferred * 2));
        wait = deferred;
    }
}
