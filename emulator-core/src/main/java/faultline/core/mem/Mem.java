package faultline.core.mem;

import faultline.core.mmu.Mmu;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Guest-virtual memory as one vCPU sees it: soft TLB in front, page-table walk behind.
///
/// An access either completes or throws [GuestFault][faultline.core.mmu.GuestFault] having changed nothing; then
/// [#lastFault] says what the walk found. Values are in the guest's byte order, which is the subclass: a process that
/// runs guests of one order loads one of them, and its calls are bound to it. Loads are returned at their Java width,
/// so that sign extension is the default. Aligned accesses of up to 8 bytes are single-copy atomic, loads acquire,
/// stores release. Page-crossing accesses translate both pages before they touch either (I1).
///
/// Only the thread that carries the vCPU calls it. The fast path of each access is one comparison
/// and one access to RAM; everything else is in the `…Slow` methods, which the compiler keeps out
/// of line.
public abstract sealed class Mem extends AddressTranslation permits LittleEndianMem, BigEndianMem {

    private final MemorySegment ram;
    private final ExclusiveSection exclusive;
    private final ExclusiveAccess exclusives;

    Mem(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        super(memory, mmu);
        this.ram = memory.ram;
        this.exclusive = exclusive;
        this.exclusives = new ExclusiveAccess(this, exclusive);
    }

    /// The memory of a vCPU whose programs have their values in `order`. The constructors are elsewhere, or the JVM
    /// would load both subclasses to verify this.
    public static Mem of(ByteOrder order, PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        return order == ByteOrder.BIG_ENDIAN
                ? BigEndianMem.create(memory, mmu, exclusive)
                : LittleEndianMem.create(memory, mmu, exclusive);
    }

    /// Load-exclusive, store-exclusive and what is like them.
    public ExclusiveAccess exclusives() {
        return exclusives;
    }

    // Byte order. RAM is accessed as little-endian.

    /// The guest's byte order.
    public abstract ByteOrder byteOrder();

    public final boolean isBigEndian() {
        return byteOrder() == ByteOrder.BIG_ENDIAN;
    }

    /// A value of RAM as the guest sees it, and the other way round.
    abstract short inOrder(short value);

    abstract int inOrder(int value);

    abstract long inOrder(long value);

    /// Where the low half of the 16 bytes at `address` is.
    abstract long lowHalf(long address);

    /// Where their high half is.
    abstract long highHalf(long address);

    /// The low 1, 2, 4 or 8 bytes of a value, the same way.
    final long inOrder(long value, int bytes) {
        return inOrder(value) >>> (isBigEndian() ? Long.SIZE - 8 * bytes : 0);
    }

    // Loads.

