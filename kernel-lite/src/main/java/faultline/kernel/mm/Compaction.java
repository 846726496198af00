package faultline.kernel.mm;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.page.FrameRun;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import org.jspecify.annotations.Nullable;

/// Moves pages out of the way of who wants frames in a row: `mm/compaction.c`.
///
/// Linux has two scanners meet, one for pages to move and one for frames to move them to, until there is a run.
/// Here the allocator names a run with few pages in it, and those go to whatever frames are free.
final class Compaction {

    private final KernelMemory kernel;
    private final PageAllocator allocator;
    private final Migration migration;

    Compaction(KernelMemory kernel) {
        this.kernel = kernel;
        this.allocator = kernel.allocator();
        this.migration = new Migration(kernel);
    }

    /// Has all frames of the run be the caller's. False, and those that it got are free again, where a page stays or no
    /// frame is free for it. May block.
    boolean empty(FrameRun run) {
        kernel.count(VmEvent.COMPACT_STALL, 1);
        KernelThread self = KernelThread.current();
        self.setReclaiming(true);
        try {
            // Others may have freed some of them since, or taken.
            boolean done = run.takeFree() || moveAll(run) && run.takeFree();
            if (!done) {
                run.giveBack();
            }
            kernel.count(done ? VmEvent.COMPACT_SUCCESS : VmEvent.COMPACT_FAIL, 1);
            return done;
        } finally {
            self.setReclaiming(false);
        }
    }

    private boolean moveAll(FrameRun run) {
        for (int i = 0; i < run.count(); i++) {
            if (!run.has(i) && !run.inTheWay(i).map(page -> move(run, page)).orElse(false)) {
                return false;
            }
        }
        return true;
    }

    private boolean move(FrameRun run, Page page) {
        Page to = target(run);
        boolean moved = to != null && migration.move(page, to);
        if (to != null) {
            allocator.put(to);
        }
        run.free(page);
        return moved;
    }

    /// A frame elsewhere, or null. Nothing is reclaimed for it.
    private @Nullable Page target(FrameRun run) {
        Page to = allocator.tryAllocOn(allocator.localNode(), PageAllocator.ALL_NODES, false);
        while (to != null && run.contains(to)) {
            // It has come free since the run took those that were.
            run.free(to);
            to = allocator.tryAllocOn(allocator.localNode(), PageAllocator.ALL_NODES, false);
        }
        return to;
    }
}
