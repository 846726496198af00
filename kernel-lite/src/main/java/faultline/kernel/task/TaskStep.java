package faultline.kernel.task;

import faultline.core.step.Step;

/// The steps of tasks, signals and futexes.
public enum TaskStep implements Step {
    /// A thread got a vCPU; the object is the vCPU's id.
    VCPU_TAKE,
    /// A thread gives its vCPU up.
    VCPU_GIVE,
    /// A thread enters a system call; the object is its number.
    SYSCALL_ENTER,
    /// The result of a system call is about to be seen by the guest; the object is the result.
    SYSCALL_EXIT,
    /// The tasks' lock is about to be taken.
    TASKS_LOCK,
    /// A futex bucket's lock is about to be taken; the object is the futex's address or page
    /// offset.
    FUTEX_LOCK,
    /// A signal is delivered; the object is its number.
    SIGNAL_DELIVER,
    /// A thread was created; the object is its id.
    CLONE,
    /// A thread ends; the object is its id.
    EXIT
}
