package faultline.core.step;

import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// Runs one thread at a time in an order drawn from a seed: the same seed and program give the same run, step by
/// step, and [#eventHash] proves it.
///
/// A baton goes from thread to thread: whoever holds it runs, everybody else waits on a condition of its own. At a
/// step the holder passes it on with probability 1/[#SWITCH_ONE_IN]; when it parks, spins or ends it must. Time is
/// virtual: it advances by a fixed amount a step and jumps to the next deadline when all threads are parked.
/// Input from outside the machine (a terminal) is the only thing that does not repeat.
public final class SeededSchedule extends OneAtATime<OneAtATime.Seat> {

    /// Seldom enough that threads get through whole system calls, often enough to cut any of them.
    private static final int SWITCH_ONE_IN = 8;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    // Guarded by lock.
    private long random;
    private long hash = FNV_OFFSET;
    private long events;

    public SeededSchedule(long seed) {
        // Any seed, also 0, must give a state xorshift can leave.
        this.random = (seed * 0x9e3779b97f4a7c15L) | 1;
    }

    @Override
    public String name() {
        return "seeded";
    }

    /// A hash over every (thread, step, object) so far, in order.
    public long eventHash() {
        lock.lock();
        try {
            return hash;
        } finally {
            lock.unlock();
        }
    }

    /// How many steps the hash covers.
    public long events() {
        lock.lock();
        try {
            return events;
        } finally {
            lock.unlock();
        }
    }

    @Override
    Seat seatFor(HostThread thread, Condition turn) {
        return new Seat(turn);
    }

    @Override
    public void begin(HostThread thread) {
        lock.lock();
        try {
            if (running == null) {
                passOn();
            }
            awaitTurn(seatOf(thread));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(HostThread thread) {
        lock.lock();
        try {
            seatOf(thread).phase = Phase.ENDED;
            passOn();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void at(Step step, long object) {
        if (!(Thread.currentThread() instanceof HostThread thread)) {
            return;
        }
        lock.lock();
        try {
            record(thread.scheduleIndex, step, object);
            if (Long.remainderUnsigned(nextRandom(), SWITCH_ONE_IN) == 0) {
                giveUpTurn(seatOf(thread));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void spin() {
        if (!(Thread.currentThread() instanceof HostThread thread)) {
            Thread.yield();
            return;
        }
        lock.lock();
        try {
            tick();
            giveUpTurn(seatOf(thread));
        } finally {
            lock.unlock();
        }
    }

    private void record(int thread, Step step, long object) {
        tick();
        events++;
        hash = (hash ^ thread) * FNV_PRIME;
        hash = (hash ^ step.name().hashCode()) * FNV_PRIME;
        hash = (hash ^ object) * FNV_PRIME;
    }

    @Override
    void woken(Seat seat) {
        if (running == null) {
            passOn();
        }
    }

    @Override
    void giveUpTurn(Seat seat) {
        passOn();
        awaitTurn(seat);
    }

    private void awaitTurn(Seat seat) {
        while (running != seat) {
            seat.turn.awaitUninterruptibly();
        }
    }

    /// Gives the baton to a ready thread drawn at random; with none ready, to the one whose deadline is next;
    /// with none of those, to nobody until something outside the machine unparks a thread.
    private void passOn() {
        wakeOverdue();
        Seat next = drawReady();
        if (next == null) {
            next = wakeNext();
        }
        running = next;
        if (next != null) {
            next.turn.signal();
        }
    }

    private @Nullable Seat drawReady() {
        int ready = 0;
        for (Seat seat : seats) {
            if (seat.phase == Phase.READY) {
                ready++;
            }
        }
        if (ready == 0) {
            return null;
        }
        int draw = (int) Long.remainderUnsigned(nextRandom(), ready);
        for (Seat seat : seats) {
            if (seat.phase == Phase.READY && draw-- == 0) {
                return seat;
            }
        }
        throw new IllegalStateException("schedule: ready threads changed under the lock");
    }

    private long nextRandom() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return random;
    }
}
