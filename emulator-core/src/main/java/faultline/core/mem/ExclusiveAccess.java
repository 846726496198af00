package faultline.core.mem;

import java.lang.foreign.MemorySegment;

/// Load-exclusive and store-exclusive as one vCPU makes them, 16-byte operations that are like them, and the vCPU's
/// other stores to frames that are watched for it all ([StoreTracker]).
///
/// A reservation is lost when anybody else stores to its 64 bytes, and at every exception. Operands are aligned: the
/// caller has seen to it.
///
/// Only the thread that carries the vCPU calls it.
public final class ExclusiveAccess {

    private final Mem mem;
    private final PhysicalMemory memory;
    private final MemorySegment ram;
    private final StoreTracker tracker;
    private final ExclusiveSection others;
    private final Reservation reservation = new Reservation();

    /// The high half of the last pair loaded or swapped.
    private long high;

    ExclusiveAccess(Mem mem, ExclusiveSection others) {
        this.mem = mem;
        this.memory = mem.memory();
        this.ram = memory.ram;
        this.tracker = memory.storeTracker();
        this.others = others;
    }

    // Load-exclusive.

    /// Loads and reserves 1, 2, 4 or 8 bytes; those above are zero.
    public long load(long va, int length) {
        while (true) {
            long pa = mem.readable(va, length);
            if (others.alone()) {
                reservation.set(pa, length, 0, 0);
                return mem.inOrder(RamAccess.load(ram, pa, length), length);
            }
            if (isWatched(pa)) {
                int version = StoreTracker.version(pa);
                long at = tracker.read(version);
                long value = mem.inOrder(RamAccess.load(ram, pa, length), length);
                if (reserve(pa, length, version, at)) {
                    return value;
                }
            } else {
                watch(pa);
            }
        }
    }

    /// Loads and reserves 8 bytes: the low word; [#high] has the other.
    public int loadWords(long va) {
        long both = load(va, Long.BYTES);
        high = both >>> Integer.SIZE;
        return (int) both;
    }

    /// Loads and reserves 16 bytes, as one: the low half; [#high] has the other.
    public long loadPair(long va) {
        while (true) {
            long pa = mem.readable(va, 16);
            if (others.alone()) {
                reservation.set(pa, 16, 0, 0);
                high = loadHalf(mem.highHalf(pa));
                return loadHalf(mem.lowHalf(pa));
            }
            if (isWatched(pa)) {
                int version = StoreTracker.version(pa);
                long at = tracker.read(version);
                long low = loadHalf(mem.lowHalf(pa));
                high = loadHalf(mem.highHalf(pa));
                if (reserve(pa, 16, version, at)) {
                    return low;
                }
            } else {
                watch(pa);
            }
        }
    }

    /// The high half of the last pair loaded or swapped.
    public long high() {
        return high;
    }

    /// Reserves what was just loaded, unless somebody has stored there meanwhile.
    private boolean reserve(long pa, int length, int version, long at) {
        if (!isWatched(pa) || !tracker.isStill(version, at)) {
            return false;
        }
        tracker.used(pa >>> PhysicalMemory.FRAME_SHIFT);
        reservation.set(pa, length, version, at);
        return true;
    }

    // Store-exclusive.

    /// Stores as many bytes as were reserved there, if they still are; says whether it did.
    public boolean store(long va, int length, long value) {
        long pa = mem.writable(va, length);
        if (!take(pa, length)) {
            return false;
        }
        RamAccess.store(ram, pa, length, mem.inOrder(value, length));
        end(pa);
        return true;
    }

    /// The same of 16 bytes.
    public boolean storePair(long va, long low, long highHalf) {
        long pa = mem.writable(va, 16);
        if (!take(pa, 16)) {
            return false;
        }
        storeHalf(mem.lowHalf(pa), low);
        storeHalf(mem.highHalf(pa), highHalf);
        end(pa);
        return true;
    }

    /// Gives a reservation up, and holds its version if it was still good.
    private boolean take(long pa, int length) {
        boolean held = reservation.holds(pa, length);
        reservation.clear();
        return held && (others.alone() || tracker.tryHold(StoreTracker.version(pa), reservation.at()));
    }

    private void end(long pa) {
        if (!others.alone()) {
            tracker.release(StoreTracker.version(pa), reservation.at() + 2);
        }
    }

    /// Forgets what is reserved: CLREX, and every exception.
    public void clear() {
        reservation.clear();
    }

    // Compare and swap of 16 bytes.

