package faultline.kernel.perf;

import java.util.ArrayList;
import java.util.List;

/// The events of one thread, or of one vCPU whoever sits there: `struct perf_event_context`. A thread has
/// one once somebody counts it or it counts others, or while a vCPU is counted.
public final class PerfContext {

    private static final PerfEvent[] NONE = {};

    private final PerfEvents events;

    /// What to count in. Replaced under the lock, read without.
    private volatile PerfEvent[] counted = NONE;

    /// The vCPU the thread sits on, or -1. Written under the lock.
    private volatile int cpu;

    /// The last vCPU it sat on, or -1 while it has not. Written under the lock.
    private volatile int last = -1;

    /// What the thread has opened itself: `perf_event_list`. Guarded by the lock.
    private final List<PerfEvent> owned = new ArrayList<>(0);

    PerfContext(PerfEvents events, int cpu) {
        this.events = events;
        this.cpu = cpu;
    }

    int cpu() {
        return cpu;
    }

    List<PerfEvent> owned() {
        return owned;
    }

    /// Its events, leaders before those they lead.
    PerfEvent[] counted() {
        return counted;
    }

    /// The lock is held.
    void add(PerfEvent event) {
        List<PerfEvent> list = new ArrayList<>(List.of(counted));
        list.add(event);
        counted = list.toArray(NONE);
    }

    /// The lock is held.
    void remove(PerfEvent event) {
        List<PerfEvent> list = new ArrayList<>(List.of(counted));
        list.remove(event);
        counted = list.toArray(NONE);
    }

    /// Counts an event of the thread, whose vCPU's events count it too; `user` says in whose mode it
    /// happened. Self.
    public void count(PerfCounter what, boolean user) {
        countHere(what, user);
        PerfContext ofCpu = events.contextOf(cpu);
        if (ofCpu != null) {
            ofCpu.countHere(what, user);
        }
    }

    private void countHere(PerfCounter what, boolean user) {
        for (PerfEvent event : counted) {
            event.count(what, user);
        }
    }

    /// The thread has got a vCPU. Self.
    public void schedIn(int vcpu) {
        int before = last;
        sit(vcpu);
        if (before >= 0 && before != vcpu) {
            // The kernel moves threads: what leaves the kernel out does not see it, nor a switch.
            count(PerfCounter.CPU_MIGRATIONS, false);
        }
    }

    /// The thread has given its vCPU up. Self.
    public void schedOut() {
        if (cpu >= 0) {
            count(PerfCounter.CONTEXT_SWITCHES, false);
        }
        sit(-1);
    }

    /// The thread sits on a vCPU, or with -1 on none. Also by who makes a running thread's context.
    public void sit(int vcpu) {
        synchronized (events) {
            cpu = vcpu;
            last = vcpu < 0 ? last : vcpu;
            settle(events.now());
        }
    }

    /// The lock is held.
    void settle(long now) {
        for (PerfEvent event : counted) {
            event.settle(now);
        }
    }
}
