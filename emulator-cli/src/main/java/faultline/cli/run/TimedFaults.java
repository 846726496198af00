package faultline.cli.run;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import org.HdrHistogram.Histogram;

/// A design whose faults are timed, waits included.
final class TimedFaults implements FaultDesign {

    /// One per cent.
    private static final int DIGITS = 2;

    private static final long LONGEST = 3_600_000_000_000L;

    private final FaultDesign design;

    /// Nanoseconds, by the vCPU on which the fault ended: its thread alone writes.
    private final Histogram[] perCpu;

    TimedFaults(FaultDesign design, int cpus) {
        this.design = design;
        this.perCpu = new Histogram[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            perCpu[cpu] = empty();
        }
    }

    /// Times of no fault yet.
    static Histogram empty() {
        return new Histogram(LONGEST, DIGITS);
    }

    @Override
    public String name() {
        return design.name();
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        long began = System.nanoTime();
        FaultOutcome outcome = design.handle(mm, fault);
        long nanos = System.nanoTime() - began;
        perCpu[KernelThread.current().vcpu().id()].recordValue(Math.min(nanos, LONGEST));
        return outcome;
    }

    /// The times of all faults; call it when the guest has ended.
    Histogram times() {
        Histogram all = empty();
        for (Histogram times : perCpu) {
            all.add(times);
        }
        return all;
    }
}
