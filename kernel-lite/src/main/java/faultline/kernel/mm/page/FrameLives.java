package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.step.Schedule;
import faultline.kernel.check.Oracle;
import faultline.kernel.check.Violation;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Knows, while checks are on, who freed each free frame, and says who uses one.
///
/// A free frame is full of [PageAllocator#POISON]. A store by a path that is not watched, through a stale
/// translation for one, is found when the frame is handed out again: then nobody can say whose it was.
/// Any thread.
final class FrameLives {

    private record End(String by, long at) {}

    private final PhysicalMemory memory;
    private final int bytes;
    private final Schedule schedule;
    private final Oracle oracle;
    private final AtomicReferenceArray<@Nullable End> ends;

    FrameLives(PhysicalMemory memory, int frames, int bytes, Schedule schedule, Oracle oracle) {
        this.memory = memory;
        this.bytes = bytes;
        this.schedule = schedule;
        this.oracle = oracle;
        this.ends = new AtomicReferenceArray<>(frames);
    }

    /// The frame is about to be free.
    void freed(Page page) {
        String self = self();
        if (page.mapcount() != 0 || page.isReserved()) {
            String why = page.isReserved() ? ", which is reserved" : ", which is mapped";
            oracle.report(violation(self, "", "frame: " + self + " frees " + page + why));
        }
        memory.fill(page.pa(), bytes, PageAllocator.POISON);
        ends.set((int) page.pfn(), new End(self, schedule.nanoTime()));
    }

    /// The frame, which was free, is about to be used again.
    void reused(Page page) {
        long word = (PageAllocator.POISON & 0xffL) * 0x0101010101010101L;
        for (long pa = page.pa(); pa < page.pa() + bytes; pa += Long.BYTES) {
            if (memory.load64(pa) != word) {
                End end = ends.get((int) page.pfn());
                oracle.report(violation(
                        "",
                        end == null ? "" : end.by(),
                        "frame: " + page + " was stored to at 0x" + Long.toHexString(pa) + " after it was freed"
                                + text(end)));
                return;
            }
        }
    }

    /// An entry that names the frame is about to be stored.
    void mapped(Page page) {
        if (page.refcount() == 0) {
            End end = ends.get((int) page.pfn());
            String self = self();
            oracle.report(violation(
                    self,
                    end == null ? "" : end.by(),
                    "frame: " + self + " maps " + page + ", which is free" + text(end)));
        }
    }

    private static String text(@Nullable End end) {
        return end == null ? "" : ", by " + end.by() + " at " + end.at() + " ns";
    }

    private static Violation violation(String touchedBy, String freedBy, String text) {
        return new Violation(Violation.Rule.FREED_FRAME, touchedBy, "", freedBy, text);
    }

    private static String self() {
        return Thread.currentThread().getName();
    }
}
