package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64Trap;
import faultline.ppc64.cpu.Ppr;

/// Moves to and from special purpose registers (Power ISA Book I 3.3.17, Book II 3.1, 4.2 and 6).
///
/// The number of a register stands in the instruction with its halves exchanged. A register that does
/// not exist is read and written without effect (Book III 5.4.4), unless its number is 0, 4, 5 or 6,
/// or says that it is the supervisor's.
final class SpecialRegisters {

    private SpecialRegisters() {}

    /// Link register.
    @Insn("011111 rt:5 01000 00000 0101010011 / | mflr rt")
    static long mflr(long lr) {
        return lr;
    }

    /// Link register.
    @Insn("011111 rs:5 01000 00000 0111010011 / | mtlr rs | -> lr")
    static long mtlr(long rs) {
        return rs;
    }

    /// Count register.
    @Insn("011111 rt:5 01001 00000 0101010011 / | mfctr rt")
    static long mfctr(long ctr) {
        return ctr;
    }

    /// Count register.
    @Insn("011111 rs:5 01001 00000 0111010011 / | mtctr rs | -> ctr")
    static long mtctr(long rs) {
        return rs;
    }

    /// Fixed-point exception register.
    @Insn("011111 rt:5 00001 00000 0101010011 / | mfxer rt")
    static long mfxer(long xer) {
        return xer;
    }

    /// Fixed-point exception register.
    @Insn("011111 rs:5 00001 00000 0111010011 / | mtxer rs | -> xer")
    static long mtxer(long rs) {
        return rs;
    }

    /// Target address register.
    @Insn("011111 rt:5 01111 11001 0101010011 / | mftar rt")
    static long mftar(long tar) {
        return tar;
    }

    /// Target address register.
    @Insn("011111 rs:5 01111 11001 0111010011 / | mttar rs | -> tar")
    static long mttar(long rs) {
        return rs;
    }

    /// VR save register.
    @Insn("011111 rt:5 00000 01000 0101010011 / | mfvrsave rt")
    static long mfvrsave(long vrsave) {
        return vrsave;
    }

    /// VR save register.
    @Insn("011111 rs:5 00000 01000 0111010011 / | mtvrsave rs | -> vrsave")
    static long mtvrsave(long rs) {
        return rs;
    }

    /// Data stream control register.
    @Insn("011111 rt:5 00011 00000 0101010011 / | mfudscr rt")
    static long mfudscr(long dscr) {
        return dscr;
    }

    /// Data stream control register.
    @Insn("011111 rs:5 00011 00000 0111010011 / | mtudscr rs | -> dscr")
    static long mtudscr(long rs) {
        return rs;
    }

    /// Authority mask register.
    @Insn("011111 rt:5 01101 00000 0101010011 / | mfuamr rt")
    static long mfuamr(long amr) {
        return amr;
    }

    /// Authority mask register: the bits that UAMOR gives to the program. The soft TLB forgets what it
    /// has learnt under the old one.
    @Insn("011111 rs:5 01101 00000 0111010011 / | mtuamr rs")
    static void mtuamr(Ppc64Cpu cpu, long rs) {
        cpu.writeAmr(rs);
    }

    /// Program priority register.
    @Insn("011111 rt:5 00000 11100 0101010011 / | mfppr rt")
    static long mfppr(long ppr) {
        return ppr;
    }

    /// Program priority register.
    @Insn("011111 rs:5 00000 11100 0111010011 / | mtppr rs | -> ppr")
    static long mtppr(long rs, long ppr) {
        return Ppr.written(ppr, rs);
    }

    /// The upper half of PPR.
    @Insn("011111 rt:5 00010 11100 0101010011 / | mfppr32 rt")
    static long mfppr32(long ppr) {
        return ppr >>> 32;
    }

    /// The upper half of PPR.
    @Insn("011111 rs:5 00010 11100 0111010011 / | mtppr32 rs | -> ppr")
    static long mtppr32(long rs, long ppr) {
        return Ppr.written(ppr, rs << 32);
    }

    /// What the kernel tells every program: the processor and node it runs on.
    @Insn("011111 rt:5 00011 01000 0101010011 / | mfspr rt,259")
    static long mfusprg3(long sprg3) {
        return sprg3;
    }

    /// Control register: the thread runs.
    @Insn("011111 rt:5 01000 00100 0101010011 / | mfctrl rt")
    static long mfctrl() {
        return 1;
    }

    /// Time base.
    @Insn("""
            011111 rt:5 01100 01000 0101010011 / | mftb rt
            011111 rt:5 01100 01000 0101110011 / | mftb rt
            """)
    static long mftb(Ppc64Cpu cpu) {
        return cpu.timeBase();
    }

    /// The upper half of the time base.
    @Insn("""
            011111 rt:5 01101 01000 0101010011 / | mftbu rt
            011111 rt:5 01101 01000 0101110011 / | mftbu rt
            """)
    static long mftbu(Ppc64Cpu cpu) {
        return cpu.timeBase() >>> 32;
    }

    /// Processor version: the supervisor's, but Linux reads it for programs.
    @Insn("011111 rt:5 11111 01000 0101010011 / | mfpvr rt | traps")
    static long mfpvr(Ppc64Cpu cpu) {
        return cpu.version();
    }

    // All others.

    /// Registers that do not exist, or not for programs.
    @Insn("""
            011111 rt:5 lo:5 hi:5 0101010011 / spr=hi:lo | mfspr rt,spr | traps
            011111 rs:5 lo:5 hi:5 0111010011 / spr=hi:lo | mtspr spr,rs | traps
            """)
    static void noRegister(Ppc64Cpu cpu, int spr) {
        if ((spr & 16) != 0) {
            throw Ppc64Trap.PRIVILEGED;
        }
        if (spr == 0 || spr >= 4 && spr <= 6) {
            throw Ppc64Trap.ILLEGAL;
        }
    }

    // Priority (Book II 3.2).

    /// OR of certain registers with themselves says how much of the core the thread asks for.
    @Insn("""
            011111 11111 11111 11111 0110111100 0 level=number(1) | mr r31,r31
            011111 00001 00001 00001 0110111100 0 level=number(2) | mr r1,r1
            011111 00110 00110 00110 0110111100 0 level=number(3) | mr r6,r6
            011111 00010 00010 00010 0110111100 0 level=number(4) | mr r2,r2
            """)
    static void priority(Ppc64Cpu cpu, int level) {
        cpu.ppr = Ppr.written(cpu.ppr, (long) level << Ppr.SHIFT);
    }
}
