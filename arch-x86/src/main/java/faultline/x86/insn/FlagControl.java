package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// Flag Control (EFLAG) Instructions (SDM volume 1, 5.1.11).
final class FlagControl {

    /// What LAHF and SAHF move.
    private static final long LOW_STATUS = Flags.STATUS & 0xff;

    private FlagControl() {}

    /// Set carry.
    @Insn("F9 | stc | -> flags")
    static long stc(long flags) {
        return flags | Flags.CF;
    }

    /// Clear carry.
    @Insn("F8 | clc | -> flags")
    static long clc(long flags) {
        return flags & ~Flags.CF;
    }

    /// Complement carry.
    @Insn("F5 | cmc | -> flags")
    static long cmc(long flags) {
        return flags ^ Flags.CF;
    }

    /// Strings run upwards.
    @Insn("FC | cld")
    static void cld(X86Cpu cpu) {
        cpu.otherFlags &= ~Flags.DF;
    }

    /// Strings run downwards.
    @Insn("FD | std")
    static void std(X86Cpu cpu) {
        cpu.otherFlags |= Flags.DF;
    }

    /// Load flags into AH. Bit 1 reads as 1.
    @Insn("9F ?LAHF | lahf | -> AX")
    static long lahf(long AX, long flags) {
        return AX & 0xff | (flags & LOW_STATUS | 2) << 8;
    }

    /// Store AH into flags; OF stays.
    @Insn("9E ?LAHF | sahf | -> flags")
    static long sahf(long AX, long flags) {
        return flags & ~LOW_STATUS | AX >> 8 & LOW_STATUS;
    }

    /// Push RFLAGS.
    @Insn("9C | pushf | d64 -> RSP")
    static long pushf(Mem mem, long RSP, long rflags, int bits) {
        return Stack.push(mem, RSP, rflags, bits);
    }

    /// Pop RFLAGS: in user mode IF and IOPL stay as they are. Ends the block, because TF may be set now.
    @Insn("9D | popf | d64 ends")
    static void popf(X86Cpu cpu, Mem mem, int bits) {
        long value = Stack.load(mem, cpu.r[X86Cpu.RSP], bits);
        cpu.setFlags(bits == 16 ? cpu.flags() & ~0xffffL | value & 0xffff : value);
        cpu.r[X86Cpu.RSP] += bits / 8;
    }

    /// Set and clear the interrupt flag: user code runs with IOPL 0.
    @Insn("FB | sti")
    static void sti() {
        throw X86Trap.GP;
    }

    @Insn("FA | cli")
    static void cli() {
        throw X86Trap.GP;
    }
}
