package faultline.kernel.syscall;

import faultline.kernel.task.Task;
import faultline.kernel.vfs.Caller;

/// A system call that needs of its task only what the file systems see.
@FunctionalInterface
public interface FileCall extends SystemCall {

    /// As [SystemCall#call].
    long call(Caller caller, long[] args);

    @Override
    default long call(Task task, long[] args) {
        return call((Caller) task, args);
    }
}
