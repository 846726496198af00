package faultline.kernel.mm.page;

import faultline.kernel.trace.TraceEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The machine's virtual-memory events, as `/proc/vmstat` names them.
public enum VmEvent {
    PGPGIN,
    PGPGOUT,

    /// Pages read from and written to swap areas.
    PSWPIN,
    PSWPOUT,

    PGALLOC_NORMAL,
    ALLOCSTALL_NORMAL,
    PGFREE,
    PGACTIVATE,
    PGDEACTIVATE,

    /// Pages whose contents may go (MADV_FREE), and those that went.
    PGLAZYFREE,
    PGLAZYFREED,

    PGFAULT,
    PGMAJFAULT,
    PGREUSE,

    // Reclaim.

    PGSTEAL_KSWAPD,
    PGSTEAL_DIRECT,
    PGSCAN_KSWAPD,
    PGSCAN_DIRECT,
    PGSCAN_ANON,
    PGSCAN_FILE,
    PGSTEAL_ANON,
    PGSTEAL_FILE,

    /// Times the background thread has begun.
    PAGEOUTRUN,

    /// Runs of frames of which pages were to be moved away, and how that ended.
    COMPACT_STALL,
    COMPACT_FAIL,
    COMPACT_SUCCESS,

    /// Processes ended because no frame could be had.
    OOM_KILL,

    // Huge pages.

    /// Huge pages that faults have made, and faults that made small pages because no run of frames was free.
    THP_FAULT_ALLOC,
    THP_FAULT_FALLBACK,

    /// Runs of frames that were got to put pages together in.
    THP_COLLAPSE_ALLOC,
    THP_COLLAPSE_ALLOC_FAILED,

    /// Huge pages of which one page was written to swap.
    THP_SPLIT_PAGE,

    /// Entries of huge pages that became tables.
    THP_SPLIT_PMD,

    // Memory nodes.

    /// PTEs whose rights were taken away to learn from where their pages are used, and entries of huge pages among
    /// them.
    NUMA_PTE_UPDATES,
    NUMA_HUGE_PTE_UPDATES,

    /// Faults that told, and those on the node that the page was on.
    NUMA_HINT_FAULTS,
    NUMA_HINT_FAULTS_LOCAL,

    /// Pages that such faults moved.
    NUMA_PAGES_MIGRATED,

    /// Pages that were moved to other frames, and that were not.
    PGMIGRATE_SUCCESS,
    PGMIGRATE_FAIL,

    /// Pages that were swapped in for somebody whose they are not any more, and so copied; and stores to
    /// pages that are shared for their contents.
    KSM_SWPIN_COPY,
    COW_KSM,

    DROP_PAGECACHE,
    NR_TLB_REMOTE_FLUSH,
    NR_TLB_REMOTE_FLUSH_RECEIVED,
    NR_TLB_LOCAL_FLUSH_ALL,
    NR_TLB_LOCAL_FLUSH_ONE,

    /// Times `mmap_lock` was got, of whatever address space; a downgrade is none.
    MMAP_LOCK_READ,
    MMAP_LOCK_WRITE,

    /// Switches to an address space of which the TLB still held translations.
    ASID_SWITCH_WARM,

    /// Switches to one of which it held none, or had to forget them.
    ASID_SWITCH_COLD,

    /// Page tables freed as soon as they were flushed.
    PT_FREED_AT_ONCE,

    /// Page tables freed after a grace period.
    PT_FREED_BY_RCU,

    /// Page tables freed after an interrupt to all vCPUs, because a batch got no memory.
    PT_FREED_BY_SYNC,

    // Speculative page faults with the counter of the address space; names and order of the series of 2021.

    SPF_ATTEMPT,
    SPF_ABORT,

    /// Speculative faults that were all there was to do; no series counts them.
    SPF_SUCCESS,

    /// Speculative faults that a pending signal ended; no series counts them.
    SPF_SIGNAL,

