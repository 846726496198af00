package faultline.kernel.trace;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The tracepoints, by the names of Linux and of the series: `SYSTEM:NAME`.
///
/// The ways in which spf-mm and vma-lock give a fault up have no tracepoint in Linux; here they have one
/// of the name of their counter. The processor's address is that of the guest's instruction, also where
/// the series print a return address in the kernel.
public enum TraceEvent {
    PAGE_FAULT_USER("exceptions", Fields.EXCEPTION),
    PAGE_FAULT_KERNEL("exceptions", Fields.EXCEPTION),

    SPF_VMA_CHANGED("pagefault", Fields.FAULT),
    SPF_VMA_NOANON("pagefault", Fields.FAULT),
    SPF_VMA_NOTSUP("pagefault", Fields.FAULT),
    SPF_VMA_ACCESS("pagefault", Fields.FAULT),
    SPF_PMD_CHANGED("pagefault", Fields.FAULT),
    SPF_PTE_LOCK("pagefault", Fields.FAULT),

    SPF_ABORT_ODD("spf", Fields.FAULT),
    SPF_ABORT_UNMAPPED("spf", Fields.FAULT),
    SPF_ABORT_NO_SPECULATE("spf", Fields.FAULT),
    SPF_ABORT_VMA_COPY("spf", Fields.FAULT),
    SPF_ABORT_ACCESS_ERROR("spf", Fields.FAULT),
    SPF_ABORT_PUD("spf", Fields.FAULT),
    SPF_ABORT_PMD("spf", Fields.FAULT),
    SPF_ABORT_ANON_VMA("spf", Fields.FAULT),
    SPF_ABORT_PTE_MAP_LOCK_SEQ1("spf", Fields.FAULT),
    SPF_ABORT_PTE_MAP_LOCK_PMD("spf", Fields.FAULT),
    SPF_ABORT_PTE_MAP_LOCK_PTL("spf", Fields.FAULT),
    SPF_ABORT_PTE_MAP_LOCK_SEQ2("spf", Fields.FAULT),
    SPF_ABORT_FAULT("spf", Fields.FAULT),
    SPF_ABORT_MAP_PAGES("spf", Fields.FAULT),
    SPF_ABORT_FILEMAP("spf", Fields.FAULT),
    SPF_ABORT_MMU_NOTIFIER("spf", Fields.FAULT),

    VMA_LOCK_ABORT("vma_lock", Fields.FAULT),
    VMA_LOCK_RETRY("vma_lock", Fields.FAULT),
    VMA_LOCK_MISS("vma_lock", Fields.FAULT),
    VMA_LOCK_ACCESS_ERROR("vma_lock", Fields.FAULT),

    MMAP_LOCK_START_LOCKING("mmap_lock", "mm write"),
    MMAP_LOCK_ACQUIRE_RETURNED("mmap_lock", "mm write success"),
    MMAP_LOCK_RELEASED("mmap_lock", "mm write"),

    TLB_FLUSH("tlb", "pages reason");

    private static final class Fields {
        static final String EXCEPTION = "address ip error_code";
        static final String FAULT = "ip vma address";
    }

    private final String system;
    private final String fields;

    TraceEvent(String system, String fields) {
        this.system = system;
        this.fields = fields;
    }

    /// The name behind the colon: lower case but where the counter's is not.
    public String event() {
        return system.equals("spf") ? name() : name().toLowerCase(Locale.ROOT);
    }

    /// The name before the colon.
    public String system() {
        return system;
    }

    /// What its lines say, by name.
    public String fields() {
        return fields;
    }

    /// The tracepoint of this [#event], or null.
    public static @Nullable TraceEvent of(String event) {
        return Arrays.stream(values())
                .filter(known -> known.event().equals(event))
                .findFirst()
                .orElse(null);
    }

    /// `SYSTEM:NAME`, by which it is chosen.
    @Override
    public String toString() {
        return system + ":" + event();
    }
}
