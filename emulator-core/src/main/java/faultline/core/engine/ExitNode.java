package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

/// Stands behind the last node of a block: goes on in whatever page the address is mapped to now.
final class ExitNode extends Node {

    ExitNode(long pc) {
        super(pc, null);
    }

    @Override
    public @Nullable Node exec(Cpu cpu, Mem mem) {
        cpu.pc = pc;
        return CodePage.find(mem, pc);
    }
}
