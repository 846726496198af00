package faultline.core.step;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
public final class DirectedSchedule implements Schedule, AutoCloseable {

    /// Turns of a loop that looks, spins and looks again. Enough for one that its own thread brings forward, such as
    /// a wait for a grace period.
    private static final int TURNS = 16;

    /// So many rounds of [#runAll] may end with everybody where they were before it is a deadlock.
    private static final int ROUNDS = 8;

    private static final long NANOS_PER_STEP = 20;

    /// Far longer than any thread runs between two steps.
    private static final long LOST_SECONDS = 30;

    /// How a thread stands while another runs, or nobody.
    private enum Phase {
        /// It can go on.
        READY,
        /// It can go on, and did not get further when it last did.
        SPINNING,
        PARKED,
        ENDED;

        private static final Set<Phase> BLOCKED = EnumSet.of(SPINNING, PARKED);
    }

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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition directed = lock.newCondition();

    // Guarded by lock.
    private final List<Actor> actors = new ArrayList<>();
    private @Nullable Actor running;
    private long now;
    private boolean left;

    /// One thread of the machine, as the director sees it. Its methods are the director's.
    public final class Actor {

        private final String name;
        private final Condition turn = lock.newCondition();

        // Guarded by lock.
        private Phase phase = Phase.READY;
        private boolean permit;
        private long deadline = Long.MAX_VALUE;
        private @Nullable Step step;
        private long object;
        private int spins;

        /// What the command is for: null runs to the end.
        private @Nullable Step goal;

        private boolean onObject;
        private long goalObject;
        private int times;
        private boolean reached;

        private Actor(String name) {
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
                return Phase.BLOCKED.contains(phase);
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
                if (phase != Phase.ENDED && phase != Phase.PARKED) {
                    phase = Phase.READY;
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
                case READY -> "stands at ";
                case SPINNING -> "spins behind ";
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

    @Override
    public boolean listens() {
        return true;
    }

    // The director's.

    /// The thread of that name, which has been launched.
    public Actor actor(String name) {
        lock.lock();
        try {
            return actors.stream()
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
                if (!wakeNext()) {
                    throw new Deadlock("schedule: deadlock; " + standing());
                }
                rounds = 0;
            }
        }
    }

    private List<Actor> everybody() {
        lock.lock();
        try {
            return List.copyOf(actors);
        } finally {
            lock.unlock();
        }
    }

    /// Lets time pass until a thread that is parked need not wait longer; false when none waits for time.
    private boolean wakeNext() {
        lock.lock();
        try {
            Actor next = null;
            for (Actor actor : actors) {
                if (actor.phase == Phase.PARKED && actor.deadline != Long.MAX_VALUE) {
                    next = next == null || actor.deadline < next.deadline ? actor : next;
                }
            }
            if (next != null) {
                now = Math.max(now, next.deadline);
                next.phase = Phase.READY;
            }
            return next != null;
        } finally {
            lock.unlock();
        }
    }

    private String standing() {
        lock.lock();
        try {
            return actors.stream().map(Actor::where).collect(Collectors.joining("; "));
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
            actors.forEach(actor -> actor.turn.signal());
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
    public void register(HostThread thread) {
        lock.lock();
        try {
            thread.scheduleIndex = actors.size();
            actors.add(new Actor(thread.getName()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void begin(HostThread thread) {
        lock.lock();
        try {
            awaitTurn(actors.get(thread.scheduleIndex));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(HostThread thread) {
        lock.lock();
        try {
            Actor actor = actors.get(thread.scheduleIndex);
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
            now += NANOS_PER_STEP;
            Actor actor = actors.get(thread.scheduleIndex);
            actor.step = step;
            actor.object = object;
            if (step == actor.goal && (!actor.onObject || object == actor.goalObject) && --actor.times == 0) {
                actor.reached = true;
                giveBack();
                awaitTurn(actor);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void park(HostThread self, long deadline) {
        lock.lock();
        try {
            Actor actor = actors.get(self.scheduleIndex);
            if (!actor.permit && deadline > now) {
                actor.deadline = deadline;
                stop(actor, Phase.PARKED);
                actor.deadline = Long.MAX_VALUE;
            }
            actor.permit = false;
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
            Actor actor = actors.get(thread.scheduleIndex);
            actor.permit = true;
            if (actor.phase == Phase.PARKED) {
                actor.phase = Phase.READY;
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
            Actor actor = actors.get(thread.scheduleIndex);
            if (++actor.spins == TURNS || left) {
                stop(actor, Phase.SPINNING);
            }
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

    private void stop(Actor actor, Phase phase) {
        actor.phase = phase;
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
