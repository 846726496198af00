package faultline.cli.debug;

import faultline.cli.run.CodeText;
import faultline.cli.run.SignalText;
import faultline.core.arch.Disassembler;
import faultline.core.debug.Stop;
import faultline.core.debug.Watchpoint;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Says why the guest stopped, in gdb's words where it has some.
final class Events {

    /// The longest instruction of any architecture.
    private static final int LONGEST_INSTRUCTION = 16;

    private final DebugSession session;
    private final Output out;

    Events(DebugSession session) {
        this.session = session;
        this.out = session.out();
    }

    static boolean isFault(Object event) {
        return event instanceof Siginfo info && SignalText.isFault(info);
    }

    static String name(Siginfo info) {
        return Signals.name(info.signal());
    }

    void print(Stop stop) throws InterruptedException {
        String place = "";
        switch (stop) {
            case Stop.Started started ->
                out.line("Process "
                        + ((TaskThread) started.thread()).task().process().pid()
                        + " stands before its first instruction.");
            case Stop.AtBreakpoint met -> {
                var breakpoint = met.breakpoint();
                if (breakpoint.isVisible()) {
                    String who = who("");
                    out.line("");
                    place = (who.isEmpty() ? "" : who + " hit ")
                            + (breakpoint.temporary() ? "Temporary breakpoint " : "Breakpoint ")
                            + breakpoint.number() + ", ";
                }
            }
            case Stop.AtWatchpoint watched -> printWatch(watched);
            case Stop.Stepped _ -> {}
            case Stop.ThreadEnded ended -> out.line("Thread " + ended.id() + " has exited.");
            case Stop.Interrupted _ -> {
                out.line("");
                out.line(who("Program") + " received signal SIGINT, Interrupt.");
            }
            case Stop.Signaled signaled -> printSignal((Siginfo) signaled.event());
            case Stop.Ended(int status) -> printEnd(status);
        }
        if (session.currentOrNull() != null && !(stop instanceof Stop.Ended)) {
            printPlace(place);
        }
    }

    /// Which thread it was, if there are several; otherwise `alone`.
    private String who(String alone) {
        TaskThread thread = session.currentOrNull();
        return thread == null || session.debugger().threads().size() < 2
                ? alone
                : "Thread " + thread.id() + " \"" + thread.task().comm() + "\"";
    }

    private void printSignal(Siginfo info) {
        out.line("");
        out.line(who("Program") + " received signal " + name(info) + ", " + SignalText.sentence(info.signal()) + ".");
        out.line(SignalText.cause(info));
    }

    private void printWatch(Stop.AtWatchpoint watched) {
        Watchpoint watchpoint = watched.watchpoint();
        String who = who("");
        out.line("");
        out.line((who.isEmpty() ? "" : who + " hit ")
                + Breakpoints.kindName(watchpoint.kind()) + " " + watchpoint.number() + ": "
                + session.breakpoints().describe(watchpoint));
        out.line("");
        if (watchpoint.kind() == Watchpoint.Kind.READ || Arrays.equals(watched.before(), watched.after())) {
            out.line("Value = " + number(watched.after()));
        } else {
            out.line("Old value = " + number(watched.before()));
            out.line("New value = " + number(watched.after()));
        }
    }

    private String number(byte[] bytes) {
        return switch (bytes.length) {
            case 1, 2, 4, 8 -> {
                long bits = session.value(bytes, 0, bytes.length);
                yield ValueText.of(session, Type.ofSize(bytes.length), bits);
            }
            default -> HexFormat.ofDelimiter(" ").formatHex(bytes);
        };
    }

    private void printEnd(int status) {
        int signal = status & 0x7f;
        if (signal != 0) {
            out.line("");
            out.line("Program terminated with signal " + Signals.name(signal) + ", " + SignalText.sentence(signal)
                    + ".");
            out.line("The program no longer exists.");
        } else {
            out.line("[The program " + EndText.of(status) + "]");
        }
    }

    /// `0x401136 in main ()`, behind `before`, and the instruction there.
    void printPlace(String before) throws InterruptedException {
        TaskThread thread = session.current();
        out.line(before + place(thread.cpu().pc));
        String instruction = instruction(thread.cpu().pc);
        out.line(
                instruction == null
                        ? "=> Cannot access memory at address 0x%x".formatted(thread.cpu().pc)
                        : "=> " + instruction);
    }

    /// `0x401136 in main+4 ()`.
    String place(long pc) {
        return place(session.symbols(), pc);
    }

    /// Where a thread is, by the symbols of what it runs.
    String place(TaskThread thread) {
        return place(session.inferior().symbols(thread), thread.cpu().pc);
    }

    private static String place(ElfSymbols symbols, long pc) {
        String symbol = CodeText.place(symbols, pc);
        return symbol == null
                ? "0x%x in ?? ()".formatted(pc)
                : "0x%x in %s ()".formatted(pc, symbol.substring(1, symbol.length() - 1));
    }

    private @Nullable String instruction(long pc) throws InterruptedException {
        try {
            byte[] bytes = session.read(pc, LONGEST_INSTRUCTION);
            Disassembler.Line line = session.inferior().disassembler().disassemble(bytes, 0, bytes.length, pc);
            return CodeText.line(pc, CodeText.place(session.symbols(), pc), bytes, 0, line);
        } catch (CommandError _) {
            return null;
        }
    }
}
