package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_UFFD_WP;

import faultline.kernel.mm.pgtable.PageTableFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a fork makes of the parent's [Userfaultfd]s: `dup_userfaultfd`. One that asked for forks has a counterpart for
/// the child, which its reader gets with the event; of any other the child's VMAs know nothing.
final class ForkedUserfaults {

    /// In the order of the VMAs: the order in which they are told.
    private final Map<Userfaultfd, Userfaultfd> forked = new LinkedHashMap<>();

    /// Who handles the faults of the child's copy of `vma`; null for nobody. Both `mmap_lock`s are held for write.
    @Nullable
    Userfaultfd inherit(Vma vma, Mm child) {
        Userfaultfd handler = vma.userfault();
        if (handler == null || !handler.has(Userfaultfd.FEATURE_EVENT_FORK)) {
            return null;
        }
        Userfaultfd known = forked.get(handler);
        if (known != null) {
            return known;
        }
        handler.beginChange();
        Userfaultfd made = handler.forkFor(child);
        forked.put(handler, made);
        return made;
    }

    /// Tells of the fork, if it has gone well, and waits until that is read. Whom nobody reads of handles nothing. No
    /// lock is held.
    void tell(boolean complete) {
        forked.forEach((parent, child) -> {
            if (!complete) {
                parent.endChange();
            } else if (!parent.tell(new UserfaultEvent(UserfaultMessage.fork(child)))) {
                child.release();
            }
        });
    }

    /// Whether a marker is one of the child's, too: `copy_pte_marker`.
    static boolean keepsMarker(Vma copy, int marker) {
        return (marker & (PageTableFormat.MARKER_POISONED | PageTableFormat.MARKER_GUARD)) != 0
                || (marker & PageTableFormat.MARKER_UFFD_WP) != 0 && copy.has(VM_UFFD_WP);
    }
}
