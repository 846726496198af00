package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;
import static faultline.cli.debug.Command.withSymbols;

import faultline.core.debug.Watchpoint.Kind;
import java.util.List;

/// The commands over [Breakpoints].
final class StopCommands {

    private final Breakpoints breakpoints;

    StopCommands(Breakpoints breakpoints) {
        this.breakpoints = breakpoints;
    }

    List<Command> all() {
        return List.of(
                withSymbols(
                        "break b br", "break [PLACE] [if CONDITION]", """
                        Stops the program where it comes to PLACE: a symbol, symbol+offset, *ADDRESS or an address.
                        Without PLACE, where it stands. With CONDITION only if it is not 0 then.
                        Processes that the program forks stop there too.""", text -> breakpoints.breakAt(text, false)),
                withSymbols(
                        "tbreak tb",
                        "tbreak [PLACE] [if CONDITION]",
                        "As break, but only once.",
                        text -> breakpoints.breakAt(text, true)),
                withSymbols("watch", "watch EXPRESSION [LENGTH]", """
                        Stops behind the instruction, or the system call, that changes memory.
                        EXPRESSION is a symbol, {TYPE}ADDRESS, *(TYPE *)ADDRESS or an address, of which LENGTH bytes
                        are watched, or 8.""", text -> breakpoints.watch(text, Kind.CHANGE)),
                withSymbols(
                        "rwatch",
                        "rwatch EXPRESSION [LENGTH]",
                        "Stops behind what reads memory.",
                        text -> breakpoints.watch(text, Kind.READ)),
                withSymbols(
                        "awatch",
                        "awatch EXPRESSION [LENGTH]",
                        "Stops behind what reads or writes memory.",
                        text -> breakpoints.watch(text, Kind.ACCESS)),
                plain(
                        "delete d",
                        "delete [NUMBER...]",
                        "Removes breakpoints and watchpoints; without a number all.",
                        breakpoints::delete),
                plain(
                        "enable en",
                        "enable [NUMBER...]",
                        "Lets breakpoints stop the program again.",
                        numbers -> breakpoints.enable(numbers, true)),
                plain(
                        "disable dis",
                        "disable [NUMBER...]",
                        "Keeps breakpoints from stopping the program.",
                        numbers -> breakpoints.enable(numbers, false)),
                withSymbols(
                        "condition",
                        "condition NUMBER [EXPRESSION]",
                        "Stops at a breakpoint only if EXPRESSION is not 0.",
                        breakpoints::condition),
                plain("ignore", "ignore NUMBER COUNT", "Lets a breakpoint pass COUNT times.", breakpoints::ignore));
    }
}
