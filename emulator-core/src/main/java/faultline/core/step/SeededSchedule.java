package faultline.core.step;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs one thread at a time in an order drawn from a seed: the same seed and program give the same run, step by
/// step, and [#eventHash] proves it.
///
/// A baton goes from thread to thread: whoever holds it runs, everybody else waits on a condition of its own. At a
/// step the holder passes it on with probability 1/[#SWITCH_ONE_IN]; when it parks, spins or ends it must. Time is
/// virtual: it advances by a fixed amount a step and jumps to the next deadline when all threads are parked.
/// Input from outside the machine (a terminal) is the only thing that does not repeat.
public final class SeededSchedule implements Schedule {

    /// Seldom enough that threads get through whole system calls, often enough to cut any of them.
    private static final int SWITCH_ONE_IN = 8;

    /// What a step costs in virtual time: about what a locked instruction costs on hardware.
    private static final long NANOS_PER_STEP = 20;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private enum Phase {
        READY,
        PARKED,
        ENDED
    }

    /// What the schedule knows of one thread. Guarded by `lock`.
    private static final class Entry {
        final Condition turn;
        Phase phase = Phase.READY;
        boolean permit;
        long deadline = Long.MAX_VALUE;

        Entry(Condition turn) {
            this.turn = turn;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final List<Entry> entries = new ArrayList<>();
    private @Nullable Entry holder;
    private long random;
    private long now;
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

    @Override
    public boolean listens() {
        return true;
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
    public void register(HostThread thread) {
        lock.lock();
        try {
            thread.scheduleIndex = entries.size();
            entries.add(new Entry(lock.newCondition()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void begin(HostThread thread) {
        lock.lock();
        try {
            Entry self = entries.get(thread.scheduleIndex);
            if (holder == null) {
                passOn();
            }
            awaitTurn(self);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(HostThread thread) {
        lock.lock();
        try {
            entries.get(thread.scheduleIndex).phase = Phase.ENDED;
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
                passOn();
                awaitTurn(entries.get(thread.scheduleIndex));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void park(HostThread self, long deadline) {
        lock.lock();
        try {
            Entry entry = entries.get(self.scheduleIndex);
            if (!entry.permit) {
                entry.phase = Phase.PARKED;
                entry.deadline = deadline;
                passOn();
                awaitTurn(entry);
            }
            entry.permit = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unpark(HostThread thread) {
        lock.lock();
        try {
            if (thread.scheduleIndex < 0) {
                return;
            }
            Entry entry = entries.get(thread.scheduleIndex);
            entry.permit = true;
            if (entry.phase == Phase.PARKED) {
                entry.phase = Phase.READY;
                if (holder == null) {
                    passOn();
                }
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
            now += NANOS_PER_STEP;
            passOn();
            awaitTurn(entries.get(thread.scheduleIndex));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanoTime() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void record(int thread, Step step, long object) {
        now += NANOS_PER_STEP;
        events++;
        hash = (hash ^ thread) * FNV_PRIME;
        hash = (hash ^ step.name().hashCode()) * FNV_PRIME;
        hash = (hash ^ object) * FNV_PRIME;
    }

    private void awaitTurn(Entry self) {
        while (holder != self) {
            self.turn.awaitUninterruptibly();
        }
    }

    /// Gives the baton to a ready thread drawn at random; with none ready, to the one whose deadline is next;
    /// with none of those, to nobody until something outside the machine unparks a thread.
    private void passOn() {
        wakeOverdue();
        Entry next = drawReady();
        if (next == null) {
            next = earliestDeadline();
            if (next != null) {
                now = Math.max(now, next.deadline);
                next.phase = Phase.READY;
            }
        }
        holder = next;
        if (next != null) {
            next.deadline = Long.MAX_VALUE;
            next.turn.signal();
        }
    }

    private void wakeOverdue() {
        for (Entry entry : entries) {
            if (entry.phase == Phase.PARKED && entry.deadline <= now) {
                entry.phase = Phase.READY;
            }
        }
    }

    private @Nullable Entry drawReady() {
        int ready = 0;
        for (Entry entry : entries) {
            if (entry.phase == Phase.READY) {
                ready++;
            }
        }
        if (ready == 0) {
            return null;
        }
        int draw = (int) Long.remainderUnsigned(nextRandom(), ready);
        for (Entry entry : entries) {
            if (entry.phase == Phase.READY && draw-- == 0) {
                return entry;
            }
        }
        throw new IllegalStateException("schedule: ready threads changed under the lock");
    }

    private @Nullable Entry earliestDeadline() {
        Entry earliest = null;
        for (Entry entry : entries) {
            if (entry.phase == Phase.PARKED
                    && entry.deadline != Long.MAX_VALUE
                    && (earliest == null || entry.deadline < earliest.deadline)) {
                earliest = entry;
            }
        }
        return earliest;
    }

    private long nextRandom() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return random;
    }
}
