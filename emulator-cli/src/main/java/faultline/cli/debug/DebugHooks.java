package faultline.cli.debug;

import faultline.cli.run.SignalText;
import faultline.core.debug.Debugger;
import faultline.core.debug.GuestLoop;
import faultline.kernel.task.Process;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the kernel tells the debugger, on the guest's threads.
final class DebugHooks implements TaskHooks {

    private final SignalPolicy policy;
    private final Output out;
    private final Map<Task, TaskThread> threads = new ConcurrentHashMap<>();

    private volatile @Nullable Debugger debugger;
    private volatile @Nullable ProgramImage image;
    private volatile @Nullable Process first;

    DebugHooks(SignalPolicy policy, Output out) {
        this.policy = policy;
        this.out = out;
    }

    /// The machine is there: before its first thread.
    void attach(Debugger to) {
        debugger = to;
    }

    private Debugger debugger() {
        Debugger known = debugger;
        if (known == null) {
            throw new IllegalStateException("debug: a guest thread runs before the debugger is attached");
        }
        return known;
    }

    /// The program that runs, once there is one.
    @Nullable
    ProgramImage image() {
        return image;
    }

    /// The loop for a new thread; the first one stops at once.
    GuestLoop loop(Task task) {
        boolean isFirst = first == null;
        if (isFirst) {
            first = task.process();
        }
        return debugger().loop(thread(task), isFirst);
    }

    TaskThread thread(Task task) {
        return threads.computeIfAbsent(task, TaskThread::new);
    }

    @Override
    public void execed(Task task, ProgramImage program) {
        if (image != null) {
            out.line("[process " + task.process().pid() + " runs a new program: " + program.path() + "]");
        }
        image = program;
    }

    @Override
    public void cloned(Task parent, Task child) {
        String kind = parent.process() == child.process()
                ? "thread " + child.tid()
                : "process " + child.process().pid();
        out.line("[new " + kind + "]");
    }

    @Override
    public boolean seesSignals() {
        return true;
    }

    @Override
    public boolean signal(Task task, Siginfo info) {
        int signal = info.signal();
        if (policy.stops(signal)) {
            return debugger().signaled(thread(task), info) && policy.passes(signal);
        }
        if (policy.prints(signal)) {
            out.line("Thread " + task.tid() + " received signal " + Signals.name(signal) + ", "
                    + SignalText.sentence(signal) + ".");
        }
        return policy.passes(signal);
    }

    @Override
    public void exited(Task task, @Nullable Integer status) {
        threads.remove(task);
    }

    @Override
    public void ended(Process process, int status) {
        if (process == first) {
            debugger().ended(status);
        }
    }
}
