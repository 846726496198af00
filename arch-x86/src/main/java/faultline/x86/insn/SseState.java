package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.mmu.Privilege;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// MXCSR State Management and FXSAVE/FXRSTOR (SDM volume 1, 5.5.2 and 10.5).
final class SseState {

    private static final int FXSAVE_BYTES = 512;
    private static final int FXSAVE_ST = 32;
    private static final long LOW_HALF = 0xffff_ffffL;
    private static final int FXSAVE_XMM = 160;

    /// The bits of MXCSR that exist: what FXSAVE reports as MXCSR_MASK.
    private static final int MXCSR_MASK = 0xffff;

    private SseState() {}

    @Insn("NP 0F AE /2 mem | ldmxcsr Md")
    static void ldmxcsr(X86Cpu cpu, long a) {
        if ((a & ~MXCSR_MASK & 0xffffffffL) != 0) {
            throw X86Trap.GP;
        }
        cpu.sse.mxcsr = (int) a;
    }

    @Insn("NP 0F AE /3 mem | stmxcsr Md")
    static void stmxcsr(X86Cpu cpu, Mem mem, long ea) {
        mem.store32(ea, cpu.sse.mxcsr);
    }

    /// The 512-byte image: x87 environment, eight registers, sixteen XMM.
    @Insn("NP 0F AE /0 mem W0 | fxsave Menv")
    static void fxsave(X86Cpu cpu, Mem mem, long ea) {
        save(cpu, mem, ea, LOW_HALF);
    }

    @Insn("NP 0F AE /0 mem W1 | fxsave64 Menv")
    static void fxsave64(X86Cpu cpu, Mem mem, long ea) {
        save(cpu, mem, ea, -1);
    }

    /// Without REX.W the image has 32 bits of each address, and selectors behind them, which
    /// processors that say ZERO_SELECTORS do not keep.
    private static void save(X86Cpu cpu, Mem mem, long ea, long addressMask) {
        aligned(cpu, mem, ea);
        mem.probeWrite(ea, FXSAVE_BYTES);
        mem.store16(ea, (short) cpu.fpControl);
        mem.store16(ea + 2, (short) X87.status(cpu));
        mem.store16(ea + 4, (short) (~cpu.fpEmpty & 0xff));
        mem.store16(ea + 6, (short) cpu.fpOpcode);
        mem.store64(ea + 8, cpu.fpInstruction & addressMask);
        mem.store64(ea + 16, cpu.fpData & addressMask);
        mem.store32(ea + 24, cpu.sse.mxcsr);
        mem.store32(ea + 28, MXCSR_MASK);
        for (int i = 0; i < 8; i++) {
            mem.store64(ea + FXSAVE_ST + 16L * i, X87.m(cpu, i));
            mem.store64(ea + FXSAVE_ST + 16L * i + 8, X87.se(cpu, i));
        }
        for (int i = 0; i < 32; i++) {
            mem.store64(ea + FXSAVE_XMM + 8L * i, cpu.v[i]);
        }
    }

    @Insn("NP 0F AE /1 mem W0 | fxrstor Menv")
    static void fxrstor(X86Cpu cpu, Mem mem, long ea) {
        restore(cpu, mem, ea, LOW_HALF);
    }

    @Insn("NP 0F AE /1 mem W1 | fxrstor64 Menv")
    static void fxrstor64(X86Cpu cpu, Mem mem, long ea) {
        restore(cpu, mem, ea, -1);
    }

    private static void restore(X86Cpu cpu, Mem mem, long ea, long addressMask) {
        aligned(cpu, mem, ea);
        mem.probeRead(ea, FXSAVE_BYTES);
        int mxcsr = mem.load32(ea + 24);
        if ((mxcsr & ~MXCSR_MASK) != 0) {
            throw X86Trap.GP;
        }
        cpu.sse.mxcsr = mxcsr;
        cpu.fpControl = mem.load16(ea) & 0xffff | 0x40;
        cpu.fpEmpty = ~mem.load8(ea + 4) & 0xff;
        cpu.fpOpcode = mem.load16(ea + 6) & 0x7ff;
        cpu.fpInstruction = mem.load64(ea + 8) & addressMask;
        cpu.fpData = mem.load64(ea + 16) & addressMask;
        X87.setStatus(cpu, mem.load16(ea + 2) & 0xffff);
        for (int i = 0; i < 8; i++) {
            int register = X87.physical(cpu, i);
            cpu.fpMantissa[register] = mem.load64(ea + FXSAVE_ST + 16L * i);
            cpu.fpSignExponent[register] = mem.load16(ea + FXSAVE_ST + 16L * i + 8) & 0xffff;
        }
        for (int i = 0; i < 32; i++) {
            cpu.v[i] = mem.load64(ea + FXSAVE_XMM + 8L * i);
        }
    }

    /// Off a 16-byte boundary: `#AC` if alignment is checked, else `#GP`; but first of all the
    /// address must be canonical, as processors have it.
    private static void aligned(X86Cpu cpu, Mem mem, long ea) {
        mem.mmu().checkEnd(ea, Privilege.USER);
        if ((ea & 15) != 0) {
            throw cpu.checksAlignment() ? X86Trap.AC : X86Trap.GP;
        }
    }
}
