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
/// back. All methods that are public and take no thread of the guest's are the front end's.
public final class Debugger {

    /// Between two looks at threads that have not parked yet.
    private static final long LOOK_MILLIS = 1;

    /// A thread in the kernel may take this long to come to a checkpoint before a stop is shown
    /// without it.
    private static final long PATIENCE_MILLIS = 2_000;

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
    private @Nullable ThreadControl only;
    private boolean deliver = true;
    private boolean detached;
    private int lastNumber;
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
            open(new Stop.Ended(status));
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
            changed.signalAll();
        } finally {
            lock.unlock();
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
            return !detached && (report != null || only != null && only != control);
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
    void reportBreakpoint(ThreadControl control, Breakpoint hit) {
        lock.lock();
        try {
            if (report != null || detached) {
                return;
            }
            if (hit.temporary()) {
                remove(hit);
            }
        } finally {
            lock.unlock();
        }
        report(control, new Stop.AtBreakpoint(control.thread(), hit));
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

    /// The breakpoint that stops this thread here: the user's before a command's.
    @Nullable
    Breakpoint breakpointFor(DebugThread thread, long pc) {
        Breakpoint found = null;
        for (Breakpoint breakpoint : breakpoints()) {
            if (breakpoint.address() == pc
                    && (found == null || breakpoint.isVisible())
                    && breakpoint.condition().test(thread)) {
                found = breakpoint;
            }
        }
        return found;
    }

    // Stops.

    /// Waits for the next stop, until every thread stands still or blocks in the kernel.
    public Stop await() throws InterruptedException {
        lock.lock();
        try {
            while (report == null) {
                changed.await();
            }
            long looks = PATIENCE_MILLIS / LOOK_MILLIS;
            while (looks-- > 0 && threads.keySet().stream().anyMatch(DebugThread::isRunning)) {
                boolean _ = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return report;
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
            release(delivers);
            holding = false;
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

    /// Stops every thread that comes to `address`.
    public Breakpoint breakAt(long address, boolean temporary) {
        lock.lock();
        try {
            return add(new Breakpoint(++lastNumber, address, temporary, _ -> true));
        } finally {
            lock.unlock();
        }
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
        breakpoints.add(breakpoint);
        code.setBreakpoint(breakpoint.address());
        return breakpoint;
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
    public Watchpoint watch(DebugThread thread, long address, int length, Watchpoint.Kind kind) {
        byte[] value = new byte[length];
        int _ = thread.read(address, value, length);
        lock.lock();
        try {
            Watchpoint watchpoint = new Watchpoint(++lastNumber, thread.space(), address, length, kind);
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

    /// All watchpoints, in the order they were set.
    public List<Watchpoint> watchpoints() {
        lock.lock();
        try {
            return List.copyOf(watchpoints.keySet());
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
