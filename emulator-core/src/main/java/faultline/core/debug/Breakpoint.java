package faultline.core.debug;

import java.util.function.Predicate;

/// A place where guest code stops, in whatever address space it runs.
///
/// @param number what the user knows it by; negative for those a command sets for itself
/// @param temporary whether it is gone after its first stop
/// @param condition which threads it stops; asked on the thread itself, which is at the address
public record Breakpoint(int number, long address, boolean temporary, Predicate<DebugThread> condition) {

    /// Whether the user set it.
    public boolean isVisible() {
        return number > 0;
    }
}
