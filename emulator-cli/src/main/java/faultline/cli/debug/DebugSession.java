package faultline.cli.debug;

import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOptions;
import faultline.cli.run.RunStatistics;
import faultline.core.cpu.Registers;
import faultline.core.debug.Breakpoint;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Debugger;
import faultline.core.debug.Stop;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What all commands share: the program, its current run if there is one, the thread they are
/// about.
final class DebugSession {

    /// Shows something at a stop.
    @FunctionalInterface
    interface AtStop {
        void show() throws InterruptedException;
    }

    /// A guest that stops sooner never has the terminal: stepping does not switch its mode.
    private static final long TERMINAL_MILLIS = 60;

    private final RunOptions options;
    private final ProgramFile file;
    private final ProgramSymbols program;
    private final Output out;
    private final Consumer<String> reports;
    private final SignalPolicy policy = new SignalPolicy();
    private final Variables variables = new Variables(this);
    private final Breakpoints breakpoints;

    private GuestConsole console = GuestConsole.withoutInput();
    private Predicate<String> asks = _ -> true;
    private Redirections redirections = Redirections.NONE;

    private volatile @Nullable Inferior inferior;
    private @Nullable TaskThread current;
    private @Nullable Stop stop;

    /// The thread the last stop was shown for: another one is said.
    private int shownThread;

    /// The user has changed registers or memory since the stop.
    private boolean changed;

    private AtStop atStop = () -> {};

    /// `reports` takes the lines of `--strace`.
    DebugSession(RunOptions options, ProgramFile file, Output out, Consumer<String> reports) {
        this.options = options;
        this.file = file;
        this.program = new ProgramSymbols(file);
        this.out = out;
        this.reports = reports;
        this.breakpoints = new Breakpoints(this);
    }

    /// Who the guest's standard streams belong to, from the next run on.
    void setConsole(GuestConsole to) {
        console = to;
    }

    /// What to do at every stop that is shown.
    void atStops(AtStop what) {
        atStop = what;
    }

    /// Who answers questions.
    void setAsks(Predicate<String> to) {
        asks = to;
    }

    /// Asks before something is lost.
    boolean confirms(String question) {
        return asks.test(question);
    }

    /// Where the standard streams of the next run lead.
    void redirect(Redirections to) {
        redirections = to;
    }

    RunOptions options() {
        return options;
    }

    ProgramSymbols program() {
        return program;
    }

    ProgramFile file() {
        return file;
    }

    Output out() {
        return out;
    }

    SignalPolicy policy() {
        return policy;
    }

    Variables variables() {
        return variables;
    }

    Breakpoints breakpoints() {
        return breakpoints;
    }

    boolean isRunning() {
        return inferior != null;
    }

    /// The current run, or a [CommandError].
    Inferior inferior() {
        Inferior running = inferior;
        if (running == null) {
            throw new CommandError("The program is not being run.");
        }
        return running;
    }

    Debugger debugger() {
        return inferior().debugger();
    }

    /// The thread commands are about, or a [CommandError].
    TaskThread current() {
        inferior();
        if (current == null) {
            throw new CommandError("No thread is selected; 'info threads' lists them.");
        }
        return current;
    }

    @Nullable
    TaskThread currentOrNull() {
        return current;
    }

    void select(TaskThread thread) {
        current = thread;
        shownThread = thread.id();
    }

    /// Why the guest stands still, or null.
    @Nullable
    Stop stop() {
        return stop;
    }

    /// Builds a new machine and starts the program, stopped before its first instruction.
    void start() throws InterruptedException {
        Inferior started;
        try {
            started = new Inferior(options, file, program, redirections.over(console.open()), policy, out, reports);
        } catch (IOException e) {
            throw new CommandError("The program's standard streams: " + e.getMessage());
        }
        inferior = started;
        started.start();
        Stop reached = await();
        stop = reached;
        if (reached.thread() instanceof TaskThread thread) {
            select(thread);
            breakpoints.place();
        } else {
            show(reached);
        }
    }

    /// Ends the run, if there is one.
    void kill() throws InterruptedException {
        Inferior running = inferior;
        if (running != null) {
            breakpoints.keep();
            running.debugger().detach();
            running.machine().kill();
            forget();
        }
    }

    /// Lets the program run to its end, unobserved.
    void detach() throws InterruptedException {
        Inferior running = inferior();
        breakpoints.keep();
        running.debugger().detach();
        console.give();
        int status;
        try {
            status = running.machine().await();
        } finally {
            console.takeBack();
        }
        forget();
        out.line("[The program " + EndText.of(status) + "]");
    }

    private void forget() {
        inferior = null;
        current = null;
        stop = null;
        shownThread = 0;
    }

    // Running.

    /// Lets everything go on until the next stop, which is shown.
    void resume() throws InterruptedException {
        resume(delivers());
    }

    /// Goes on with or without the signal, whatever was changed.
    void resume(boolean delivers) throws InterruptedException {
        debugger().resume(delivers);
        stop = await();
        show(stop);
    }

    /// Lets the current thread execute instructions until the next stop, which is not shown.
    Stop step(int count) throws InterruptedException {
        debugger().step(current(), count, delivers());
        stop = await();
        return stop;
    }

