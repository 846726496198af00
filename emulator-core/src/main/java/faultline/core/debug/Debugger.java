package faultline.core.debug;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Stops, continues and steps the guest of one machine; all of its threads stop together.
///
/// **Who waits for whom.** A guest thread that has something to report waits until nobody else's
/// report is open, makes its own the open one and parks. Every other thread parks at its next
/// [#checkpoint], between kernel and guest code. The front end takes the open report with [#await],
/// which returns when no thread runs any more, and ends the stop with [#resume] or [#step]. A
/// thread that blocks in a system call stands still already: it meets the checkpoint when it comes
/// back. Only a stop that the front end asked for has to be somewhere: if all threads block, one is
/// fetched out of its call, which it makes again afterwards. All methods that are public and take
/// no thread of the guest's are the front end's.
public final class Debugger {

    /// Between two looks at threads that have not parked yet.
    private static final long LOOK_MILLIS = 1;

    /// A thread in the kernel may take this long to come to a checkpoint before a stop is shown
    /// without it.
    private static final long PATIENCE_MILLIS = 2_000;

    /// A single step that is away from its vCPU for longer waits for somebody: then the other
    /// threads have to run.
    private static final long STEP_MILLIS = 20;

    private final VcpuSet vcpus;
    private final CodeCache code;
    private final Watcher watcher = new Watcher();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final Map<DebugThread, ThreadControl> threads = new LinkedHashMap<>();
    private final List<Breakpoint> breakpoints = new ArrayList<>();
    private final Map<Watchpoint, byte[]> watchpoints = new LinkedHashMap<>();
    private @Nullable Stop report;
    /// The end of the program, when it came while another report was open.
    private Stop.@Nullable Ended end;
    private @Nullable ThreadControl only;
    private boolean deliver = true;
    private boolean detached;
    private int lastInternal;

    /// Whether threads must look at the state above before they run guest code. Written under the
    /// lock.
    private volatile boolean holding;

    public Debugger(VcpuSet vcpus, CodeCache code) {
        this.vcpus = vcpus;
        this.code = code;
    }

    // What guest threads call.

    /// The loop that runs a thread's guest code under this debugger; with `stopsFirst` it reports
    /// [Stop.Started] before the first instruction.
    public GuestLoop loop(DebugThread thread, boolean stopsFirst) {
        return new ThreadControl(this, thread, stopsFirst);
    }

    /// The system is about to deliver `event` to the calling thread: stops, and returns whether it
    /// shall.
    public boolean signaled(DebugThread thread, Object event) {
        ThreadControl control;
        lock.lock();
        try {
            control = threads.get(thread);
        } finally {
            lock.unlock();
        }
        return control == null || report(control, new Stop.Signaled(thread, event));
    }

    /// The debugged program is over. Any thread; does not wait.
    public void ended(int status) {
        lock.lock();
        try {
            if (report == null) {
                open(new Stop.Ended(status));
            } else {
                end = new Stop.Ended(status);
            }
        } finally {
            lock.unlock();
        }
    }

    void enter(ThreadControl control) {
        watcher.carries(Thread.currentThread(), control);
        lock.lock();
        try {
            threads.put(control.thread(), control);
        } finally {
            lock.unlock();
        }
    }

