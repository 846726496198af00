package faultline.kernel.rcu;

import faultline.core.step.Step;

/// The steps of read-copy-update.
public enum RcuStep implements Step {
    RCU_READ_LOCK,
    RCU_READ_UNLOCK,
    CALL_RCU,
    GRACE_PERIOD_BEGIN,
    GRACE_PERIOD_END
}
