package faultline.core.step;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs one thread at a time, and a script says which and how far: an interleaving written down in steps.
///
/// The script is plain code on a thread that is not the machine's, the director. It launches the machine's
/// threads, none of which runs by itself, and then commands one [Actor] after the other. Between two commands all
/// stand still, so that the director may look at anything.
///
/// ```
/// f.runTo(PgtableStep.PTE_READ);              // F stands before the read
/// w.runUntilBlocked(MachineStep.IPI_SEND);    // W waits for F's answer
/// schedule.runAll();                          // whatever is left
/// ```
///
/// A thread that spins waits for another, none of which runs: after a few turns it counts as blocked, like one that
/// parks. Time is virtual, as in [SeededSchedule].
public final class DirectedSchedule extends OneAtATime<DirectedSchedule.Actor> implements AutoCloseable {

    /// Turns of a loop that looks, spins and looks again. Enough for one that its own thread brings forward, such as
    /// a wait for a grace period.
    private static final int TURNS = 16;

    /// So many rounds of [#runAll] may end with everybody where they were before it is a deadlock.
    private static final int ROUNDS = 8;

    /// Far longer than any thread runs between two steps.
    private static final long LOST_SECONDS = 30;

    /// Nobody can go on; the message says where each thread stands.
    public static final class Deadlock extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        private Deadlock(String message) {
            super(message);
        }
    }

    /// Ends a thread of a machine that its director has left.
    private static final class Left extends Error {
        private static final long serialVersionUID = 1L;

        Left() {
            super("schedule: the director has left", null, false, false);
        }
    }

    private final Condition directed = lock.newCondition();

    // Guarded by lock.
    private boolean left;

    /// One thread of the machine, as the director sees it. Its methods are the director's.
    public final class Actor extends Seat {

        private final String name;

        // Guarded by lock.

        /// It can go on, and did not get further when it last did.
        private boolean spinning;

        private @Nullable Step step;
        private long object;
        private int spins;

        /// What the command is for: null runs to the end.
        private @Nullable Step goal;

        private boolean onObject;
        private long goalObject;
        private int times;
        private boolean reached;

        private Actor(String name, Condition turn) {
            super(turn);
            this.name = name;
        }

        /// Runs the thread until it is about to pass `step`.
        public void runTo(Step step) {
            runTo(step, 1);
        }

        /// Runs the thread until it is about to pass `step` for the `times`-th time from here.
        public void runTo(Step step, int times) {
            drive(step, times, false, 0);
            require(reached, "did not come to " + step.name());
        }

        /// Runs the thread until it is about to pass `step` on `object`.
        public void runToOn(Step step, long object) {
            drive(step, 1, true, object);
            require(reached, "did not come to " + step.name() + " 0x" + Long.toHexString(object));
        }

        /// Runs the thread to its end.
        public void runToEnd() {
            drive(null, 0, false, 0);
            require(hasEnded(), "did not come to its end");
        }

        /// Runs the thread until it waits for another, which it does behind `step` and before it has passed the next.
        public void runUntilBlocked(Step step) {
            drive(null, 0, false, 0);
            require(isBlocked() && this.step == step, "is not blocked behind " + step.name());
        }

        /// Runs a thread that waits; it finds that it has to wait on.
        public void runAndStayBlocked() {
            Step before = step;
            drive(null, 0, false, 0);
            require(isBlocked() && step == before, "goes on");
        }

        /// Whether the thread waits for another.
        public boolean isBlocked() {
            lock.lock();
            try {
                return spinning || phase == Phase.PARKED;
            } finally {
                lock.unlock();
            }
        }

        public boolean hasEnded() {
            lock.lock();
            try {
                return phase == Phase.ENDED;
            } finally {
                lock.unlock();
            }
        }

        private void drive(@Nullable Step to, int count, boolean on, long target) {
            lock.lock();
            try {
                goal = to;
                times = count;
                onObject = on;
                goalObject = target;
                reached = false;
                spins = 0;
                if (phase == Phase.READY) {
                    spinning = false;
                    running = this;
                    turn.signal();
                    awaitActor(this);
                }
            } finally {
                lock.unlock();
            }
        }

        private void require(boolean holds, String found) {
            if (!holds) {
                throw new IllegalStateException("schedule: " + name + " " + found + "; " + standing());
            }
        }

        /// Where the thread stands. The caller holds the lock.
        private String where() {
            String how = switch (phase) {
                case READY -> spinning ? "spins behind " : "stands at ";
                case PARKED -> "is parked behind ";
                case ENDED -> "has ended behind ";
            };
            return name + " " + how + (step == null ? "its start" : step.name() + " 0x" + Long.toHexString(object));
        }

        @Override
        public String toString() {
            lock.lock();
            try {
                return where();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public String name() {
        return "directed";
    }

    // The director's.

    /// The thread of that name, which has been launched.
    public Actor actor(String name) {
        lock.lock();
        try {
            return seats.stream()
                    .filter(actor -> actor.name.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "schedule: no thread is called " + name + "; there are " + standing()));
        } finally {
            lock.unlock();
        }
    }

    /// Runs each thread in turn until it ends or waits, until all have ended. Throws [Deadlock] when they do not get
    /// further.
    public void runAll() {
        List<String> before = List.of();
        int rounds = 0;
        while (true) {
            for (Actor actor : everybody()) {
                actor.drive(null, 0, false, 0);
            }
            List<String> after = everybody().stream().map(Actor::toString).toList();
            if (everybody().stream().allMatch(Actor::hasEnded)) {
                return;
            }
            rounds = after.equals(before) ? rounds + 1 : 0;
            before = after;
            if (rounds == ROUNDS) {
                if (!passTime()) {
                    throw new Deadlock("schedule: deadlock; " + standing());
                }
                rounds = 0;
            }
        }
    }

    private List<Actor> everybody() {
        lock.lock();
        try {
            return List.copyOf(seats);
        } finally {
            lock.unlock();
        }
    }

    /// Lets time pass until a thread that is parked need not wait longer; false when none waits for time.
    private boolean passTime() {
        lock.lock();
        try {
            return wakeNext() != null;
        } finally {
            lock.unlock();
        }
    }

    private String standing() {
        lock.lock();
        try {
            return seats.stream().map(Actor::where).collect(Collectors.joining("; "));
        } finally {
            lock.unlock();
        }
    }

    /// Leaves: threads that have not ended do so at their next step.
    @Override
    public void close() {
        lock.lock();
        try {
            left = true;
            seats.forEach(actor -> actor.turn.signal());
        } finally {
            lock.unlock();
        }
    }

    private void awaitActor(Actor actor) {
        long nanos = TimeUnit.SECONDS.toNanos(LOST_SECONDS);
        while (running != null && nanos > 0) {
            try {
                nanos = directed.awaitNanos(nanos);
            } catch (InterruptedException e) {
                throw new IllegalStateException("schedule: the director was interrupted", e);
            }
        }
        if (running != null) {
            throw new IllegalStateException("schedule: " + actor.name + " runs and comes to no step; " + standing());
        }
    }

    // The machine's.

    @Override
    Actor seatFor(HostThread thread, Condition turn) {
        return new Actor(thread.getName(), turn);
    }

    @Override
    public void begin(HostThread thread) {
        lock.lock();
        try {
            awaitTurn(seatOf(thread));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(HostThread thread) {
        lock.lock();
        try {
            Actor actor = seatOf(thread);
            actor.phase = Phase.ENDED;
            if (running == actor) {
                giveBack();
            }
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
            if (left) {
                return;
            }
            tick();
            Actor actor = seatOf(thread);
            actor.step = step;
            actor.object = object;
            if (step == actor.goal && (!actor.onObject || object == actor.goalObject) && --actor.times == 0) {
                actor.reached = true;
                giveUpTurn(actor);
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
            Actor actor = seatOf(thread);
            if (++actor.spins == TURNS || left) {
                actor.spinning = true;
                giveUpTurn(actor);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void woken(Actor actor) {}

    @Override
    void giveUpTurn(Actor actor) {
        giveBack();
        awaitTurn(actor);
    }

    private void giveBack() {
        running = null;
        directed.signal();
    }

    private void awaitTurn(Actor actor) {
        while (running != actor) {
            if (left) {
                throw new Left();
            }
            actor.turn.awaitUninterruptibly();
        }
    }
}
