package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_SPECIAL;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.pgtable.HugeEntries;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Adds, removes, splits and merges the VMAs of one address space, so that neighbours end up as one
/// VMA exactly where Linux (6.12) makes them one. The caller holds `mmap_lock` for write.
final class VmaEditor {

    private final Mm mm;
    private final PageGeometry geometry;

    VmaEditor(Mm mm) {
        this.mm = mm;
        this.geometry = mm.geometry();
    }

    // Single changes.

    /// Adds a new VMA: into the tree, its file's rmap, the counters. ENOMEM when the kernel has no
    /// room for it.
    void add(Vma vma) {
        charge();
        vma.startWrite();
        vma.markAttached();
        linkFile(vma);
        mm.vmas().insert(vma);
        mm.publishVmas();
        mm.counters.account(vma.flags(), vma.pages());
    }

    private void charge() {
        mm.kernel().heap().charge(KernelHeap.VMA, Errno.ENOMEM);
    }

    /// Takes a VMA out of the tree and the counters; its file stays linked until [#release].
    void detach(Vma vma) {
        vma.markDetached();
        mm.vmas().remove(vma);
        mm.counters.account(vma.flags(), -vma.pages());
        if (vma.has(Vma.VM_ACCOUNT)) {
            mm.uncommit(vma.pages());
        }
    }

    /// Lets go of a VMA that is zapped, and of its file.
    void release(Vma vma) {
        vma.anonChain().unlink();
        mm.kernel().heap().release(KernelHeap.VMA);
        MappedFile file = vma.file();
        if (file != null) {
            file.pages().removeMapping(vma);
            put(file);
        }
    }

    /// `vm_area_free`. With one user left nobody speculates.
    private void put(MappedFile file) {
        boolean kept = mm.kernel().vmaGuards().keepsFiles() && mm.users() > 1 && !file.countsAttachments();
        if (kept) {
            mm.kernel().delayedFput().put(file);
        } else {
            file.put();
        }
    }

    private static void linkFile(Vma vma) {
        MappedFile file = vma.file();
        if (file != null) {
            file.get();
            file.pages().addMapping(vma);
        }
    }

    /// Changes the bounds of a VMA that is in the tree, without counting: `__vma_adjust`'s core.
    private void setBounds(Vma vma, long start, long end) {
        // Here already: its lock ranks above the file's rmap lock.
        vma.startWrite();
        splitHugeAt(start);
        splitHugeAt(end);
        long pgoff = vma.pgoff() + ((start - vma.start()) >> geometry.shift());
        mm.vmas().remove(vma);
        MappedFile file = vma.file();
        if (file == null) {
            vma.setBounds(start, end, pgoff);
        } else {
            file.pages().lockMappings();
            vma.setBounds(start, end, pgoff);
            file.pages().unlockMappings();
        }
        mm.vmas().insert(vma);
    }

    /// No huge page lies in two VMAs: `vma_adjust_trans_huge`.
    private void splitHugeAt(long bound) {
        HugeEntries huge = mm.pageTable().huge();
        if (huge.isAny() && huge.start(bound) != bound) {
            huge.split(bound);
        }
    }

    /// A VMA that disappears into a neighbour with its pages: it stays written to for ever.
    private void swallow(Vma vma) {
        vma.beginWrite();
        vma.markDetached();
        mm.vmas().remove(vma);
        release(vma);
    }

    /// Moves the start of a stack down: counts what is added.
    void expandDown(Vma vma, long start) {
        long pages = (vma.start() - start) >>> geometry.shift();
        vma.beginWrite();
        setBounds(vma, start, vma.end());
        mm.publishVmas();
        vma.endWrite();
        mm.counters.account(vma.flags(), pages);
    }

    /// Moves the end of a VMA up into free space: counts what is added.
    void expandUp(Vma vma, long end) {
        long pages = (end - vma.end()) >>> geometry.shift();
        vma.beginWrite();
        setBounds(vma, vma.start(), end);
        markSoftDirty(vma);
        mm.publishVmas();
        vma.endWrite();
        mm.counters.account(vma.flags(), pages);
    }

    // Splitting.

    /// Splits a VMA at `va`, inside it, and returns the upper part: `split_vma`. ENOMEM past
    /// max_map_count.
    private Vma split(Vma vma, long va) {
        requireRoom();
        return splitForUnmap(vma, va);
    }

