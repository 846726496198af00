package faultline.kernel.mm.fault;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A design that remembers its last faults: wrapped around another while a debugger looks.
public final class FaultRing implements FaultDesign {

    /// One fault: what was accessed, the architecture's code, the VMA it fell in (0-0 for none),
    /// how it ended.
    public record Entry(
            long number,
            long address,
            long code,
            Access access,
            boolean user,
            long vmaStart,
            long vmaEnd,
            FaultOutcome outcome,
            String design) {}

    private final FaultDesign design;
    private final Object lock = new Object();

    // Guarded by lock.
    private final @Nullable Entry[] ring;
    private long count;

    /// Remembers the last `size` faults that `design` handles.
    public FaultRing(FaultDesign design, int size) {
        this.design = design;
        this.ring = new Entry[size];
    }

    @Override
    public String name() {
        return design.name();
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        FaultOutcome outcome = design.handle(mm, fault);
        Vma vma = mm.vmaAt(fault.address());
        long start = vma == null ? 0 : vma.start();
        long end = vma == null ? 0 : vma.end();
        synchronized (lock) {
            ring[(int) (count % ring.length)] = new Entry(
                    count,
                    fault.address(),
                    fault.code(),
                    fault.access(),
                    fault.isUser(),
                    start,
                    end,
                    outcome,
                    design.name());
            count++;
        }
        return outcome;
    }

    /// The remembered faults, oldest first.
    public List<Entry> entries() {
        synchronized (lock) {
            List<Entry> entries = new ArrayList<>();
            for (long number = Math.max(0, count - ring.length); number < count; number++) {
                Entry entry = ring[(int) (number % ring.length)];
                if (entry != null) {
                    entries.add(entry);
                }
            }
            return entries;
        }
    }
}
