package faultline.kernel.mm;

import faultline.kernel.mm.notifier.MmuNotifyEvent;
import faultline.kernel.mm.pgtable.MmuGather;
import java.util.ArrayList;
import java.util.List;

/// The VMAs that one unmapping took out of the tree: nobody finds them any more, their pages are
/// still mapped.
final class Detached {

    private final Mm mm;
    private final List<Vma> vmas = new ArrayList<>();

    Detached(Mm mm) {
        this.mm = mm;
    }

    /// Adds a VMA, in ascending order, before [#removeAll].
    void add(Vma vma) {
        vmas.add(vma);
    }

    /// Takes all of them out of the tree at once.
    void removeAll() {
        for (Vma vma : vmas) {
            mm.editor.detach(vma);
            if (!mm.kernel().vmaGuards().countsShared()) {
                // Whoever zaps its pages will not say so any more: nobody may rely on it from here on.
                vma.beginWrite();
            }
        }
        mm.publishVmas();
    }

    /// Zaps their pages, frees the tables only they used, flushes and frees: `unmap_region`. The
    /// caller holds mmap_lock for read at least and since it was held for write.
    void unmap(MmuGather gather) {
        if (vmas.isEmpty()) {
            return;
        }
        mm.noteHighWater();
        long start = vmas.getFirst().start();
        long end = vmas.getLast().end();
        mm.notifiers().invalidateRangeStart(MmuNotifyEvent.UNMAP, start, end);
        for (Vma vma : vmas) {
            Zap.zap(gather, vma, vma.start(), vma.end());
        }
        mm.notifiers().invalidateRangeEnd(MmuNotifyEvent.UNMAP, start, end);
        // A truncation must not find a VMA whose tables are about to go: first out of the rmap, then free_pgtables.
        for (Vma vma : vmas) {
            vma.beginSharedWrite();
            mm.editor.release(vma);
            vma.endSharedWrite();
        }
        Vma prev = mm.vmas().findBefore(start);
        Vma next = mm.vmas().find(end);
        mm.pageTable().free(gather, start, end, prev == null ? 0 : prev.end(), next == null ? 0 : next.start());
        gather.finish();
        vmas.forEach(mm::unlinked);
    }
}
