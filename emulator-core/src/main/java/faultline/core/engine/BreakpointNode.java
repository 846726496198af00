package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

/// Stands where a debugger set a breakpoint: stops before the instruction.
final class BreakpointNode extends Node {

    BreakpointNode(long pc) {
        super(pc, null);
    }

    @Override
    public @Nullable Node exec(Cpu cpu, Mem mem) {
        cpu.pc = pc;
        cpu.breakpoint = true;
        return null;
    }
}
