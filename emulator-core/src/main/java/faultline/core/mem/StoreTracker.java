package faultline.core.mem;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/// What load-exclusive and store-exclusive instructions of all vCPUs know of one another, and of
/// everybody's stores: the machine's global exclusive monitor.
///
/// **Versions.** Each granule of 64 bytes has a version, even at rest and odd while somebody stores
/// there; granules share versions by a hash. A load-exclusive remembers the version it loaded at, a
/// store-exclusive succeeds by taking exactly that version away, and every store in between has
/// changed it, whatever it stored. So nothing has to be registered, and a load writes nothing that
/// another vCPU reads.
///
/// **Watching.** Stores change versions only in frames that are watched: no TLB grants a plain write
/// to them, as to frames with decoded code. A frame is watched from its first load-exclusive on, and
/// no longer when many stores have come to it since the last one. [#WATCHING] takes the right away
/// from TLBs that fill now; [#WATCHED] says that every vCPU has given up what it had. Who stops
/// watching holds all versions of the frame, and leaves changed ones behind.
///
/// Threads: any. Whoever holds a version does nothing but access RAM, so that the others only spin.
final class StoreTracker {

    /// How many bytes are reserved at once: what ERG in CTR_EL0 tells guests of arm64, and below the
    /// cache block of ppc64's processors.
    static final int GRANULE_SHIFT = 6;

    static final int GRANULE_BYTES = 1 << GRANULE_SHIFT;

    // Marks of a frame, beside the code mark.

    static final int WATCHING = 2;
    static final int WATCHED = 4;

    private static final int GRANULES_IN_FRAME = PhysicalMemory.FRAME_BYTES >>> GRANULE_SHIFT;

    /// Sets of versions; frames share them by their number.
    private static final int SETS_SHIFT = 4;

    /// A version has a line of the host's cache of its own.
    private static final int STRIDE_SHIFT = 3;

    private static final int COUNTERS = 4096;

    /// Stores to a watched frame after which it is let go: to watch it again costs about as much as
    /// so many stores are slower.
    private static final int STORES_TO_LET_GO = 1024;

    private static final int SPINS_BEFORE_YIELD = 64;

    private final PhysicalMemory memory;

    private final AtomicLongArray versions = new AtomicLongArray(GRANULES_IN_FRAME << SETS_SHIFT << STRIDE_SHIFT);

    /// How often a frame of the set was let go. Changes while its first version is held.
    private final AtomicLongArray generations = new AtomicLongArray(1 << SETS_SHIFT);

    /// Stores since the last exclusive access, by frame; others may share it.
    private final AtomicIntegerArray stores = new AtomicIntegerArray(COUNTERS);

    /// Writes by physical address under way that change no version, by frame; others may share it.
    private final AtomicIntegerArray writers = new AtomicIntegerArray(COUNTERS);

    StoreTracker(PhysicalMemory memory) {
        this.memory = memory;
    }

    private static int set(long pfn) {
        return (int) pfn * 0x9e3779b9 >>> Integer.SIZE - SETS_SHIFT;
    }

    private static int firstVersion(long pfn) {
        return set(pfn) * GRANULES_IN_FRAME;
    }

    /// The number of the version of the granule that holds `pa`.
    static int version(long pa) {
        return firstVersion(pa >>> PhysicalMemory.FRAME_SHIFT)
                + (((int) pa & PhysicalMemory.FRAME_BYTES - 1) >>> GRANULE_SHIFT);
    }

    /// A version at rest. Acquire: pairs with the release in [#release].
    long read(int version) {
        for (int spins = 0; ; spins++) {
            long found = versions.getAcquire(version << STRIDE_SHIFT);
            if ((found & 1) == 0) {
                return found;
            }
            pause(spins);
        }
    }

    /// Whether nobody has stored, or begun to, since the version was read.
    boolean isStill(int version, long read) {
        return versions.getAcquire(version << STRIDE_SHIFT) == read;
    }

