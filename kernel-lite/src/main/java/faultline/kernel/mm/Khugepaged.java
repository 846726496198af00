package faultline.kernel.mm;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KhugepagedSettings.Setting;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What the thread does that puts huge pages together in the background: `mm/khugepaged.c`.
///
/// It goes over the address spaces that have had to do with huge pages, so many pages at a time, and collapses what
/// the rules permit. An address space enters with its first huge page, or with MADV_HUGEPAGE.
public final class Khugepaged extends BackgroundScan {

    private static final long MILLISECOND = 1_000_000;

    private final KernelMemory kernel;

    /// The address spaces to go over, by number.
    private final Map<Integer, Mm> entered = new ConcurrentSkipListMap<>();

    // Where the thread goes on; its own.
    private int lastMm;
    private long cursor;

    Khugepaged(KernelMemory kernel) {
        this.kernel = kernel;
    }

    /// An address space has to do with huge pages: `khugepaged_enter_vma`. Cheap where it had before.
    public void enter(Mm mm) {
        if (mm.enterKhugepaged() && kernel.format().hasHugePages()) {
            entered.put(mm.id(), mm);
            startThread();
        }
    }

    /// An address space has no user any more.
    void exit(Mm mm) {
        if (entered.remove(mm.id()) != null) {
            wakeThread();
        }
    }

    @Override
    public boolean hasWork() {
        return !entered.isEmpty();
    }

    /// One round, and how long to sleep behind it, in nanoseconds: `khugepaged_do_scan`. `reader` brings pages in
    /// that are swapped out.
    public long scan(Collapse.SwapReader reader) {
        HugePageSettings settings = kernel.hugePages();
        KhugepagedSettings rules = settings.khugepaged();
        long left = rules.get(Setting.PAGES_TO_SCAN);
        int before = -1;
        while (left > 0 && settings.enabled() != HugePageSettings.Enabled.NEVER) {
            Mm mm = current();
            if (mm == null || mm.id() == before && cursor == 0) {
                break;
            }
            before = cursor == 0 ? mm.id() : before;
            long done = mm.tryGet() ? scan(mm, rules, reader, left) : 1;
            if (done < 0) {
                return rules.get(Setting.ALLOC_SLEEP_MILLISECS) * MILLISECOND;
            }
            left -= Math.max(1, done);
        }
        return rules.get(Setting.SCAN_SLEEP_MILLISECS) * MILLISECOND;
    }

    /// The address space at which it stands, else the next, else the first again.
    private @Nullable Mm current() {
        for (Map.Entry<Integer, Mm> each : entered.entrySet()) {
            if (each.getKey() == lastMm && cursor != 0 || each.getKey() > lastMm) {
                if (each.getKey() != lastMm) {
                    lastMm = each.getKey();
                    cursor = 0;
                }
                return each.getValue();
            }
        }
        lastMm = 0;
        cursor = 0;
        if (entered.isEmpty()) {
            return null;
        }
        kernel.hugePages().khugepaged().countFullScan();
        return entered.isEmpty() ? null : first();
    }

    private @Nullable Mm first() {
        for (Map.Entry<Integer, Mm> each : entered.entrySet()) {
            lastMm = each.getKey();
            return each.getValue();
        }
        return null;
    }

    /// Goes over at most `most` pages of one address space, whose reference it gives back; returns how many, or -1
    /// when no run of frames was free.
    private long scan(Mm mm, KhugepagedSettings settings, Collapse.SwapReader reader, long most) {
        Collapse.Rules rules = new Collapse.Rules(
                settings.get(Setting.MAX_PTES_NONE),
                settings.get(Setting.MAX_PTES_SHARED),
                settings.get(Setting.MAX_PTES_SWAP),
                true);
        Collapse collapse = new Collapse(mm, rules, reader);
        int pages = mm.pageTable().huge().pages();
        long done = 0;
        boolean failed = false;
        while (done < most && !failed && !KernelThread.current().fatalSignalPending()) {
            long va = next(mm);
            if (va < 0) {
                cursor = 0;
                break;
            }
            cursor = va + mm.pageTable().huge().bytes();
            Collapse.Result result = collapse.collapse(va);
            if (result == Collapse.Result.SUCCEED) {
                settings.countCollapsed();
            }
            failed = result == Collapse.Result.ALLOC_HUGE_PAGE_FAIL;
            done += pages;
        }
        mm.put();
        return failed ? -1 : done;
    }

    /// Where the next huge page could be at or above the cursor; -1 behind the last.
    private long next(Mm mm) {
        long bytes = mm.pageTable().huge().bytes();
        mm.mmapLock().readLock();
        try {
            for (Vma vma = mm.findVma(cursor); vma != null; vma = mm.findVma(vma.end())) {
                long va = Math.max(cursor, vma.start()) + bytes - 1 & -bytes;
                if (va + bytes <= vma.end() && kernel.hugePages().permits(vma) && vma.hasAnonVma()) {
                    return va;
                }
            }
            return -1;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }
}
