package faultline.kernel.mm.fault;

import java.util.Locale;

/// What is wrong with a design as it was posted or merged, where a fix is known: `--knob fixed=…` mends
/// it. The numbers are those of the project's catalogue of races.
public enum Defect {

    /// The PMD is read again after interrupts are on, when its page may be free.
    PMD_REREAD("M1", "the PMD is read again when nothing protects the walk any more"),

    /// An empty PMD is filled with a new table, when its page may be free.
    PTE_ALLOC("M2", "a missing table is made when nothing protects the walk any more"),

    /// The PMD is looked at for a huge page, when its page may be free.
    TRANS_UNSTABLE("M3", "whether the PMD is a huge page is asked when nothing protects the walk any more"),

    /// The lock of a PTE is waited for whose page is being moved, when its table may be free.
    MIGRATION_WAIT("M4", "a page that is being moved is waited for when nothing protects its table any more"),

    /// Who changes a VMA under `mmap_lock` for read counts beside others who do.
    COUNT_SHARED("M6", "writers that share mmap_lock count the sequence of a VMA together"),

    /// The parent's VMAs are open to faults between losing their write rights and the flush.
    FORK("M7", "faults copy pages that fork has write-protected and not yet flushed"),

    /// Swap readahead goes by the bounds that the VMA has by then.
    SWAP_READAHEAD("M16", "swap readahead for a fault whose VMA was split meanwhile reads beyond what it looks at"),

    /// VM_FAULT_PTNOTSAME leaves `do_swap_page`. Its value is that of VM_FAULT_COMPLETED, which came later.
    NOT_SAME("M17", "with wide PTEs, that a swapped page's PTE has changed is told by a number that means unlocked"),

    /// The memory policy of a VMA is looked at when another may be in its place, and it is free.
    MEMPOLICY("M19", "a memory policy is looked at that mbind has replaced and freed"),

    /// A refusal reaches the architecture as VM_FAULT_SIGSEGV, which reports it as SEGV_MAPERR.
    SI_CODE("M21", "an access that the VMA refuses is reported as SEGV_MAPERR"),

    /// A fetch asks for any right, not for the right to execute.
    FETCH("-", "a fetch from a page that is there but not executable faults for ever"),

    /// The architecture uses what speculation has done only where it has protection keys.
    DISCARD("M23", "without protection keys a result is thrown away and the fault handled again"),

    /// A page that the cache has, but the fault cannot use, keeps the reference that was taken to look at it.
    PAGE_LOST("-", "a cached page that a speculative fault cannot use at once keeps a reference for ever"),

    /// Faults tell MMU notifiers of a copy with nothing held that keeps new ones out.
    NOTIFIER("M14", "an MMU notifier that comes during a copy on write hears its end without its start"),

    /// The way out of a copy that is given up passes the end of the invalidation by.
    RANGE_END("-", "a copy on write that is given up tells MMU notifiers its start and not its end"),

    /// The PMD is compared before the lock of its table is taken, not with it.
    PMD_UNDER_LOCK("M20", "a table that is unhooked while its lock is waited for is not noticed");

    private final String number;
    private final String text;

    Defect(String number, String text) {
        this.number = number;
        this.text = text;
    }

    /// Its number in the catalogue, `-` without one.
    public String number() {
        return number;
    }

    /// What goes wrong, in a line.
    public String text() {
        return text;
    }

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