    /// ENOMEM where there are as many VMAs as there may be.
    void requireRoom() {
        if (mm.mapCount() >= mm.kernel().maxMapCount()) {
            throw Errno.ENOMEM.exception();
        }
    }

    /// The same at max_map_count too, for who takes one of the parts away: `__split_vma`.
    Vma splitForUnmap(Vma vma, long va) {
        charge();
        Vma upper = new Vma(mm, va, vma.end(), vma.flags(), vma.pkey(), vma.file(), vma.pgoffAt(va));
        upper.copyName(vma);
        upper.beginUserfault(vma.userfault());
        upper.beginPolicy(vma.policy());
        upper.anonChain().cloneFrom(vma);
        vma.beginWrite();
        setBounds(vma, vma.start(), va);
        upper.startWrite();
        upper.markAttached();
        linkFile(upper);
        mm.vmas().insert(upper);
        mm.publishVmas();
        vma.endWrite();
        return upper;
    }

    // Merging.

    /// Makes room for a change of `[start, end)` of `vma` to other flags and key: merges the part
    /// with neighbours that have those already, else splits it off. Returns the VMA that now holds
    /// the part, on which the caller sets the rights: `vma_modify_flags`.
    Vma isolate(Vma vma, long start, long end, int flags, int pkey) {
        return isolate(vma, start, end, Rights.of(vma).with(flags, pkey));
    }

    private Vma isolate(Vma vma, long start, long end, Rights rights) {
        Vma prev = start == vma.start() ? adjacentBefore(start) : null;
        Vma next = end == vma.end() ? adjacentAt(end) : null;
        boolean left = prev != null
                && canFollow(prev, rights, vma.pgoff())
                && mergeableAnon(vma.anonVma(), prev.anonVma(), prev);
        boolean right = next != null
                && canPrecede(next, rights, vma.pgoffAt(end))
                && mergeableAnon(vma.anonVma(), next.anonVma(), next);
        if (left && prev != null && next != null && !mergeableAnon(prev.anonVma(), next.anonVma(), null)) {
            right = false;
        }
        boolean whole = start == vma.start() && end == vma.end();
        if (left && prev != null) {
            return mergeLeft(prev, vma, right ? next : null, end, whole);
        }
        if (right && next != null) {
            return mergeRight(vma, next, start, whole);
        }
        Vma part = start == vma.start() ? vma : split(vma, start);
        if (end != part.end()) {
            split(part, end);
        }
        return part;
    }

    /// [#isolate], and gives the part its rights; counts what changes.
    void changeRights(Vma vma, long start, long end, int flags, int pkey) {
        changeRights(vma, start, end, flags, pkey, _ -> {});
    }

    /// The same, and `then` does what belongs to the change with the VMA that now holds the part.
    void changeRights(Vma vma, long start, long end, int flags, int pkey, Consumer<Vma> then) {
        Vma part = isolate(vma, start, end, flags, pkey);
        mm.counters.account(part.flags(), -part.pages());
        part.beginWrite();
        part.setRights(flags, pkey);
        then.accept(part);
        part.endWrite();
        mm.counters.account(part.flags(), part.pages());
    }

    /// The same for who handles faults of the part in user space; `flags` says which, `brackets` that faults
    /// hear of it.
    void changeUserfault(Vma vma, long start, long end, int flags, @Nullable Userfaultfd handler, boolean brackets) {
        Vma part =
                isolate(vma, start, end, Rights.of(vma).with(flags, vma.pkey()).with(handler));
        if (brackets) {
            part.beginWrite();
        }
        part.setUserfault(handler, flags);
        if (brackets) {
            part.endWrite();
        }
    }

    /// The same for where the pages of the part go.
    void changePolicy(Vma vma, long start, long end, @Nullable MemPolicy policy) {
        Vma part = isolate(vma, start, end, Rights.of(vma).with(policy));
        part.beginWrite();
        part.setPolicy(policy);
        part.endWrite();
    }

