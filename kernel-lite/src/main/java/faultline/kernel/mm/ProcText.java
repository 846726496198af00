package faultline.kernel.mm;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.lock.SpinLock;
import faultline.kernel.mm.page.DirtyPages;
import faultline.kernel.mm.page.Lru;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.page.NumaStat;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.HugeEntries;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What `/proc` says of address spaces, character for character: `fs/proc/task_mmu.c` of Linux
/// 6.12.
public final class ProcText {

    /// The column where a mapping's name begins.
    private static final int NAME_COLUMN = 73;

    private static final @Nullable String[] FLAG_NAMES = {
        "rd", "wr", "ex", "sh", "mr", "mw", "me", "ms", "gd", "um", "pf", null, "uw", "lo", "io", "sr", "rr", "dc",
        "de", "lf", "ac", "nr", null, null, null, "wf", "dd", "sd", null, "hg", "nh", "mg"
    };

    private final Mm mm;
    private final PageGeometry geometry;

    public ProcText(Mm mm) {
        this.mm = mm;
        this.geometry = mm.geometry();
    }

    /// `/proc/PID/maps`.
    public String maps() {
        StringBuilder text = new StringBuilder();
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                header(text, vma);
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
        return text.toString();
    }

    /// `/proc/PID/smaps`.
    public String smaps() {
        StringBuilder text = new StringBuilder();
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                header(text, vma);
                details(text, vma);
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
        return text.toString();
    }

    /// `/proc/PID/smaps_rollup`: the sums over all VMAs.
    public String smapsRollup() {
        StringBuilder text = new StringBuilder();
        Sizes sum = new Sizes(geometry, mm.kernel().nodes());
        mm.mmapLock().readLock();
        try {
            Vma first = mm.findVma(0);
            long end = 0;
            for (Vma vma = first; vma != null; vma = mm.findVma(vma.end())) {
                measure(vma, sum);
                end = vma.end();
            }
            hex(text, first == null ? 0 : first.start()).append('-');
            hex(text, end).append(" ---p 00000000 00:00 0 ");
            text.repeat(' ', NAME_COLUMN - text.length()).append("[rollup]\n");
        } finally {
            mm.mmapLock().readUnlock();
        }
        sizes(text, sum, true);
        return text.toString();
    }