    /// Holds a version, which is returned.
    long hold(int version) {
        while (true) {
            long found = read(version);
            if (tryHold(version, found)) {
                return found;
            }
        }
    }

    /// Holds a version if it is still the one that was read.
    boolean tryHold(int version, long read) {
        return versions.compareAndSet(version << STRIDE_SHIFT, read, read + 1);
    }

    /// Ends holding it; `now` is what it was, or 2 more if something was stored. A full fence, so
    /// that a store-exclusive is ordered before whatever the vCPU loads next. Pairs with the acquire
    /// in [#read].
    void release(int version, long now) {
        versions.set(version << STRIDE_SHIFT, now);
    }

    private static void pause(int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    // Ranges.

    /// Holds the versions of `length` bytes of one frame, in ascending order.
    void holdRange(long pa, long length) {
        for (int version = version(pa); version <= version(pa + length - 1); version++) {
            hold(version);
        }
    }

    /// Ends holding them; they have changed.
    void releaseRange(long pa, long length) {
        for (int version = version(pa); version <= version(pa + length - 1); version++) {
            release(version, versions.getPlain(version << STRIDE_SHIFT) + 1);
        }
    }

    // Writes by physical address: no TLB stands before them, so whoever begins to watch waits for them.

    /// Begins to write `length` bytes of one frame; what it returns, [#endWrite] wants to know. Holds the versions if
    /// the frame is watched, or about to be.
    boolean beginWrite(long pa, long length) {
        long pfn = pa >>> PhysicalMemory.FRAME_SHIFT;
        writers.getAndIncrement(counter(pfn));
        // Pairs with the mark in beginWatching: one of the two sees the other.
        if ((memory.marksVolatile(pfn) & WATCHING) == 0) {
            return false;
        }
        writers.getAndDecrement(counter(pfn));
        holdRange(pa, length);
        return true;
    }

    void endWrite(long pa, long length, boolean held) {
        if (held) {
            releaseRange(pa, length);
        } else {
            writers.getAndDecrement(counter(pa >>> PhysicalMemory.FRAME_SHIFT));
        }
    }

    private void awaitWriters(long pfn) {
        for (int spins = 0; writers.get(counter(pfn)) != 0; spins++) {
            pause(spins);
        }
    }

    // Watching.

    /// Begins to watch a frame; the caller then makes every vCPU give up its write tags for it, and
    /// says so to [#watched] with what is returned here.
    long beginWatching(long pfn) {
        long generation = generations.getAcquire(set(pfn));
        memory.mark(pfn, WATCHING);
        return generation;
    }

    /// Every vCPU has given up its write tags, unless the frame was let go meanwhile: then nothing
    /// is watched, and the caller looks again. So have those gone who write by physical address and did not see
    /// the mark.
    void watched(long pfn, long generation) {
        awaitWriters(pfn);
        int first = firstVersion(pfn);
        long held = hold(first);
        if (generations.get(set(pfn)) == generation) {
            stores.set(counter(pfn), 0);
            memory.mark(pfn, WATCHED);
        }
        release(first, held);
    }

    /// Says that a frame was accessed exclusively.
    void used(long pfn) {
        stores.setPlain(counter(pfn), 0);
    }

    /// Counts a store to a watched frame, and lets the frame go if there were many. Holding nothing.
    void stored(long pfn) {
        int counter = counter(pfn);
        int count = stores.getPlain(counter) + 1;
        stores.setPlain(counter, count);
        if (count >= STORES_TO_LET_GO) {
            letGo(pfn);
        }
    }

    private static int counter(long pfn) {
        return (int) pfn & COUNTERS - 1;
    }

    /// Stops watching a frame. Reservations in it are lost.
    void letGo(long pfn) {
        long start = pfn << PhysicalMemory.FRAME_SHIFT;
        holdRange(start, PhysicalMemory.FRAME_BYTES);
        generations.set(set(pfn), generations.get(set(pfn)) + 1);
        memory.unmark(pfn, WATCHING | WATCHED);
        releaseRange(start, PhysicalMemory.FRAME_BYTES);
    }
}