    SPF_ABORT_ODD(true),
    SPF_ABORT_UNMAPPED(true),
    SPF_ABORT_NO_SPECULATE(true),
    SPF_ABORT_VMA_COPY(true),
    SPF_ABORT_ACCESS_ERROR(true),
    SPF_ABORT_PUD(true),
    SPF_ABORT_PMD(true),
    SPF_ABORT_ANON_VMA(true),
    SPF_ABORT_PTE_MAP_LOCK_SEQ1(true),
    SPF_ABORT_PTE_MAP_LOCK_PMD(true),
    SPF_ABORT_PTE_MAP_LOCK_PTL(true),
    SPF_ABORT_PTE_MAP_LOCK_SEQ2(true),
    SPF_ABORT_USERFAULTFD(true),

    /// A writer came before the file was looked at.
    SPF_ABORT_FAULT(true),

    SPF_ABORT_NON_SWAP_ENTRY(true),

    /// The page is swapped out: the second series does not try.
    SPF_ABORT_SWAP(true),

    /// The page is swapped out and not in the swap cache.
    SPF_ABORT_SWAP_NOPAGE(true),

    /// Somebody has the lock of the page in the swap cache; no series counts it.
    SPF_ABORT_SWAP_LOCKED(true),

    /// `filemap_map_pages` has not mapped the page of the fault; no series counts it.
    SPF_ABORT_MAP_PAGES(true),

    /// `filemap_fault` has no page that can be had at once; no series counts it.
    SPF_ABORT_FILEMAP(true),

    /// A subscriber of MMU notifiers was coming; no series counts it.
    SPF_ABORT_MMU_NOTIFIER(true),

    SPF_ATTEMPT_ANON(true),
    SPF_ATTEMPT_FILE(true),
    SPF_ATTEMPT_SWAP(true),
    SPF_ATTEMPT_NUMA(true),
    SPF_ATTEMPT_PTE(true),
    SPF_ATTEMPT_WP(true),

    // Speculative page faults with the counter of the VMA. Linux would have had the first line only; the others are
    // the series' tracepoints as counters, and what makes the sums come out.

    SPECULATIVE_PGFAULT,

    /// Faults that were tried.
    SPF_VMA_ATTEMPT,

    /// Of those, faults that were left to the path with `mmap_lock`.
    SPF_VMA_RETRY,

    /// Results that the architecture did not use.
    SPF_VMA_DISCARDED,

    /// No VMA ends above the address; the series has no tracepoint for it.
    SPF_VMA_NONE,

    SPF_VMA_CHANGED,
    SPF_VMA_NOANON,
    SPF_VMA_NOTSUP,
    SPF_VMA_ACCESS,
    SPF_PMD_CHANGED,
    SPF_PTE_LOCK,

    /// A subscriber of MMU notifiers was coming, where that is mended.
    SPF_MMU_NOTIFIER,

    // Per-VMA locks (CONFIG_PER_VMA_LOCK_STATS).

    VMA_LOCK_SUCCESS,
    VMA_LOCK_ABORT,
    VMA_LOCK_RETRY,
    VMA_LOCK_MISS,

    /// Faults that were refused under the VMA's lock and asked again under `mmap_lock`; Linux does not count them.
    VMA_LOCK_ACCESS_ERROR;

    private final String vmstatName;
    private final @Nullable TraceEvent tracepoint;

    VmEvent() {
        this(false);
    }

    VmEvent(boolean upperCase) {
        vmstatName = upperCase ? name() : name().toLowerCase(Locale.ROOT);
        tracepoint = TraceEvent.of(vmstatName);
    }

    /// The line's name in `/proc/vmstat`.
    public String vmstatName() {
        return vmstatName;
    }

    /// The tracepoint of the same name, or null.
    public @Nullable TraceEvent tracepoint() {
        return tracepoint;
    }
}
