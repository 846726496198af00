package faultline.kernel.task;

import faultline.kernel.lock.KernelThread;

/// What a task's thread does between its birth and its end: guest code under an engine. The top of the kernel
/// provides it, because it joins what a task must not know: engine, fault entry, system-call table.
public interface GuestRunner {

    /// Runs guest code until the thread is over.
    void run(Task task);

    /// A Java exception came out of the thread: our bug. Must not throw.
    void crashed(KernelThread thread, Throwable cause);
}
