package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Cpuid;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// Miscellaneous Instructions (SDM volume 1, 5.1.13).
final class Miscellaneous {

    private Miscellaneous() {}

    /// Load effective address: without the segment's base.
    @Insn("8D /r mem | lea Gv, M")
    static long lea(long ea) {
        return ea;
    }

    /// No operation. The opcodes around `0F 1F` are reserved for hints, and all of them do nothing:
    /// among them what shadow stacks and branch tracking use where the processor has neither.
    @Insn("""
            90       | nop
            0F 0D /r | nop Ev
            0F 18 /r | nop Ev
            0F 19 /r | nop Ev
            0F 1A /r | nop Ev
            0F 1B /r | nop Ev
            0F 1C /r | nop Ev
            0F 1D /r | nop Ev
            0F 1E /r | nop Ev
            0F 1F /r | nop Ev
            """)
    static void nop() {}

    /// End of an indirect branch in 64-bit code: a marker.
    @Insn("F3 0F 1E FA | endbr64")
    static void endbr64() {}

    @Insn("F3 0F 1E FB | endbr32")
    static void endbr32() {}

    /// Prefetch: a hint, which never faults.
    @Insn("""
            0F 18 /0 mem            | prefetchnta Mb
            0F 18 /1 mem            | prefetcht0 Mb
            0F 18 /2 mem            | prefetcht1 Mb
            0F 18 /3 mem            | prefetcht2 Mb
            0F 0D /0 mem            | prefetch Mb
            0F 0D /1 mem ?PREFETCHW | prefetchw Mb
            0F 0D /2 mem            | prefetchwt1 Mb
            """)
    static void prefetch() {}

    /// Undefined instructions with a name.
    @Insn("""
            0F 0B    | ud2
            0F B9 /r | ud1 Gv, Ev
            0F FF /r | ud0 Gv, Ev
            """)
    static void undefined() {
        throw X86Trap.UD;
    }

    /// Table lookup: AL becomes the byte at rBX + AL.
    @Insn("D7 | xlat AL, BXAL")
    static long xlat(long b) {
        return b;
    }

    /// What the processor is and can: leaf in EAX, subleaf in ECX. Serializing.
    @Insn("0F A2 | cpuid | ends")
    static void cpuid(X86Cpu cpu) {
        int[] answer = Cpuid.query(cpu.model(), (int) cpu.r[X86Cpu.RAX], (int) cpu.r[X86Cpu.RCX]);
        cpu.r[X86Cpu.RAX] = Integer.toUnsignedLong(answer[0]);
        cpu.r[X86Cpu.RBX] = Integer.toUnsignedLong(answer[1]);
        cpu.r[X86Cpu.RCX] = Integer.toUnsignedLong(answer[2]);
        cpu.r[X86Cpu.RDX] = Integer.toUnsignedLong(answer[3]);
        MemoryOrdering.serialize();
    }

    /// Move with swapped bytes.
    @Insn("""
            NFx 0F 38 F0 /r mem ?MOVBE | movbe Gv, Mv
            NFx 0F 38 F1 /r mem ?MOVBE | movbe Mv, Gv
            """)
    static long movbe(long b, int bits) {
        return Long.reverseBytes(b) >>> 64 - bits;
    }

    /// Write a cache line back and drop it: caches are not modelled, but the address is checked
    /// like a load's.
    @Insn("""
            NP 0F AE /7 mem             | clflush Mb
            66 0F AE /7 mem ?CLFLUSHOPT | clflushopt Mb
            66 0F AE /6 mem ?CLWB       | clwb Mb
            """)
    static void clflush(Mem mem, long ea) {
        mem.probeRead(ea, 1);
    }
}