    public final byte load8(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & PAGE)) {
            return RamAccess.load8(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return memory.load8(readable(va, 1));
    }

    public final short load16(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 1))) {
            return inOrder(RamAccess.load16(ram, va + entries[slot + SoftTlb.ADDEND]));
        }
        return load16Slow(va);
    }

    public final int load32(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 3))) {
            return inOrder(RamAccess.load32(ram, va + entries[slot + SoftTlb.ADDEND]));
        }
        return load32Slow(va);
    }

    public final long load64(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 7))) {
            return inOrder(RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]));
        }
        return load64Slow(va);
    }

    /// The low half of the 16-byte value at `va`, which may lie anywhere: [#checkAlignment] does not count. To be
    /// loaded before the high half: it faults where the whole value does.
    public final long loadLowHalf(long va) {
        long at = lowHalf(va);
        int slot = SoftTlb.slot(at);
        if (entries[slot + SoftTlb.READ] == (at & (PAGE | 7))) {
            return inOrder(RamAccess.load64(ram, at + entries[slot + SoftTlb.ADDEND]));
        }
        return loadLowHalfSlow(va, at);
    }

    /// The high half of the same value.
    public final long loadHighHalf(long va) {
        long at = highHalf(va);
        int slot = SoftTlb.slot(at);
        if (entries[slot + SoftTlb.READ] == (at & (PAGE | 7))) {
            return inOrder(RamAccess.load64(ram, at + entries[slot + SoftTlb.ADDEND]));
        }
        return load64Anywhere(at);
    }

    private long loadLowHalfSlow(long va, long at) {
        mmu.checkEnd(va, privilege);
        mmu.checkEnd(va + 15, privilege);
        if (va != at) {
            // The high half lies first, and what it crosses faults first.
            long _ = load64Anywhere(va);
        }
        return load64Anywhere(at);
    }

    private short load16Slow(long va) {
        requireAligned(va, 2);
        if (crosses(va, 2)) {
            return inOrder((short) loadAcross(va, 2));
        }
        return inOrder((short) RamAccess.loadAnywhere(ram, readable(va, 2), 2));
    }

    private int load32Slow(long va) {
        requireAligned(va, 4);
        if (crosses(va, 4)) {
            return inOrder((int) loadAcross(va, 4));
        }
        long pa = readable(va, 4);
        return inOrder((pa & 3) == 0 ? RamAccess.load32(ram, pa) : (int) RamAccess.loadAnywhere(ram, pa, 4));
    }

    private long load64Slow(long va) {
        requireAligned(va, 8);
        return load64Anywhere(va);
    }

    private long load64Anywhere(long va) {
        if (crosses(va, 8)) {
            return inOrder(loadAcross(va, 8));
        }
        long pa = readable(va, 8);
        return inOrder(RamAccess.loadAnywhere(ram, pa, 8));
    }

    /// Loads a value as RAM has it.
    private long loadAcross(long va, int length) {
        int inFirst = PhysicalMemory.FRAME_BYTES - (int) (va & OFFSET);
        long first = readable(va, inFirst);
        long second = readable(va + inFirst, length - inFirst);
        long value = 0;
        for (int i = 0; i < length; i++) {
            long pa = i < inFirst ? first + i : second + (i - inFirst);
            value |= (memory.load8(pa) & 0xffL) << (8 * i);
        }
        return value;
    }

    // Loads that announce a store: the first half of a read-modify-write. They need the write right, so that the
    // page fault they raise is the one the hardware raises: a write fault, unless Mmu.modifiesReadFirst.

    public final byte load8ForWrite(long va) {
        if (readsFirst) {
            long _ = readable(va, 1);
        }
        return memory.load8(writable(va, 1));
    }

    public final short load16ForWrite(long va) {
        requireAligned(va, 2);
        probeModify(va, 2);
        return load16(va);
    }

    public final int load32ForWrite(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 3))) {
            return inOrder(RamAccess.load32(ram, va + entries[slot + SoftTlb.ADDEND]));
        }
        requireAligned(va, 4);
        probeModify(va, 4);
        return load32(va);
    }

    public final long load64ForWrite(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            return inOrder(RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]));
        }
        requireAligned(va, 8);
        probeModify(va, 8);
        return load64(va);
    }

    // Stores.

    public final void store8(long va, byte value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & PAGE)) {
            RamAccess.store8(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            put(writable(va, 1), 1, value);
        }
    }

    public final void store16(long va, short value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 1))) {
            RamAccess.store16(ram, va + entries[slot + SoftTlb.ADDEND], inOrder(value));
        } else {
            store16Slow(va, value);
        }
    }

    public final void store32(long va, int value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 3))) {
            RamAccess.store32(ram, va + entries[slot + SoftTlb.ADDEND], inOrder(value));
        } else {
            store32Slow(va, value);
        }
    }

    public final void store64(long va, long value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            RamAccess.store64(ram, va + entries[slot + SoftTlb.ADDEND], inOrder(value));
        } else {
            store64Slow(va, value);
        }
    }

    /// Stores 16 bytes; both ends are translated before the first one changes. They may lie anywhere, whatever
    /// [#checkAlignment] was told.
    public final void store128(long va, long low, long high) {
        probeWrite(va, 16);
        storeHalf(lowHalf(va), low);
        storeHalf(highHalf(va), high);
    }

    private void storeHalf(long va, long value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            RamAccess.store64(ram, va + entries[slot + SoftTlb.ADDEND], inOrder(value));
        } else {
            store64Anywhere(va, value);
        }
    }

    private void store16Slow(long va, short value) {
        requireAligned(va, 2);
        if (crosses(va, 2)) {
            storeAcross(va, 2, inOrder(value));
            return;
        }
        put(writable(va, 2), 2, inOrder(value));
    }

    private void store32Slow(long va, int value) {
        requireAligned(va, 4);
        if (crosses(va, 4)) {
            storeAcross(va, 4, inOrder(value));
            return;
        }
        put(writable(va, 4), 4, inOrder(value));
    }

    private void store64Slow(long va, long value) {
        requireAligned(va, 8);
        store64Anywhere(va, value);
    }

    private void store64Anywhere(long va, long value) {
        if (crosses(va, 8)) {
            storeAcross(va, 8, inOrder(value));
            return;
        }
        put(writable(va, 8), 8, inOrder(value));
    }

    /// Stores a value as RAM has it.
    private void storeAcross(long va, int length, long value) {
        int inFirst = PhysicalMemory.FRAME_BYTES - (int) (va & OFFSET);
        long first = writable(va, inFirst);
        long second = writable(va + inFirst, length - inFirst);
        for (int i = 0; i < length; i++) {
            long pa = i < inFirst ? first + i : second + (i - inFirst);
            watched = exclusives.isWatched(pa);
            put(pa, 1, value >>> 8 * i);
        }
    }

    /// The same where [#writable] has just said, inside one page.
    private void put(long pa, int length, long value) {
        if (watched) {
            exclusives.put(pa, length, value);
        } else {
            RamAccess.store(ram, pa, length, value);
        }
    }

    // Compare-and-set, of every size and alignment. A failed one needs the write right like a successful one.

    public final boolean cas8(long va, byte expected, byte value) {
        long pa = writable(va, 1);
        return watched
                ? exclusives.compareAndSet(pa, 1, expected, value)
                : RamAccess.compareAndSetInWord(ram, pa, 1, expected, value);
    }

    public final boolean cas16(long va, short expected, short value) {
        if (!RamAccess.isInWord(va, 2)) {
            return casExclusive(va, 2, expected & 0xffffL, value);
        }
        long pa = writable(va, 2);
        return watched
                ? exclusives.compareAndSet(pa, 2, inOrder(expected), inOrder(value))
                : RamAccess.compareAndSetInWord(ram, pa, 2, inOrder(expected), inOrder(value));
    }

    public final boolean cas32(long va, int expected, int value) {
        if (!RamAccess.isInWord(va, 4)) {
            return casExclusive(va, 4, expected & 0xffffffffL, value);
        }
        long pa = writable(va, 4);
        int before = inOrder(expected);
        int after = inOrder(value);
        if (watched) {
            return exclusives.compareAndSet(pa, 4, before, after);
        }
        return (va & 3) == 0
                ? RamAccess.compareAndSet32(ram, pa, before, after)
                : RamAccess.compareAndSetInWord(ram, pa, 4, before, after);
    }

    public final boolean cas64(long va, long expected, long value) {
        if ((va & 7) != 0) {
            return casExclusive(va, 8, expected, value);
        }
        long pa = writable(va, 8);
        return watched
                ? exclusives.compareAndSet(pa, 8, inOrder(expected), inOrder(value))
                : RamAccess.compareAndSet64(ram, pa, inOrder(expected), inOrder(value));
    }

    /// Replaces 16 bytes if they are as expected. The caller has checked the alignment its manual
    /// asks for.
    public final boolean cas128(long va, long expectedLow, long expectedHigh, long low, long high) {
        exclusive.enter();
        try {
            probeWrite(va, 16);
            if (loadLowHalf(va) != expectedLow || loadHighHalf(va) != expectedHigh) {
                return false;
            }
            store128(va, low, high);
            return true;
        } finally {
            leaveExclusive();
        }
    }

    private boolean casExclusive(long va, int length, long expected, long value) {
        exclusive.enter();
        try {
            probeWrite(va, length);
            long old = switch (length) {
                case 2 -> load16(va) & 0xffffL;
                case 4 -> load32(va) & 0xffffffffL;
                default -> load64(va);
            };
            if (old != expected) {
                return false;
            }
            switch (length) {
                case 2 -> store16(va, (short) value);
                case 4 -> store32(va, (int) value);
                default -> store64(va, value);
            }
            return true;
        } finally {
            leaveExclusive();
        }
    }

    private void leaveExclusive() {
        exclusive.leave();
        RamAccess.afterAtomic();
    }
}
