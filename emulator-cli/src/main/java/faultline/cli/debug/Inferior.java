package faultline.cli.debug;

import faultline.cli.run.Machine;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.RunOptions;
import faultline.core.arch.Disassembler;
import faultline.core.debug.Debugger;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultRing;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Task;
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
    private @Nullable FaultRing faults;
    private @Nullable ElfSymbols placed;

    Inferior(RunOptions options, ProgramFile file, ProgramSymbols program, SignalPolicy policy, Output out) {
        this.program = program;
        this.hooks = new DebugHooks(policy, out);
        this.machine = Machine.forDebugger(options, file, hooks, hooks::loop, this::remember);
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

    FaultRing faults() {
        if (faults == null) {
            throw new IllegalStateException("debug: the machine was built without its fault ring");
        }
        return faults;
    }

    TaskThread thread(Task task) {
        return hooks.thread(task);
    }

    /// The program's symbols where it lies. After an `execve` of another file there are none.
    @Nullable
    ElfSymbols symbols() {
        ProgramImage image = hooks.image();
        if (image == null) {
            return null;
        }
        if (placed == null) {
            placed = program.at(image.loadBias());
        }
        return placed;
    }
}
