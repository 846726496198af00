package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.cli.run.SignalText;
import faultline.core.cpu.Registers;
import faultline.core.cpu.Registers.Group;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Stop;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProcText;
import faultline.kernel.task.Process;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import java.util.List;

/// `info …`, threads and the call stack.
final class InfoCommands {

    private static final int DEFAULT_FRAMES = 64;
    private static final int MOST_FRAMES = 4096;

    private final DebugSession session;
    private final Output out;
    private final Backtrace backtrace;
    private final DataCommands data;

    InfoCommands(DebugSession session, Backtrace backtrace, DataCommands data) {
        this.session = session;
        this.out = session.out();
        this.backtrace = backtrace;
        this.data = data;
    }

    List<Command> all() {
        return List.of(
                plain("info i", "info SUBJECT", """
                        Shows registers [NAME... | general | float | vector | system | all], threads, breakpoints, signals,
                        proc [mappings], frame, symbol ADDRESS, program.""", this::info),
                plain("thread t", "thread [NUMBER]", "Makes a thread the one commands are about.", this::thread),
                plain("backtrace bt where", "backtrace [COUNT]", """
                        Shows who called whom.
                        Behind each frame stands how it was found: along the frame pointers, or, marked ?, by a scan of
                        the stack, where what earlier calls left over is found too.""", this::backtrace));
    }

    /// Subjects, and what gdb's users write for some of them.
    static List<String> subjects() {
        return List.of(
                "registers",
                "all-registers",
                "float",
                "vector",
                "threads",
                "proc",
                "breakpoints",
                "watchpoints",
                "signals",
                "handle",
                "frame",
                "symbol",
                "program",
                "inferiors");
    }