    /// `/proc/PID/numa_maps`; `others` is where the pages of VMAs go that do not say.
    public String numaMaps(@Nullable MemPolicy others) {
        StringBuilder text = new StringBuilder();
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
                numaLine(text, vma, others);
            }
        } finally {
            mm.mmapLock().readUnlock();
        }
        return text.toString();
    }

    private void numaLine(StringBuilder text, Vma vma, @Nullable MemPolicy others) {
        MemPolicy policy = vma.policy() == null ? others : vma.policy();
        hex(text, vma.start()).append(' ').append(policy == null ? "default" : policy.toString());
        MappedFile file = vma.file();
        String name = nameOf(vma, file);
        if (file != null) {
            text.append(" file=").append(name.replace("\n", "\\012").replace("\t", "\\011"));
        } else if (name.equals("[heap]") || name.equals("[stack]")) {
            text.append(' ').append(name, 1, name.length() - 1);
        }
        Sizes sizes = new Sizes(geometry, mm.kernel().nodes());
        measure(vma, sizes);
        if (sizes.pages != 0) {
            counted(text, "anon", sizes.anonymous >>> geometry.shift());
            counted(text, "dirty", sizes.dirty);
            if (sizes.pages != sizes.anonymous >>> geometry.shift() && sizes.pages != sizes.dirty) {
                counted(text, "mapped", sizes.pages);
            }
            counted(text, "mapmax", sizes.mostSharers > 1 ? sizes.mostSharers : 0);
            for (int node = 0; node < sizes.onNode.length; node++) {
                counted(text, "N" + node, sizes.onNode[node]);
            }
            counted(text, "kernelpagesize_kB", geometry.bytes() >>> 10);
        }
        text.append('\n');
    }

    private static void counted(StringBuilder text, String name, long count) {
        if (count != 0) {
            text.append(' ').append(name).append('=').append(count);
        }
    }

    private void header(StringBuilder text, Vma vma) {
        int begin = text.length();
        hex(text, vma.start()).append('-');
        hex(text, vma.end()).append(' ');
        text.append(vma.isReadable() ? 'r' : '-')
                .append(vma.isWritable() ? 'w' : '-')
                .append(vma.isExecutable() ? 'x' : '-')
                .append(vma.has(Vma.VM_MAYSHARE) ? 's' : 'p')
                .append(' ');
        MappedFile file = vma.file();
        hex(text, file == null ? 0 : vma.pgoff() << geometry.shift()).append(' ');
        int device = file == null ? 0 : file.device();
        text.append(String.format("%02x:%02x ", device >>> 8, device & 0xff))
                .append(file == null ? 0 : file.inode())
                .append(' ');
        String name = nameOf(vma, file);
        if (!name.isEmpty()) {
            text.repeat(' ', Math.max(0, NAME_COLUMN - (text.length() - begin)));
            text.append(name.replace("\n", "\\012"));
        }
        text.append('\n');
    }

    private static StringBuilder hex(StringBuilder text, long value) {
        String digits = Long.toHexString(value);
        return text.repeat('0', Math.max(0, 8 - digits.length())).append(digits);
    }

    private String nameOf(Vma vma, @Nullable MappedFile file) {
        String given = vma.name();
        if (given != null) {
            return given;
        }
        if (file != null) {
            return file.mapsName();
        }
        if (vma.start() < mm.brkEnd() && vma.end() > mm.startBrk()) {
            return "[heap]";
        }
        if (vma.start() <= mm.startStack() && vma.end() >= mm.startStack()) {
            return "[stack]";
        }
        return "";
    }

    /// What smaps adds up over the pages of VMAs. Shares are kept in 1/4096 of a byte (PSS_SHIFT), so that a page
    /// that three map is whole again when all are added.
    private static final class Sizes {
        private static final int SHARE_SHIFT = 12;

        private final int bytes;
        long resident;
        long proportional;
        long proportionalAnon;
        long proportionalFile;
        long proportionalShmem;
        long proportionalLocked;
        long proportionalDirty;
        long sharedClean;
        long sharedDirty;
        long privateClean;
        long privateDirty;
        long referenced;
        long anonymous;
        long lazilyFree;
        long merged;
        long huge;
        long swapped;
        long proportionalSwapped;
        long pages;
        long dirty;
        int mostSharers;

        private final NumaNodes nodes;

        /// Pages by their node.
        final long[] onNode;

        Sizes(PageGeometry geometry, NumaNodes nodes) {
            this.bytes = geometry.bytes();
            this.nodes = nodes;
            this.onNode = new long[nodes.count()];
        }

        void addSwapped(int sharers) {
            swapped += bytes;
            proportionalSwapped += ((long) bytes << SHARE_SHIFT) / Math.max(1, sharers);
        }

        void add(Page page, boolean young, boolean dirty, boolean locked) {
            int sharers = Math.max(1, page.mapcount());
            long share = ((long) bytes << SHARE_SHIFT) / sharers;
            pages++;
            onNode[nodes.of(page)]++;
            this.dirty += dirty ? 1 : 0;
            mostSharers = Math.max(mostSharers, sharers);
            resident += bytes;
            proportional += share;
            proportionalDirty += dirty ? share : 0;
            proportionalLocked += locked ? share : 0;
            switch (RssKind.of(page)) {
                case MM_ANONPAGES -> proportionalAnon += share;
                case MM_FILEPAGES -> proportionalFile += share;
                case MM_SHMEMPAGES -> proportionalShmem += share;
                case MM_SWAPENTS -> throw new IllegalStateException("mm: " + page + " is in memory");
            }
            anonymous += page.isAnon() ? bytes : 0;
            lazilyFree += page.isAnon() && page.isLazyFree() && !dirty ? bytes : 0;
            merged += page.isKsm() ? bytes : 0;
            referenced += young ? bytes : 0;
            if (sharers > 1) {
                sharedDirty += dirty ? bytes : 0;
                sharedClean += dirty ? 0 : bytes;
            } else {
                privateDirty += dirty ? bytes : 0;
                privateClean += dirty ? 0 : bytes;
            }
        }
    }

    private void details(StringBuilder text, Vma vma) {
        Sizes sizes = new Sizes(geometry, mm.kernel().nodes());
        measure(vma, sizes);
        line(text, "Size:", vma.length());
        line(text, "KernelPageSize:", geometry.bytes());
        line(text, "MMUPageSize:", geometry.bytes());
        sizes(text, sizes, false);
        text.append(String.format("THPeligible:    %8d\n", isEligible(vma) ? 1 : 0));
        text.append("VmFlags: ");
        for (int bit = 0; bit < FLAG_NAMES.length; bit++) {
            if (vma.has(1 << bit) && FLAG_NAMES[bit] != null) {
                text.append(FLAG_NAMES[bit]).append(' ');
            }
        }
        // The last ones of Linux's, whose bits are high ones there.
        text.append(vma.has(Vma.VM_UFFD_MINOR) ? "ui " : "");
        text.append(vma.has(Vma.VM_SEALED) ? "sl \n" : "\n");
    }

    /// Whether a huge page would be made somewhere in the VMA: `thp_vma_allowable_orders`.
    private boolean isEligible(Vma vma) {
        HugeEntries huge = mm.pageTable().huge();
        long first = huge.start(vma.start() + huge.bytes() - 1);
        return first + huge.bytes() <= vma.end() && mm.kernel().hugePages().permits(vma);
    }

    private static void sizes(StringBuilder text, Sizes sizes, boolean rollup) {
        line(text, "Rss:", sizes.resident);
        line(text, "Pss:", sizes.proportional >> Sizes.SHARE_SHIFT);
        line(text, "Pss_Dirty:", sizes.proportionalDirty >> Sizes.SHARE_SHIFT);
        if (rollup) {
            line(text, "Pss_Anon:", sizes.proportionalAnon >> Sizes.SHARE_SHIFT);
            line(text, "Pss_File:", sizes.proportionalFile >> Sizes.SHARE_SHIFT);
            line(text, "Pss_Shmem:", sizes.proportionalShmem >> Sizes.SHARE_SHIFT);
        }
        line(text, "Shared_Clean:", sizes.sharedClean);
        line(text, "Shared_Dirty:", sizes.sharedDirty);
        line(text, "Private_Clean:", sizes.privateClean);
        line(text, "Private_Dirty:", sizes.privateDirty);
        line(text, "Referenced:", sizes.referenced);
        line(text, "Anonymous:", sizes.anonymous);
        line(text, "KSM:", sizes.merged);
        line(text, "LazyFree:", sizes.lazilyFree);
        line(text, "AnonHugePages:", sizes.huge);
        line(text, "ShmemPmdMapped:", 0);
        line(text, "FilePmdMapped:", 0);
        line(text, "Shared_Hugetlb:", 0);
        text.append("Private_Hugetlb:       0 kB\n");
        line(text, "Swap:", sizes.swapped);
        line(text, "SwapPss:", sizes.proportionalSwapped >> Sizes.SHARE_SHIFT);
        line(text, "Locked:", sizes.proportionalLocked >> Sizes.SHARE_SHIFT);
    }

    private static void line(StringBuilder text, String label, long bytes) {
        text.append(String.format("%-16s%8d kB\n", label, bytes >>> 10));
    }

    /// Adds the huge page that `[start, stop)` is; false where it is none.
    private boolean measureHuge(long start, long stop, Sizes sizes, boolean locked) {
        HugeEntries huge = mm.pageTable().huge();
        PageTableFormat format = mm.pageTable().format();
        long pmdPa = huge.findWhole(start, stop);
        long pmd = pmdPa == 0 ? 0 : huge.lockFound(pmdPa);
        if (pmd == 0) {
            return false;
        }
        for (int i = 0; i < huge.pages(); i++) {
            Page page = mm.kernel().allocator().page(format.pfn(pmd) + i);
            sizes.add(page, format.isYoung(pmd), format.isDirty(pmd) || page.isDirty(), locked);
        }
        sizes.huge += huge.bytes();
        huge.lock().unlock();
        return true;
    }

    private void measure(Vma vma, Sizes sizes) {
        boolean locked = vma.has(Vma.VM_LOCKED);
        PageCache shared = vma.isShmem()
                ? Objects.requireNonNull(vma.file(), "shared memory is a file").pages()
                : null;
        if (shared != null && (vma.isShared() || !vma.isWritable())) {
            sizes.swapped += swapped(shared, vma, vma.start(), vma.end());
            shared = null;
        }
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long va = vma.start();
        while (va < vma.end()) {
            long stop = Math.min(vma.end(), table.endOfTable(va));
            if (measureHuge(va, stop, sizes, locked)) {
                va = stop;
                continue;
            }
            long ptePa = table.lockInTable(va);
            if (ptePa == 0) {
                sizes.swapped += shared == null ? 0 : swapped(shared, vma, va, stop);
                va = stop;
                continue;
            }
            SpinLock lock = table.lockOf(ptePa);
            for (; va < stop; va += geometry.bytes(), ptePa += Long.BYTES) {
                long pte = table.load(ptePa);
                if (format.hasPage(pte)) {
                    Page page = mm.kernel().allocator().page(format.pfn(pte));
                    sizes.add(page, format.isYoung(pte), format.isDirty(pte) || page.isDirty(), locked);
                } else if (format.isMigration(pte)) {
                    Page page = mm.kernel().allocator().page(format.migrationPfn(pte));
                    sizes.add(page, false, page.isDirty(), locked);
                } else if (format.isSwap(pte)) {
                    sizes.addSwapped(mm.kernel().swap().count(mm.swapEntry(pte)));
                } else if (shared != null && format.isNone(pte)) {
                    sizes.swapped += swapped(shared, vma, va, va + geometry.bytes());
                }
            }
            lock.unlock();
        }
    }

    /// How many bytes of what a part of a VMA maps the file has in swap: `shmem_swap_usage`. No PTE says so.
    private long swapped(PageCache file, Vma vma, long start, long end) {
        long first = vma.indexOf(start);
        return file.countSwapped(first, first + (end - start >>> geometry.shift())) << geometry.shift();
    }

    /// The `Vm…` and `Rss…` lines of `/proc/PID/status`.
    public String statusLines() {
        StringBuilder text = new StringBuilder();
        mm.noteHighWater();
        MmCounters counters = mm.counters;
        long exe = Math.min(textBytes(), counters.exec() << geometry.shift());
        status(text, "VmPeak", counters.highTotal() << geometry.shift());
        status(text, "VmSize", counters.total() << geometry.shift());
        status(text, "VmLck", counters.locked() << geometry.shift());
        status(text, "VmPin", 0);
        status(text, "VmHWM", mm.highRss() << geometry.shift());
        status(text, "VmRSS", mm.rss() << geometry.shift());
        status(text, "RssAnon", mm.rss(RssKind.MM_ANONPAGES) << geometry.shift());
        status(text, "RssFile", mm.rss(RssKind.MM_FILEPAGES) << geometry.shift());
        status(text, "RssShmem", mm.rss(RssKind.MM_SHMEMPAGES) << geometry.shift());
        status(text, "VmData", counters.data() << geometry.shift());
        status(text, "VmStk", counters.stack() << geometry.shift());
        status(text, "VmExe", exe);
        status(text, "VmLib", (counters.exec() << geometry.shift()) - exe);
        status(text, "VmPTE", mm.pageTable().bytes());
        status(text, "VmSwap", mm.rss(RssKind.MM_SWAPENTS) << geometry.shift());
        status(text, "HugetlbPages", 0);
        return text.toString();
    }

    private static void status(StringBuilder text, String name, long bytes) {
        text.append(String.format("%s:\t%8d kB\n", name, bytes >>> 10));
    }

    private long textBytes() {
        return geometry.up(mm.endCode()) - geometry.down(mm.startCode());
    }

    /// `/proc/PID/statm`.
    public String statm() {
        long shared = mm.rss(RssKind.MM_FILEPAGES) + mm.rss(RssKind.MM_SHMEMPAGES);
        return mm.counters.total() + " " + mm.rss() + " " + shared + " " + (textBytes() >>> geometry.shift()) + " 0 "
                + (mm.counters.data() + mm.counters.stack()) + " 0\n";
    }

    /// The lines of `/proc/vmstat` that this kernel counts.
    public static String vmstat(KernelMemory kernel) {
        StringBuilder text = new StringBuilder();
        count(text, "nr_free_pages", kernel.allocator().freeFrames());
        for (NodeStat stat : NodeStat.values()) {
            count(text, stat.vmstatName(), kernel.stat(stat));
        }
        for (Lru.List list : Lru.List.values()) {
            count(
                    text,
                    "nr_" + list.name().toLowerCase(Locale.ROOT),
                    kernel.allocator().lru().size(list));
        }
        DirtyPages dirtyPages = kernel.dirtyPages();
        count(text, "nr_writeback", dirtyPages.underWriteback());
        long available = dirtyPages.dirtyable();
        count(text, "nr_dirty_threshold", dirtyPages.limits().limit(available));
        count(text, "nr_dirty_background_threshold", dirtyPages.limits().background(available));
        for (VmEvent event : VmEvent.values()) {
            count(text, event.vmstatName(), kernel.events(event));
        }
        for (NumaStat stat : NumaStat.values()) {
            long sum = 0;
            for (int node = 0; node < kernel.nodes().count(); node++) {
                sum += kernel.allocator().numaStat(node, stat);
            }
            count(text, stat.vmstatName(), sum);
        }
        count(text, "mmap_lock_contended", kernel.mmapLockWaits().count());
        count(text, "asid_rollover", kernel.asidRollovers());
        return text.toString();
    }

    private static void count(StringBuilder text, String name, long count) {
        text.append(name).append(' ').append(count).append('\n');
    }
}
