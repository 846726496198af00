package faultline.arm64.mmu;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.SoftTlb;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// ASIDs by generations, as Linux gives them out (`arch/arm64/mm/context.c`): one id of an address
/// space for all vCPUs, never taken back alone. When none is left, a new generation begins: all are
/// free but those in use at that moment, and each vCPU empties its TLB before it next takes up an
/// address space. An address space that comes back with an id of an older generation gets a new one.
///
/// A context's id is the generation above the ASID. ASID 0 is nobody's: Linux runs without a user
/// address space under it.
///
/// The usual switch takes no lock: the vCPU says what it runs by a compare-and-set of its slot of
/// `active`, which fails when a roll-over has just emptied the slot.
public final class Asids implements AddressSpaceIds {

    public static final int MOST_BITS = 16;

    private final int bits;
    private final int cpus;
    private final AtomicLong generation;

    /// The id that each vCPU runs, 0 since a roll-over until it switches again.
    private final AtomicLongArray active;

    private final AtomicLong rollovers = new AtomicLong();
    private final Object lock = new Object();

    // Guarded by lock.
    private final BitSet used;
    private final BitSet flushPending;
    private int next = 1;

    /// What each vCPU ran at the last roll-over, kept out of the new generation's free ones.
    private final long[] reserved;

    /// `bits` wide, for `cpus` vCPUs, each of which may hold one through a roll-over.
    public Asids(int bits, int cpus) {
        if (bits < 1 || bits > MOST_BITS || (1 << bits) - 1 <= cpus) {
            throw new IllegalArgumentException("arm64: " + bits + " bits of ASID for " + cpus
                    + " processors; needs an ASID for each, one more, and 0, in at most 16 bits");
        }
        this.bits = bits;
        this.cpus = cpus;
        this.generation = new AtomicLong(1L << bits);
        this.active = new AtomicLongArray(cpus);
        this.used = new BitSet(1 << bits);
        this.flushPending = new BitSet(cpus);
        this.reserved = new long[cpus];
    }

    @Override
    public void switchTo(Vcpu vcpu, Context to) {
        SoftTlb tlb = vcpu.mem().tlb();
        long id = to.id;
        long running = active.get(vcpu.id());
        if (running == 0 || !isCurrent(id) || !active.compareAndSet(vcpu.id(), running, id)) {
            id = switchLocked(vcpu, to);
        }
        tlb.select(asid(id));
    }

    private long switchLocked(Vcpu vcpu, Context to) {
        synchronized (lock) {
            long id = to.id;
            if (!isCurrent(id)) {
                id = newId(id);
                to.id = id;
            }
            if (flushPending.get(vcpu.id())) {
                flushPending.clear(vcpu.id());
                vcpu.mem().tlb().flush();
            }
            active.set(vcpu.id(), id);
            return id;
        }
    }

    private boolean isCurrent(long id) {
        return id >>> bits == generation.get() >>> bits;
    }

    private int asid(long id) {
        return (int) id & (1 << bits) - 1;
    }

    /// The id of this generation for an address space that had `old`, of another one or 0: the same
    /// ASID if a vCPU ran it through the roll-over, or if it is still free.
    private long newId(long old) {
        if (old != 0) {
            long same = generation.get() | asid(old);
            if (keepReserved(old, same) || take(asid(old))) {
                return same;
            }
        }
        int free = used.nextClearBit(next);
        if (free >>> bits != 0) {
            rollOver();
            free = used.nextClearBit(1);
        }
        used.set(free);
        next = free;
        return generation.get() | free;
    }

    /// Whether `old` is reserved; every vCPU that reserved it then has the new one, because the next
    /// roll-over looks for that.
    private boolean keepReserved(long old, long same) {
        boolean found = false;
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (reserved[cpu] == old) {
                reserved[cpu] = same;
                found = true;
            }
        }
        return found;
    }

    private boolean take(int asid) {
        boolean free = !used.get(asid);
        used.set(asid);
        return free;
    }

    private void rollOver() {
        generation.addAndGet(1L << bits);
        rollovers.incrementAndGet();
        used.clear();
        for (int cpu = 0; cpu < cpus; cpu++) {
            // A vCPU that has not switched since the last roll-over still runs what it had then.
            long running = active.getAndSet(cpu, 0);
            if (running != 0) {
                reserved[cpu] = running;
            }
            if (reserved[cpu] != 0) {
                used.set(asid(reserved[cpu]));
            }
        }
        flushPending.set(0, cpus);
    }

    @Override
    public long rollovers() {
        return rollovers.get();
    }
}
