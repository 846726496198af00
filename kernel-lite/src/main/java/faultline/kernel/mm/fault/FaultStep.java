package faultline.kernel.mm.fault;

import faultline.core.step.Step;

/// The decisions of a page fault, as steps.
public enum FaultStep implements Step {
    FAULT_BEGIN,
    ANONYMOUS_PAGE,
    READ_FAULT,
    COW_FAULT,
    SHARED_FAULT,
    SWAP_PAGE,
    WP_REUSE,
    WP_COPY,
    WP_SHARED,
    ACCESS_FLAGS,
    PTE_CHANGED,
    USERFAULT,
    MIGRATION_WAIT,
    MEMORY_POLICY,
    NUMA_PAGE,
    GUP_FAST,
    EXPAND_STACK
}
