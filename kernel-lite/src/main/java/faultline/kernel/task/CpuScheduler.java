package faultline.kernel.task;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Shares the machine's vCPUs among threads: a first-in-first-out run queue.
///
/// A thread sits on a vCPU from [#take] to [#give]. A vCPU that is given up goes straight to the
/// thread that has waited longest and may run on it, so that nobody starves; a running thread keeps
/// its vCPU until it blocks, or until its slice is over while others wait. The lock is a leaf:
/// nothing is called under it.
public final class CpuScheduler {

    /// How many polls make a time slice: some milliseconds of interpreted code. Counting polls
    /// instead of reading a clock makes preemption repeat under a seeded schedule.
    private static final int SLICE_POLLS = 16;

    /// A thread's place in the scheduler.
    public static final class Seat {
        private final KernelThread thread;
        private volatile @Nullable Vcpu vcpu;
        private volatile long affinity = -1;
        private int last;
        private int polls;

        public Seat(KernelThread thread) {
            this.thread = thread;
        }

        /// The vCPU the thread sits on, or null.
        public @Nullable Vcpu vcpu() {
            return vcpu;
        }

        /// The vCPUs it may sit on, one bit each.
        public long affinity() {
            return affinity;
        }

        private boolean mayUse(int id) {
            return (affinity >>> id & 1) != 0;
        }
    }

    private final VcpuSet vcpus;
    private final Steps steps;
    private final Schedule schedule;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong switches = new AtomicLong();

    // Guarded by lock.
    private final Deque<Seat> waiting = new ArrayDeque<>();
    private final @Nullable Seat[] sitting;

    /// Written under the lock, read without: how long the queue is.
    private volatile int queued;

    public CpuScheduler(VcpuSet vcpus, Steps steps) {
        this.vcpus = vcpus;
        this.steps = steps;
        this.schedule = steps.schedule();
        this.sitting = new Seat[vcpus.count()];
    }

    public VcpuSet vcpus() {
        return vcpus;
    }

    /// Waits for a vCPU and enters kernel mode on it. Self.
    public Vcpu take(Seat seat) {
        queueOrSit(seat);
        Vcpu vcpu = seat.vcpu;
        while (vcpu == null) {
            schedule.park(seat.thread, Long.MAX_VALUE);
            vcpu = seat.vcpu;
        }
        seat.polls = 0;
        seat.last = vcpu.id();
        vcpu.enterKernel();
        switches.incrementAndGet();
        steps.at(TaskStep.VCPU_TAKE, vcpu.id());
        return vcpu;
    }

    /// Gives the vCPU up, to the one who has waited longest. Self.
    public void give(Seat seat) {
        Vcpu vcpu = sat(seat);
        steps.at(TaskStep.VCPU_GIVE, vcpu.id());
        vcpu.enterIdle();
        Seat next;
        lock.lock();
        try {
            seat.vcpu = null;
            next = firstFor(vcpu.id());
            sitting[vcpu.id()] = next;
            if (next != null) {
                next.vcpu = vcpu;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            schedule.unpark(next.thread);
        }
    }

    /// Counts a poll; says whether the slice is over and somebody waits, or the thread sits where
    /// it no longer may.
    boolean shouldYield(Seat seat) {
        if (queued == 0) {
            return !seat.mayUse(sat(seat).id());
        }
        return ++seat.polls >= SLICE_POLLS || !seat.mayUse(sat(seat).id());
    }

    /// Restricts a thread to some vCPUs. It moves at its next poll.
    void setAffinity(Seat seat, long mask) {
        seat.affinity = mask;
        Vcpu vcpu = seat.vcpu;
        if (vcpu != null && !seat.mayUse(vcpu.id())) {
            vcpu.raise(Vcpu.ATTENTION_KERNEL);
        }
    }

    /// How often a thread got a vCPU: context switches of the whole machine.
    public long switches() {
        return switches.get();
    }

    private void queueOrSit(Seat seat) {
        lock.lock();
        try {
            int id = idleFor(seat);
            if (id >= 0) {
                sitting[id] = seat;
                seat.vcpu = vcpus.get(id);
            } else {
                waiting.addLast(seat);
                queued = waiting.size();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The last vCPU is best: its TLB may still know the thread's pages.
    private int idleFor(Seat seat) {
        if (sitting[seat.last] == null && seat.mayUse(seat.last)) {
            return seat.last;
        }
        for (int id = 0; id < sitting.length; id++) {
            if (sitting[id] == null && seat.mayUse(id)) {
                return id;
            }
        }
        return -1;
    }

    private @Nullable Seat firstFor(int id) {
        for (Iterator<Seat> seats = waiting.iterator(); seats.hasNext(); ) {
            Seat seat = seats.next();
            if (seat.mayUse(id)) {
                seats.remove();
                queued = waiting.size();
                return seat;
            }
        }
        return null;
    }

    private static Vcpu sat(Seat seat) {
        Vcpu vcpu = seat.vcpu;
        if (vcpu == null) {
            throw new IllegalStateException("scheduler: " + seat.thread.getName() + " has no vCPU; expected one");
        }
        return vcpu;
    }
}
