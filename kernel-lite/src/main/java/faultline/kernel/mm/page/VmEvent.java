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
    NR_TLB_LOCAL_FLUSH_ONE;

    /// The line's name in `/proc/vmstat`.
    public String vmstatName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
