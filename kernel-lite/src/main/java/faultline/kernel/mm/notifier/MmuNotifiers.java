package faultline.kernel.mm.notifier;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.rcu.Srcu;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The subscribers of one address space: `notifier_subscriptions`. Without any, telling them costs one
/// load and one branch.
///
/// A subscriber that comes between a start and its end would hear an end without a start (M14). So
/// whoever adds one keeps out all that tell, and whoever tells holds something that keeps him out.
public final class MmuNotifiers {

    private final Srcu srcu;

    /// Null while there is none; changed under the monitor, read under SRCU.
    private volatile MmuNotifier @Nullable [] subscribers;

    public MmuNotifiers(Srcu srcu) {
        this.srcu = srcu;
    }

    /// Tells that translations of `[start, end)` become invalid. The caller holds no spinning lock, and tells the
    /// end when it has changed the PTEs.
    public void invalidateRangeStart(MmuNotifyEvent event, long start, long end) {
        if (subscribers != null) {
            forEach(subscriber -> subscriber.invalidateRangeStart(event, start, end));
        }
    }

    /// Ends what [#invalidateRangeStart] has begun.
    public void invalidateRangeEnd(MmuNotifyEvent event, long start, long end) {
        if (subscribers != null) {
            forEach(subscriber -> subscriber.invalidateRangeEnd(event, start, end));
        }
    }

    private interface Call {
        void to(MmuNotifier subscriber);
    }

    private void forEach(Call call) {
        int section = srcu.readLock(vcpu());
        try {
            MmuNotifier[] now = subscribers;
            if (now != null) {
                for (MmuNotifier subscriber : now) {
                    call.to(subscriber);
                }
            }
        } finally {
            srcu.readUnlock(vcpu(), section);
        }
    }

    private static Vcpu vcpu() {
        return KernelThread.current().vcpu();
    }

    /// Adds a subscriber: the inside of `mmu_notifier_register`. The caller keeps out all that tell of
    /// invalidations.
    public void add(MmuNotifier subscriber) {
        synchronized (this) {
            MmuNotifier[] before = subscribers;
            int count = before == null ? 0 : before.length;
            MmuNotifier[] more = before == null ? new MmuNotifier[1] : Arrays.copyOf(before, count + 1);
            more[count] = subscriber;
            subscribers = more;
        }
    }

    /// `mmu_notifier_unregister`: releases a subscriber, which hears nothing more when this returns. The
    /// caller may block, and is not itself called by it.
    public void unregister(MmuNotifier subscriber) {
        int section = srcu.readLock(vcpu());
        try {
            // Still in the list: an exit that finds it empty frees the pages.
            if (contains(subscriber)) {
                subscriber.release();
            }
        } finally {
            srcu.readUnlock(vcpu(), section);
        }
        remove(subscriber);
        srcu.synchronize();
    }

    private boolean contains(MmuNotifier subscriber) {
        MmuNotifier[] now = subscribers;
        return now != null && Arrays.asList(now).contains(subscriber);
    }

    private void remove(MmuNotifier subscriber) {
        synchronized (this) {
            MmuNotifier[] before = subscribers;
            if (before == null) {
                return;
            }
            MmuNotifier[] left =
                    Arrays.stream(before).filter(other -> other != subscriber).toArray(MmuNotifier[]::new);
            subscribers = left.length == 0 ? null : left;
        }
    }

    /// `mmu_notifier_release`: the address space goes. When this returns nobody is told any more, nor releases
    /// itself.
    public void release() {
        if (subscribers == null) {
            return;
        }
        forEach(MmuNotifier::release);
        synchronized (this) {
            subscribers = null;
        }
        srcu.synchronize();
    }
}
