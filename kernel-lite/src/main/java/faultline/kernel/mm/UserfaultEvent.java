package faultline.kernel.mm;

import faultline.kernel.lock.KernelThread;

/// A change of an address space that whoever handles its faults is to know of, and the thread that waits for that.
/// Guarded by the lock of the [Userfaultfd], but for the look of the thread itself.
public final class UserfaultEvent {

    private enum State {
        WAITING,
        BEING_READ,
        COMPLETE
    }

    private final KernelThread thread = KernelThread.current();
    private final UserfaultMessage message;
    private volatile State state = State.WAITING;

    UserfaultEvent(UserfaultMessage message) {
        this.message = message.of(this);
    }

    UserfaultMessage message() {
        return message;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    boolean isBeingRead() {
        return state == State.BEING_READ;
    }

    void beginRead() {
        state = State.BEING_READ;
    }

    void endRead() {
        state = State.WAITING;
    }

    void complete() {
        state = State.COMPLETE;
        thread.wake();
    }

    void wake() {
        thread.wake();
    }
}
