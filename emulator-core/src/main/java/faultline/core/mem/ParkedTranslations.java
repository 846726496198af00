package faultline.core.mem;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a soft TLB holds of an address space that does not run: its entries, packed.
final class ParkedTranslations {

    /// Whose they are; below 0 nobody's.
    int asid = -1;

    /// [SoftTlb#stamp] as it was.
    long stamp;

    /// When they were parked, for the choice of which to lose.
    long parkedAt;

    private int count;
    private int[] slots = {};
    private long[] entries = {};
    private long[] tracked = {};
    private @Nullable Object[] code = {};

    boolean isEmpty() {
        return count == 0;
    }

    void drop() {
        asid = -1;
        Arrays.fill(code, 0, count, null);
        count = 0;
    }

    void reserve(int most) {
        if (slots.length < most) {
            slots = new int[most];
            entries = new long[most * SoftTlb.WORDS];
            tracked = new long[most];
            code = new Object[most];
        }
    }

    void add(int slot, long[] from, long trackedTag, @Nullable Object page) {
        slots[count] = slot;
        System.arraycopy(from, slot, entries, count * SoftTlb.WORDS, SoftTlb.WORDS);
        tracked[count] = trackedTag;
        code[count] = page;
        count++;
    }

    /// Puts everything into `to`, which is empty.
    void restore(SoftTlb to) {
        for (int i = 0; i < count; i++) {
            to.restore(slots[i], entries, i * SoftTlb.WORDS, tracked[i], code[i]);
        }
    }

    void protectFrame(long pfn) {
        for (int at = 0; at < count * SoftTlb.WORDS; at += SoftTlb.WORDS) {
            SoftTlb.protect(entries, at, pfn);
        }
    }
}