    private void info(String text) throws InterruptedException {
        String[] words = text.strip().split("\\s+", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (subject(words[0])) {
            case "registers" -> registers(rest);
            case "all-registers" -> registers("all");
            case "float" -> registers("float");
            case "vector" -> registers("vector");
            case "threads", "inferiors" -> threads();
            case "proc" -> proc(rest);
            case "breakpoints", "watchpoints" -> session.breakpoints().list();
            case "signals", "handle" -> signals();
            case "frame" -> frame();
            case "symbol" -> symbol(rest);
            default -> program();
        }
    }

    private static String subject(String word) {
        for (String subject : subjects()) {
            if (!word.isEmpty() && subject.startsWith(word)) {
                return subject;
            }
        }
        throw new CommandError("info needs one of " + String.join(", ", subjects()) + ".");
    }

    private void symbol(String text) {
        long address = session.evaluate(text);
        ElfSymbols.Place place = session.symbols().at(address);
        if (place == null) {
            out.line("No symbol matches " + text.strip() + ".");
        } else {
            out.line(place.symbol().name() + (place.offset() == 0 ? "" : " + " + place.offset()));
        }
    }

    /// `info registers`, of some names or groups.
    private void registers(String text) {
        Registers registers = session.registers();
        if (text.isBlank()) {
            group(registers, Group.GENERAL);
            return;
        }
        for (String word : text.strip().split("\\s+")) {
            String name = word.replaceFirst("^\\$", "");
            int index = DebugSession.find(registers, name);
            if (index >= 0) {
                register(registers, index);
            } else if (name.equals("all")) {
                for (int i = 0; i < registers.all().size(); i++) {
                    register(registers, i);
                }
            } else {
                group(registers, group(name));
            }
        }
    }

    private static Group group(String name) {
        for (Group group : Group.values()) {
            if (group.name().equalsIgnoreCase(name)) {
                return group;
            }
        }
        throw new CommandError("Invalid register `" + name + "'");
    }

    private void group(Registers registers, Group group) {
        for (int i = 0; i < registers.all().size(); i++) {
            if (registers.all().get(i).group() == group) {
                register(registers, i);
            }
        }
    }

    private void register(Registers registers, int index) {
        out.format("%-14s %s", registers.all().get(index).name(), data.registerText(registers, index));
    }

    private void threads() {
        session.inferior();
        out.line("  Id   Process  Name             Frame");
        for (DebugThread thread : session.debugger().threads()) {
            Task task = ((TaskThread) thread).task();
            out.format(
                    "%s %-4d %-8d %-16s %s%s",
                    thread == session.currentOrNull() ? "*" : " ",
                    thread.id(),
                    task.process().pid(),
                    "\"" + task.comm() + "\"",
                    new Events(session).place((TaskThread) thread),
                    session.debugger().isHeld(thread) ? "" : ", in the kernel");
        }
    }

    private void frame() throws InterruptedException {
        List<Backtrace.Frame> frames = backtrace.frames(session.current(), 2);
        Backtrace.Frame here = frames.getFirst();
        out.format("Stack level 0, stack pointer at 0x%x:", here.stack());
        out.line(" pc = " + ValueText.address(session, here.pc()));
        if (frames.size() > 1) {
            Backtrace.Frame caller = frames.get(1);
            out.line(" returns to " + ValueText.address(session, caller.pc()) + ", found by "
                    + caller.found().text());
            // Where the callee keeps the return address, nothing says how much else it keeps above.
            String more = session.registers().linkRegister() < 0 ? "" : " or higher";
            out.format(" caller's stack pointer 0x%x%s", caller.stack(), more);
        }
    }

    private void proc(String text) throws InterruptedException {
        Task task = session.current().task();
        if (!text.isBlank() && !"mappings".startsWith(text.strip())) {
            throw new CommandError("info proc shows the process, info proc mappings its address space.");
        }
        Mm mm = session.current().mm();
        if (text.isBlank()) {
            Process process = task.process();
            out.line("process " + process.pid());
            out.line("name = '" + task.comm() + "'");
            out.line("threads = " + process.threads().size());
            ProgramImage image = session.inferior().image(process);
            if (image != null) {
                out.line("exe = '" + image.path() + "'");
            }
            return;
        }
        out.line(session.onGuest(() -> new ProcText(mm).maps()).stripTrailing());
    }

    private void signals() {
        out.line(SignalPolicy.HEADING);
        for (int signal = 1; signal < Signals.SIGRTMIN; signal++) {
            out.line(session.policy().describe(signal));
        }
    }

    private void program() {
        if (!session.isRunning()) {
            out.line("The program being debugged is not being run.");
            return;
        }
        out.line(
                switch (session.stop()) {
                    case Stop.AtBreakpoint at
                    when at.breakpoint().isVisible() ->
                        "It stopped at breakpoint " + at.breakpoint().number() + ".";
                    case Stop.AtWatchpoint at ->
                        "It stopped at watchpoint " + at.watchpoint().number() + ".";
                    case Stop.Signaled signaled
                    when signaled.event() instanceof Siginfo info ->
                        "It stopped at a signal " + Signals.name(info.signal()) + ", " + SignalText.cause(info) + ".";
                    case Stop.Interrupted _ -> "It was interrupted.";
                    case null, default -> "It stopped after being stepped.";
                });
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
        TaskThread thread = session.current();
        out.line("[Current thread is " + thread.id() + " \"" + thread.task().comm() + "\" of process "
                + thread.task().process().pid() + "]");
        new Events(session).printPlace("");
    }

    private void backtrace(String text) throws InterruptedException {
        int most = text.isBlank() ? DEFAULT_FRAMES : Math.clamp(session.evaluate(text), 1, MOST_FRAMES);
        List<Backtrace.Frame> frames = backtrace.frames(session.current(), most);
        for (int i = 0; i < frames.size(); i++) {
            Backtrace.Frame frame = frames.get(i);
            out.format(
                    "#%-2d %s%s",
                    i, new Events(session).place(frame.pc()), frame.found() == Backtrace.Found.SCAN ? " ?" : "");
        }
    }
}
