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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the kernel tells the debugger, on the guest's threads.
final class DebugHooks implements TaskHooks {

    private final SignalPolicy policy;
    private final Output out;
    private final Map<Task, TaskThread> threads = new ConcurrentHashMap<>();
    private final Map<Process, ProgramImage> images = new ConcurrentHashMap<>();

    /// What `signal` sends on its way.
    private final Set<Siginfo> passed = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Debugger debugger;
    private volatile @Nullable ProgramImage firstImage;
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

    /// The program that was started, once it is loaded.
    @Nullable
    ProgramImage firstImage() {
        return firstImage;
    }

    /// The program a process runs.
    @Nullable
    ProgramImage image(Process process) {
        return images.get(process);
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
        if (firstImage == null) {
            firstImage = program;
        } else {
            out.line("[process " + task.process().pid() + " is executing new program: " + program.path() + "]");
        }
        images.put(task.process(), program);
    }

    @Override
    public void cloned(Task parent, Task child) {
        if (parent.process() == child.process()) {
            out.line("[New thread " + child.tid() + "]");
            return;
        }
        ProgramImage inherited = images.get(parent.process());
        if (inherited != null) {
            var _ = images.putIfAbsent(child.process(), inherited);
        }
        out.line("[New process " + child.process().pid() + ", forked by process "
                + parent.process().pid() + "]");
    }

    /// Delivers this one signal, whatever the policy says.
    void pass(Siginfo info) {
        passed.add(info);
    }

    @Override
    public boolean seesSignals() {
        return true;
    }

    @Override
    public boolean signal(Task task, Siginfo info) {
        int signal = info.signal();
        if (passed.remove(info)) {
            return true;
        }
        if (policy.stops(signal)) {
            boolean delivers = debugger().signaled(thread(task), info);
            return passed.remove(info) || delivers && policy.passes(signal);
        }
        if (policy.prints(signal)) {
            out.line("");
            out.line("Thread " + task.tid() + " received signal " + Signals.name(signal) + ", "
                    + SignalText.sentence(signal) + ".");
        }
        return policy.passes(signal);
    }

    @Override
    public void exited(Task task, @Nullable Integer status) {
        threads.remove(task);
        Process process = task.process();
        if (status == null) {
            out.line("[Thread " + task.tid() + " exited]");
        } else if (process != first) {
            images.remove(process);
            out.line("[Process " + process.pid() + " " + EndText.of(status) + "]");
        }
    }

    @Override
    public void ended(Process process, int status) {
        if (process == first) {
            debugger().ended(status);
        }
    }
}
