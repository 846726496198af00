package faultline.kernel.lock;

import faultline.core.step.Step;

/// The steps of locks: each stands before the access it names, so that a schedule can switch there.
public enum LockStep implements Step {
    SPIN_LOCK,
    SPIN_TRYLOCK,
    SPIN_UNLOCK,
    READ_LOCK,
    READ_TRYLOCK,
    READ_UNLOCK,
    WRITE_LOCK,
    WRITE_TRYLOCK,
    WRITE_UNLOCK,
    DOWNGRADE,
    LOCK_WAIT,
    SEQ_BEGIN_WRITE,
    SEQ_END_WRITE,
    SEQ_BEGIN_READ,
    SEQ_RETRY,
    /// Between reading and storing a counter that several writers move at once.
    SEQ_STORE,
    PIN,
    UNPIN,
    WAIT,
    WAKE
}
