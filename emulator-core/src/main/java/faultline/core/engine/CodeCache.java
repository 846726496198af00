package faultline.core.engine;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.mem.CodeTracker;
import faultline.core.mem.PhysicalMemory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// All decoded pages of a machine, by frame: processes that share a frame (after `fork`, or by
/// running the same file) share what was decoded from it.
///
/// **Exact invalidation.** A frame is marked before its first byte is decoded. From then on no TLB
/// grants a plain write to it: existing write tags are taken away on every vCPU, acknowledged, and
/// new fills leave the tag out. So every store to a marked frame comes through [#guestStore], which
/// drops the frame's pages if the bytes belong to an instruction. A store elsewhere in the frame is
/// let through, and noted: decoding more of the frame then waits once more until no vCPU is inside
/// such a store.
public final class CodeCache implements CodeTracker {

    /// A frame's decoded pages, and how far stores to its undecoded bytes have been waited for.
    ///
    /// Whoever decodes reads `stores`, makes sure that no store made before is still under way, and says so in
    /// `quiet`; several may do that at once.
    private static final class Frame {
        volatile CodePage first;
        final AtomicLong stores = new AtomicLong(1);
        final AtomicLong quiet = new AtomicLong();

        Frame(CodePage first) {
            this.first = first;
        }
    }

    private final PhysicalMemory memory;

    // Guarded by the map's own bins: a frame changes only inside compute and computeIfPresent.
    private final ConcurrentHashMap<Long, Frame> frames = new ConcurrentHashMap<>();

    /// How many bytes of Java's heap decoded code may take, about.
    private final long limit;

    private final AtomicLong heapBytes = new AtomicLong();

    /// How often everything was forgotten: TLBs remember decoded pages too.
    private volatile int generation;

    private final Set<Long> breakpoints = ConcurrentHashMap.newKeySet();

    /// Decoded code may take a quarter of Java's heap.
    public CodeCache(PhysicalMemory memory) {
        this(memory, Runtime.getRuntime().maxMemory() / 4);
    }

    /// `limit` is in bytes of Java's heap.
    public CodeCache(PhysicalMemory memory, long limit) {
        this.limit = limit;
        this.memory = memory;
        memory.trackCode(this);
    }

    /// The page of a frame at a virtual page, made if need be.
    CodePage page(long pfn, long start) {
        if (heapBytes.get() > limit) {
            forgetAll();
        }
        CodePage[] found = new CodePage[1];
        frames.compute(pfn, (_, frame) -> {
            if (frame == null) {
                memory.markCode(pfn, true);
                found[0] = newPage(pfn, start);
                return new Frame(found[0]);
            }
            found[0] = find(frame, start);
            return frame;
        });
        return found[0];
    }

    private CodePage newPage(long pfn, long start) {
        heapBytes.addAndGet(CodePage.EMPTY_BYTES);
        return new CodePage(pfn, start);
    }

    int generation() {
        return generation;
    }

    /// What decoded code takes of Java's heap now, about.
    public long heapBytes() {
        return heapBytes.get();
    }

    /// Code was decoded into a page that takes so many bytes more.
    void grown(long bytes) {
        heapBytes.addAndGet(bytes);
    }

    /// Begins again, as a translation cache does when it is full: what still runs is decoded once
    /// more. A guest that runs more code than there is heap is slow and does not end us.
    private synchronized void forgetAll() {
        if (heapBytes.get() <= limit) {
            return;
        }
        generation++;
        frames.forEach((pfn, _) -> frameChanges(pfn));
    }

    private CodePage find(Frame frame, long start) {
        for (CodePage page = frame.first; page != null; page = page.sameFrame) {
            if (page.start == start) {
                return page;
            }
        }
        CodePage page = newPage(frame.first.pfn, start);
        page.sameFrame = frame.first;
        frame.first = page;
        return page;
    }

    /// To be called before bytes of a frame are read for decoding. Kernel mode: waits for other vCPUs.
    void beforeDecoding(Vcpu self, long pfn) {
        Frame frame = frames.get(pfn);
        if (frame == null) {
            return;
        }
        long stores = frame.stores.get();
        if (frame.quiet.get() < stores) {
            awaitNoStores(self, pfn);
            frame.quiet.accumulateAndGet(stores, Math::max);
        }
    }

    /// Takes every vCPU's write tag for the frame; on return no store made through one is still under way.
    private static void awaitNoStores(Vcpu self, long pfn) {
        Interrupt protect = on -> on.mem().tlb().protectFrame(pfn);
        protect.handle(self);
        self.all().interrupt(self, _ -> true, protect);
    }

    @Override
    public boolean guestStore(long pa, int length) {
        long pfn = pa >>> PhysicalMemory.FRAME_SHIFT;
        int offset = (int) pa & (PhysicalMemory.FRAME_BYTES - 1);
        boolean[] dropped = new boolean[1];
        frames.computeIfPresent(pfn, (_, frame) -> {
            for (CodePage page = frame.first; page != null; page = page.sameFrame) {
                dropped[0] |= page.overlaps(offset, length);
            }
            frame.stores.incrementAndGet();
            return dropped[0] ? retire(pfn, frame) : frame;
        });
        return dropped[0];
    }

    @Override
    public void frameChanges(long pfn) {
        frames.computeIfPresent(pfn, (_, frame) -> retire(pfn, frame));
    }

    /// Retires a frame's pages; null, so that the map forgets it.
    private @Nullable Frame retire(long pfn, Frame frame) {
        for (CodePage page = frame.first; page != null; page = page.sameFrame) {
            heapBytes.addAndGet(-page.retire());
        }
        memory.markCode(pfn, false);
        return null;
    }

    // Breakpoints.

    /// Sets a breakpoint: code at `va`, in whatever address space, stops before the instruction there.
    public void setBreakpoint(long va) {
        breakpoints.add(va);
        frames.forEach((pfn, _) -> frameChanges(pfn));
    }

    /// Removes a breakpoint.
    public void clearBreakpoint(long va) {
        breakpoints.remove(va);
        frames.forEach((pfn, _) -> frameChanges(pfn));
    }

    boolean isBreakpoint(long va) {
        return !breakpoints.isEmpty() && breakpoints.contains(va);
    }
}
