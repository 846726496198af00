package faultline.core.debug;

import org.jspecify.annotations.Nullable;

/// Why the guest stands still.
public sealed interface Stop {

    /// The thread that caused it, or null when none is left.
    @Nullable
    DebugThread thread();

    /// The thread is before the instruction of a breakpoint.
    record AtBreakpoint(DebugThread thread, Breakpoint breakpoint) implements Stop {}

    /// The thread is behind the instruction that accessed a watched location, or behind the system
    /// call that did.
    record AtWatchpoint(DebugThread thread, Watchpoint watchpoint, byte[] before, byte[] after) implements Stop {}

    /// The steps asked for are done.
    record Stepped(DebugThread thread) implements Stop {}

    /// The front end asked for it.
    record Interrupted(@Nullable DebugThread thread) implements Stop {}

    /// The system is about to deliver something to the thread. `event` is the kernel's own record
    /// of it; registers are those of the instruction that caused it.
    record Signaled(DebugThread thread, Object event) implements Stop {}

    /// The thread runs a new program, of which no instruction has been executed.
    record Started(DebugThread thread) implements Stop {}

    /// The thread `id` was being stepped and is over; `thread` is another one.
    record ThreadEnded(int id, @Nullable DebugThread thread) implements Stop {}

    /// The debugged program is over; `status` is the kernel's word for how.
    record Ended(int status) implements Stop {
        @Override
        public @Nullable DebugThread thread() {
            return null;
        }
    }
}
