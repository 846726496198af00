package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.Locale;

/// What `/sys/kernel/mm/transparent_hugepage` has, of one machine: where huge pages are made, and how hard is tried.
///
/// By default where MADV_HUGEPAGE asked for them. Any thread; a change counts for faults that begin later.
public final class HugePageSettings {

    /// Where: the file `enabled`.
    public enum Enabled {
        ALWAYS,
        MADVISE,
        NEVER;

        /// Its name in the file, and on the command line.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Who has the vCPUs give their free frames up where no run is free: the file `defrag`. Nobody reclaims or moves
    /// pages for a run, so that those that wake somebody to do it do nothing.
    public enum Defrag {
        ALWAYS("always"),
        DEFER("defer"),
        DEFER_MADVISE("defer+madvise"),
        MADVISE("madvise"),
        NEVER("never");

        private final String fileName;

        Defrag(String fileName) {
            this.fileName = fileName;
        }

        @Override
        public String toString() {
            return fileName;
        }
    }

    private volatile Enabled enabled = Enabled.MADVISE;
    private volatile Defrag defrag = Defrag.MADVISE;
    private final KhugepagedSettings khugepaged;
    private final long bytes;

    /// For huge pages of so many pages and bytes.
    HugePageSettings(int pages, long bytes) {
        this.khugepaged = new KhugepagedSettings(pages);
        this.bytes = bytes;
    }

    /// How large one is: `hpage_pmd_size`.
    public long bytes() {
        return bytes;
    }

    public Enabled enabled() {
        return enabled;
    }

    public void setEnabled(Enabled to) {
        enabled = to;
    }

    public Defrag defrag() {
        return defrag;
    }

    /// What the thread that puts huge pages together goes by.
    public KhugepagedSettings khugepaged() {
        return khugepaged;
    }

    /// `enabled` as the file has it: all choices, the one in force in brackets.
    public String enabledText() {
        return text(Enabled.values(), enabled);
    }

    public String defragText() {
        return text(Defrag.values(), defrag);
    }

    /// Takes what is written to the file; EINVAL.
    public void setEnabled(String text) {
        enabled = named(Enabled.values(), text);
    }

    public void setDefrag(String text) {
        defrag = named(Defrag.values(), text);
    }

    /// `shmem_enabled`: shared memory has no huge pages, and none can be asked for.
    public String shmemText() {
        return "always within_size advise [never] deny force\n";
    }

    /// EINVAL for what would have some made.
    public void setShmem(String text) {
        String name = text.strip();
        if (!name.equals("never") && !name.equals("deny")) {
            throw Errno.EINVAL.exception();
        }
    }

    /// `use_zero_page`: there is no huge zero page; EINVAL for who wants one.
    public void setUseZeroPage(String text) {
        if (!text.strip().equals("0")) {
            throw Errno.EINVAL.exception();
        }
    }

    private static String text(Enum<?>[] all, Enum<?> one) {
        StringBuilder text = new StringBuilder();
        for (Enum<?> each : all) {
            text.append(text.isEmpty() ? "" : " ").append(each == one ? "[" + each + "]" : each);
        }
        return text.append('\n').toString();
    }

    private static <E extends Enum<E>> E named(E[] all, String text) {
        String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        for (E each : all) {
            if (each.toString().equals(name)) {
                return each;
            }
        }
        throw Errno.EINVAL.exception();
    }

    /// Whether huge pages are made in a VMA: `thp_vma_allowable_order`. Only of anonymous memory; not where
    /// somebody in user space handles faults, page by page.
    boolean permits(Vma vma) {
        return switch (enabled) {
            case NEVER -> false;
            case MADVISE -> vma.has(Vma.VM_HUGEPAGE) && suits(vma);
            case ALWAYS -> suits(vma);
        };
    }

    /// The same without asking what is set: for who asks for a certain one.
    static boolean suits(Vma vma) {
        return vma.isAnonymous()
                && !vma.has(Vma.VM_NOHUGEPAGE | Vma.VM_SPECIAL | Vma.VM_UFFD)
                && !vma.mm().isHugeDisabled()
                && vma.mm().kernel().format().hasHugePages();
    }

    /// Whether a fault in a VMA tries hard to find a run.
    public boolean drains(Vma vma) {
        return switch (defrag) {
            case ALWAYS -> true;
            case DEFER_MADVISE, MADVISE -> vma.has(Vma.VM_HUGEPAGE);
            case DEFER, NEVER -> false;
        };
    }
}