    /// Lets everything go on until a thread is at `address` and `condition` holds for it, or
    /// something else stops the guest; the stop is not shown.
    Stop runTo(long address, Predicate<DebugThread> condition) throws InterruptedException {
        Debugger debugger = debugger();
        Breakpoint end = debugger.breakOnceFor(address, condition);
        debugger.resume(delivers());
        stop = await();
        debugger.remove(end);
        return stop;
    }

    /// After a fault whose cause was mended the instruction runs again, so its signal is dropped.
    private boolean delivers() {
        if (changed && stop instanceof Stop.Signaled signaled && Events.isFault(signaled.event())) {
            Siginfo info = (Siginfo) signaled.event();
            out.line("Executing the instruction again; " + Events.name(info) + " is not delivered.");
            return false;
        }
        return true;
    }

    private Stop await() throws InterruptedException {
        changed = false;
        Debugger debugger = debugger();
        Stop reached = debugger.await(TERMINAL_MILLIS);
        if (reached == null) {
            console.give();
            try {
                reached = debugger.await();
            } finally {
                console.takeBack();
            }
        }
        if (reached.thread() instanceof TaskThread thread) {
            current = thread;
        }
        return reached;
    }

    /// Says why the guest stopped, and where; ends the run when it is over.
    void show(Stop reached) throws InterruptedException {
        Events events = new Events(this);
        if (reached instanceof Stop.Ended) {
            current = null;
            events.print(reached);
            Inferior over = inferior();
            breakpoints.keep();
            over.debugger().detach();
            int _ = over.machine().await();
            if (options.stats) {
                RunStatistics.print(over.machine(), over.nanos(), options.statsAsJson, System.err::println);
            }
            forget();
            return;
        }
        TaskThread thread = current;
        if (thread != null && thread.id() != shownThread) {
            if (shownThread != 0) {
                out.line("[Switching to thread " + thread.id() + " \""
                        + thread.task().comm() + "\"]");
            }
            shownThread = thread.id();
        }
        events.print(reached);
        atStop.show();
    }

    /// Stops the guest if it runs; the terminal's Ctrl-C. Any thread.
    void interrupt() {
        Inferior running = inferior;
        if (running != null) {
            running.debugger().interrupt();
        }
    }

    /// The interrupt key was typed while the guest had the terminal; false leaves it to the guest,
    /// for whose SIGINT `handle` has said that it does not stop. Any thread.
    boolean interruptKey() {
        if (!policy.stops(Signals.SIGINT)) {
            return false;
        }
        interrupt();
        return true;
    }

    // Memory and registers.

    /// Does something that takes kernel locks, on a guest thread that stands still.
    <T> T onGuest(Callable<T> what) throws InterruptedException {
        TaskThread worker = worker();
        if (worker == null) {
            throw new CommandError("No guest thread stands still that could do that; all of them wait in the kernel.");
        }
        return worker.call(what);
    }

    private @Nullable TaskThread worker() {
        Debugger debugger = debugger();
        if (current != null && debugger.isHeld(current)) {
            return current;
        }
        for (DebugThread thread : debugger.threads()) {
            if (debugger.isHeld(thread)) {
                return (TaskThread) thread;
            }
        }
        return null;
    }

    /// Memory of the current thread's address space, as far as it can be read.
    byte[] read(long address, int length) throws InterruptedException {
        TaskThread thread = current();
        byte[] bytes = new byte[length];
        int read = onGuest(() -> thread.read(address, bytes, length));
        if (read == 0 && length > 0) {
            throw new CommandError("Cannot access memory at address 0x%x".formatted(address));
        }
        return read == length ? bytes : Arrays.copyOf(bytes, read);
    }

    /// Changes memory as a debugger does: a read-only private page is copied first.
    void write(long address, byte[] bytes) throws InterruptedException {
        TaskThread thread = current();
        int written = onGuest(() -> inferior().machine().write(thread.mm(), address, bytes));
        if (written != bytes.length) {
            throw new CommandError("Cannot access memory at address 0x%x".formatted(address + written));
        }
        changed = true;
    }

    Registers registers() {
        return current().cpu().registers();
    }

    /// Sets a register's low word.
    void setRegister(int index, long value) {
        registers().set(index, 0, value);
        changed = true;
    }

    /// The index of a register by its name or as `pc`, `sp`, `fp` or `lr`; -1 if there is none.
    static int find(Registers registers, String name) {
        return switch (name) {
            case "fp" -> registers.framePointer() < 0 ? registers.find(name) : registers.framePointer();
            case "lr" -> registers.linkRegister() < 0 ? registers.find(name) : registers.linkRegister();
            case "sp" -> registers.stackPointer();
            case "pc" -> registers.programCounter();
            default -> registers.find(name);
        };
    }

    ByteOrder order() {
        return program.elf().order();
    }

    /// The symbols of what the current thread runs, or of the file before it runs.
    ElfSymbols symbols() {
        Inferior running = inferior;
        return running == null ? program.unplaced() : running.symbols(current);
    }

    /// An integer out of memory, zero-extended.
    long value(byte[] from, int at, int bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(from).order(order());
        return switch (bytes) {
            case 1 -> buffer.get(at) & 0xffL;
            case 2 -> buffer.getShort(at) & 0xffffL;
            case 4 -> buffer.getInt(at) & 0xffff_ffffL;
            default -> buffer.getLong(at);
        };
    }

    /// The bits of an expression's value.
    long evaluate(String expression) {
        return variables.evaluate(expression).bits();
    }
}
