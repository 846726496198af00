package faultline.cli.debug;

import faultline.cli.run.CodeText;
import faultline.cli.run.SignalText;
import faultline.core.arch.Disassembler;
import faultline.core.debug.Stop;
import faultline.core.debug.Watchpoint;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
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
        switch (stop) {
            case Stop.Started started ->
                out.line("Process "
                        + ((TaskThread) started.thread()).task().process().pid()
                        + " stands before its first instruction.");
            case Stop.AtBreakpoint met -> {
                var breakpoint = met.breakpoint();
                if (breakpoint.isVisible()) {
                    String kind = breakpoint.temporary() ? "Temporary breakpoint " : "Breakpoint ";
                    out.line("");
                    out.line(kind + breakpoint.number());
                }
            }
            case Stop.AtWatchpoint watched -> printWatch(watched);
            case Stop.Stepped _ -> {}
            case Stop.Interrupted _ -> {
                out.line("");
                out.line("Program received signal SIGINT, Interrupt.");
            }
            case Stop.Signaled signaled -> printSignal((Siginfo) signaled.event());
            case Stop.Ended(int status) -> printEnd(status);
        }
        printPlace();
    }

    private void printSignal(Siginfo info) {
        out.line("");
        out.line("Program received signal " + name(info) + ", " + SignalText.sentence(info.signal()) + ".");
        out.line(SignalText.cause(info));
    }

    private void printWatch(Stop.AtWatchpoint watched) {
        Watchpoint watchpoint = watched.watchpoint();
        out.line("");
        out.format(
                "%s %d: 0x%x, %d bytes",
                switch (watchpoint.kind()) {
                    case CHANGE -> "Watchpoint";
                    case READ -> "Read watchpoint";
                    case ACCESS -> "Access watchpoint";
                },
                watchpoint.number(),
                watchpoint.address(),
                watchpoint.length());
        if (watchpoint.kind() == Watchpoint.Kind.READ) {
            out.line("Value = " + number(watched.after()));
        } else {
            out.line("Old value = " + number(watched.before()));
            out.line("New value = " + number(watched.after()));
        }
    }

    private String number(byte[] bytes) {
        return switch (bytes.length) {
            case 1, 2, 4, 8 -> "0x" + Long.toHexString(session.value(bytes, 0, bytes.length));
            default -> HexFormat.ofDelimiter(" ").formatHex(bytes);
        };
    }

    private void printEnd(int status) {
        int signal = status & 0x7f;
        int code = status >> 8 & 0xff;
        if (signal != 0) {
            out.line("");
            out.line("Program terminated with signal " + Signals.name(signal) + ", " + SignalText.sentence(signal)
                    + ".");
        } else if (code == 0) {
            out.line("[The program exited normally]");
        } else {
            out.format("[The program exited with code %d]", code);
        }
    }

    /// `0x401136 in main ()` and the instruction there.
    void printPlace() throws InterruptedException {
        if (session.stop() == null || session.stop() instanceof Stop.Ended) {
            return;
        }
        TaskThread thread = session.current();
        out.format("Thread %d: %s", thread.id(), place(thread.cpu().pc));
        String instruction = instruction(thread.cpu().pc);
        out.line(
                instruction == null
                        ? "=> Cannot access memory at address 0x%x".formatted(thread.cpu().pc)
                        : "=> " + instruction);
    }

    /// `0x401136 in main+4 ()`.
    String place(long pc) {
        String symbol = CodeText.place(session.symbols(), pc);
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
