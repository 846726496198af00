package faultline.kernel.mm;

import faultline.kernel.lock.KernelThread;

/// A fault that somebody in user space is to resolve: `struct userfaultfd_wait_queue`.
public final class Userfault {

    private final KernelThread thread = KernelThread.current();
    private final long address;
    private final UserfaultMessage message;

    /// Set under the lock of the [Userfaultfd].
    private volatile boolean woken;

    /// A fault of the running thread.
    public Userfault(long address, UserfaultMessage message) {
        this.address = address;
        this.message = message;
    }

    long address() {
        return address;
    }

    UserfaultMessage message() {
        return message;
    }

    boolean isWoken() {
        return woken;
    }

    void wake() {
        woken = true;
        thread.wake();
    }
}
