package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.core.cpu.Registers;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Stop;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProcText;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import java.util.List;

/// `info …`, threads and the call stack.
final class InfoCommands {

    private static final int DEFAULT_FRAMES = 64;

    private final DebugSession session;
    private final Output out;
    private final Backtrace backtrace;
    private final StopCommands stops;

    InfoCommands(DebugSession session, Backtrace backtrace, StopCommands stops) {
        this.session = session;
        this.out = session.out();
        this.backtrace = backtrace;
        this.stops = stops;
    }

    List<Command> all() {
        return List.of(
                plain("info i", "info SUBJECT", """
                        Shows registers [NAME], all-registers, threads, proc [mappings], breakpoints, signals, symbol ADDRESS,
                        program.""", this::info),
                plain("thread t", "thread [NUMBER]", "Makes a thread the one commands are about.", this::thread),
                plain("backtrace bt where", "backtrace [COUNT]", """
                        Shows who called whom, along the frame pointers.
                        Frames marked ? come from a scan of the stack and may be left over from earlier calls.""", this::backtrace));
    }

    private void info(String text) throws InterruptedException {
        String[] words = text.strip().split("\\s+", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (subject(words[0])) {
            case "registers" -> registers(rest, false);
            case "all-registers" -> registers(rest, true);
            case "threads" -> threads();
            case "proc" -> proc(rest);
            case "breakpoints", "watchpoints" -> stops.list();
            case "signals" -> signals();
            case "symbol" -> out.line(new Events(session).place(session.evaluate(rest)));
            default -> program();
        }
    }

    private static String subject(String word) {
        List<String> subjects = List.of(
                "registers",
                "all-registers",
                "threads",
                "proc",
                "breakpoints",
                "watchpoints",
                "signals",
                "symbol",
                "program");
        for (String subject : subjects) {
            if (!word.isEmpty() && subject.startsWith(word)) {
                return subject;
            }
        }
        throw new CommandError("info needs one of " + String.join(", ", subjects) + ".");
    }

    private void registers(String name, boolean all) {
        Registers registers = session.registers();
        List<Registers.Info> infos = registers.all();
        if (!name.isBlank()) {
            int index = session.index(registers, name.strip().replaceFirst("^\\$", ""));
            out.format("%-14s %s", infos.get(index).name(), DataCommands.registerText(registers, index));
            return;
        }
        for (int i = 0; i < infos.size(); i++) {
            if (all || infos.get(i).group() == Registers.Group.GENERAL) {
                out.format("%-14s %s", infos.get(i).name(), DataCommands.registerText(registers, i));
            }
        }
    }

    private void threads() {
        session.inferior();
        for (DebugThread thread : session.debugger().threads()) {
            Task task = ((TaskThread) thread).task();
            out.format(
                    "%s %d  \"%s\" of process %d  %s",
                    thread == session.current() ? "*" : " ",
                    thread.id(),
                    task.comm(),
                    task.process().pid(),
                    new Events(session).place(thread.cpu().pc));
        }
    }

    private void proc(String text) throws InterruptedException {
        Task task = session.current().task();
        if (text.isBlank()) {
            out.format(
                    "process %d, %d threads",
                    task.process().pid(), task.process().threads().size());
            return;
        }
        Mm mm = session.current().mm();
        out.line(session.onGuest(() -> new ProcText(mm).maps()).stripTrailing());
    }

    private void signals() {
        out.line("Signal       Stop  Print  Pass  Description");
        for (int signal = 1; signal < Signals.SIGRTMIN; signal++) {
            out.line(session.policy().describe(signal));
        }
    }

    private void program() {
        Stop stop = session.stop();
        out.line(
                stop == null
                        ? "The program is not being run."
                        : "The program is stopped: " + stop.getClass().getSimpleName() + ".");
    }

    private void thread(String text) throws InterruptedException {
        if (!text.isBlank()) {
            long id = session.evaluate(text);
            DebugThread chosen = session.debugger().threads().stream()
                    .filter(thread -> thread.id() == id)
                    .findFirst()
                    .orElseThrow(() -> new CommandError("There is no thread " + id + "; 'info threads' lists them."));
            session.select((TaskThread) chosen);
        }
        new Events(session).printPlace();
    }

    private void backtrace(String text) throws InterruptedException {
        int most = text.isBlank() ? DEFAULT_FRAMES : (int) Math.min(Math.max(1, session.evaluate(text)), 4096);
        List<Backtrace.Frame> frames = backtrace.frames(session.current(), most);
        for (int i = 0; i < frames.size(); i++) {
            Backtrace.Frame frame = frames.get(i);
            out.format(
                    "#%-2d %s%s",
                    i, new Events(session).place(frame.pc()), frame.found() == Backtrace.Found.SCAN ? " ?" : "");
        }
    }
}
