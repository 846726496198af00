package faultline.kernel.boot;

import faultline.kernel.ErrnoException;
import faultline.kernel.elf.ElfException;
import faultline.kernel.task.Process;
import faultline.kernel.task.TaskHooks;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// How far the run of a machine is: told by its threads, waited for by a host thread outside.
///
/// A monitor, and a leaf: the end of a process is told under the tasks' lock, so nothing that takes
/// a lock may be called in here.
final class RunState implements TaskHooks {

    /// How many host threads still carry tasks. Takes no lock.
    private final IntSupplier hostThreads;

    // Guarded by this monitor.
    private int firstPid = -1;
    private boolean started;
    private @Nullable Exception startFailure;
    private @Nullable Integer firstStatus;
    private @Nullable Throwable crash;
    private long givesUpAt = Long.MAX_VALUE;

    RunState(IntSupplier hostThreads) {
        this.hostThreads = hostThreads;
    }

    /// Which process's end counts. Before it runs.
    synchronized void setFirst(int pid) {
        firstPid = pid;
    }

    /// The first program is loaded, or cannot be.
    synchronized void started(@Nullable Exception failure) {
        started = true;
        startFailure = failure;
        notifyAll();
    }

    /// A Java exception came out of a task's thread.
    synchronized void crashed(Throwable cause) {
        if (crash == null) {
            crash = cause;
        } else {
            crash.addSuppressed(cause);
        }
        notifyAll();
    }

    @Override
    public synchronized void ended(Process process, int status) {
        if (process.pid() == firstPid) {
            firstStatus = status;
            notifyAll();
        }
    }

    @Override
    public synchronized void threadGone() {
        notifyAll();
    }

    /// Waits until the first program is loaded; throws what prevented it. A crash ends the wait and
    /// is thrown by [#awaitEnd].
    synchronized void awaitStart() throws ElfException {
        try {
            while (!started && crash == null) {
                wait();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        if (startFailure instanceof ElfException e) {
            throw e;
        }
        if (startFailure instanceof ErrnoException e) {
            throw e;
        }
    }

    /// Everything was killed: who waits for the end waits only so long from now on.
    synchronized void killed(long millis) {
        givesUpAt = Math.min(givesUpAt, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
        notifyAll();
    }

    /// Waits for the first process's end, and with `all` for every other's.
    synchronized void awaitEnd(boolean all) throws InterruptedException {
        while (crash == null && (firstStatus == null || all && hostThreads.getAsInt() > 0)) {
            if (givesUpAt == Long.MAX_VALUE) {
                wait();
                continue;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(givesUpAt - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /// Waits until no host thread carries a task, at most so long, and not after a crash.
    synchronized void awaitQuiet(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (crash == null && hostThreads.getAsInt() > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /// The first process's wait status. Throws [KernelCrash] when our own code failed.
    synchronized int result() {
        if (crash != null) {
            throw new KernelCrash(crash);
        }
        return firstStatus == null ? 0 : firstStatus;
    }
}
