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
/// Entries belong to the address space that was selected last. Those of some others are kept aside
/// while they do not run, by address-space id, and come back with [#select]: what hardware does by
/// comparing an id in each entry, without a comparison where an access hits. Every entry belongs to
/// one id: a global one, which hardware may share between all, is one more walk here.
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
    static final int WORDS = 4;

    /// 1,024 entries reach over 4 MiB and are 32 KiB of host memory: still in the first-level
    /// cache.
    private static final int ENTRIES = 1024;

    final long[] entries = new long[ENTRIES * WORDS];

    /// Which entries were filled since all were empty, a bit each.
    private final long[] filled = new long[ENTRIES / Long.SIZE];

    /// What the engine keeps beside an execute tag: its decoded page. Opaque here.
    private final Object[] code = new Object[ENTRIES];

    /// Tags of pages that may be written, but not by a plain store: decoded code or a reservation may
    /// be there. Looked at only where the write tag misses.
    private final long[] tracked = new long[ENTRIES];

    /// What of an address names its page: [faultline.core.mmu.Mmu#significantBits].
    private final long significant;

    private boolean empty;

    /// How many address spaces that do not run are kept aside.
    private static final int PARKED = 7;

    private final ParkedTranslations[] parked = new ParkedTranslations[PARKED];

    /// Where the next to leave goes, before its place is free.
    private ParkedTranslations spare = new ParkedTranslations();

    private int asid;
    private long stamp = -1;
    private long selections;

    SoftTlb(long significant) {
        this.significant = significant;
        Arrays.setAll(parked, _ -> new ParkedTranslations());
        Arrays.fill(entries, NO_TAG);
        Arrays.fill(tracked, NO_TAG);
        empty = true;
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
            clear(slot >> 2);
            entries[slot + ADDEND] = addend;
            filled[slot >> 8] |= 1L << (slot >> 2);
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

    /// Forgets every translation of every address space.
    public void flush() {
        flushSelected();
        for (ParkedTranslations other : parked) {
            other.drop();
        }
    }

    /// Forgets every translation of the address space selected.
    public void flushSelected() {
        if (empty) {
            return;
        }
        // Who shares an address space with one that unmaps is told to flush often, and has filled few entries since.
        for (int word = 0; word < filled.length; word++) {
            for (long left = filled[word]; left != 0; left &= left - 1) {
                clear(word * Long.SIZE + Long.numberOfTrailingZeros(left));
            }
            filled[word] = 0;
        }
        empty = true;
    }

    private void clear(int index) {
        int slot = index * WORDS;
        entries[slot + READ] = NO_TAG;
        entries[slot + WRITE] = NO_TAG;
        entries[slot + EXECUTE] = NO_TAG;
        code[index] = null;
        tracked[index] = NO_TAG;
    }

    /// Goes on with the translations of another address space, as far as they were kept, and keeps
    /// those of this one.
    public void select(int to) {
        if (to == asid) {
            return;
        }
        ParkedTranslations own = find(to);
        ParkedTranslations room = own == null ? oldest() : own;
        // What was there moves out before the rest moves in: both use the same slots.
        ParkedTranslations leaving = spare;
        leaving.asid = -1;
        if (!empty) {
            park(leaving);
        }
        flushSelected();
        asid = to;
        stamp = -1;
        if (own != null) {
            own.restore(this);
            stamp = own.stamp;
            empty = own.isEmpty();
        }
        room.drop();
        spare = room;
        replace(room, leaving);
    }

    private void park(ParkedTranslations in) {
        in.asid = asid;
        in.stamp = stamp;
        in.parkedAt = ++selections;
        int count = 0;
        for (long word : filled) {
            count += Long.bitCount(word);
        }
        in.reserve(count);
        for (int word = 0; word < filled.length; word++) {
            for (long left = filled[word]; left != 0; left &= left - 1) {
                int index = word * Long.SIZE + Long.numberOfTrailingZeros(left);
                in.add(index * WORDS, entries, tracked[index], code[index]);
            }
        }
    }

    private @Nullable ParkedTranslations find(int wanted) {
        for (ParkedTranslations one : parked) {
            if (one.asid == wanted) {
                return one;
            }
        }
        return null;
    }

    /// An unused place, else the one that was parked longest ago.
    private ParkedTranslations oldest() {
        ParkedTranslations found = parked[0];
        for (ParkedTranslations one : parked) {
            if (one.asid < 0) {
                return one;
            }
            if (one.parkedAt < found.parkedAt) {
                found = one;
            }
        }
        return found;
    }

    private void replace(ParkedTranslations old, ParkedTranslations by) {
        for (int i = 0; i < parked.length; i++) {
            if (parked[i] == old) {
                parked[i] = by;
                return;
            }
        }
    }

    void restore(int slot, long[] from, int at, long trackedTag, @Nullable Object page) {
        System.arraycopy(from, at, entries, slot, WORDS);
        tracked[slot >> 2] = trackedTag;
        code[slot >> 2] = page;
        filled[slot >> 8] |= 1L << (slot >> 2);
    }

    /// Whether the address space selected has no translation here.
    public boolean isEmpty() {
        return empty;
    }

    /// What [#setStamp] said of the address space selected, -1 when its translations were lost since:
    /// for who counts the flushes that those who do not run have missed.
    public long stamp() {
        return stamp;
    }

    public void setStamp(long value) {
        stamp = value;
    }

    /// Forgets the pages of `[start, end)`, whatever tag their addresses were used with.
    public void flushRange(long start, long end) {
        long pages = (end - start + PhysicalMemory.FRAME_BYTES - 1) >>> PhysicalMemory.FRAME_SHIFT;
        if (Long.compareUnsigned(pages, ENTRIES / 4) >= 0) {
            flushSelected();
            return;
        }
        for (long page = start & PAGE_MASK, n = 0; n < pages; n++, page += PhysicalMemory.FRAME_BYTES) {
            int slot = slot(page);
            if (holdsTagged(slot, page)) {
                clear(slot >> 2);
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
            found |= protect(entries, slot, pfn);
        }
        for (ParkedTranslations other : parked) {
            other.protectFrame(pfn);
        }
        return found;
    }

    static boolean protect(long[] entries, int slot, long pfn) {
        long page = entries[slot + WRITE];
        if (page == NO_TAG || (page + entries[slot + ADDEND]) >>> PhysicalMemory.FRAME_SHIFT != pfn) {
            return false;
        }
        entries[slot + WRITE] = NO_TAG;
        return true;
    }

    /// Whether loads or fetches at `va` would reach a frame without a walk: for oracles, which may be another thread's.
    public boolean reads(long va, long pfn) {
        return peek(va, READ) == pfn || peek(va, EXECUTE) == pfn;
    }

    /// The same for stores, tracked or not.
    public boolean writes(long va, long pfn) {
        int slot = slot(va);
        return peek(va, WRITE) == pfn
                || isTracked(va) && (va + entries[slot + ADDEND]) >>> PhysicalMemory.FRAME_SHIFT == pfn;
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