    /// Replaces 16 bytes if they are as expected, and returns the low half of what was there; [#high] has the other.
    /// Unlike [Mem#cas128] it stops nobody. It is atomic against everything that stores, but of loads only against
    /// [#loadPair] and its like.
    public long swapPair(long va, long expectedLow, long expectedHigh, long low, long newHigh) {
        // What cannot even be read faults as a read.
        long _ = mem.readable(va, 16);
        long pa = watchedForWrite(va, 16);
        int version = StoreTracker.version(pa);
        boolean alone = others.alone();
        long held = alone ? 0 : tracker.hold(version);
        long oldLow = loadHalf(mem.lowHalf(pa));
        high = loadHalf(mem.highHalf(pa));
        boolean same = oldLow == expectedLow && high == expectedHigh;
        if (same) {
            storeHalf(mem.lowHalf(pa), low);
            storeHalf(mem.highHalf(pa), newHigh);
        }
        if (!alone) {
            tracker.release(version, same ? held + 2 : held);
            RamAccess.afterAtomic();
        }
        return oldLow;
    }

    // Quadwords that are one access where they are aligned, and reserve nothing.

    /// Loads 16 bytes: the low half; [#high] has the other.
    public long loadQuadword(long va) {
        if ((va & 15) != 0) {
            long low = mem.loadLowHalf(va);
            high = mem.loadHighHalf(va);
            return low;
        }
        while (true) {
            long pa = mem.readable(va, 16);
            boolean alone = others.alone();
            int version = StoreTracker.version(pa);
            long at = alone ? 0 : tracker.read(version);
            long low = loadHalf(mem.lowHalf(pa));
            high = loadHalf(mem.highHalf(pa));
            if (alone || isWatched(pa) && tracker.isStill(version, at)) {
                return low;
            }
            if (!isWatched(pa)) {
                watch(pa);
            }
        }
    }

    /// Stores 16 bytes.
    public void storeQuadword(long va, long low, long newHigh) {
        if ((va & 15) != 0 || others.alone()) {
            mem.store128(va, low, newHigh);
            return;
        }
        long pa = watchedForWrite(va, 16);
        int version = StoreTracker.version(pa);
        long held = tracker.hold(version);
        storeHalf(mem.lowHalf(pa), low);
        storeHalf(mem.highHalf(pa), newHigh);
        changed(pa, version, held);
    }

    private long loadHalf(long pa) {
        return mem.inOrder(RamAccess.load64(ram, pa));
    }

    private void storeHalf(long pa, long value) {
        RamAccess.store64(ram, pa, mem.inOrder(value));
    }

    // Other stores of the vCPU, in frames that are watched: of values as RAM has them.

    /// Stores inside one page; in parts, where it is in two granules.
    void put(long pa, int length, long value) {
        int inFirst = (int) Math.min(length, StoreTracker.GRANULE_BYTES - (pa & StoreTracker.GRANULE_BYTES - 1));
        for (int i = 0; inFirst < length && i < length; i++) {
            put(pa + i, 1, value >>> 8 * i);
        }
        if (inFirst == length) {
            int version = StoreTracker.version(pa);
            long held = tracker.hold(version);
            RamAccess.store(ram, pa, length, value);
            changed(pa, version, held);
        }
    }

    /// Compares and sets, inside a word.
    boolean compareAndSet(long pa, int length, long expected, long value) {
        int version = StoreTracker.version(pa);
        long held = tracker.hold(version);
        boolean done = RamAccess.compareAndSetInWord(ram, pa, length, expected, value);
        if (done) {
            changed(pa, version, held);
        } else {
            tracker.release(version, held);
        }
        return done;
    }

    /// Lets go of a version that was held for a store.
    private void changed(long pa, int version, long held) {
        tracker.release(version, held + 2);
        reservation.follow(version, held, held + 2);
        tracker.stored(pa >>> PhysicalMemory.FRAME_SHIFT);
    }

    // Watching.

    /// Whether stores to the frame are tracked.
    boolean isWatched(long pa) {
        return (memory.marks(pa >>> PhysicalMemory.FRAME_SHIFT) & StoreTracker.WATCHED) != 0;
    }

    /// The physical address for a store to a frame that is watched; or to any, on a machine with one vCPU.
    private long watchedForWrite(long va, int length) {
        while (true) {
            long pa = mem.writable(va, length);
            if (others.alone() || mem.watched) {
                tracker.used(pa >>> PhysicalMemory.FRAME_SHIFT);
                return pa;
            }
            watch(pa);
        }
    }

    /// Begins to watch a frame. Translations are looked up again afterwards: the vCPU was out of guest mode.
    private void watch(long pa) {
        long pfn = pa >>> PhysicalMemory.FRAME_SHIFT;
        long generation = tracker.beginWatching(pfn);
        others.takeWriteTags(pfn);
        tracker.watched(pfn, generation);
    }
}
