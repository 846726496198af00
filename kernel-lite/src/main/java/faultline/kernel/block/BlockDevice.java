package faultline.kernel.block;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.SpinLock;
import java.util.Arrays;

/// A disk that takes its time on the schedule's clock.
///
/// It says when, and nothing else: the end of a request is settled when it is submitted. It begins as
/// soon as one of the device's places is free and takes the latency. No thread and no interrupt of the
/// device is needed: whoever waits parks until that moment, and whoever looks first afterwards ends the
/// request. What a request covers is its submitter's affair; pages in a row are one (a bio).
public final class BlockDevice {

    private final DiskTiming timing;
    private final Steps steps;
    private final SpinLock queueLock;

    /// When each place is free again. Guarded by queueLock.
    private final long[] freeAt;

    public BlockDevice(DiskTiming timing, Steps steps) {
        this.timing = timing;
        this.steps = steps;
        this.queueLock = new SpinLock(steps, LockRank.BLOCK_QUEUE, 0);
        this.freeAt = new long[timing.queueDepth()];
        // The host's clock may be negative.
        Arrays.fill(freeAt, now());
    }

    /// Whether requests take no time: then none need be submitted.
    public boolean isInstant() {
        return timing.latency() == 0;
    }

    /// The time now, by the clock of [#submit].
    public long now() {
        return steps.schedule().nanoTime();
    }

    /// Submits a request; returns when it will be done. `object` names it in steps.
    public long submit(long object) {
        steps.at(BlockStep.SUBMIT, object);
        long now = now();
        queueLock.lock();
        int first = 0;
        for (int place = 1; place < freeAt.length; place++) {
            if (freeAt[place] < freeAt[first]) {
                first = place;
            }
        }
        long done = Math.max(now, freeAt[first]) + timing.latency();
        freeAt[first] = done;
        queueLock.unlock();
        return done;
    }
}
