package faultline.core.mem;

import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Guest-virtual memory as one vCPU sees it: soft TLB in front, page-table walk behind.
///
/// An access either completes or throws [GuestFault] having changed nothing; then [#lastFault] says
/// what the walk found. Values are little-endian; loads are returned at their Java width, so that
/// sign extension is the default. Aligned accesses of up to 8 bytes are single-copy atomic, loads
/// acquire, stores release. Page-crossing accesses translate both pages before they touch either
/// (I1).
///
/// Only the thread that carries the vCPU calls it. The fast path of each access is one comparison
/// and one access to RAM; everything else is in the `…Slow` methods, which the compiler keeps out
/// of line.
public final class Mem {

    private static final long PAGE = SoftTlb.PAGE_MASK;
    private static final int OFFSET = PhysicalMemory.FRAME_BYTES - 1;

    private final PhysicalMemory memory;
    private final MemorySegment ram;
    private final SoftTlb tlb;
    private final long[] entries;
    private final Mmu mmu;
    private final ExclusiveSection exclusive;
    private final boolean readsFirst;

    private Privilege privilege = Privilege.USER;
    private final ExclusiveAccess exclusives;

    /// Whether the last address that [#writable] gave out is in a frame whose stores are tracked.
    boolean watched;

    private Walk.@Nullable Faulted lastFault;
    private @Nullable AccessObserver observer;

    /// Thrown for misaligned accesses of the program; null while it does not ask for that.
    private @Nullable RuntimeException misaligned;

