package faultline.kernel.mm;

import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// One address of an address space at which a page may be merged: `struct ksm_rmap_item`.
///
/// Where it is not said otherwise a field is guarded by the mutex of [Ksm].
final class KsmItem {

    final KsmSpace space;
    final long va;

    /// Of the contents when they were last looked at, if they were.
    long checksum;

    boolean hasChecksum;

    /// The shared page that was put here, null for none. Guarded also by that page's lock: read with either.
    @Nullable
    KsmNode node;

    /// The AnonVma of the VMA, kept as long as there is a node, so that who looks for the PTEs of the page
    /// comes to this address in every VMA that is a copy.
    @Nullable
    AnonVma anon;

    /// Whether it waits to be found by another of the same contents, and since which scan.
    boolean unstable;

    long round;

    /// How often it was looked at, up to 255, and how often more it is passed by: `smart_scan`.
    int age;

    int skips;

    KsmItem(KsmSpace space, long va) {
        this.space = space;
        this.va = va;
    }

    /// Shows the address in a VMA, if it lies there.
    void showIn(Vma vma, ObjLongConsumer<Vma> visitor) {
        if (vma.contains(va)) {
            visitor.accept(vma, va);
        }
    }
}
