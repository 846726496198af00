package faultline.kernel.mm.page;

import java.util.Locale;

/// The machine's virtual-memory events, as `/proc/vmstat` names them.
public enum VmEvent {
    PGPGIN,
    PGPGOUT,
    PGALLOC_NORMAL,
    PGFREE,
    PGFAULT,
    PGMAJFAULT,
    PGREUSE,
    DROP_PAGECACHE,
    NR_TLB_REMOTE_FLUSH,
    NR_TLB_REMOTE_FLUSH_RECEIVED,
    NR_TLB_LOCAL_FLUSH_ALL,
    NR_TLB_LOCAL_FLUSH_ONE,

    /// Switches to an address space of which the TLB still held translations.
    ASID_SWITCH_WARM,

    /// Switches to one of which it held none, or had to forget them.
    ASID_SWITCH_COLD,

    /// Page tables freed as soon as they were flushed.
    PT_FREED_AT_ONCE,

    /// Page tables freed after a grace period.
    PT_FREED_BY_RCU,

    /// Page tables freed after an interrupt to all vCPUs, because a batch got no memory.
    PT_FREED_BY_SYNC;

    /// The line's name in `/proc/vmstat`.
    public String vmstatName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
