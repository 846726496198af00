package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;
import static faultline.cli.debug.Command.withSymbols;

import faultline.core.arch.Disassembler;
import faultline.core.cpu.Registers;
import faultline.core.debug.Breakpoint;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Stop;
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
                plain("run r", "run [ARGUMENTS]", """
                        Starts the program, from the beginning if it runs already.
                        ARGUMENTS stay for the next run. < FILE, > FILE, >> FILE and 2> FILE redirect as in a shell.""", this::run),
                plain(
                        "start starti",
                        "start [ARGUMENTS]",
                        "Starts the program and stops before its first instruction.",
                        this::start),
                plain("continue c fg", "continue [COUNT]", """
                        Lets the program go on; with COUNT it passes this breakpoint COUNT-1 times.
                        After a signal it is delivered first. After a fault, if you have changed a register or memory
                        since, the instruction is executed again instead.""", this::resume),
                plain("stepi si step s", "stepi [COUNT]", """
                        Executes one instruction, or COUNT.
                        The other threads stand still meanwhile, unless the instruction waits for one of them. step is
                        the same: source lines are not known.""", this::stepi),
                plain("nexti ni next n", "nexti [COUNT]", """
                        Executes one instruction; a call counts as one with what it calls.
                        next is the same: source lines are not known.""", this::nexti),
                plain("finish fin", "finish", "Goes on until the current function has returned.", _ -> finish()),
                withSymbols(
                        "until advance u",
                        "until PLACE",
                        "Goes on until the current thread comes to PLACE.",
                        this::until),
                withSymbols("jump j", "jump PLACE", "Goes on at PLACE.", this::jump),
                plain("kill k", "kill", "Ends the program.", _ -> kill()),
                plain("detach", "detach", "Lets the program run to its end without the debugger.", _ -> detach()));
    }

    private boolean mayStart(String arguments) {
        if (session.isRunning()
                && !session.confirms("The program being debugged has been started already.\n"
                        + "Start it from the beginning? (y or n) ")) {
            return false;
        }
        if (!arguments.isBlank()) {
            Redirections redirections = Redirections.parse(arguments);
            session.options().arguments = redirections.arguments();
            session.redirect(redirections);
        }
        return true;
    }

    private void run(String arguments) throws InterruptedException {
        if (mayStart(arguments)) {
            session.kill();
            session.start();
            if (session.isRunning()) {
                session.resume();
            }
        }
    }

    private void start(String arguments) throws InterruptedException {
        if (mayStart(arguments)) {
            session.kill();
            session.start();
            Stop stop = session.stop();
            if (stop != null) {
                session.show(stop);
            }
        }
    }

    private void kill() throws InterruptedException {
        session.inferior();
        if (session.confirms("Kill the program being debugged? (y or n) ")) {
            session.kill();
            session.out().line("[The program was killed]");
        }
    }

    private void detach() throws InterruptedException {
        session.inferior();
        session.out().line("Detaching from " + session.file().name() + "; it runs to its end.");
        session.detach();
    }

    private int count(String arguments) {
        long count = arguments.isBlank() ? 1 : session.evaluate(arguments);
        if (count < 1 || count > Integer.MAX_VALUE) {
            throw new CommandError("A count of 1 or more is needed.");
        }
        return (int) count;
    }

    private void resume(String arguments) throws InterruptedException {
        session.inferior();
        int count = count(arguments);
        if (count > 1) {
            if (!(session.stop() instanceof Stop.AtBreakpoint at)
                    || !at.breakpoint().isVisible()) {
                throw new CommandError("Not stopped at any breakpoint; argument ignored.");
            }
            Breakpoint breakpoint = at.breakpoint();
            session.debugger().ignore(breakpoint, count - 1);
            session.out()
                    .format(
                            "Will ignore next %d crossings of breakpoint %d.  Continuing.",
                            count - 1, breakpoint.number());
        }
        session.resume();
    }

    private void stepi(String arguments) throws InterruptedException {
        session.current();
        session.show(session.step(count(arguments)));
    }

    private void nexti(String arguments) throws InterruptedException {
        session.current();
        int left = count(arguments);
        Stop stop;
        do {
            stop = next();
        } while (--left > 0 && isOurs(stop));
        session.show(stop);
    }

    /// Whether the guest stopped because a command was done with it.
    private static boolean isOurs(Stop stop) {
        return stop instanceof Stop.Stepped
                || stop instanceof Stop.AtBreakpoint at && !at.breakpoint().isVisible();
    }

    /// A step that left the address behind the instruction as a return address was a call: it ends
    /// there, on the same stack.
    private Stop next() throws InterruptedException {
        TaskThread thread = session.current();
        long pc = thread.cpu().pc;
        byte[] bytes = session.read(pc, LONGEST_INSTRUCTION);
        Disassembler.Line line = session.inferior().disassembler().disassemble(bytes, 0, bytes.length, pc);
        long behind = pc + line.length();
        long stack = stackPointer(thread);
        Stop stop = session.step(1);
        boolean called = stop instanceof Stop.Stepped
                && thread.cpu().pc != behind
                && backtrace.returnAddressOfCall(thread) == behind;
        return called ? runTo(thread, behind, stack) : stop;
    }

    /// Goes on until the thread is at `address` with its stack unwound to `stack`.
    private Stop runTo(TaskThread thread, long address, long stack) throws InterruptedException {
        return session.runTo(address, at -> at == thread && Long.compareUnsigned(stackPointer(at), stack) >= 0);
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
        session.out().line("Run till exit from #0  " + new Events(session).place(thread.cpu().pc));
        Backtrace.Frame caller = frames.get(1);
        session.show(runTo(thread, caller.pc(), caller.stack()));
    }

    private void until(String arguments) throws InterruptedException {
        TaskThread thread = session.current();
        session.show(runTo(thread, session.evaluate(Breakpoints.place(arguments)), 0));
    }

    private void jump(String arguments) throws InterruptedException {
        long address = session.evaluate(Breakpoints.place(arguments));
        Registers registers = session.registers();
        session.setRegister(registers.programCounter(), address);
        session.out().format("Continuing at 0x%x.", address);
        session.resume(false);
    }
}
