package faultline.kernel.mm;

import faultline.kernel.mm.page.FlushBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Flushes that are put off while pages are taken out of page tables, and made for all together: `struct
/// tlbflush_unmap_batch`, TTU_BATCH_FLUSH.
///
/// Of each address space the range is kept in which PTEs have changed. Until the flush another vCPU may use what it has
/// translated: so who puts one off keeps the pages' locks and references, and writes and frees nothing before
/// [#flush]. Whoever else changes an address space flushes it whole before he is done ([Mm#flushDeferred]), for he does
/// not see what was there. Used by one thread.
final class UnmapBatch implements FlushBatch {

    /// Most pages of a batch belong to a few processes.
    private static final int FEW = 4;

    private @Nullable Mm[] mms = new Mm[FEW];
    private long[] starts = new long[FEW];
    private long[] ends = new long[FEW];
    private int[] unmapped = new int[FEW];
    private int count;
    private boolean busy;

    /// A PTE is about to be taken out; called with its lock.
    void unmapping(Mm mm, long va) {
        int at = add(mm, va);
        unmapped[at]++;
        mm.deferFlush();
    }

    /// A PTE was made old: its next use is to be noted.
    void aged(Mm mm, long va) {
        int _ = add(mm, va);
    }

    private int add(Mm mm, long va) {
        int at = 0;
        while (at < count && mms[at] != mm) {
            at++;
        }
        if (at == count) {
            begin(mm, va);
        }
        starts[at] = Math.min(starts[at], va);
        ends[at] = Math.max(ends[at], va + mm.geometry().bytes());
        return at;
    }

    private void begin(Mm mm, long va) {
        if (count == mms.length) {
            mms = Arrays.copyOf(mms, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            unmapped = Arrays.copyOf(unmapped, 2 * count);
        }
        mms[count] = mm;
        starts[count] = va;
        ends[count] = va;
        unmapped[count] = 0;
        count++;
    }

    /// Flushes each address space once: `try_to_unmap_flush`. No spinning lock is held.
    @Override
    public void flush() {
        for (int i = 0; i < count; i++) {
            Mm mm = mms[i];
            mms[i] = null;
            if (mm != null) {
                mm.flushBatch(starts[i], ends[i], unmapped[i]);
            }
        }
        count = 0;
    }

    @Override
    public void noteBusy() {
        busy = true;
    }

    /// Whether a page has stayed so.
    boolean isBusy() {
        return busy;
    }
}
