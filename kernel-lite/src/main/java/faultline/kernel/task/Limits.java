package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.MmLimits;
import org.jspecify.annotations.Nullable;

/// The soft and hard resource limits of a process, unsigned; [#INFINITY] for none.
///
/// Read without a lock by whoever enforces one, written under the monitor: a limit is one word,
/// and a reader that sees the old one came first.
public final class Limits implements MmLimits {

    /// What a resource is limited to: `struct rlimit`.
    public record Rlimit(long soft, long hard) {}

    /// `RLIM_INFINITY`.
    public static final long INFINITY = -1;

    private static final long MIB = 1 << 20;

    private final long[] soft = new long[Resource.values().length];
    private final long[] hard = new long[Resource.values().length];

    private volatile boolean privileged;

    /// What a login shell of a Debian machine has.
    public Limits() {
        for (Resource resource : Resource.values()) {
            set(resource, INFINITY, INFINITY);
        }
        set(Resource.STACK, 8 * MIB, INFINITY);
        set(Resource.CORE, 0, INFINITY);
        set(Resource.NOFILE, 1024, 1 << 20);
        set(Resource.MEMLOCK, 8 * MIB, 8 * MIB);
        set(Resource.NPROC, 4096, 4096);
        set(Resource.SIGPENDING, 4096, 4096);
        set(Resource.MSGQUEUE, 819_200, 819_200);
        set(Resource.NICE, 0, 0);
        set(Resource.RTPRIO, 0, 0);
    }

    /// The same limits again, as `fork` passes them on.
    Limits(Limits other) {
        System.arraycopy(other.soft, 0, soft, 0, soft.length);
        System.arraycopy(other.hard, 0, hard, 0, hard.length);
        privileged = other.privileged;
    }

    public long soft(Resource resource) {
        return soft[resource.ordinal()];
    }

    public long hard(Resource resource) {
        return hard[resource.ordinal()];
    }

    /// Whether `amount` is within the soft limit.
    public boolean permits(Resource resource, long amount) {
        return Long.compareUnsigned(amount, soft(resource)) <= 0;
    }

    /// Tells what a resource is limited to and limits it to `to`, unless that is null: `do_prlimit`. EPERM for a hard
    /// limit above the old one, unless `mayRaise`.
    public synchronized Rlimit exchange(Resource resource, @Nullable Rlimit to, boolean mayRaise) {
        Rlimit old = new Rlimit(soft(resource), hard(resource));
        if (to != null) {
            if (!mayRaise && Long.compareUnsigned(to.hard, old.hard) > 0) {
                throw Errno.EPERM.exception();
            }
            set(resource, to.soft, to.hard);
        }
        return old;
    }

    public void set(Resource resource, long softLimit, long hardLimit) {
        soft[resource.ordinal()] = softLimit;
        hard[resource.ordinal()] = hardLimit;
    }

    /// Capabilities come and go with the process's user.
    void setPrivileged(boolean isPrivileged) {
        privileged = isPrivileged;
    }

    @Override
    public long addressSpace() {
        return soft(Resource.AS);
    }

    @Override
    public long data() {
        return soft(Resource.DATA);
    }

    @Override
    public long mostData() {
        return hard(Resource.DATA);
    }

    @Override
    public long stack() {
        return soft(Resource.STACK);
    }

    @Override
    public long locked() {
        return soft(Resource.MEMLOCK);
    }

    @Override
    public boolean mayLockAll() {
        return privileged;
    }
}
