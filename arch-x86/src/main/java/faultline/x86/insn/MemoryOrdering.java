package faultline.x86.insn;

import faultline.core.isa.Insn;
import java.lang.invoke.VarHandle;

/// Cacheability Control and Memory Ordering Instructions of general registers (SDM volume 1, 5.5.4 and 5.6.4).
///
/// Guest loads acquire and stores release, which is all of TSO but for a load passing an older store to another
/// address: only MFENCE, and every locked or serializing instruction, has to forbid that. docs/memory-model.md has the
/// whole.
final class MemoryOrdering {

    private MemoryOrdering() {}

    /// Loads before it come before loads after it.
    @Insn("NP 0F AE /5 reg | lfence")
    static void lfence() {
        VarHandle.loadLoadFence();
    }

    /// Everything before it comes before everything after it.
    @Insn("NP 0F AE /6 reg | mfence")
    static void mfence() {
        VarHandle.fullFence();
    }

    /// Stores before it come before stores after it.
    @Insn("NP 0F AE /7 reg | sfence")
    static void sfence() {
        VarHandle.storeStoreFence();
    }

    /// What a serializing instruction does to memory (SDM volume 3A, 9.3). It also `ends`: what follows is fetched
    /// again, past any link to instructions that another processor has changed meanwhile.
    static void serialize() {
        VarHandle.fullFence();
    }

    /// Spin-loop hint.
    @Insn("F3 90 | pause")
    static void pause() {
        Thread.onSpinWait();
    }
}
