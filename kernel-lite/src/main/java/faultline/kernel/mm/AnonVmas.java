package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.KernelHeap;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The AnonVmas of a machine by number.
///
/// Pages name theirs by number, because a reference stored at every fault would have the collector mark a card
/// that vCPUs share.
final class AnonVmas {

    private final Steps steps;
    private final KernelHeap heap;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, AnonVma> byId = new ConcurrentHashMap<>();

    AnonVmas(Steps steps, KernelHeap heap) {
        this.heap = heap;
        this.steps = steps;
    }

    Steps steps() {
        return steps;
    }

    /// The life of one that is made; null without checks.
    @Nullable
    Life begin(int id) {
        return heap.begin(ObjectLives.Kind.ANON_VMA, id);
    }

    /// A new one; `parent` is the one that the VMA had from which its VMA is copied, null for none.
    AnonVma make(@Nullable AnonVma parent) {
        AnonVma made = new AnonVma(this, lastId.incrementAndGet(), parent);
        byId.put(made.id(), made);
        return made;
    }

    /// The one of a number, or null when it is gone.
    @Nullable
    AnonVma find(int id) {
        return byId.get(id);
    }

    /// Removes one that has no VMA any more; false when it is removed already, or somebody keeps it.
    boolean tryRemove(AnonVma gone) {
        boolean[] removed = new boolean[1];
        AnonVma _ = byId.computeIfPresent(gone.id(), (_, found) -> {
            removed[0] = !found.isKept();
            return removed[0] ? null : found;
        });
        if (removed[0]) {
            gone.end();
        }
        return removed[0];
    }

    /// The one of a number, which stays until [#letGo]; null when it is gone: `folio_get_anon_vma`.
    @Nullable
    AnonVma keep(int id) {
        return byId.computeIfPresent(id, (_, found) -> {
            found.keep(1);
            return found;
        });
    }

    /// `put_anon_vma`. The caller holds no lock of it.
    void letGo(AnonVma kept) {
        AnonVma _ = byId.computeIfPresent(kept.id(), (_, found) -> {
            found.keep(-1);
            return found;
        });
        kept.freeIfAlone();
    }

    /// How many there are.
    int count() {
        return byId.size();
    }
}
