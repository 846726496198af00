package faultline.kernel.rcu;

import faultline.core.step.Step;

/// The steps of read-copy-update, and of its form whose readers may sleep.
public enum RcuStep implements Step {
    RCU_READ_LOCK,
    RCU_READ_UNLOCK,
    CALL_RCU,
    GRACE_PERIOD_BEGIN,
    GRACE_PERIOD_END,
    SRCU_READ_LOCK,
    /// The bank is chosen, and the section not counted in it yet.
    SRCU_READ_COUNT,
    SRCU_READ_UNLOCK,
    CALL_SRCU,
    SRCU_BEGIN,
    /// Before a look whether the bank that is not in use is empty, and the change to it.
    SRCU_FLIP,
    /// Before a look whether the bank that was in use until then is empty.
    SRCU_END
}
