package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.lock.HeldLocks;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.LockStep;
import faultline.kernel.lock.WaitQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The lock of a VMA since Linux 6.15: `vm_refcnt`, a counter that readers raise.
///
/// | count | means |
/// | --- | --- |
/// | 0 | detached: in no tree, nobody enters |
/// | 1 | attached |
/// | + 1 | each reader |
/// | + [#WRITER] | a writer waits or is inside; nobody enters |
///
/// Where Linux lets the memory of a VMA serve another one while a reader may still come to it, and so
/// has readers look at the owner again, a VMA here stays the one it was.
final class VmaRefcount extends VmaLock {

    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(VmaRefcount.class, "count", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// VMA_LOCK_OFFSET.
    private static final int WRITER = 0x4000_0000;

    private static final int ATTACHED = 1;

    private final Steps steps;
    private final long id;

    /// `vma_writer_wait` of the address space.
    private final WaitQueue writers;

    @SuppressWarnings("unused") // through COUNT
    private int count;

    /// What is left of the count without readers. Guarded by mmap_lock held for write.
    private int base;

    VmaRefcount(MmapLock mmapLock, WaitQueue writers, Steps steps, long id) {
        super(mmapLock);
        this.writers = writers;
        this.steps = steps;
        this.id = id;
    }

    @Override
    boolean tryEnter() {
        steps.at(LockStep.READ_TRYLOCK, id);
        int seen;
        do {
            seen = (int) COUNT.getOpaque(this);
            if (seen == 0 || seen >= WRITER) {
                return false;
            }
            // pairs with getAndAdd in admitReaders
        } while (!COUNT.weakCompareAndSetAcquire(this, seen, seen + 1));
        assert HeldLocks.acquired(this, LockRank.VMA);
        return true;
    }

    @Override
    void endRead() {
        assert HeldLocks.released(this);
        steps.at(LockStep.READ_UNLOCK, id);
        // pairs with getAcquire in isAlone
        int left = (int) COUNT.getAndAddRelease(this, -1) - 1;
        if (left >= WRITER && left <= WRITER + ATTACHED) {
            writers.wakeAll();
            // The writer was not held up any more: whose VMA this is may have been gone (M33).
            touchMm();
        }
    }

    @Override
    void excludeReaders() {
        assert HeldLocks.acquiring(this, LockRank.VMA, false);
        steps.at(LockStep.WRITE_LOCK, id);
        int _ = (int) COUNT.getAndAdd(this, WRITER);
        int alone = WRITER + base;
        writers.await(() -> isAlone(alone), WaitQueue.Sleep.UNINTERRUPTIBLE, Long.MAX_VALUE);
    }

    private boolean isAlone(int alone) {
        // pairs with getAndAddRelease in endRead
        return (int) COUNT.getAcquire(this) == alone;
    }

    @Override
    void admitReaders() {
        assert HeldLocks.released(this);
        steps.at(LockStep.WRITE_UNLOCK, id);
        // pairs with weakCompareAndSetAcquire in tryEnter
        int _ = (int) COUNT.getAndAdd(this, -WRITER);
    }

    @Override
    void attach() {
        base = ATTACHED;
        COUNT.setRelease(this, ATTACHED);
    }

    @Override
    void detach() {
        base = 0;
        // Who has entered since the writer began sees its number and leaves.
        if ((int) COUNT.getAndAdd(this, -ATTACHED) != ATTACHED) {
            excludeReaders();
            admitReaders();
        }
    }
}
