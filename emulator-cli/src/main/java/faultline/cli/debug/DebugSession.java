package faultline.cli.debug;

import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOptions;
import faultline.core.cpu.Registers;
import faultline.core.debug.Debugger;
import faultline.core.debug.Stop;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.task.Siginfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// What all commands share: the program, its current run if there is one, the thread they are
/// about.
final class DebugSession implements Expression.Names {

    private final RunOptions options;
    private final ProgramFile file;
    private final ProgramSymbols program;
    private final Output out;
    private final SignalPolicy policy = new SignalPolicy();

    private @Nullable Inferior inferior;
    private @Nullable TaskThread current;
    private @Nullable Stop stop;

    /// The user has changed registers or memory since the stop.
    private boolean changed;

    /// The next stop is not for the user to see.
    private boolean quiet;

    private Runnable beforeRun = () -> {};
    private Runnable afterRun = () -> {};

    DebugSession(RunOptions options, ProgramFile file, Output out) {
        this.options = options;
        this.file = file;
        this.program = new ProgramSymbols(file);
        this.out = out;
    }

    /// What to do when a run has stopped before its first instruction.
    void beforeRun(Runnable what) {
        beforeRun = what;
    }

    /// What to do when a run is over, while its debugger is still there.
    void afterRun(Runnable what) {
        afterRun = what;
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

    boolean isRunning() {
        return inferior != null;
    }

    /// The current run, or a [CommandError].
    Inferior inferior() {
        if (inferior == null) {
            throw new CommandError("The program is not being run.");
        }
        return inferior;
    }

    Debugger debugger() {
        return inferior().debugger();
    }

    /// The thread commands are about, or a [CommandError].
    TaskThread current() {
        if (current == null) {
            throw new CommandError("No thread is selected; the program is not being run.");
        }
        return current;
    }

    void select(TaskThread thread) {
        current = thread;
    }

    /// Why the guest stands still, or null.
    @Nullable
    Stop stop() {
        return stop;
    }

    /// Builds a new machine and starts the program, stopped before its first instruction, which is said if `shows`.
    void start(boolean shows) throws InterruptedException {
        Inferior started = new Inferior(options, file, program, policy, out);
        inferior = started;
        started.start();
        quiet = !shows;
        awaitStop();
        quiet = false;
        if (isRunning()) {
            beforeRun.run();
        }
    }

    /// Ends the run, if there is one.
    void kill() throws InterruptedException {
        Inferior running = inferior;
        if (running != null) {
            afterRun.run();
            running.debugger().detach();
            running.machine().kill();
            forget();
        }
    }

    private void forget() {
        inferior = null;
        current = null;
        stop = null;
    }

    // Running.

    /// Lets everything go on and waits for the next stop.
    void resume() throws InterruptedException {
        debugger().resume(delivers());
        awaitStop();
    }

    /// Lets the current thread execute instructions and waits for the next stop.
    void step(int count) throws InterruptedException {
        debugger().step(current(), count, delivers());
        awaitStop();
    }

    /// Goes on with or without the signal, whatever was changed.
    void resume(boolean delivers) throws InterruptedException {
        debugger().resume(delivers);
        awaitStop();
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

    private void awaitStop() throws InterruptedException {
        changed = false;
        Stop reached = debugger().await();
        stop = reached;
        if (reached instanceof Stop.Ended) {
            current = null;
            new Events(this).print(reached);
            Inferior over = inferior();
            afterRun.run();
            over.debugger().detach();
            int _ = over.machine().await();
            forget();
            return;
        }
        if (reached.thread() instanceof TaskThread thread) {
            current = thread;
        }
        if (!quiet) {
            new Events(this).print(reached);
        }
    }

    /// Stops the guest if it runs; the terminal's Ctrl-C.
    void interrupt() {
        Inferior running = inferior;
        if (running != null) {
            running.debugger().interrupt();
        }
    }

    // Memory and registers.

    /// Does something that takes kernel locks, on a guest thread that stands still.
    <T> T onGuest(Callable<T> what) throws InterruptedException {
        if (stop == null || !(stop.thread() instanceof TaskThread held)) {
            throw new CommandError("No guest thread stands still that could do that.");
        }
        return held.call(what);
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
            throw new CommandError("Cannot write memory at address 0x%x".formatted(address + written));
        }
        changed = true;
    }

    Registers registers() {
        return current().cpu().registers();
    }

    /// Sets a register's low word.
    void setRegister(String name, long value) {
        Registers registers = registers();
        registers.set(index(registers, name), 0, value);
        changed = true;
    }

    int index(Registers registers, String name) {
        int index = registers.find(generic(name));
        if (index < 0) {
            throw new CommandError("There is no register $" + name + "; 'info registers' lists them.");
        }
        return index;
    }

    /// `$pc`, `$sp` and `$fp` on every architecture.
    private String generic(String name) {
        Registers registers = registers();
        List<Registers.Info> all = registers.all();
        return switch (name) {
            case "fp" ->
                registers.framePointer() < 0
                        ? name
                        : all.get(registers.framePointer()).name();
            case "sp" -> all.get(registers.stackPointer()).name();
            case "pc" -> all.get(registers.programCounter()).name();
            default -> name;
        };
    }

    ByteOrder order() {
        return program.elf().order();
    }

    // Names in expressions.

    @Override
    public long register(String name) {
        Registers registers = registers();
        return registers.get(index(registers, name), 0);
    }

    @Override
    public long symbol(String name) {
        ElfSymbols symbols = symbols();
        ElfSymbols.Symbol found = symbols.find(name);
        if (found == null) {
            throw new CommandError("No symbol \"" + name + "\" in " + file.name() + ".");
        }
        return found.address();
    }

    /// Where the program lies, or where its file says before it runs.
    ElfSymbols symbols() {
        ElfSymbols placed = inferior == null ? null : inferior.symbols();
        return placed == null ? program.unplaced() : placed;
    }

    @Override
    public long memory(long address, int bytes) {
        try {
            byte[] read = read(address, bytes);
            if (read.length < bytes) {
                throw new CommandError("Cannot access memory at address 0x%x".formatted(address + read.length));
            }
            return value(read, 0, bytes);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandError("Interrupted");
        }
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

    long evaluate(String expression) {
        if (expression.isBlank()) {
            throw new CommandError("An expression is needed.");
        }
        return Expression.evaluate(expression, this);
    }
}
