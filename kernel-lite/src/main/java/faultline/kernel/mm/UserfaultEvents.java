package faultline.kernel.mm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one system call is to tell the [Userfaultfd]s of the VMAs it changes. It is noted while `mmap_lock` is held
/// for write, and told when that is given back: who reads it may need the lock.
final class UserfaultEvents {

    private record Told(Userfaultfd to, UserfaultMessage message) {}

    /// What goes before the pages of a mremap arrive in its place.
    private final List<Told> early = new ArrayList<>();

    private final List<Told> late = new ArrayList<>();

    private @Nullable Told remap;

    /// A part of `[start, end)`, which is about to be unmapped, is `vma`'s: `userfaultfd_unmap_prep`. With
    /// `makesRoom` something else is mapped there then.
    void unmap(Vma vma, long start, long end, boolean makesRoom) {
        Userfaultfd handler = vma.userfault();
        if (handler == null || !handler.has(Userfaultfd.FEATURE_EVENT_UNMAP)) {
            return;
        }
        List<Told> list = makesRoom ? early : late;
        Told told = new Told(handler, UserfaultMessage.unmap(start, end));
        if (!list.contains(told)) {
            handler.beginChange();
            list.add(told);
        }
    }

    /// The pages of a mapping have moved to `vma`, which nobody handles any more if that is nothing to be told:
    /// `mremap_userfaultfd_prep`.
    void remap(Vma vma, long from, long to, long length) {
        Userfaultfd handler = vma.userfault();
        if (handler == null) {
            return;
        }
        if (handler.has(Userfaultfd.FEATURE_EVENT_REMAP)) {
            handler.beginChange();
            remap = new Told(handler, UserfaultMessage.remap(from, to, length));
        } else {
            vma.setUserfault(null, vma.flags() & ~Vma.VM_UFFD);
        }
    }

    /// Tells everything, and waits until it is known. The caller holds no lock.
    void tell() {
        early.forEach(UserfaultEvents::tell);
        Told moved = remap;
        if (moved != null) {
            tell(moved);
        }
        late.forEach(UserfaultEvents::tell);
        early.clear();
        late.clear();
        remap = null;
    }

    private static void tell(Told told) {
        boolean _ = told.to.tell(new UserfaultEvent(told.message));
    }
}
