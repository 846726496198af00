package faultline.core.mem;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A vCPU's translation lookaside buffer: direct-mapped, with separate read, write and execute
/// tags.
///
/// An entry is four longs: the three tags and an addend with `pa = va + addend`. A tag is the
/// page's virtual address, or [#NO_TAG], which no aligned address equals. An aligned access of 2^k
/// bytes hits when its tag equals `va & (PAGE_MASK | 2^k - 1)`: one comparison answers for page,
/// permission and alignment.
///
/// Only the thread that carries the vCPU touches it: another vCPU asks for a flush through the
/// inbox, and until that is answered a stale entry really translates to the old frame.
public final class SoftTlb {

    public static final long NO_TAG = -1;
    public static final long PAGE_MASK = -PhysicalMemory.FRAME_BYTES;

    static final int READ = 0;
    static final int WRITE = 1;
    static final int EXECUTE = 2;
    static final int ADDEND = 3;

    /// 1,024 entries reach over 4 MiB and are 32 KiB of host memory: still in the first-level
    /// cache.
    private static final int ENTRIES = 1024;

    final long[] entries = new long[ENTRIES * 4];

    /// What the engine keeps beside an execute tag: its decoded page. Opaque here.
    private final Object[] code = new Object[ENTRIES];

    /// Tags of pages that may be written, but not by a plain store: decoded code or a reservation may
    /// be there. Looked at only where the write tag misses.
    private final long[] tracked = new long[ENTRIES];

    /// What of an address names its page: [faultline.core.mmu.Mmu#significantBits].
    private final long significant;

    private boolean empty;

    SoftTlb(long significant) {
        this.significant = significant;
        flush();
    }

    static int slot(long va) {
        return ((int) (va >>> PhysicalMemory.FRAME_SHIFT) & (ENTRIES - 1)) << 2;
    }

    /// Enters one page. Tags of rights not granted are cleared, other rights of the same page are
    /// kept.
    void fill(long va, long pa, boolean read, boolean write, boolean execute) {
        long page = va & PAGE_MASK;
        int slot = slot(va);
        long addend = (pa & PAGE_MASK) - page;
        boolean samePage = entries[slot + ADDEND] == addend && holds(slot, page);
        if (!samePage) {
            entries[slot + READ] = NO_TAG;
            entries[slot + WRITE] = NO_TAG;
            entries[slot + EXECUTE] = NO_TAG;
            entries[slot + ADDEND] = addend;
            code[slot >> 2] = null;
            tracked[slot >> 2] = NO_TAG;
        }
        if (read) {
            entries[slot + READ] = page;
        }
        if (write) {
            entries[slot + WRITE] = page;
        }
        if (execute) {
            entries[slot + EXECUTE] = page;
        }
        empty = false;
    }

    private boolean holds(int slot, long page) {
        return entries[slot + READ] == page || entries[slot + WRITE] == page || entries[slot + EXECUTE] == page;
    }

    private boolean holdsTagged(int slot, long page) {
        return isPage(entries[slot + READ], page)
                || isPage(entries[slot + WRITE], page)
                || isPage(entries[slot + EXECUTE], page);
    }

    private boolean isPage(long tag, long page) {
        return tag != NO_TAG && ((tag ^ page) & significant) == 0;
    }

    /// The decoded page cached for an executable `va`, or null when it must be looked up again.
    public @Nullable Object code(long va) {
        int slot = slot(va);
        return entries[slot + EXECUTE] == (va & PAGE_MASK) ? code[slot >> 2] : null;
    }

    /// Remembers the decoded page of `va`, whose execute tag was filled before.
    public void setCode(long va, Object page) {
        code[slot(va) >> 2] = page;
    }

    /// Forgets every translation.
    public void flush() {
        if (!empty) {
            Arrays.fill(entries, NO_TAG);
            Arrays.fill(code, null);
            Arrays.fill(tracked, NO_TAG);
            empty = true;
        }
    }

    /// Forgets the pages of `[start, end)`, whatever tag their addresses were used with.
    public void flushRange(long start, long end) {
        long pages = (end - start + PhysicalMemory.FRAME_BYTES - 1) >>> PhysicalMemory.FRAME_SHIFT;
        if (Long.compareUnsigned(pages, ENTRIES / 4) >= 0) {
            flush();
            return;
        }
        for (long page = start & PAGE_MASK, n = 0; n < pages; n++, page += PhysicalMemory.FRAME_BYTES) {
            int slot = slot(page);
            if (holdsTagged(slot, page)) {
                Arrays.fill(entries, slot, slot + 3, NO_TAG);
                code[slot >> 2] = null;
                tracked[slot >> 2] = NO_TAG;
            }
        }
    }

    /// Notes that the page just filled may be written by stores that are tracked. Lasts as long as one of its tags.
    void fillTracked(long va) {
        int slot = slot(va);
        long page = va & PAGE_MASK;
        if (holds(slot, page)) {
            tracked[slot >> 2] = page;
        }
    }

    boolean isTracked(long va) {
        return tracked[slot(va) >> 2] == (va & PAGE_MASK);
    }

    /// Takes the write tag from every entry of a frame, so that stores to it are seen: its bytes
    /// were decoded.
    public boolean protectFrame(long pfn) {
        boolean found = false;
        for (int slot = 0; slot < entries.length; slot += 4) {
            long page = entries[slot + WRITE];
            if (page != NO_TAG && (page + entries[slot + ADDEND]) >>> PhysicalMemory.FRAME_SHIFT == pfn) {
                entries[slot + WRITE] = NO_TAG;
                found = true;
            }
        }
        return found;
    }

    /// The frame that an access of this kind would reach without a walk, or -1: for oracles and the
    /// debugger.
    public long peek(long va, int kind) {
        int slot = slot(va);
        return entries[slot + kind] == (va & PAGE_MASK)
                ? (va + entries[slot + ADDEND]) >>> PhysicalMemory.FRAME_SHIFT
                : -1;
    }
}
