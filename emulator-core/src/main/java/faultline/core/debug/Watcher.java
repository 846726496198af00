package faultline.core.debug;

import faultline.core.mem.AccessObserver;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Sees the accesses to watched pages, on the thread that makes them, and leaves word in its
/// [ThreadControl].
final class Watcher implements AccessObserver {

    private final Map<Thread, ThreadControl> controls = new ConcurrentHashMap<>();
    private volatile List<Watchpoint> watchpoints = List.of();

    /// The host thread carries a guest thread from here on; null: no longer.
    void carries(Thread host, @Nullable ThreadControl control) {
        if (control == null) {
            controls.remove(host);
        } else {
            controls.put(host, control);
        }
    }

    void set(List<Watchpoint> to) {
        watchpoints = List.copyOf(to);
    }

    @Override
    public boolean watches(long va) {
        long page = va & -PhysicalMemory.FRAME_BYTES;
        for (Watchpoint watchpoint : watchpoints) {
            if (watchpoint.overlaps(page, PhysicalMemory.FRAME_BYTES)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void accessed(long va, int length, Access access) {
        ThreadControl control = controls.get(Thread.currentThread());
        if (control == null || access == Access.EXECUTE) {
            return;
        }
        for (Watchpoint watchpoint : watchpoints) {
            if (watchpoint.overlaps(va, length)
                    && counts(watchpoint.kind(), access)
                    && watchpoint.space() == control.thread().space()) {
                control.touches(watchpoint);
                return;
            }
        }
    }

    private static boolean counts(Watchpoint.Kind kind, Access access) {
        return switch (kind) {
            case CHANGE -> access == Access.WRITE;
            case READ -> access == Access.READ;
            case ACCESS -> true;
        };
    }
}
