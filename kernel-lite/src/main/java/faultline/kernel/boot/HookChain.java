package faultline.kernel.boot;

import faultline.kernel.task.Process;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import org.jspecify.annotations.Nullable;

/// Several observers, told one after the other.
final class HookChain implements TaskHooks {

    private final TaskHooks[] links;

    HookChain(TaskHooks... links) {
        this.links = links;
    }

    @Override
    public void started(Task task) {
        for (TaskHooks link : links) {
            link.started(task);
        }
    }

    @Override
    public void cloned(Task parent, Task child) {
        for (TaskHooks link : links) {
            link.cloned(parent, child);
        }
    }

    @Override
    public void execed(Task task, ProgramImage image) {
        for (TaskHooks link : links) {
            link.execed(task, image);
        }
    }

    @Override
    public boolean seesSignals() {
        for (TaskHooks link : links) {
            if (link.seesSignals()) {
                return true;
            }
        }
        return false;
    }

    /// The first that throws the signal away ends the chain: to those behind, it never was.
    @Override
    public boolean signal(Task task, Siginfo info) {
        for (TaskHooks link : links) {
            if (!link.signal(task, info)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void killed(Task task, Siginfo info) {
        for (TaskHooks link : links) {
            link.killed(task, info);
        }
    }

    @Override
    public void exited(Task task, @Nullable Integer status) {
        for (TaskHooks link : links) {
            link.exited(task, status);
        }
    }

    @Override
    public void ended(Process process, int status) {
        for (TaskHooks link : links) {
            link.ended(process, status);
        }
    }

    @Override
    public void threadGone() {
        for (TaskHooks link : links) {
            link.threadGone();
        }
    }
}
