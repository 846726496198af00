package faultline.kernel.mm.fault;

import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import java.util.function.ToLongFunction;

/// Goes around a design while checks are on: each of its faults ends, does not come back the same for ever,
/// and leaves the thread with the locks it had.
///
/// **What is the same.** A fault that the design calls done, by the same instruction, for the same access to
/// the same address, whose PTE is what it was before and after the last one. It happens: a TLB may be older
/// than the PTE, and drops what it has then; another fault or the hardware may have been faster. Each takes
/// that something was changed since the last time, and whoever takes a page or a right away flushes. So
/// without a flush of the address space in between, one or two such faults in a row are all there can be,
/// and [#MOST_QUIET] are beyond doubt. Where others flush all the time, the PTE may have been away and
/// back again, in theory however often: [#MOST] in a row is a second of nothing else.
///
/// Threads of the machine.
public final class CheckedDesign implements FaultDesign {

    /// In a row, while nobody flushed.
    static final int MOST_QUIET = 1_000;

    /// In a row.
    static final int MOST = 1_000_000;

    private final FaultDesign design;
    private final KernelMemory kernel;
    private final ToLongFunction<KernelThread> counters;
    private final ThreadLocal<Last> lasts = ThreadLocal.withInitial(Last::new);

    /// The last fault of a thread that changed nothing.
    private static final class Last {
        private long pc;
        private long address;
        private long code;
        private long pte;
        private long flushes;
        private int quiet;
        private int times;

        boolean isSame(long pc, PageFault fault, long pte) {
            return times > 0 && this.pc == pc && address == fault.address() && code == fault.code() && this.pte == pte;
        }

        void begin(long pc, PageFault fault, long pte) {
            this.pc = pc;
            address = fault.address();
            code = fault.code();
            this.pte = pte;
            times = 0;
            quiet = 0;
        }
    }

    /// `programCounters` says where a thread's program is.
    public CheckedDesign(FaultDesign design, KernelMemory kernel, ToLongFunction<KernelThread> programCounters) {
        this.design = design;
        this.kernel = kernel;
        this.counters = programCounters;
    }

    @Override
    public String name() {
        return design.name();
    }

    @Override
    public boolean hasPerfEvent() {
        return design.hasPerfEvent();
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        KernelThread self = KernelThread.current();
        String held = self.locksHeld();
        long before = mm.pageTable().peek(fault.address());
        FaultOutcome outcome = design.handle(mm, fault);
        kernel.checkReturn(self, held, "a fault");
        Last last = lasts.get();
        if (outcome instanceof FaultOutcome.Done && before == mm.pageTable().peek(fault.address())) {
            repeats(last, self, mm, fault, before);
        } else {
            last.times = 0;
        }
        return outcome;
    }

    private void repeats(Last last, KernelThread self, Mm mm, PageFault fault, long pte) {
        long pc = counters.applyAsLong(self);
        if (!last.isSame(pc, fault, pte)) {
            last.begin(pc, fault, pte);
        }
        last.times++;
        last.quiet = last.flushes == mm.flushes() ? last.quiet + 1 : 1;
        last.flushes = mm.flushes();
        if (last.quiet >= MOST_QUIET || last.times >= MOST) {
            String name = self.getName();
            String text = "fault: " + name + " at 0x" + Long.toHexString(pc) + " faults for the " + last.times
                    + "th time on its " + fault.access() + " of 0x" + Long.toHexString(fault.address())
                    + ", whose PTE 0x"
                    + Long.toHexString(pte) + " " + design.name() + " leaves as it is";
            last.times = 0;
            kernel.oracle().report(Rule.ENDLESS_FAULT, text);
        }
    }
}
