package faultline.core.mem;

import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.jspecify.annotations.Nullable;

/// Guest-virtual addresses as one vCPU translates them, and what is asked before an access: the right, the
/// alignment, and whether somebody watches.
///
/// Only the thread that carries the vCPU calls it.
public abstract sealed class AddressTranslation permits Mem {

    static final long PAGE = SoftTlb.PAGE_MASK;
    static final int OFFSET = PhysicalMemory.FRAME_BYTES - 1;

    final PhysicalMemory memory;
    final SoftTlb tlb;
    final long[] entries;
    final Mmu mmu;
    final boolean readsFirst;

    Privilege privilege = Privilege.USER;

    /// Whether the last address that [#writable] gave out is in a frame whose stores are tracked.
    boolean watched;

    private Walk.@Nullable Faulted lastFault;
    private @Nullable AccessObserver observer;

    /// Thrown for misaligned accesses of the program; null while it does not ask for that.
    private @Nullable RuntimeException misaligned;

    AddressTranslation(PhysicalMemory memory, Mmu mmu) {
        this.memory = memory;
        this.tlb = new SoftTlb(mmu.significantBits());
        this.entries = tlb.entries;
        this.mmu = mmu;
        this.readsFirst = mmu.modifiesReadFirst();
    }

    public final PhysicalMemory memory() {
        return memory;
    }

    public final SoftTlb tlb() {
        return tlb;
    }

    public final Mmu mmu() {
        return mmu;
    }

    /// As whom the next accesses are made; the kernel says `KERNEL` around its accesses to user
    /// memory.
    public final void setPrivilege(Privilege privilege) {
        this.privilege = privilege;
    }

    /// Installs or removes the observer of data accesses, and forgets translations that would
    /// bypass it.
    public final void observe(@Nullable AccessObserver observer) {
        this.observer = observer;
        tlb.flush();
    }

    /// From now on throws this for an access of user mode of 2, 4 or 8 bytes that is not aligned to
    /// its size; null lets all of them pass, as at first. Costs nothing where accesses are aligned:
    /// others are slow anyhow.
    public final void checkAlignment(@Nullable RuntimeException thrown) {
        misaligned = thrown;
    }

    /// Throws what [#checkAlignment] was told if `va`, where a page can be, is not a multiple of `size`: for
    /// instructions that access an operand piece by piece, before anything else.
    public final void requireAligned(long va, int size) {
        RuntimeException thrown = misaligned;
        if (thrown != null && (va & size - 1) != 0 && privilege == Privilege.USER) {
            mmu.checkEnd(va, privilege);
            mmu.checkEnd(va + size - 1, privilege);
            throw thrown;
        }
    }

    /// What the last walk that threw [GuestFault] found.
    public final Walk.Faulted lastFault() {
        if (lastFault == null) {
            throw new IllegalStateException("mem: no access has faulted yet");
        }
        return lastFault;
    }

    /// The physical address for an instruction fetch at `va`.
    public final long executable(long va) {
        int slot = SoftTlb.slot(va);
        if (entries[slot + SoftTlb.EXECUTE] == (va & PAGE)) {
            return va + entries[slot + SoftTlb.ADDEND];
        }
        return walk(va, Access.EXECUTE);
    }

    /// Whether what [#executable] said of `va` is still known: it is until a flush was answered, or the translation has
    /// made room for another.
    public final boolean isExecutable(long va) {
        return entries[SoftTlb.slot(va) + SoftTlb.EXECUTE] == (va & PAGE);
    }

    /// The physical address for a load of `length` bytes at `va`, all in one page.
    public final long readable(long va, int length) {
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
    public final long writable(long va, int length) {
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

    final boolean crosses(long va, int length) {
        if ((va & OFFSET) <= PhysicalMemory.FRAME_BYTES - length) {
            return false;
        }
        mmu.checkEnd(va + length - 1, privilege);
        return true;
    }

    // Probes.

    /// Faults now if a read-modify-write of `length` bytes at `va` would: as a write, or where the architecture looks
    /// at that first, as the read that it would fail as.
    final void probeModify(long va, int length) {
        if (readsFirst) {
            probeRead(va, length);
        }
        probeWrite(va, length);
    }

    /// Faults now if a later store of `length` bytes at `va` would: for instructions that store
    /// more than once.
    public final void probeWrite(long va, int length) {
        if (crosses(va, length)) {
            int inFirst = PhysicalMemory.FRAME_BYTES - (int) (va & OFFSET);
            writable(va, inFirst);
            writable(va + inFirst, length - inFirst);
        } else {
            writable(va, length);
        }
    }

    /// Faults now if a later load of `length` bytes at `va` would.
    public final void probeRead(long va, int length) {
        boolean crosses = crosses(va, length);
        readable(va, 1);
        if (crosses) {
            readable((va | OFFSET) + 1, 1);
        }
    }
}
