package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;
import static faultline.cli.debug.Command.withSymbols;

import faultline.core.debug.Breakpoint;
import faultline.core.debug.Debugger;
import faultline.core.debug.Watchpoint;
import faultline.core.debug.Watchpoint.Kind;
import java.util.ArrayList;
import java.util.List;

/// Breakpoints and watchpoints.
///
/// Those set before the program runs wait here; a run begins by setting them.
final class StopCommands {

    /// Longest location that is watched: a cache line.
    private static final int LONGEST_WATCH = 64;

    /// A breakpoint to set when the program starts.
    private record Planned(String place, boolean temporary) {}

    private final DebugSession session;
    private final Output out;
    private final List<Planned> planned = new ArrayList<>();

    StopCommands(DebugSession session) {
        this.session = session;
        this.out = session.out();
    }

    List<Command> all() {
        return List.of(
                withSymbols("break b", "break [PLACE]", """
                        Stops the program where it comes to PLACE: a symbol, symbol+offset, *ADDRESS or an address.
                        Without PLACE, where it stands.""", text -> breakAt(text, false)),
                withSymbols("tbreak tb", "tbreak [PLACE]", "As break, but only once.", text -> breakAt(text, true)),
                withSymbols("watch", "watch ADDRESS [LENGTH]", """
                        Stops behind the instruction, or the system call, that changes memory.
                        LENGTH is 8 if not given; {int}ADDRESS watches 4 bytes.""", text -> watch(text, Kind.CHANGE)),
                withSymbols(
                        "rwatch",
                        "rwatch ADDRESS [LENGTH]",
                        "Stops behind what reads memory.",
                        text -> watch(text, Kind.READ)),
                withSymbols(
                        "awatch",
                        "awatch ADDRESS [LENGTH]",
                        "Stops behind what reads or writes memory.",
                        text -> watch(text, Kind.ACCESS)),
                plain(
                        "delete d",
                        "delete [NUMBER...]",
                        "Removes breakpoints and watchpoints; without a number all.",
                        this::delete));
    }

    /// Sets what was asked for before the program ran.
    void place() {
        List<Planned> waiting = List.copyOf(planned);
        planned.clear();
        for (Planned plan : waiting) {
            set(plan.place(), plan.temporary());
        }
    }

    /// Keeps the user's breakpoints for the next run.
    void keep() {
        for (Breakpoint breakpoint : session.debugger().breakpoints()) {
            if (breakpoint.isVisible()) {
                planned.add(new Planned("0x" + Long.toHexString(breakpoint.address()), breakpoint.temporary()));
            }
        }
    }

    private void breakAt(String text, boolean temporary) {
        if (!session.isRunning()) {
            if (text.isBlank()) {
                throw new CommandError("The program is not being run; say where.");
            }
            long address = session.evaluate(place(text));
            planned.add(new Planned(text, temporary));
            out.format(
                    "Breakpoint at %s0x%x, set when the program starts.",
                    session.program().isMovable() ? "offset " : "", address);
            return;
        }
        set(text, temporary);
    }

    private void set(String text, boolean temporary) {
        long address = text.isBlank() ? session.current().cpu().pc : session.evaluate(place(text));
        Breakpoint set = session.debugger().breakAt(address, temporary);
        out.format("%s %d at 0x%x", temporary ? "Temporary breakpoint" : "Breakpoint", set.number(), address);
    }

    private static String place(String text) {
        String stripped = text.strip();
        return stripped.startsWith("*") ? stripped.substring(1) : stripped;
    }

    private void watch(String text, Kind kind) throws InterruptedException {
        String stripped = text.strip();
        int length = 8;
        if (stripped.startsWith("{") && stripped.indexOf('}') > 0) {
            length = Expression.Type.bytes(
                    stripped.substring(1, stripped.indexOf('}')).strip());
            stripped = stripped.substring(stripped.indexOf('}') + 1);
        } else if (stripped.startsWith("*")) {
            stripped = stripped.substring(1);
        }
        int blank = stripped.lastIndexOf(' ');
        if (blank > 0 && stripped.substring(blank + 1).chars().allMatch(Character::isDigit)) {
            length = Integer.parseInt(stripped.substring(blank + 1));
            stripped = stripped.substring(0, blank);
        }
        if (length < 1 || length > LONGEST_WATCH) {
            throw new CommandError("A length from 1 to " + LONGEST_WATCH + " is needed.");
        }
        long address = session.evaluate(stripped);
        TaskThread thread = session.current();
        int bytes = length;
        Debugger debugger = session.debugger();
        Watchpoint set = session.onGuest(() -> debugger.watch(thread, address, bytes, kind));
        out.format(
                "%s %d: 0x%x, %d bytes",
                switch (kind) {
                    case CHANGE -> "Watchpoint";
                    case READ -> "Read watchpoint";
                    case ACCESS -> "Access watchpoint";
                },
                set.number(),
                address,
                length);
    }

    private void delete(String text) {
        Debugger debugger = session.debugger();
        if (text.isBlank()) {
            debugger.breakpoints().forEach(debugger::remove);
            debugger.watchpoints().forEach(debugger::remove);
            return;
        }
        for (String word : text.strip().split("\\s+")) {
            long number = session.evaluate(word);
            boolean found = false;
            for (Breakpoint breakpoint : debugger.breakpoints()) {
                if (breakpoint.number() == number) {
                    debugger.remove(breakpoint);
                    found = true;
                }
            }
            for (Watchpoint watchpoint : debugger.watchpoints()) {
                if (watchpoint.number() == number) {
                    debugger.remove(watchpoint);
                    found = true;
                }
            }
            if (!found) {
                throw new CommandError("No breakpoint number " + word + ".");
            }
        }
    }

    /// `info breakpoints`.
    void list() {
        List<Breakpoint> breakpoints = session.isRunning() ? session.debugger().breakpoints() : List.of();
        List<Watchpoint> watchpoints = session.isRunning() ? session.debugger().watchpoints() : List.of();
        if (planned.isEmpty() && watchpoints.isEmpty() && breakpoints.stream().noneMatch(Breakpoint::isVisible)) {
            out.line("No breakpoints or watchpoints.");
            return;
        }
        out.line("Num  Type        Address            What");
        for (Breakpoint breakpoint : breakpoints) {
            if (breakpoint.isVisible()) {
                out.format(
                        "%-4d %-11s 0x%016x %s",
                        breakpoint.number(),
                        breakpoint.temporary() ? "tbreak" : "break",
                        breakpoint.address(),
                        new Events(session).place(breakpoint.address()).replaceFirst("^0x\\w+ ", ""));
            }
        }
        for (Watchpoint watchpoint : watchpoints) {
            String type = switch (watchpoint.kind()) {
                case CHANGE -> "watch";
                case READ -> "rwatch";
                case ACCESS -> "awatch";
            };
            out.format(
                    "%-4d %-11s 0x%016x %d bytes",
                    watchpoint.number(), type, watchpoint.address(), watchpoint.length());
        }
        planned.forEach(plan -> out.format(
                "-    %-11s %-18s when the program starts", plan.temporary() ? "tbreak" : "break", plan.place()));
    }
}
