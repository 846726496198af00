package faultline.core.mem;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/// The machine's RAM: one reserved, bounds-checked off-heap region of 4 KiB frames.
///
/// Addresses are guest-physical (`pa`), from 0 to [#bytes]; a frame number is `pfn = pa >>> 12`.
/// Nothing is committed on the host before it is touched. Every accessor is little-endian unless its name says
/// otherwise and, where it says so, atomic; a guest's own order is [Mem]'s. An address outside
/// the region is our bug and throws `IndexOutOfBoundsException`: guests only reach RAM through
/// translations the kernel made.
///
/// Threads: all methods may be called by any thread. Loads are acquire, stores are release, copies are
/// in order with both ([RamAccess]): x86-TSO on every host, and stronger than the weak models need.
public final class PhysicalMemory implements AutoCloseable {

    public static final int FRAME_SHIFT = 12;
    public static final int FRAME_BYTES = 1 << FRAME_SHIFT;

    /// Zeros to copy from; nothing writes them. Not a whole frame: a copy whose loads run at the
    /// page offset of the stores just made waits for each of them (4 KiB aliasing), a third longer
    /// for a frame that no cache holds.
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[FRAME_BYTES / 4]);

    private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(byte[].class);

    static final int CODE = 1;

    final MemorySegment ram;

    private final HostMapping mapping;

    /// Grows once, from the mapping's head to all frames.
    private final AtomicInteger usableFrames;

    /// One byte a frame, of marks that keep plain write tags out of TLBs: [#CODE] while instructions
    /// decoded from it are cached (see [CodeTracker]), and those of [StoreTracker].
    private final byte[] marks;

    private CodeTracker codeTracker = CodeTracker.NONE;

    private final StoreTracker storeTracker = new StoreTracker(this);

    private PhysicalMemory(HostMapping mapping) {
        this.ram = mapping.segment;
        this.mapping = mapping;
        this.usableFrames = new AtomicInteger((int) (mapping.usable() >>> FRAME_SHIFT));
        this.marks = new byte[(int) (ram.byteSize() >>> FRAME_SHIFT)];
    }

    /// Reserves `bytes` of address space, rounded up to whole frames, all of them usable.
    public static PhysicalMemory reserve(long bytes) {
        PhysicalMemory memory = begin(bytes);
        memory.extend();
        if (memory.usableFrames() < memory.frames()) {
            memory.close();
            throw new RamRefused(bytes);
        }
        return memory;
    }

    /// Like [#reserve], but only [#usableFrames] may be touched before [#extend]: quick, for a
    /// machine that hands its frames out in ascending order and may never get far.
    public static PhysicalMemory begin(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("ram: " + bytes + " bytes; needs at least one frame");
        }
        return new PhysicalMemory(HostMapping.reserve((bytes + FRAME_BYTES - 1) & -FRAME_BYTES));
    }

    /// Does what the first machine of a process has to wait for and no later one: Java makes the
    /// code of the access handles anew in each process, which takes tens of milliseconds. A start
    /// calls this on a thread of its own, as early as it can.
    public static void prepare() {
        MemorySegment scratch = MemorySegment.ofArray(new byte[1]);
        MemorySegment.copy(ZEROS, 0, scratch, 0, scratch.byteSize());
    }

    /// The number of frames that may be touched, from 0.
    public int usableFrames() {
        return usableFrames.getAcquire();
    }

    /// Makes all frames usable, if the host gives them. Any thread.
    public void extend() {
        if (usableFrames() < frames()) {
            mapping.extend();
            usableFrames.setRelease((int) (mapping.usable() >>> FRAME_SHIFT)); // pairs with getAcquire in usableFrames
        }
    }

    /// Gives RAM back to the host: nobody may use the machine any more. An access afterwards throws
    /// `IllegalStateException`.
    @Override
    public void close() {
        mapping.close();
    }

    /// The size of RAM in bytes.
    public long bytes() {
        return ram.byteSize();
    }

    /// The number of frames.
    public int frames() {
        return marks.length;
    }

    public byte load8(long pa) {
        return RamAccess.load8(ram, pa);
    }

    public void store8(long pa, byte value) {
        RamAccess.store8(ram, pa, value);
    }

    /// Loads an aligned 32-bit word (acquire).
    public int load32(long pa) {
        return RamAccess.load32(ram, pa);
    }

    /// Stores an aligned 32-bit word (release).
    public void store32(long pa, int value) {
        RamAccess.store32(ram, pa, value);
    }

    /// Loads an aligned 64-bit word (acquire); page-table walkers read entries with this.
    public long load64(long pa) {
        return RamAccess.load64(ram, pa);
    }

    /// Stores an aligned 64-bit word (release).
    public void store64(long pa, long value) {
        RamAccess.store64(ram, pa, value);
    }

    /// Replaces an aligned 64-bit word if it still is `expected`: how hardware sets A, D, AF, R and
    /// C.
    public boolean compareAndSet64(long pa, long expected, long value) {
        return RamAccess.compareAndSet64(ram, pa, expected, value);
    }

    /// Exchanges an aligned 64-bit word and returns the old one: `ptep_get_and_clear`.
    public long getAndSet64(long pa, long value) {
        return RamAccess.getAndSet64(ram, pa, value);
    }

    // The same of big-endian words: page-table entries of processors that have them so whatever their programs' order.

    public long load64BigEndian(long pa) {
        return Long.reverseBytes(load64(pa));
    }

    public void store64BigEndian(long pa, long value) {
        store64(pa, Long.reverseBytes(value));
    }

    public boolean compareAndSet64BigEndian(long pa, long expected, long value) {
        return compareAndSet64(pa, Long.reverseBytes(expected), Long.reverseBytes(value));
    }

    public long getAndSet64BigEndian(long pa, long value) {
        return Long.reverseBytes(getAndSet64(pa, Long.reverseBytes(value)));
    }

    /// Fills a frame with zero bytes: a copy, because to fill a part of a segment allocates a view
    /// of it.
    public void zero(long pfn) {
        zero(pfn << FRAME_SHIFT, FRAME_BYTES);
    }

    /// Fills whole frames from `pa` on with zero bytes, likewise.
    public void zero(long pa, int length) {
        long end = pa + length;
        for (long at = pa; at < end; at += ZEROS.byteSize()) {
            RamAccess.copy(ZEROS, 0, ram, at, ZEROS.byteSize());
        }
    }

    /// Fills `length` bytes from `pa` with one value.
    public void fill(long pa, long length, byte value) {
        boolean tracked = beginBulk(pa, length);
        RamAccess.fill(ram, pa, length, value);
        if (tracked) {
            storeTracker.releaseRange(pa, length);
        }
    }

    /// Copies `length` bytes between physical addresses.
    public void copy(long fromPa, long toPa, long length) {
        boolean tracked = beginBulk(toPa, length);
        RamAccess.copy(ram, fromPa, ram, toPa, length);
        if (tracked) {
            storeTracker.releaseRange(toPa, length);
        }
    }

    /// Copies bytes of another memory, such as a disk's, into this one, as [#write] does.
    public void copyFrom(PhysicalMemory other, long fromPa, long toPa, long length) {
        boolean tracked = beginBulk(toPa, length);
        RamAccess.copy(other.ram, fromPa, ram, toPa, length);
        if (tracked) {
            storeTracker.releaseRange(toPa, length);
        }
    }

    /// Copies bytes out of RAM. Not by the method that takes the array: it finds the array's type
    /// with a switch whose code Java makes anew in each process.
    public void read(long pa, byte[] to, int offset, int length) {
        RamAccess.copy(ram, pa, MemorySegment.ofArray(to), offset, length);
    }

    /// Copies bytes into RAM: in guest mode behind a translation, or where nobody has mapped it; else
    /// it is [#writeMapped].
    public void write(long pa, byte[] from, int offset, int length) {
        boolean tracked = beginBulk(pa, length);
        RamAccess.copy(MemorySegment.ofArray(from), offset, ram, pa, length);
        if (tracked) {
            storeTracker.releaseRange(pa, length);
        }
    }

    /// Where a bulk store begins in a frame whose stores are tracked: holds what it is to change and
    /// answers true. No frame becomes one meanwhile: whoever stores to what others have mapped is in
    /// guest mode. A store that goes on into other frames is to frames that nobody has mapped.
    private boolean beginBulk(long pa, long length) {
        if (length == 0
                || (marks(pa >>> FRAME_SHIFT) & StoreTracker.WATCHED) == 0
                || (pa & FRAME_BYTES - 1) + length > FRAME_BYTES) {
            return false;
        }
        storeTracker.holdRange(pa, length);
        return true;
    }

    /// Copies bytes into frames that programs may have mapped: a write to the pages of a file, which looks
    /// at no translation and happens in no guest mode. Drops the instructions decoded from them, and
    /// reservations of what changes.
    public void writeMapped(long pa, byte[] from, int offset, int length) {
        storeMapped(pa, MemorySegment.ofArray(from), offset, length);
    }

    /// Fills bytes of frames that programs may have mapped with zeros, likewise.
    public void clearMapped(long pa, int length) {
        for (int done = 0; done < length; ) {
            int piece = (int) Math.min(length - done, ZEROS.byteSize());
            storeMapped(pa + done, ZEROS, 0, piece);
            done += piece;
        }
    }

    private void storeMapped(long pa, MemorySegment from, long offset, int length) {
        for (int done = 0; done < length; ) {
            long at = pa + done;
            int piece = Math.min(length - done, FRAME_BYTES - (int) (at & FRAME_BYTES - 1));
            if (hasCode(at >>> FRAME_SHIFT)) {
                codeTracker.frameChanges(at >>> FRAME_SHIFT);
            }
            boolean held = storeTracker.beginWrite(at, piece);
            try {
                RamAccess.copy(from, offset + done, ram, at, piece);
            } finally {
                storeTracker.endWrite(at, piece, held);
            }
            done += piece;
        }
    }

    /// Installs the keeper of decoded instructions; called once, by the machine.
    public void trackCode(CodeTracker tracker) {
        codeTracker = tracker;
    }

    /// Whether instructions decoded from this frame are cached.
    public boolean hasCode(long pfn) {
        return (marks(pfn) & CODE) != 0;
    }

    /// Sets or clears the code mark of a frame.
    public void markCode(long pfn, boolean present) {
        if (present) {
            mark(pfn, CODE);
        } else {
            unmark(pfn, CODE);
        }
    }

    /// The marks of a frame; 0 where TLBs may grant plain writes. Acquire: pairs with the release in [#mark].
    int marks(long pfn) {
        return (byte) MARK.getAcquire(marks, (int) pfn);
    }

    /// The same, in one order with what else is volatile: pairs with [#mark].
    int marksVolatile(long pfn) {
        return (byte) MARK.getVolatile(marks, (int) pfn);
    }

    /// Sets marks. Volatile: pairs with the acquire in [#marks], and with [#marksVolatile].
    void mark(long pfn, int set) {
        byte _ = (byte) MARK.getAndBitwiseOr(marks, (int) pfn, (byte) set);
    }

    /// Clears marks, likewise.
    void unmark(long pfn, int cleared) {
        byte _ = (byte) MARK.getAndBitwiseAndRelease(marks, (int) pfn, (byte) ~cleared);
    }

    /// Says that a frame that nobody has mapped any more is about to hold something else: it is being
    /// freed. Drops the instructions decoded from it, and reservations in it.
    public void noteWrite(long pfn) {
        // Pairs with the mark of who decodes: he sees that the frame was unmapped, or it is seen here that he has
        // decoded.
        int found = marksVolatile(pfn);
        if ((found & CODE) != 0) {
            codeTracker.frameChanges(pfn);
        }
        if ((found & StoreTracker.WATCHING) != 0) {
            storeTracker.letGo(pfn);
        }
    }

    /// As [#noteWrite(long)], of every frame of `[pa, pa + length)`, which are whole.
    public void noteWrite(long pa, int length) {
        for (long pfn = pa >>> FRAME_SHIFT; pfn << FRAME_SHIFT < pa + length; pfn++) {
            noteWrite(pfn);
        }
    }

    StoreTracker storeTracker() {
        return storeTracker;
    }

    CodeTracker codeTracker() {
        return codeTracker;
    }
}
