package faultline.cli.run;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/// Counts every fault that a machine's design is given, beside the kernel's own counters.
public final class CountedFaults implements UnaryOperator<FaultDesign> {

    private final LongAdder all = new LongAdder();
    private final LongAdder user = new LongAdder();
    private final LongAdder speculative = new LongAdder();

    /// The design with its faults counted.
    @Override
    public FaultDesign apply(FaultDesign design) {
        return new FaultDesign() {
            @Override
            public String name() {
                return design.name();
            }

            @Override
            public FaultOutcome handle(Mm mm, PageFault fault) {
                all.increment();
                if (fault.isUser()) {
                    user.increment();
                }
                FaultOutcome outcome = design.handle(mm, fault);
                if (fault.isSpeculative()) {
                    speculative.increment();
                }
                return outcome;
            }
        };
    }

    public long all() {
        return all.sum();
    }

    /// Those of user mode.
    public long user() {
        return user.sum();
    }

    /// Those whose speculative result the architecture took.
    public long speculative() {
        return speculative.sum();
    }
}
