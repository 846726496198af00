package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;

/// What a [TlbInvalidation] asks of a vCPU: to forget a range of the address space it has loaded, or all of that
/// where the range is long. What it has kept of others is not meant: the count of flushes says when that is stale.
///
/// Not a record: two senders' requests for one range are two requests.
public final class RangeFlush implements Interrupt {

    private final long start;
    private final long end;
    private final boolean everything;

    /// Forgets `[start, end)`, or with `everything` all of the address space.
    public RangeFlush(long start, long end, boolean everything) {
        this.start = start;
        this.end = end;
        this.everything = everything;
    }

    @Override
    public void handle(Vcpu on) {
        if (everything) {
            on.mem().tlb().flushSelected();
        } else {
            on.mem().tlb().flushRange(start, end);
        }
    }
}
