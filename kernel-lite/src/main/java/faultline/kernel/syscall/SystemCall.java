package faultline.kernel.syscall;

import faultline.kernel.task.Task;

/// The body of one system call.
@FunctionalInterface
public interface SystemCall {

    /// What a call returns that has left the registers as they are to be: `rt_sigreturn`, `execve`.
    long NO_RESULT = Long.MIN_VALUE;

    /// Runs on the calling task's thread, vCPU in kernel mode. `args` holds six raw register
    /// values. Returns the result, or a negated errno; may also throw `ErrnoException`.
    long call(Task task, long[] args);
}