    public Mem(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        this.memory = memory;
        this.ram = memory.ram;
        this.tlb = new SoftTlb(mmu.significantBits());
        this.entries = tlb.entries;
        this.mmu = mmu;
        this.exclusive = exclusive;
        this.readsFirst = mmu.modifiesReadFirst();
        this.exclusives = new ExclusiveAccess(this, exclusive);
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public SoftTlb tlb() {
        return tlb;
    }

    public Mmu mmu() {
        return mmu;
    }

    /// Load-exclusive, store-exclusive and what is like them.
    public ExclusiveAccess exclusives() {
        return exclusives;
    }

    /// As whom the next accesses are made; the kernel says `KERNEL` around its accesses to user
    /// memory.
    public void setPrivilege(Privilege privilege) {
        this.privilege = privilege;
    }

    /// Installs or removes the observer of data accesses, and forgets translations that would
    /// bypass it.
    public void observe(@Nullable AccessObserver observer) {
        this.observer = observer;
        tlb.flush();
    }

    /// From now on throws this for an access of user mode of 2, 4 or 8 bytes that is not aligned to
    /// its size; null lets all of them pass, as at first. Costs nothing where accesses are aligned:
    /// others are slow anyhow.
    public void checkAlignment(@Nullable RuntimeException thrown) {
        misaligned = thrown;
    }

    /// Throws what [#checkAlignment] was told if `va`, where a page can be, is not a multiple of
    /// `size`: for instructions
    /// that access an operand piece by piece, before anything else.
    public void requireAligned(long va, int size) {
        RuntimeException thrown = misaligned;
        if (thrown != null && (va & size - 1) != 0 && privilege == Privilege.USER) {
            mmu.checkEnd(va, privilege);
            mmu.checkEnd(va + size - 1, privilege);
            throw thrown;
        }
    }

    /// What the last walk that threw [GuestFault] found.
    public Walk.Faulted lastFault() {
        if (lastFault == null) {
            throw new IllegalStateException("mem: no access has faulted yet");
        }
        return lastFault;
    }

    // Loads.

    public byte load8(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & PAGE)) {
            return RamAccess.load8(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return memory.load8(readable(va, 1));
    }

    public short load16(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 1))) {
            return RamAccess.load16(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return load16Slow(va);
    }

    public int load32(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 3))) {
            return RamAccess.load32(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return load32Slow(va);
    }

    public long load64(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 7))) {
            return RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return load64Slow(va);
    }

    /// The low half of a 16-byte operand, which may lie anywhere: [#checkAlignment] does not count.
    public long loadLowHalf(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 7))) {
            return RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        mmu.checkEnd(va, privilege);
        mmu.checkEnd(va + 15, privilege);
        return load64Anywhere(va);
    }

    /// The high half, eight bytes above the low one.
    public long loadHighHalf(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & (PAGE | 7))) {
            return RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        return load64Anywhere(va);
    }

    private short load16Slow(long va) {
        requireAligned(va, 2);
        if (crosses(va, 2)) {
            return (short) loadAcross(va, 2);
        }
        return (short) RamAccess.loadAnywhere(ram, readable(va, 2), 2);
    }

    private int load32Slow(long va) {
        requireAligned(va, 4);
        if (crosses(va, 4)) {
            return (int) loadAcross(va, 4);
        }
        long pa = readable(va, 4);
        return (pa & 3) == 0 ? RamAccess.load32(ram, pa) : (int) RamAccess.loadAnywhere(ram, pa, 4);
    }

    private long load64Slow(long va) {
        requireAligned(va, 8);
        return load64Anywhere(va);
    }

    private long load64Anywhere(long va) {
        if (crosses(va, 8)) {
            return loadAcross(va, 8);
        }
        long pa = readable(va, 8);
        return RamAccess.loadAnywhere(ram, pa, 8);
    }

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

    public byte load8ForWrite(long va) {
        if (readsFirst) {
            long _ = readable(va, 1);
        }
        return memory.load8(writable(va, 1));
    }

    public short load16ForWrite(long va) {
        requireAligned(va, 2);
        probeModify(va, 2);
        return load16(va);
    }

    public int load32ForWrite(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 3))) {
            return RamAccess.load32(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        requireAligned(va, 4);
        probeModify(va, 4);
        return load32(va);
    }

    public long load64ForWrite(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            return RamAccess.load64(ram, va + entries[slot + SoftTlb.ADDEND]);
        }
        requireAligned(va, 8);
        probeModify(va, 8);
        return load64(va);
    }

    /// Faults now if a read-modify-write of `length` bytes at `va` would: as a write, or where the architecture looks
    /// at that first, as the read that it would fail as.
    private void probeModify(long va, int length) {
        if (readsFirst) {
            probeRead(va, length);
        }
        probeWrite(va, length);
    }

    /// Faults now if a later store of `length` bytes at `va` would: for instructions that store
    /// more than once.
    public void probeWrite(long va, int length) {
        if (crosses(va, length)) {
            int inFirst = PhysicalMemory.FRAME_BYTES - (int) (va & OFFSET);
            writable(va, inFirst);
            writable(va + inFirst, length - inFirst);
        } else {
            writable(va, length);
        }
    }

    /// Faults now if a later load of `length` bytes at `va` would.
    public void probeRead(long va, int length) {
        boolean crosses = crosses(va, length);
        readable(va, 1);
        if (crosses) {
            readable((va | OFFSET) + 1, 1);
        }
    }

    // Stores.

    public void store8(long va, byte value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & PAGE)) {
            RamAccess.store8(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            put(writable(va, 1), 1, value);
        }
    }

    public void store16(long va, short value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 1))) {
            RamAccess.store16(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            store16Slow(va, value);
        }
    }

    public void store32(long va, int value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 3))) {
            RamAccess.store32(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            store32Slow(va, value);
        }
    }

    public void store64(long va, long value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            RamAccess.store64(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            store64Slow(va, value);
        }
    }

    /// Stores 16 bytes, low half at `va`; both ends are translated before the first byte changes.
    /// They may lie anywhere, whatever [#checkAlignment] was told.
    public void store128(long va, long low, long high) {
        probeWrite(va, 16);
        storeHalf(va, low);
        storeHalf(va + 8, high);
    }

    private void storeHalf(long va, long value) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & (PAGE | 7))) {
            RamAccess.store64(ram, va + entries[slot + SoftTlb.ADDEND], value);
        } else {
            store64Anywhere(va, value);
        }
    }

    private void store16Slow(long va, short value) {
        requireAligned(va, 2);
        if (crosses(va, 2)) {
            storeAcross(va, 2, value);
            return;
        }
        put(writable(va, 2), 2, value);
    }

    private void store32Slow(long va, int value) {
        requireAligned(va, 4);
        if (crosses(va, 4)) {
            storeAcross(va, 4, value);
            return;
        }
        put(writable(va, 4), 4, value);
    }

    private void store64Slow(long va, long value) {
        requireAligned(va, 8);
        store64Anywhere(va, value);
    }

    private void store64Anywhere(long va, long value) {
        if (crosses(va, 8)) {
            storeAcross(va, 8, value);
            return;
        }
        put(writable(va, 8), 8, value);
    }

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

    /// Stores where [#writable] has just said, inside one page.
    private void put(long pa, int length, long value) {
        if (watched) {
            exclusives.put(pa, length, value);
        } else {
            RamAccess.store(ram, pa, length, value);
        }
    }

    // Compare-and-set, of every size and alignment. A failed one needs the write right like a successful one.

    public boolean cas8(long va, byte expected, byte value) {
        long pa = writable(va, 1);
        return watched
                ? exclusives.compareAndSet(pa, 1, expected, value)
                : RamAccess.compareAndSetInWord(ram, pa, 1, expected, value);
    }

    public boolean cas16(long va, short expected, short value) {
        if (!RamAccess.isInWord(va, 2)) {
            return casExclusive(va, 2, expected & 0xffffL, value);
        }
        long pa = writable(va, 2);
        return watched
                ? exclusives.compareAndSet(pa, 2, expected, value)
                : RamAccess.compareAndSetInWord(ram, pa, 2, expected, value);
    }

    public boolean cas32(long va, int expected, int value) {
        if (!RamAccess.isInWord(va, 4)) {
            return casExclusive(va, 4, expected & 0xffffffffL, value);
        }
        long pa = writable(va, 4);
        if (watched) {
            return exclusives.compareAndSet(pa, 4, expected, value);
        }
        return (va & 3) == 0
                ? RamAccess.compareAndSet32(ram, pa, expected, value)
                : RamAccess.compareAndSetInWord(ram, pa, 4, expected, value);
    }

    public boolean cas64(long va, long expected, long value) {
        if ((va & 7) != 0) {
            return casExclusive(va, 8, expected, value);
        }
        long pa = writable(va, 8);
        return watched
                ? exclusives.compareAndSet(pa, 8, expected, value)
                : RamAccess.compareAndSet64(ram, pa, expected, value);
    }

    /// Replaces 16 bytes if they are as expected. The caller has checked the alignment its manual
    /// asks for.
    public boolean cas128(long va, long expectedLow, long expectedHigh, long low, long high) {
        exclusive.enter();
        try {
            probeWrite(va, 16);
            if (load64(va) != expectedLow || load64(va + 8) != expectedHigh) {
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

    // Translation.

    /// The physical address for an instruction fetch at `va`.
    public long executable(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.EXECUTE] == (va & PAGE)) {
            return va + entries[slot + SoftTlb.ADDEND];
        }
        return walk(va, Access.EXECUTE);
    }

    /// The physical address for a load of `length` bytes at `va`, all in one page.
    public long readable(long va, int length) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.READ] == (va & PAGE)) {
            return va + entries[slot + SoftTlb.ADDEND];
        }
        long pa = walk(va, Access.READ);
        if (observer != null && observer.watches(va)) {
            observer.accessed(va, length, Access.READ);
        }
        return pa;
    }

    /// The physical address for a store of `length` bytes at `va`, all in one page. Throws
    /// [CodeModified] when decoded instructions lie there.
    public long writable(long va, int length) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.WRITE] == (va & PAGE)) {
            watched = false;
            return va + entries[slot + SoftTlb.ADDEND];
        }
        return writableTracked(va, length);
    }

    /// The same where no plain store may be made without a look at the frame's marks, or no translation is known.
    private long writableTracked(long va, int length) {
        long pa = va + entries[SoftTlb.slot(va) + SoftTlb.ADDEND];
        int marks = tlb.isTracked(va) ? memory.marks(pa >>> PhysicalMemory.FRAME_SHIFT) : 0;
        if (marks == 0) {
            pa = walk(va, Access.WRITE);
            marks = memory.marks(pa >>> PhysicalMemory.FRAME_SHIFT);
        }
        if ((marks & PhysicalMemory.CODE) != 0 && memory.codeTracker().guestStore(pa, length)) {
            throw CodeModified.INSTANCE;
        }
        watched = (marks & StoreTracker.WATCHED) != 0;
        if (observer != null && observer.watches(va)) {
            observer.accessed(va, length, Access.WRITE);
        }
        return pa;
    }

    private long walk(long va, Access access) {
        // Not a pattern switch: its bootstrap would be a tenth of the time a short program takes to start.
        Walk outcome = mmu.walk(va, access, privilege);
        if (outcome instanceof Walk.Mapped mapped) {
            boolean seen = observer != null && observer.watches(va);
            boolean plain = memory.marks(mapped.pa >>> PhysicalMemory.FRAME_SHIFT) == 0;
            tlb.fill(va, mapped.pa, mapped.readable && !seen, mapped.writable && !seen && plain, mapped.executable);
            if (mapped.writable && !seen && !plain) {
                tlb.fillTracked(va);
            }
            return mapped.pa;
        }
        // A walker reuses its outcome. Not stored again, because storing a reference also marks the collector's
        // card, a line that vCPUs share.
        if (lastFault != outcome) {
            lastFault = (Walk.Faulted) outcome;
        }
        throw GuestFault.PAGE_FAULT;
    }

    private boolean crosses(long va, int length) {
        if ((va & OFFSET) <= PhysicalMemory.FRAME_BYTES - length) {
            return false;
        }
        mmu.checkEnd(va + length - 1, privilege);
        return true;
    }
}
