package faultline.kernel.task;

/// What `restart_syscall` goes on with after a stop or an ignored signal: `struct restart_block`.
@FunctionalInterface
public interface RestartBlock {

    /// Runs the rest of the call; same result rules as a system call.
    long restart(Task task);
}
