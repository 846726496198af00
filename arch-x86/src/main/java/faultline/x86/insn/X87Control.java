package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.X86Cpu;

/// x87 FPU Control Instructions (SDM volume 1, 5.2.6).
final class X87Control {

    /// FNSTENV's image: seven 32-bit words in 64-bit mode.

    private X87Control() {}

    @Insn("9B | fwait | waits")
    static void fwait(X86Cpu cpu) {}

    @Insn("DB E3 | fninit")
    static void fninit(X86Cpu cpu) {
        X87.initialise(cpu);
    }

    @Insn("DB E2 | fnclex")
    static void fnclex(X86Cpu cpu) {
        X87.clearExceptions(cpu);
    }

    @Insn("D9 /5 mem | fldcw Mw | waits")
    static void fldcw(X86Cpu cpu, long a) {
        cpu.fpControl = X87.control((int) a);
        X87.summarise(cpu);
    }

    @Insn("D9 /7 mem | fnstcw Mw")
    static void fnstcw(X86Cpu cpu, Mem mem, long ea) {
        mem.store16(ea, (short) cpu.fpControl);
    }

    @Insn("DD /7 mem | fnstsw Mw")
    static void fnstsw(X86Cpu cpu, Mem mem, long ea) {
        mem.store16(ea, (short) X87.status(cpu));
    }

    @Insn("DF E0 | fnstsw AX")
    static void fnstswAx(X86Cpu cpu) {
        cpu.r[X86Cpu.RAX] = cpu.r[X86Cpu.RAX] & ~0xffffL | X87.status(cpu);
    }

    @Insn("DD /0 reg | ffree STi | x87")
    static void ffree(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        cpu.fpEmpty |= 1 << X87.physical(cpu, sti);
    }

    /// Not in the manual's list, but in every processor.
    @Insn("DF /0 reg | ffreep STi | x87")
    static void ffreep(X86Cpu cpu, int sti) {
        ffree(cpu, sti);
        X87.pop(cpu);
    }

    @Insn("D9 F7 | fincstp | x87")
    static void fincstp(X86Cpu cpu) {
        X87.begin(cpu);
        cpu.fpTop = cpu.fpTop + 1 & 7;
    }

    @Insn("D9 F6 | fdecstp | x87")
    static void fdecstp(X86Cpu cpu) {
        X87.begin(cpu);
        cpu.fpTop = cpu.fpTop - 1 & 7;
    }

    /// Of the 8087 and the 287: nothing since.
    @Insn("""
            DB E0 | fneni
            DB E1 | fndisi
            DB E4 | fnsetpm
            """)
    static void fneni() {}

    @Insn("D9 D0 | fnop | x87")
    static void fnop(X86Cpu cpu) {}

    @Insn("D9 /6 mem | fnstenv Menv")
    static void fnstenv(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.WIDE).store(cpu);
        maskAll(cpu);
    }

    @Insn("66 D9 /6 mem | fnstenv Menv")
    static void fnstenvNarrow(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.NARROW).store(cpu);
        maskAll(cpu);
    }

    /// Storing the environment masks all exceptions.
    private static void maskAll(X86Cpu cpu) {
        cpu.fpControl |= 0x3f;
        X87.summarise(cpu);
    }

    @Insn("D9 /4 mem | fldenv Menv | waits")
    static void fldenv(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.WIDE).load(cpu);
    }

    @Insn("66 D9 /4 mem | fldenv Menv | waits")
    static void fldenvNarrow(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.NARROW).load(cpu);
    }

    @Insn("DD /6 mem | fnsave Menv")
    static void fnsave(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.WIDE).storeAll(cpu);
        X87.initialise(cpu);
    }

    @Insn("66 DD /6 mem | fnsave Menv")
    static void fnsaveNarrow(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.NARROW).storeAll(cpu);
        X87.initialise(cpu);
    }

    @Insn("DD /4 mem | frstor Menv | waits")
    static void frstor(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.WIDE).loadAll(cpu);
    }

    @Insn("66 DD /4 mem | frstor Menv | waits")
    static void frstorNarrow(X86Cpu cpu, Mem mem, long ea) {
        new X87Environment(mem, ea, X87Environment.NARROW).loadAll(cpu);
    }
}
