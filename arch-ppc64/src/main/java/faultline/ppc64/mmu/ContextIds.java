package faultline.ppc64.mmu;

import faultline.core.cpu.Vcpu;
import faultline.kernel.Errno;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import java.util.BitSet;

/// The ids of address spaces as Linux gives them out on POWER (`arch/powerpc/mm/book3s64/mmu_context.c`,
/// 6.12): one for life, the least that is free; when all are taken, there can be no other address
/// space. Radix calls it PID and compares it in TLBs; hash makes the VSIDs of the address space's
/// segments of it. 0 is the kernel's.
///
/// An exit flushes what TLBs have of its id before the id is given to another. Here a TLB tells address
/// spaces apart by a number that is not used twice, so that nothing of the old can be met.
public final class ContextIds implements AddressSpaceIds {

    /// `mmu_pid_bits` of POWER9.
    public static final int PID_BITS = 20;

    /// CONTEXT_BITS: how much of a VSID is the context.
    public static final int HASH_CONTEXT_BITS = 19;

    /// Where the number that is not used twice begins.
    private static final int SERIAL_SHIFT = 32;

    private final int last;

    /// Whether TLBs keep translations of those that do not run.
    private final boolean tagged;

    // Guarded by this monitor.
    private final BitSet used = new BitSet();
    private int serial;

    /// Ids `bits` wide.
    public ContextIds(int bits, boolean tagged) {
        this.last = (1 << bits) - 1;
        this.tagged = tagged;
        used.set(0);
    }

    @Override
    public synchronized void begin(Context space) {
        int id = used.nextClearBit(1);
        if (id > last) {
            throw Errno.ENOMEM.exception();
        }
        used.set(id);
        serial++;
        space.id = (long) serial << SERIAL_SHIFT | id;
    }

    @Override
    public synchronized void end(Context space) {
        used.clear(id(space));
    }

    @Override
    public void switchTo(Vcpu vcpu, Context to) {
        if (tagged) {
            vcpu.mem().tlb().select((int) (to.id >>> SERIAL_SHIFT));
        } else {
            vcpu.mem().tlb().flush();
        }
    }

    /// The id of an address space: `mm->context.id`.
    static int id(Context space) {
        return (int) space.id;
    }
}
