package faultline.core.engine;

import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

final class CodePage {
    static @Nullable CodePage of(Mem mem, long pc) {
        return (CodePage) mem.tlb().code(pc);
    }

    static @Nullable Node find(Mem mem, long pc) {
        CodePage p = of(mem, pc);
        return p == null ? null : p.at(pc);
    }

    @Nullable
    Node at(long pc) {
        return null;
    }

    boolean covers(long pc) {
        return false;
    }
}
