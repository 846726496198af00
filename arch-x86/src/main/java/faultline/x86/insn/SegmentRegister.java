package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// Segment Register Instructions (SDM volume 1, 5.1.12), with the moves, pushes and pops of segment
/// registers.
///
/// The only segments are Linux's flat 64-bit user code and data: a null selector or that of the
/// data segment loads, anything else raises `#GP` with the selector as its error code. Loading FS
/// or GS clears its base, as Intel processors do for null selectors too.
final class SegmentRegister {

    private SegmentRegister() {}

    /// Move from a segment register. A register destination is written at operand width, memory as
    /// 16 bits.
    @Insn("""
            8C /0 reg | mov Ev, ES
            8C /0 mem | mov Ew, ES
            8C /1 reg | mov Ev, CS
            8C /1 mem | mov Ew, CS
            8C /2 reg | mov Ev, SS
            8C /2 mem | mov Ew, SS
            8C /3 reg | mov Ev, DS
            8C /3 mem | mov Ew, DS
            8C /4 reg | mov Ev, FS
            8C /4 mem | mov Ew, FS
            8C /5 reg | mov Ev, GS
            8C /5 mem | mov Ew, GS
            """)
    static long movFrom(long b) {
        return zx(b, 16);
    }

    /// Move to ES.
    @Insn("8E /0 | mov ES, Ew")
    static void movToEs(X86Cpu cpu, long b) {
        cpu.es = data(b);
    }

    /// Move to SS: user mode has no null stack segment.
    @Insn("8E /2 | mov SS, Ew")
    static void movToSs(X86Cpu cpu, long b) {
        if (zx(b, 16) != X86Cpu.USER_DS) {
            throw X86Trap.gp((int) zx(b, 16) & ~3);
        }
    }

    /// Move to DS.
    @Insn("8E /3 | mov DS, Ew")
    static void movToDs(X86Cpu cpu, long b) {
        cpu.ds = data(b);
    }

    /// Move to FS.
    @Insn("8E /4 | mov FS, Ew")
    static void movToFs(X86Cpu cpu, long b) {
        cpu.fs = data(b);
        cpu.fsBase = 0;
    }

    /// Move to GS.
    @Insn("8E /5 | mov GS, Ew")
    static void movToGs(X86Cpu cpu, long b) {
        cpu.gs = data(b);
        cpu.gsBase = 0;
    }

    /// Push FS.
    @Insn("0F A0 | push FS | d64 -> RSP")
    static long pushFs(Mem mem, long RSP, long a, int bits) {
        return Stack.push(mem, RSP, zx(a, 16), bits);
    }

    /// Push GS.
    @Insn("0F A8 | push GS | d64 -> RSP")
    static long pushGs(Mem mem, long RSP, long a, int bits) {
        return Stack.push(mem, RSP, zx(a, 16), bits);
    }

    /// Pop FS.
    @Insn("0F A1 | pop FS | d64")
    static void popFs(X86Cpu cpu, Mem mem, int bits) {
        movToFs(cpu, Stack.load(mem, cpu.r[X86Cpu.RSP], bits));
        cpu.r[X86Cpu.RSP] += bits / 8;
    }

    /// Pop GS.
    @Insn("0F A9 | pop GS | d64")
    static void popGs(X86Cpu cpu, Mem mem, int bits) {
        movToGs(cpu, Stack.load(mem, cpu.r[X86Cpu.RSP], bits));
        cpu.r[X86Cpu.RSP] += bits / 8;
    }

    /// Load a far pointer: an offset of the operand's size, the selector behind it.
    @Insn("0F B2 /r mem | lss Gv, Mp")
    static long lss(X86Cpu cpu, Mem mem, long ea, int bits) {
        long offset = farOffset(mem, ea, bits);
        movToSs(cpu, mem.load16(ea + bits / 8));
        return offset;
    }

    @Insn("0F B4 /r mem | lfs Gv, Mp")
    static long lfs(X86Cpu cpu, Mem mem, long ea, int bits) {
        long offset = farOffset(mem, ea, bits);
        movToFs(cpu, mem.load16(ea + bits / 8));
        return offset;
    }

    @Insn("0F B5 /r mem | lgs Gv, Mp")
    static long lgs(X86Cpu cpu, Mem mem, long ea, int bits) {
        long offset = farOffset(mem, ea, bits);
        movToGs(cpu, mem.load16(ea + bits / 8));
        return offset;
    }

    private static long farOffset(Mem mem, long ea, int bits) {
        return switch (bits) {
            case 16 -> mem.load16(ea);
            case 32 -> mem.load32(ea);
            default -> mem.load64(ea);
        };
    }

    private static int data(long selector) {
        int value = (int) zx(selector, 16);
        if (value > 3 && !Descriptors.isReadable(value)) {
            throw X86Trap.gp(value & ~3);
        }
        return value;
    }
}
