package faultline.cli.debug;

import faultline.cli.run.Machine;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOptions;
import faultline.core.arch.Disassembler;
import faultline.core.debug.Debugger;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultRing;
import faultline.kernel.task.Process;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Siginfo;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A program that is being debugged: its machine, the debugger over it, and what is remembered of
/// it.
final class Inferior {

    /// How many page faults `faults` can look back on.
    private static final int FAULTS = 256;

    private final ProgramSymbols program;
    private final DebugHooks hooks;
    private final Machine machine;
    private final Debugger debugger;
    private final Disassembler disassembler;
    private final long started = System.nanoTime();
    private @Nullable FaultRing faults;
    private @Nullable ElfSymbols placed;

    /// `reports` takes the lines of `--strace`.
    Inferior(
            RunOptions options,
            ProgramFile file,
            ProgramSymbols program,
            Streams streams,
            SignalPolicy policy,
            Output out,
            Consumer<String> reports) {
        this.program = program;
        this.hooks = new DebugHooks(policy, out);
        this.machine = Machine.forDebugger(options, file, streams, hooks, hooks::loop, this::remember, reports);
        this.debugger = new Debugger(machine.vcpus(), machine.code());
        this.disassembler = machine.port().architecture().disassembler(machine.model());
        hooks.attach(debugger);
    }

    private FaultDesign remember(FaultDesign design) {
        FaultRing ring = new FaultRing(design, FAULTS);
        faults = ring;
        return ring;
    }

    /// Starts the program; its first thread stops before its first instruction.
    void start() {
        machine.start();
    }

    Machine machine() {
        return machine;
    }

    KernelPort port() {
        return machine.port();
    }

    Debugger debugger() {
        return debugger;
    }

    Disassembler disassembler() {
        return disassembler;
    }

    /// How long the run has taken so far.
    long nanos() {
        return System.nanoTime() - started;
    }

    /// What a process runs, if that is known.
    @Nullable
    ProgramImage image(Process process) {
        return hooks.image(process);
    }

    /// Delivers this one signal, whatever `handle` has set.
    void pass(Siginfo info) {
        hooks.pass(info);
    }

    FaultRing faults() {
        if (faults == null) {
            throw new IllegalStateException("debug: the machine was built without its fault ring");
        }
        return faults;
    }

    /// The symbols of what a thread runs: the program's where it lies, and none after an `execve`
    /// of another file. For null the first program's.
    ElfSymbols symbols(@Nullable TaskThread thread) {
        ProgramImage first = hooks.firstImage();
        if (first == null) {
            return program.unplaced();
        }
        ProgramImage image = thread == null ? first : hooks.image(thread.task().process());
        if (image == null || !image.path().equals(first.path())) {
            return ElfSymbols.NONE;
        }
        if (image.loadBias() != first.loadBias()) {
            return program.at(image.loadBias());
        }
        if (placed == null) {
            placed = program.at(first.loadBias());
        }
        return placed;
    }
}
