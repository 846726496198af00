package faultline.core.mem;

/// What a vCPU has reserved with its last load-exclusive: its local exclusive monitor. See
/// [StoreTracker].
///
/// Only the thread that carries the vCPU touches it.
final class Reservation {

    private static final long NONE = -1;

    private long pa = NONE;
    private int bytes;
    private int version;
    private long at;

    void clear() {
        pa = NONE;
    }

    /// Reserves bytes whose granule had its version `version` at `at`.
    void set(long where, int length, int number, long read) {
        pa = where;
        bytes = length;
        version = number;
        at = read;
    }

    boolean holds(long where, int length) {
        return pa == where && bytes == length;
    }

    /// The version when it was reserved.
    long at() {
        return at;
    }

    /// A store of the vCPU's own has changed a version: that is no reason to lose the reservation.
    void follow(int number, long before, long now) {
        if (pa != NONE && version == number && at == before) {
            at = now;
        }
    }
}
