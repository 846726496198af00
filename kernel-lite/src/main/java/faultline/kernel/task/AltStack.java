package faultline.kernel.task;

/// A thread's alternate signal stack as `sigaltstack` set it.
record AltStack(long base, long size, int flags) {

    static final int SS_ONSTACK = 1;
    static final int SS_DISABLE = 2;
    /// The stack is disabled while a handler runs on it.
    static final int SS_AUTODISARM = 1 << 31;

    static final AltStack NONE = new AltStack(0, 0, SS_DISABLE);

    boolean isEnabled() {
        return size != 0;
    }

    /// Whether a stack pointer lies on it (`on_sig_stack`): an auto-disarmed one is never in use
    /// when asked.
    boolean contains(long stackPointer) {
        return (flags & SS_AUTODISARM) == 0
                && Long.compareUnsigned(stackPointer, base) > 0
                && Long.compareUnsigned(stackPointer - base, size) <= 0;
    }

    /// SS_* as `sigaltstack` reports it for this stack pointer.
    int status(long stackPointer) {
        if (!isEnabled()) {
            return SS_DISABLE;
        }
        return contains(stackPointer) ? SS_ONSTACK : 0;
    }
}