    void leave(ThreadControl control) {
        watcher.carries(Thread.currentThread(), null);
        lock.lock();
        try {
            threads.remove(control.thread());
            if (only == control) {
                only = null;
                stepEnded(control.thread());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The thread that was to be stepped is over. Holding the lock.
    private void stepEnded(DebugThread thread) {
        if (report == null && !detached && !threads.isEmpty()) {
            open(new Stop.ThreadEnded(thread.id(), firstThread()));
        }
    }

    /// Where a thread passes on its way to guest code; parks while the guest stands still.
    void checkpoint(ThreadControl control) {
        if (holding) {
            hold(control);
        }
    }

    private void hold(ThreadControl control) {
        while (mustHold(control)) {
            control.thread().park();
        }
    }

    private boolean mustHold(ThreadControl control) {
        lock.lock();
        try {
            boolean holds = !detached && (report != null || only != null && only != control);
            control.setHeld(holds);
            if (holds) {
                changed.signalAll();
            }
            return holds;
        } finally {
            lock.unlock();
        }
    }

    /// Stops everything because of what the calling thread met; returns, when it may go on, whether
    /// what was to be delivered shall be.
    boolean report(ThreadControl control, Stop stop) {
        do {
            hold(control);
        } while (!tryOpen(stop));
        hold(control);
        lock.lock();
        try {
            control.released();
            return deliver;
        } finally {
            lock.unlock();
        }
    }

    /// A breakpoint is reported only if it can be at once: a thread that must wait meets it again.
    /// False when none of them stops the thread and it may pass.
    boolean reportBreakpoint(ThreadControl control, List<Breakpoint> met) {
        Breakpoint hit;
        lock.lock();
        try {
            if (report != null || detached) {
                return true;
            }
            hit = choose(met);
            if (hit == null) {
                return false;
            }
            if (hit.temporary()) {
                remove(hit);
            }
        } finally {
            lock.unlock();
        }
        boolean _ = report(control, new Stop.AtBreakpoint(control.thread(), hit));
        return true;
    }

    /// The breakpoint that stops the thread: the user's before a command's, the first one before
    /// the others. All of them count. Holding the lock.
    private @Nullable Breakpoint choose(List<Breakpoint> met) {
        Breakpoint chosen = null;
        for (Breakpoint breakpoint : met) {
            if (breakpoints.contains(breakpoint)
                    && breakpoint.count()
                    && (chosen == null || breakpoint.isVisible() && !chosen.isVisible())) {
                chosen = breakpoint;
            }
        }
        return chosen;
    }

    private boolean tryOpen(Stop stop) {
        lock.lock();
        try {
            if (report != null) {
                return false;
            }
            if (!detached) {
                deliver = true;
                open(stop);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Makes a report the open one and calls every vCPU to a checkpoint. Holding the lock.
    private void open(Stop stop) {
        report = stop;
        holding = true;
        for (int id = 0; id < vcpus.count(); id++) {
            vcpus.get(id).raise(Vcpu.ATTENTION_KERNEL);
        }
        changed.signalAll();
    }

    boolean isBreakpoint(long pc) {
        lock.lock();
        try {
            return breakpoints.stream().anyMatch(breakpoint -> breakpoint.address() == pc);
        } finally {
            lock.unlock();
        }
    }

    /// The breakpoints whose conditions hold for a thread that is at `pc`. The conditions are asked
    /// without the lock.
    List<Breakpoint> breakpointsFor(DebugThread thread, long pc) {
        List<Breakpoint> met = new ArrayList<>();
        for (Breakpoint breakpoint : breakpoints()) {
            if (breakpoint.address() == pc && breakpoint.condition().test(thread)) {
                met.add(breakpoint);
            }
        }
        return met;
    }

    // Stops.

    /// Waits for the next stop, until every thread stands still or blocks in the kernel.
    public Stop await() throws InterruptedException {
        while (true) {
            Stop stop = await(PATIENCE_MILLIS);
            if (stop != null) {
                return stop;
            }
        }
    }

    /// As [#await()], but gives up with null when nothing was reported for so long.
    public @Nullable Stop await(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long awaySince = System.nanoTime();
        lock.lock();
        try {
            while (report == null) {
                long now = System.nanoTime();
                if (now >= deadline) {
                    return null;
                }
                if (only == null || isRunning(only)) {
                    awaySince = now;
                } else if (now - awaySince > TimeUnit.MILLISECONDS.toNanos(STEP_MILLIS)) {
                    letOthersRun();
                }
                long pause = only == null ? deadline - now : TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
                long _ = changed.awaitNanos(Math.min(pause, deadline - now));
            }
            awaitQuiet(null);
            if (report instanceof Stop.Interrupted(DebugThread thread)) {
                report = new Stop.Interrupted(fetch(thread));
            }
            return report;
        } finally {
            lock.unlock();
        }
    }

    /// The stepped thread waits in the kernel, maybe for one that stands still. Holding the lock.
    private void letOthersRun() {
        only = null;
        threads.keySet().forEach(DebugThread::wake);
    }

    private static boolean isRunning(ThreadControl control) {
        return !control.isHeld() && control.thread().isRunning();
    }

    /// Waits, but not forever, until nobody runs and, if `wanted` is not null, that one is held.
    /// Holding the lock.
    private void awaitQuiet(@Nullable ThreadControl wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (System.nanoTime() < deadline
                && (threads.values().stream().anyMatch(Debugger::isRunning)
                        || wanted != null && !wanted.isHeld() && threads.containsValue(wanted))) {
            boolean _ = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Sees to it that a stop nobody caused has a thread that is held, and returns it: `first`, out
    /// of its system call if need be, or whichever is there. Holding the lock.
    private @Nullable DebugThread fetch(@Nullable DebugThread first) throws InterruptedException {
        DebugThread thread = first != null && threads.containsKey(first) ? first : firstThread();
        ThreadControl control = threads.get(thread);
        if (control != null && !control.isHeld()) {
            control.thread().interruptWait();
            awaitQuiet(control);
        }
        return control != null && control.isHeld() ? thread : heldThread(thread);
    }

    private @Nullable DebugThread heldThread(@Nullable DebugThread otherwise) {
        for (ThreadControl control : threads.values()) {
            if (control.isHeld()) {
                return control.thread();
            }
        }
        return otherwise;
    }

    /// Whether a thread is held: then it can be asked to do something where it stands.
    public boolean isHeld(DebugThread thread) {
        lock.lock();
        try {
            ThreadControl control = threads.get(thread);
            return control != null && control.isHeld();
        } finally {
            lock.unlock();
        }
    }

    /// Whether the guest stands still.
    public boolean isStopped() {
        lock.lock();
        try {
            return report != null;
        } finally {
            lock.unlock();
        }
    }

    /// Stops the guest where it is. Does nothing if it stands still.
    public void interrupt() {
        lock.lock();
        try {
            if (report == null) {
                open(new Stop.Interrupted(firstThread()));
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable DebugThread firstThread() {
        if (only != null) {
            return only.thread();
        }
        for (DebugThread thread : threads.keySet()) {
            if (thread.isRunning()) {
                return thread;
            }
        }
        Iterator<DebugThread> all = threads.keySet().iterator();
        return all.hasNext() ? all.next() : null;
    }

    /// The threads that run guest code under this debugger, in the order they began.
    public List<DebugThread> threads() {
        lock.lock();
        try {
            return List.copyOf(threads.keySet());
        } finally {
            lock.unlock();
        }
    }

    /// Lets all threads go on. `delivers` answers what a [Stop.Signaled] asks.
    public void resume(boolean delivers) {
        lock.lock();
        try {
            only = null;
            holding = false;
            release(delivers);
        } finally {
            lock.unlock();
        }
    }

    /// Lets one thread execute `count` instructions while the others stand still.
    public void step(DebugThread thread, int count, boolean delivers) {
        lock.lock();
        try {
            ThreadControl control = threads.get(thread);
            if (control == null) {
                throw new IllegalArgumentException("debug: thread " + thread.id() + " has ended");
            }
            control.setSteps(count);
            only = control;
            release(delivers);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the stop. Holding the lock.
    private void release(boolean delivers) {
        report = null;
        deliver = delivers;
        for (ThreadControl control : threads.values()) {
            if (only != control) {
                control.setSteps(0);
            }
            control.thread().wake();
        }
        if (end != null && !detached) {
            Stop.Ended waited = end;
            end = null;
            open(waited);
        }
    }

    /// Lets everything run from here on, unobserved: the front end goes away or ends the guest.
    public void detach() {
        lock.lock();
        try {
            detached = true;
            List.copyOf(breakpoints).forEach(this::remove);
            watchpoints.clear();
            observe();
            resume(true);
        } finally {
            lock.unlock();
        }
    }

    // Breakpoints.

    /// Stops every thread that comes to `address` and for which `condition` holds. `number` is what
    /// the user knows it by.
    public Breakpoint breakAt(int number, long address, boolean temporary, Predicate<DebugThread> condition) {
        return add(new Breakpoint(number, address, temporary, condition));
    }

    /// Stops, once, a thread for which `condition` holds at `address`: how a command like `finish`
    /// ends.
    public Breakpoint breakOnceFor(long address, Predicate<DebugThread> condition) {
        lock.lock();
        try {
            return add(new Breakpoint(--lastInternal, address, true, condition));
        } finally {
            lock.unlock();
        }
    }

    private Breakpoint add(Breakpoint breakpoint) {
        lock.lock();
        try {
            breakpoints.add(breakpoint);
            code.setBreakpoint(breakpoint.address());
            return breakpoint;
        } finally {
            lock.unlock();
        }
    }

    /// Lets a breakpoint pass `times` more often before it stops.
    public void ignore(Breakpoint breakpoint, int times) {
        lock.lock();
        try {
            breakpoint.ignore(times);
        } finally {
            lock.unlock();
        }
    }

    /// Removes a breakpoint; nothing happens if it is gone already.
    public void remove(Breakpoint breakpoint) {
        lock.lock();
        try {
            if (breakpoints.remove(breakpoint) && !isBreakpoint(breakpoint.address())) {
                code.clearBreakpoint(breakpoint.address());
            }
        } finally {
            lock.unlock();
        }
    }

    /// All breakpoints, in the order they were set.
    public List<Breakpoint> breakpoints() {
        lock.lock();
        try {
            return List.copyOf(breakpoints);
        } finally {
            lock.unlock();
        }
    }

    // Watchpoints.

    /// Stops behind accesses to `[address, address + length)` of the thread's address space.
    /// `number` is what the user knows it by.
    public Watchpoint watch(int number, DebugThread thread, long address, int length, Watchpoint.Kind kind) {
        byte[] value = new byte[length];
        int _ = thread.read(address, value, length);
        lock.lock();
        try {
            Watchpoint watchpoint = new Watchpoint(number, thread.space(), address, length, kind);
            watchpoints.put(watchpoint, value);
            observe();
            return watchpoint;
        } finally {
            lock.unlock();
        }
    }

    /// Removes a watchpoint; nothing happens if it is gone already.
    public void remove(Watchpoint watchpoint) {
        lock.lock();
        try {
            watchpoints.remove(watchpoint);
            observe();
        } finally {
            lock.unlock();
        }
    }

    /// Makes every vCPU's memory show us the watched pages; those that run do it before they use a
    /// translation again.
    private void observe() {
        watcher.set(List.copyOf(watchpoints.keySet()));
        Watcher observer = watchpoints.isEmpty() ? null : watcher;
        vcpus.broadcast(null, on -> on.mem().observe(observer));
    }

    byte[] knownValue(Watchpoint watchpoint) {
        lock.lock();
        try {
            byte[] value = watchpoints.get(watchpoint);
            return value == null ? new byte[watchpoint.length()] : value.clone();
        } finally {
            lock.unlock();
        }
    }

    void learnValue(Watchpoint watchpoint, byte[] value) {
        lock.lock();
        try {
            watchpoints.replace(watchpoint, Arrays.copyOf(value, value.length));
        } finally {
            lock.unlock();
        }
    }
}
