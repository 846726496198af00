package faultline.kernel.mm.fault;

import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PteLockStorage;
import faultline.kernel.mm.pgtable.TableMoves;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One choice beside the design, `--knob name=value`: what is not said is as the version had it.
public enum Knob {

    /// What protects a speculative walk of the page tables.
    WALK("walk", "what protects a speculative walk of the page tables", names(LocklessWalk.values())),

    /// Whether address spaces with one user speculate too.
    SINGLE_THREAD(
            "single-thread",
            "whether an address space with one user is spared speculation",
            List.of("shortcut", "speculate")),

    /// What a speculative fault does about a PTE lock that is held.
    PTE_LOCK("pte-lock", "what a speculative fault does when the PTE lock is held", names(TryPolicy.values())),

    /// What a fault does that has waited for a page without its VMA's lock.
    IO_RETRY("io-retry", "which lock a fault of vma-lock takes after I/O", List.of("mmap-lock", "vma-lock")),

    /// VM_FAULT_COMPLETED, since 6.0.
    COMPLETED(
            "completed",
            "whether a fault is over that gave its lock up when nothing was left to do, or starts over (on; off behind speculation)",
            List.of("on", "off")),

    /// CONFIG_PT_RECLAIM.
    PT_RECLAIM("pt-reclaim", "whether MADV_DONTNEED frees the page tables it empties", List.of("off", "on")),

    /// CONFIG_HAVE_MOVE_PMD.
    MREMAP(
            "mremap",
            "whether mremap moves a whole page table by its entry, and with which locks",
            names(TableMoves.values())),

    /// Where PTE locks lie, and until when.
    PTE_LOCK_STORAGE("pte-lock-storage", "where PTE locks lie, and until when", names(PteLockStorage.values())),

    /// What neither series dared.
    SPF_TABLES(
            "spf-tables",
            "whether a speculative fault makes a page table that is missing, and with what care",
            names(TableMaking.values())),

    /// Android's port of `spf-vma` to a kernel with UFFDIO_WRITEPROTECT, before it was mended.
    SPF_USERFAULT(
            "spf-userfault",
            "what a fault of spf-vma does that meets a page write-protected for user space: give up, or look who handles it",
            List.of("given-up", "handled")),

    /// sizeof(pte_t) > sizeof(unsigned long), as with PAE.
    WIDE_PTE(
            "wide-pte",
            "whether PTEs are wider than a word, so that a fault on a swapped page looks twice",
            List.of("off", "on")),

    /// CONFIG_PPC_MEM_KEYS: speculation on ppc64 asks it.
    MEM_KEYS("mem-keys", "whether the kernel of a ppc64 is built with protection keys", List.of("on", "off")),

    /// Which defects of the version are mended: a comma-separated list.
    FIXED(
            "fixed",
            "defects that are mended, separated by commas",
            Stream.concat(
                            Stream.of("none", "all"),
                            Arrays.stream(Defect.values()).map(Defect::toString))
                    .toList());

    private final String key;
    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // made by toList
    private final List<String> choices;

    Knob(String key, String text, List<String> choices) {
        this.key = key;
        this.text = text;
        this.choices = choices;
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::toString).toList();
    }

    public static Optional<Knob> named(String key) {
        return Arrays.stream(values()).filter(knob -> knob.key.equals(key)).findFirst();
    }

    /// What it is called on the command line.
    public String key() {
        return key;
    }

    /// What it chooses, in a line.
    public String text() {
        return text;
    }

    /// What may be chosen.
    public List<String> choices() {
        return choices;
    }
}
