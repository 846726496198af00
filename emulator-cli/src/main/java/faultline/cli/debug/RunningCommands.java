package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;

import faultline.cli.run.SignalText;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Registers;
import faultline.core.debug.Breakpoint;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Stop;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import java.util.List;

/// Commands that make the program run.
final class RunningCommands {

    private static final int LONGEST_INSTRUCTION = 16;

    private final DebugSession session;
    private final Backtrace backtrace;

    RunningCommands(DebugSession session, Backtrace backtrace) {
        this.session = session;
        this.backtrace = backtrace;
    }

    List<Command> all() {
        return List.of(
                plain(
                        "run r",
                        "run [ARGUMENTS]",
                        "Starts the program, from the beginning if it runs already.",
                        this::run),
                plain("start", "start", "Starts the program and stops before its first instruction.", _ -> start()),
                plain("continue c fg", "continue", """
                        Lets the program go on.
                        After a signal it is delivered first. After a fault, if you have changed a register or memory
                        since, the instruction is executed again instead.""", _ -> session.resume()),
                plain("stepi si", "stepi [COUNT]", """
                        Executes one instruction, or COUNT.
                        The other threads stand still meanwhile.""", this::stepi),
                plain(
                        "nexti ni",
                        "nexti [COUNT]",
                        "Executes one instruction; a call counts as one with what it calls.",
                        this::nexti),
                plain("finish fin", "finish", "Goes on until the current function has returned.", _ -> finish()),
                plain(
                        "until advance u",
                        "until ADDRESS",
                        "Goes on until the current thread comes to ADDRESS.",
                        this::until),
                plain("signal", "signal SIGNAL|0", """
                        Goes on with the signal the program stopped for, or with 0 without it.
                        Without it a faulting instruction is executed again.""", this::signal),
                plain("handle", "handle SIGNAL WORD...", """
                        Says what happens at a signal: stop, nostop, print, noprint, pass, nopass.""", this::handle),
                plain("kill k", "kill", "Ends the program.", _ -> kill()));
    }

    private void run(String arguments) throws InterruptedException {
        if (!arguments.isBlank()) {
            session.options().arguments = Words.split(arguments);
        }
        session.kill();
        session.start(false);
        if (session.isRunning()) {
            session.resume();
        }
    }

    private void start() throws InterruptedException {
        session.kill();
        session.start(true);
    }

    private void kill() throws InterruptedException {
        session.inferior();
        session.kill();
        session.out().line("[The program was killed]");
    }

    private int count(String arguments) {
        long count = arguments.isBlank() ? 1 : session.evaluate(arguments);
        if (count < 1 || count > Integer.MAX_VALUE) {
            throw new CommandError("A count of 1 or more is needed.");
        }
        return (int) count;
    }

    private void stepi(String arguments) throws InterruptedException {
        int count = count(arguments);
        session.current();
        session.step(count);
    }

    private void nexti(String arguments) throws InterruptedException {
        for (int left = count(arguments); left > 0; left--) {
            next();
            if (!session.isRunning() || session.stop() instanceof Stop.Signaled) {
                return;
            }
        }
    }

    /// A step that left the address behind the instruction as a return address was a call: it ends
    /// there, on the same stack.
    private void next() throws InterruptedException {
        TaskThread thread = session.current();
        long pc = thread.cpu().pc;
        byte[] bytes = session.read(pc, LONGEST_INSTRUCTION);
        Disassembler.Line line = session.inferior().disassembler().disassemble(bytes, 0, bytes.length, pc);
        long behind = pc + line.length();
        long stack = stackPointer(thread);
        session.step(1);
        boolean called = session.stop() instanceof Stop.Stepped
                && thread.cpu().pc != behind
                && backtrace.returnAddressAtEntry(thread) == behind;
        if (called) {
            runTo(thread, behind, stack);
        }
    }

    /// Goes on until the thread is at `address` with its stack unwound to `stack`.
    private void runTo(TaskThread thread, long address, long stack) throws InterruptedException {
        Breakpoint end = session.debugger()
                .breakOnceFor(address, at -> at == thread && Long.compareUnsigned(stackPointer(at), stack) >= 0);
        session.resume();
        if (session.isRunning()) {
            session.debugger().remove(end);
        }
    }

    private static long stackPointer(DebugThread thread) {
        Registers registers = thread.cpu().registers();
        return registers.get(registers.stackPointer(), 0);
    }

    private void finish() throws InterruptedException {
        TaskThread thread = session.current();
        List<Backtrace.Frame> frames = backtrace.frames(thread, 2);
        if (frames.size() < 2) {
            throw new CommandError("\"finish\" not meaningful in the outermost frame.");
        }
        session.out().line("Run till exit from " + new Events(session).place(thread.cpu().pc));
        runTo(thread, frames.get(1).pc(), stackPointer(thread));
    }

    private void until(String arguments) throws InterruptedException {
        runTo(session.current(), session.evaluate(arguments), 0);
    }

    private void signal(String arguments) throws InterruptedException {
        session.inferior();
        int signal = SignalText.number(arguments.strip());
        if (arguments.strip().equals("0")) {
            session.resume(false);
        } else if (session.stop() instanceof Stop.Signaled signaled
                && signaled.event() instanceof Siginfo info
                && info.signal() == signal) {
            session.resume(true);
        } else {
            throw new CommandError("The program has not stopped for " + (signal == 0 ? arguments : Signals.name(signal))
                    + "; say 0 to go on without a signal.");
        }
    }

    private void handle(String arguments) {
        String[] words = arguments.strip().split("\\s+");
        int signal = SignalText.number(words[0]);
        if (signal == 0) {
            throw new CommandError("handle: there is no signal " + words[0]);
        }
        session.policy().set(signal, java.util.Arrays.copyOfRange(words, 1, words.length));
        session.out().line("Signal       Stop  Print  Pass  Description");
        session.out().line(session.policy().describe(signal));
    }
}
