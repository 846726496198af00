package faultline.core.debug;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.Vcpu;
import faultline.core.engine.Interpreter;
import faultline.core.mem.CodeModified;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One guest thread under the debugger: runs its code, stands between engine and kernel, and holds
/// it where it must stand still.
///
/// The fields are the thread's own, but for `steps`, which the front end sets while the thread is
/// held, and `held`, which the debugger's lock guards.
final class ThreadControl implements GuestLoop, TrapHandler {

    private final Debugger debugger;
    private final DebugThread thread;
    private @Nullable TrapHandler kernel;

    /// Instructions to execute before the thread reports back; 0 runs freely. Written by the front
    /// end while the thread is held; pairs with the debugger's lock.
    private int steps;

    /// It stands still at a checkpoint, or is about to, until the debugger lets it go.
    private boolean held;

    /// How often the thread was held for a report: tells a step that ended from one that was
    /// overtaken.
    private int reports;

    /// The address the thread may leave although a breakpoint is there: it has been reported.
    private long passes;

    private boolean mayPass;

    /// Inside the kernel: accesses to user memory are the kernel's.
    private boolean inKernel;

    /// A single instruction is being executed for us.
    private boolean inStep;

    /// The engine was asked to run an instruction alone, so that an access it makes can be followed
    /// by a stop.
    private boolean alone;

    private @Nullable Watchpoint touched;

    private final boolean stopsFirst;

    ThreadControl(Debugger debugger, DebugThread thread, boolean stopsFirst) {
        this.debugger = debugger;
        this.thread = thread;
        this.stopsFirst = stopsFirst;
    }

    DebugThread thread() {
        return thread;
    }

    void setSteps(int count) {
        steps = count;
    }

    boolean isHeld() {
        return held;
    }

    void setHeld(boolean to) {
        held = to;
    }

    /// The thread was held and may now leave the place it was held at.
    void released() {
        reports++;
        pass();
    }

    /// Whatever breakpoint is here, it has been dealt with.
    private void pass() {
        passes = thread.cpu().pc;
        mayPass = true;
    }

    // Running.

    @Override
    public void run(Cpu cpu, Interpreter interpreter, TrapHandler handler) {
        kernel = handler;
        debugger.enter(this);
        try {
            if (stopsFirst) {
                debugger.report(this, new Stop.Started(thread));
            }
            Outcome outcome;
            do {
                debugger.checkpoint(this);
                outcome = steps > 0 ? step(cpu, interpreter) : resume(cpu, interpreter);
            } while (outcome != Outcome.EXIT);
        } finally {
            debugger.leave(this);
        }
    }

    private Outcome step(Cpu cpu, Interpreter interpreter) {
        int before = reports;
        Outcome outcome = stepOnce(cpu, interpreter);
        if (outcome == Outcome.EXIT) {
            return outcome;
        }
        if (before == reports && --steps == 0) {
            debugger.report(this, new Stop.Stepped(thread));
        }
        return Outcome.RESUME;
    }

    private Outcome resume(Cpu cpu, Interpreter interpreter) {
        if (mayPass && cpu.pc == passes) {
            return stepOnce(cpu, interpreter);
        }
        mayPass = false;
        Outcome outcome = interpreter.run(cpu, this);
        if (outcome != Outcome.STOP || steps > 0 || !debugger.isBreakpoint(cpu.pc)) {
            return outcome;
        }
        if (!debugger.reportBreakpoint(this, debugger.breakpointsFor(thread, cpu.pc))) {
            pass();
        }
        return Outcome.RESUME;
    }

    /// Executes one instruction, whatever breakpoint is on it.
    private Outcome stepOnce(Cpu cpu, Interpreter interpreter) {
        mayPass = false;
        inStep = true;
        Outcome outcome = interpreter.step(cpu, this);
        inStep = false;
        if (outcome != Outcome.EXIT) {
            reportTouch();
        }
        return outcome;
    }

    // Between engine and kernel.

    private TrapHandler kernel() {
        if (kernel == null) {
            throw new IllegalStateException("debug: thread " + thread.id() + " traps before it runs");
        }
        return kernel;
    }

    @Override
    public Outcome pageFault(Cpu cpu) {
        // The access did not happen; the instruction comes again.
        touched = null;
        inKernel = true;
        Outcome outcome = kernel().pageFault(cpu);
        return left(outcome);
    }

    @Override
    public Outcome systemCall(Cpu cpu) {
        inKernel = true;
        Outcome outcome = kernel().systemCall(cpu);
        return left(outcome);
    }

    @Override
    public Outcome exception(Cpu cpu, GuestTrap trap) {
        touched = null;
        inKernel = true;
        Outcome outcome = kernel().exception(cpu, trap);
        return left(outcome);
    }

    @Override
    public Outcome poll(Cpu cpu) {
        inKernel = true;
        Outcome outcome = kernel().poll(cpu);
        return left(outcome);
    }

    /// The way back to guest code: where the thread stands still when the others do.
    private Outcome left(Outcome outcome) {
        inKernel = false;
        if (outcome == Outcome.EXIT) {
            return outcome;
        }
        if (!inStep) {
            alone = false;
            reportTouch();
        }
        debugger.checkpoint(this);
        return steps > 0 && !inStep ? Outcome.STOP : outcome;
    }

    // Watchpoints.

    /// The thread is about to access a watched location. Guest code is first sent back to run the
    /// instruction alone; then, and in the kernel, the access is let through and reported behind
    /// it.
    void touches(Watchpoint watchpoint) {
        if (inKernel) {
            touched = watchpoint;
            return;
        }
        if (!inStep && !alone) {
            alone = true;
            throw CodeModified.INSTANCE;
        }
        touched = watchpoint;
        // The engine polls behind this instruction.
        Cpu cpu = thread.cpu();
        cpu.budget = -1;
        cpu.vcpu().raise(Vcpu.ATTENTION_KERNEL);
    }

    private void reportTouch() {
        Watchpoint watchpoint = touched;
        touched = null;
        if (watchpoint == null) {
            return;
        }
        byte[] before = debugger.knownValue(watchpoint);
        byte[] after = new byte[watchpoint.length()];
        thread.read(watchpoint.address(), after, after.length);
        if (watchpoint.kind() == Watchpoint.Kind.CHANGE && Arrays.equals(before, after)) {
            return;
        }
        debugger.learnValue(watchpoint, after);
        debugger.report(this, new Stop.AtWatchpoint(thread, watchpoint, before, after));
    }
}
