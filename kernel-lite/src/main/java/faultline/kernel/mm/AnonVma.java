package faultline.kernel.mm;

import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The VMAs in which an anonymous page may be mapped: `anon_vma`.
///
/// A page names the AnonVma of the VMA it was made for. That VMA is in it, and so is every VMA that was split off
/// from it, that it was moved to, or that is its copy in a child; a child's new pages name an AnonVma of the
/// child's own, which the parent is not in. So whoever looks for the PTEs of a page looks where it can be, and
/// not through the family. All AnonVmas of a family share the lock of their root.
final class AnonVma {

    private final AnonVmas all;
    private final int id;
    private final @Nullable AnonVma parent;

    /// `anon_vma->root->rwsem`: its parent's, if it has one.
    private final RwSemaphore lock;

    // Guarded by lock.
    private final Set<Vma> vmas = new LinkedHashSet<>();
    /// How many AnonVmas have this one for their parent, itself not counted.
    private int children;
    /// How many VMAs make new pages in it: `num_active_vmas`.
    private int active;

    /// By how many it is kept though it may have no VMA. Guarded by the map of [AnonVmas].
    private int keepers;

    /// Null without checks.
    private final @Nullable Life life;

    /// Made by [AnonVmas], `parent` null for the root of a family.
    AnonVma(AnonVmas all, int id, @Nullable AnonVma parent) {
        this.all = all;
        this.id = id;
        this.parent = parent;
        this.life = all.begin(id);
        this.lock = parent == null ? new RwSemaphore(all.steps(), LockRank.ANON_VMA, id) : parent.lock;
    }

    /// What its pages name it by.
    int id() {
        return id;
    }

    /// What all of its family are locked by.
    RwSemaphore rootLock() {
        return lock;
    }

    /// Keeps who looks for the PTEs of a page out while a VMA changes its bounds or pages move.
    void lock() {
        touch();
        lock.writeLock();
    }

    void unlock() {
        lock.writeUnlock();
    }

    private void touch() {
        if (life != null) {
            life.touched();
        }
    }

    /// It is in no list any more: nobody comes to it but who has the lock now.
    void end() {
        if (life != null) {
            life.end();
        }
    }

    // With the lock.

    void addLocked(Vma vma) {
        touch();
        vmas.add(vma);
    }

    /// A VMA is in it no more; an AnonVma without VMAs and children is gone.
    void removeLocked(Vma vma) {
        vmas.remove(vma);
        freeIfUnused();
    }

    private void freeIfUnused() {
        if (vmas.isEmpty() && children == 0 && all.tryRemove(this)) {
            if (parent != null) {
                parent.children--;
                parent.freeIfUnused();
            }
        }
    }

    void keep(int by) {
        keepers += by;
    }

    boolean isKept() {
        return keepers != 0;
    }

    /// Frees it if it has no VMA, nobody keeps it and nobody was faster.
    void freeIfAlone() {
        lock.writeLock();
        freeIfUnused();
        lock.writeUnlock();
    }

    void addChildLocked() {
        touch();
        children++;
    }

    void activateLocked(int by) {
        active += by;
    }

    /// Whether a child may go on using it, because nobody else makes pages in it: Linux reuses one that has lost its
    /// VMAs, so that a process which forks from child to child does not have ever more of them.
    boolean isReusableLocked() {
        return active == 0 && children < 2;
    }

    /// The root of its family: a VMA in which any page of the family may be mapped is in it too.
    AnonVma root() {
        return parent == null ? this : parent.root();
    }

    /// Shows VMAs in which one of its pages may be mapped, as long as `visitor` says so; false where somebody
    /// keeps readers out. For who may hold such a lock already, and has come by the number that a page has:
    /// nothing keeps the AnonVma then. It may end meanwhile, but its memory stays that of an AnonVma
    /// (SLAB_TYPESAFE_BY_RCU), so that the lock can be tried, and with it held is seen whether it is still there:
    /// `folio_lock_anon_vma_read`.
    boolean tryForEach(Predicate<Vma> visitor) {
        if (!lock.tryReadLock()) {
            return false;
        }
        try {
            if (all.find(id) == this) {
                visit(visitor);
            }
        } finally {
            lock.readUnlock();
        }
        return true;
    }

    private void visit(Predicate<Vma> visitor) {
        touch();
        for (Vma vma : vmas) {
            if (!visitor.test(vma)) {
                break;
            }
        }
    }

    /// Shows every VMA in which one of its pages may be mapped.
    void forEach(Consumer<Vma> visitor) {
        touch();
        lock.readLock();
        try {
            vmas.forEach(visitor);
        } finally {
            lock.readUnlock();
        }
    }
}
