package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Vcpu;
import java.util.function.Predicate;

/// TLB invalidation by broadcast: an instruction tells every processor, and a barrier behind it waits
/// until each has dropped the translations and finished the accesses that used them.
///
/// No vCPU is interrupted. One in guest mode has done both when it next polls, one in kernel mode
/// uses no translations, **and whether its interrupts are on is nothing to the broadcast**. A walk
/// that relies on interrupts being off to hold such a sender up is wrong on this machine.
public class BroadcastInvalidation implements TlbInvalidation {

    private final String name;
    private final long maxBytes;

    /// From `maxBytes` on everything of the address space is invalidated instead of page by page.
    public BroadcastInvalidation(String name, long maxBytes) {
        this.name = name;
        this.maxBytes = maxBytes;
    }

    @Override
    public final int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end) {
        RangeFlush flush = new RangeFlush(start, end, end - start >= maxBytes);
        flush.handle(self);
        self.all().broadcastAndWait(self, active, flush);
        return 0;
    }

    @Override
    public boolean waitsForInterruptsOff() {
        return false;
    }

    @Override
    public final String name() {
        return name;
    }
}
