package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.Mm;
import faultline.kernel.perf.PerfContext;
import faultline.kernel.vfs.FdTable;

/// What `execve` changes in a task once the new program is found to be loadable: `begin_new_exec`.
public final class Execs {

    private final Tasks tasks;

    Execs(Tasks tasks) {
        this.tasks = tasks;
    }

    /// The point of no return: the process has one thread, and that one `mm`. Takes over the
    /// caller's reference, also when it throws EAGAIN because the process is ending.
    public void replaceMm(Task task, Mm mm) {
        if (!tasks.exits().killOtherThreads(task)) {
            mm.put();
            throw Errno.EAGAIN.exception();
        }
        Mm old = task.mmOrNull();
        if (old != null) {
            tasks.exits().letGoOfUserMemory(task, old);
            task.setOwnsNothing(false);
        }
        tasks.exits().completeVfork(task);
        task.setMm(mm);
        if (old != null) {
            old.put();
        }
    }

    /// Everything else that a new program does not inherit; the new address space is in use.
    public void begin(Task task, ProgramImage image, String comm) {
        FdTable files = task.files();
        if (files.isShared()) {
            task.setFiles(files.copy());
            files.release();
        }
        task.files().closeOnExec();
        PerfContext counted = task.perf();
        if (counted != null) {
            tasks.perf().execed(counted);
        }
        Process process = task.process();
        tasks.lock();
        try {
            process.handlers = new SignalHandlers(process.handlers);
            process.handlers.flushForExec();
            process.timers().deletePosixLocked();
            process.setImage(image);
            process.hasExeced = true;
            process.dumpable = true;
            process.exitSignal = Signals.SIGCHLD;
        } finally {
            tasks.unlock();
        }
        task.altStack = AltStack.NONE;
        task.robustList = 0;
        task.clearChildTid = 0;
        task.restartBlock = null;
        task.setComm(comm);
        tasks.hooks().execed(task, image);
    }
}
