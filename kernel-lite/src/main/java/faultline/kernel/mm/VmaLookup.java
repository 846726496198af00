package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSpinLock;
import faultline.kernel.lock.SeqCount;
import faultline.kernel.rcu.Rcu;
import org.jspecify.annotations.Nullable;

/// How a fault of Dufour's series finds its VMA and keeps it without `mmap_lock`, and what writers of the
/// tree do for it. One an address space.
abstract class VmaLookup {

    /// Nobody looks without `mmap_lock`, or whoever does copies what it finds.
    private static final class None extends VmaLookup {
        @Override
        void beginChange() {}

        @Override
        void endChange() {}

        @Override
        @Nullable
        Vma findAndPin(Mm mm, long va) {
            throw new IllegalStateException("mm: VMAs cannot be pinned under this design");
        }

        @Override
        void unlink(Vma vma) {
            vma.free();
        }
    }

    /// Versions 6 to 11: `mm_rb_lock`, which every fault of the address space writes to.
    private static final class Locked extends VmaLookup {
        private final RwSpinLock lock;

        Locked(Mm mm) {
            this.lock = new RwSpinLock(mm.kernel().steps(), LockRank.VMA_TREE, mm.id());
        }

        @Override
        void beginChange() {
            lock.writeLock();
        }

        @Override
        void endChange() {
            lock.writeUnlock();
        }

        @Override
        @Nullable
        Vma findAndPin(Mm mm, long va) {
            lock.readLock();
            Vma vma = mm.findVma(va);
            if (vma != null) {
                vma.pin();
            }
            lock.readUnlock();
            return vma;
        }

        @Override
        void unlink(Vma vma) {
            vma.unpin();
        }
    }

    /// Version 12: RCU, and `mm_seq` to look again.
    private static final class Counted extends VmaLookup {
        private final Rcu rcu;
        private final SeqCount sequence;

        Counted(Mm mm) {
            this.rcu = mm.kernel().rcu();
            this.sequence =
                    new SeqCount(mm.kernel().steps(), mm.id(), mm.kernel().sequenceCheck("mm_seq of mm ", mm.id()));
        }

        @Override
        void beginChange() {
            sequence.beginWrite();
        }

        @Override
        void endChange() {
            sequence.endWrite();
        }

        @Override
        @Nullable
        Vma findAndPin(Mm mm, long va) {
            Vcpu self = KernelThread.current().vcpu();
            while (true) {
                long seen = sequence.beginRead();
                if ((seen & 1) != 0) {
                    // The writer is between two stores.
                    mm.kernel().steps().schedule().spin();
                    continue;
                }
                rcu.readLock(self);
                Vma vma = mm.findVma(va);
                if (vma != null) {
                    vma.pin();
                }
                rcu.readUnlock(self);
                if (!sequence.retry(seen)) {
                    return vma;
                }
                if (vma != null) {
                    vma.unpin();
                }
            }
        }

        @Override
        void unlink(Vma vma) {
            rcu.call(vma::unpin);
        }
    }

    static VmaLookup of(Mm mm) {
        return switch (mm.kernel().vmaGuards().lookup()) {
            case NONE -> new None();
            case RWLOCK -> new Locked(mm);
            case RCU -> new Counted(mm);
        };
    }

    /// The tree is about to change; the caller holds `mmap_lock` for write.
    abstract void beginChange();

    abstract void endChange();

    /// The first VMA that ends above `va`, with a reference; null when there is none.
    abstract @Nullable Vma findAndPin(Mm mm, long va);

    /// Drops the tree's reference of a VMA that is in it no more and has no pages: it is free, now or when
    /// [VmaGuards.Freeing] says.
    abstract void unlink(Vma vma);
}
