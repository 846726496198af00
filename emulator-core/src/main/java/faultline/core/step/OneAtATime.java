package faultline.core.step;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A schedule under which one thread of the machine runs at a time and the others wait, each for its turn; `S` is
/// what it keeps of a thread. Time is virtual: it advances by a fixed amount a step.
public abstract sealed class OneAtATime<S extends OneAtATime.Seat> implements Schedule
        permits SeededSchedule, DirectedSchedule {

    /// What a step costs in virtual time: about what a locked instruction costs on hardware.
    private static final long NANOS_PER_STEP = 20;

    /// Whether a thread could run if it had the turn.
    enum Phase {
        READY,
        PARKED,
        ENDED
    }

    /// What a schedule knows of one thread. Guarded by `lock`.
    public static class Seat {
        final Condition turn;
        Phase phase = Phase.READY;

        /// Until when it is parked.
        long deadline = Long.MAX_VALUE;

        boolean permit;

        Seat(Condition turn) {
            this.turn = turn;
        }
    }

    final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    final List<S> seats = new ArrayList<>();

    @Nullable
    S running;

    private long now;

    OneAtATime() {}

    /// A seat for a thread that is about to be launched. The caller holds the lock, here and below.
    abstract S seatFor(HostThread thread, Condition turn);

    /// The thread of `seat` does not run on. Returns when it has the turn again.
    abstract void giveUpTurn(S seat);

    /// `seat` is ready and was parked.
    abstract void woken(S seat);

    @Override
    public final boolean listens() {
        return true;
    }

    @Override
    public final void register(HostThread thread) {
        lock.lock();
        try {
            thread.scheduleIndex = seats.size();
            seats.add(seatFor(thread, lock.newCondition()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void park(HostThread self, long deadline) {
        lock.lock();
        try {
            S seat = seatOf(self);
            if (!seat.permit && deadline > now) {
                seat.phase = Phase.PARKED;
                seat.deadline = deadline;
                giveUpTurn(seat);
            }
            seat.permit = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void unpark(HostThread thread) {
        lock.lock();
        try {
            if (thread.scheduleIndex < 0) {
                return;
            }
            S seat = seatOf(thread);
            seat.permit = true;
            if (seat.phase == Phase.PARKED) {
                wake(seat);
                woken(seat);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final long nanoTime() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    final S seatOf(HostThread thread) {
        return seats.get(thread.scheduleIndex);
    }

    /// Lets the time of one step pass.
    final void tick() {
        now += NANOS_PER_STEP;
    }

    /// Makes every thread ready whose deadline has passed.
    final void wakeOverdue() {
        for (S seat : seats) {
            if (seat.phase == Phase.PARKED && seat.deadline <= now) {
                wake(seat);
            }
        }
    }

    /// Lets time pass until the next deadline, and makes the thread ready that it belongs to; null when none waits
    /// for time.
    final @Nullable S wakeNext() {
        S next = null;
        for (S seat : seats) {
            if (seat.phase == Phase.PARKED
                    && seat.deadline != Long.MAX_VALUE
                    && (next == null || seat.deadline < next.deadline)) {
                next = seat;
            }
        }
        if (next != null) {
            now = Math.max(now, next.deadline);
            wake(next);
        }
        return next;
    }

    private void wake(S seat) {
        seat.phase = Phase.READY;
        seat.deadline = Long.MAX_VALUE;
    }
}
