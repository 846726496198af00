package faultline.kernel.mm;

import faultline.kernel.KernelHeap;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import org.jspecify.annotations.Nullable;

/// The memory policy of one VMA as the object it is in Linux: every VMA has its own (`vma_dup_policy`), which
/// is freed at once when another takes its place or the VMA goes.
///
/// A fault that keeps the VMA from changing may look at it. One that does not may look at what is freed (M19).
public final class VmaPolicy {

    private final MemPolicy value;

    /// While its VMA is in the tree; null without checks.
    private @Nullable Life life;

    VmaPolicy(MemPolicy value) {
        this.value = value;
    }

    /// Its VMA, which begins at `start`, is in the tree from now on.
    void begin(KernelHeap heap, long start) {
        life = heap.begin(ObjectLives.Kind.MEMPOLICY, start);
    }

    /// `mpol_put`, of the last reference.
    void free() {
        if (life != null) {
            life.end();
        }
    }

    /// What it says.
    public MemPolicy get() {
        if (life != null) {
            life.touched();
        }
        return value;
    }
}