    private Vma mergeLeft(Vma prev, Vma vma, @Nullable Vma next, long end, boolean whole) {
        moveCounts(vma, prev, whole ? vma.pages() : (end - vma.start()) >>> geometry.shift());
        prev.beginWrite();
        adoptAnon(prev, vma);
        long newEnd = end;
        shrinkOrSwallow(vma, end, vma.end(), whole);
        if (next != null) {
            adoptAnon(prev, next);
            newEnd = next.end();
            swallow(next);
        }
        setBounds(prev, prev.start(), newEnd);
        mm.publishVmas();
        return finish(prev, vma, whole, next);
    }

    private Vma mergeRight(Vma vma, Vma next, long start, boolean whole) {
        moveCounts(vma, next, (vma.end() - start) >>> geometry.shift());
        next.beginWrite();
        adoptAnon(next, vma);
        shrinkOrSwallow(vma, vma.start(), start, whole);
        setBounds(next, start, next.end());
        mm.publishVmas();
        return finish(next, vma, whole, null);
    }

    private void shrinkOrSwallow(Vma vma, long start, long end, boolean whole) {
        if (whole) {
            swallow(vma);
        } else {
            vma.beginWrite();
            setBounds(vma, start, end);
        }
    }

    /// The tree shows the merged VMA: ends the writing of what is left, and drops what is not.
    private Vma finish(Vma merged, Vma vma, boolean whole, @Nullable Vma next) {
        if (whole) {
            mm.unlinked(vma);
        } else {
            vma.endWrite();
        }
        if (next != null) {
            mm.unlinked(next);
        }
        merged.endWrite();
        return merged;
    }

    /// The part counts as what it becomes.
    private void moveCounts(Vma from, Vma to, long pages) {
        mm.counters.account(from.flags(), -pages);
        mm.counters.account(to.flags(), pages);
    }

    /// Maps the free range `[start, end)`: by extending a neighbour, or as a new VMA. Counts it.
    /// `vma_merge_new_range`.
    void map(long start, long end, Rights rights, long pgoff) {
        Vma vma = mapRange(start, end, rights, pgoff, null);
        markSoftDirty(vma);
        vma.endWrite();
    }

    private void markSoftDirty(Vma vma) {
        int flags = vma.flags() | softDirty();
        if (flags != vma.flags()) {
            vma.setRights(flags, vma.pkey());
        }
    }

    /// VM_SOFTDIRTY for what is new, or for a VMA with something new in it.
    int softDirty() {
        return mm.kernel().format().tracksSoftDirty() ? Vma.VM_SOFTDIRTY : 0;
    }

    /// Maps a free range that gets the pages of `source`, and so belongs to its AnonVma:
    /// `copy_vma`. The caller moves the pages and then ends the writing of the VMA that has the range:
    /// before that no fault may put a page where one is to come (M8).
    Vma mapFor(Vma source, long start, long end, Rights rights, long pgoff) {
        Vma vma = mapRange(start, end, rights, pgoff, source.anonVma());
        adoptAnon(vma, source);
        return vma;
    }

    /// Returns the VMA with the range begun to be written.

    private Vma mapRange(long start, long end, Rights rights, long pgoff, @Nullable AnonVma anon) {
        Vma prev = adjacentBefore(start);
        Vma next = adjacentAt(end);
        long pages = (end - start) >>> geometry.shift();
        boolean left = prev != null && canFollow(prev, rights, pgoff) && mergeableAnon(anon, prev.anonVma(), prev);
        boolean right =
                next != null && canPrecede(next, rights, pgoff + pages) && mergeableAnon(anon, next.anonVma(), next);
        if (left && prev != null && next != null && !mergeableAnon(prev.anonVma(), next.anonVma(), null)) {
            right = false;
        }
        if (left && prev != null) {
            prev.beginWrite();
            long newEnd = end;
            if (right && next != null) {
                adoptAnon(prev, next);
                newEnd = next.end();
                swallow(next);
            }
            setBounds(prev, prev.start(), newEnd);
            mm.publishVmas();
            if (right && next != null) {
                mm.unlinked(next);
            }
            mm.counters.account(rights.flags(), pages);
            return prev;
        }
        if (right && next != null) {
            next.beginWrite();
            setBounds(next, start, next.end());
            mm.publishVmas();
            mm.counters.account(rights.flags(), pages);
            return next;
        }
        Vma vma = new Vma(mm, start, end, rights.flags(), rights.pkey(), rights.file(), pgoff);
        vma.setName(rights.name());
        vma.beginUserfault(rights.userfault());
        vma.beginPolicy(rights.policy());
        vma.beginWrite();
        add(vma);
        return vma;
    }

