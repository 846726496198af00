package faultline.core.debug;

import java.util.function.Predicate;

/// A place where guest code stops, in whatever address space it runs.
///
/// What changes is guarded by the lock of its [Debugger]; the front end may look at it while the
/// guest stands still.
public final class Breakpoint {

    private final int number;
    private final long address;
    private final boolean temporary;
    private final Predicate<DebugThread> condition;

    private int hits;
    private int ignored;

    Breakpoint(int number, long address, boolean temporary, Predicate<DebugThread> condition) {
        this.number = number;
        this.address = address;
        this.temporary = temporary;
        this.condition = condition;
    }

    /// What the user knows it by; negative for those a command sets for itself.
    public int number() {
        return number;
    }

    public long address() {
        return address;
    }

    /// Whether it is gone after its first stop.
    public boolean temporary() {
        return temporary;
    }

    /// Which threads it stops; asked on the thread itself, which is at the address.
    Predicate<DebugThread> condition() {
        return condition;
    }

    /// Whether the user set it.
    public boolean isVisible() {
        return number > 0;
    }

    /// How often it was met with its condition true.
    public int hits() {
        return hits;
    }

    /// How often it will yet be passed before it stops.
    public int ignored() {
        return ignored;
    }

    void ignore(int times) {
        ignored = times;
    }

    /// It was met; says whether it stops.
    boolean count() {
        hits++;
        if (ignored > 0) {
            ignored--;
            return false;
        }
        return true;
    }
}