    /// Whether a range with these rights could extend the VMA that ends where it starts: brk asks.
    boolean canAppend(Vma prev, Rights rights, long pgoff) {
        return canFollow(prev, rights, pgoff) && mergeableAnon(null, prev.anonVma(), prev);
    }

    /// What must be equal for two ranges to be one VMA.
    record Rights(
            int flags,
            int pkey,
            @Nullable MappedFile file,
            @Nullable String name,
            @Nullable Userfaultfd userfault,
            @Nullable MemPolicy policy) {

        /// Those of a VMA.
        static Rights of(Vma vma) {
            return new Rights(vma.flags(), vma.pkey(), vma.file(), vma.name(), vma.userfault(), vma.policy());
        }

        Rights with(int newFlags, int newPkey) {
            return new Rights(newFlags, newPkey, file, name, userfault, policy);
        }

        Rights with(@Nullable Userfaultfd handler) {
            return new Rights(flags, pkey, file, name, handler, policy);
        }

        Rights with(@Nullable MemPolicy newPolicy) {
            return new Rights(flags, pkey, file, name, userfault, newPolicy);
        }

        /// Of what nobody handles faults of, in the task's place.
        Rights(int flags, int pkey, @Nullable MappedFile file, @Nullable String name) {
            this(flags, pkey, file, name, null, null);
        }
    }

    private @Nullable Vma adjacentBefore(long start) {
        Vma prev = mm.vmas().findBefore(start);
        return prev != null && prev.end() == start ? prev : null;
    }

    private @Nullable Vma adjacentAt(long end) {
        Vma next = mm.vmas().find(end);
        return next != null && next.start() == end ? next : null;
    }

    private static boolean canFollow(Vma prev, Rights rights, long pgoff) {
        return isLike(prev, rights) && prev.pgoff() + prev.pages() == pgoff;
    }

    private static boolean canPrecede(Vma next, Rights rights, long pgoffBehind) {
        return isLike(next, rights) && next.pgoff() == pgoffBehind;
    }

    private static boolean isLike(Vma vma, Rights rights) {
        return ((vma.flags() ^ rights.flags()) & ~Vma.VM_SOFTDIRTY) == 0
                && (vma.flags() & VM_SPECIAL) == 0
                && vma.pkey() == rights.pkey()
                && vma.file() == rights.file()
                && vma.userfault() == rights.userfault()
                && Objects.equals(vma.policy(), rights.policy())
                && Objects.equals(vma.name(), rights.name());
    }

    /// Linux's rule, which keeps VMAs with pages from before a fork apart: one side has no AnonVma
    /// and the neighbour exactly one, or both have the same.
    private static boolean mergeableAnon(@Nullable AnonVma one, @Nullable AnonVma other, @Nullable Vma neighbour) {
        if ((one == null || other == null)
                && (neighbour == null || neighbour.anonChain().length() == 1)) {
            return true;
        }
        return one == other;
    }

    private static void adoptAnon(Vma grown, Vma swallowed) {
        if (grown.anonVma() == null) {
            grown.anonChain().cloneFrom(swallowed);
        }
    }

    /// The AnonVma of a neighbour with which the VMA could be one after an mprotect:
    /// `find_mergeable_anon_vma`.
    @Nullable
    AnonVma neighbourAnonVma(Vma vma) {
        Vma next = adjacentAt(vma.end());
        if (next != null && compatible(vma, next)) {
            AnonVma shared = reusable(next);
            if (shared != null) {
                return shared;
            }
        }
        Vma prev = adjacentBefore(vma.start());
        return prev != null && compatible(prev, vma) ? reusable(prev) : null;
    }

    private static @Nullable AnonVma reusable(Vma vma) {
        return vma.anonChain().length() == 1 ? vma.anonVma() : null;
    }

    private static boolean compatible(Vma below, Vma above) {
        return below.file() == above.file()
                && Objects.equals(below.policy(), above.policy())
                && ((below.flags() ^ above.flags()) & ~(Vma.VM_ACCESS | Vma.VM_SOFTDIRTY)) == 0
                && above.pgoff() == below.pgoff() + below.pages();
    }
}
