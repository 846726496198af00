package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.simd.Lanes;
import faultline.x86.cpu.X86Cpu;

/// SSE and SSE2 Data Transfer Instructions (SDM volume 1, 5.5.1.1, 5.5.4, 5.6.1.1, 5.6.3, 5.6.4).
final class SseTransfer {

    private SseTransfer() {}

    /// Moves of a whole register. Without the word *unaligned* a misaligned memory operand is #GP.
    @Insn("""
            NP 0F 28 /r      | movaps Vdq, Wdq
            NP 0F 10 /r      | movups Vdq, Wdq  | unaligned
            66 0F 28 /r      | movapd Vdq, Wdq
            66 0F 10 /r      | movupd Vdq, Wdq  | unaligned
            66 0F 6F /r      | movdqa Vdq, Wdq
            F3 0F 6F /r      | movdqu Vdq, Wdq  | unaligned
            NP 0F 29 /r      | movaps Wdq, Vdq
            NP 0F 11 /r      | movups Wdq, Vdq  | unaligned
            66 0F 29 /r      | movapd Wdq, Vdq
            66 0F 11 /r      | movupd Wdq, Vdq  | unaligned
            66 0F 7F /r      | movdqa Wdq, Vdq
            F3 0F 7F /r      | movdqu Wdq, Vdq  | unaligned
            NP 0F 2B /r mem  | movntps Mdq, Vdq
            66 0F 2B /r mem  | movntpd Mdq, Vdq
            66 0F E7 /r mem  | movntdq Mdq, Vdq
            F2 0F F0 /r mem ?SSE3 | lddqu Vdq, Mdq | unaligned
            """)
    static long movdq(long b) {
        return b;
    }

    /// Scalar loads clear the rest of the register, scalar register moves keep it.
    @Insn("F2 0F 10 /r mem | movsd Vqz, Mq")
    static long movsdLoad(long b) {
        return b;
    }

    @Insn("F3 0F 10 /r mem | movss Vqz, Md")
    static long movssLoad(long b) {
        return b & 0xffffffffL;
    }

    @Insn("""
            F2 0F 10 /r reg | movsd Vq, Uq
            F2 0F 11 /r     | movsd Wq, Vq
            F3 0F 10 /r reg | movss Vd, Ud
            F3 0F 11 /r     | movss Wd, Vd
            66 0F 12 /r mem | movlpd Vq, Mq
            66 0F 13 /r mem | movlpd Mq, Vq
            NP 0F 12 /r mem | movlps Vq, Mq
            NP 0F 13 /r mem | movlps Mq, Vq
            """)
    static long movLow(long b) {
        return b;
    }

    @Insn("NP 0F 12 /r reg | movhlps Vq, Udq")
    static long movhlps(long bHi) {
        return bHi;
    }

    @Insn("""
            NP 0F 16 /r mem | movhps Vdq, Mq | high=loaded
            66 0F 16 /r mem | movhpd Vdq, Mq | high=loaded
            NP 0F 16 /r reg | movlhps Vdq, Uq | high=loaded
            """)
    static long movhps(long aLo) {
        return aLo;
    }

    static long loaded(long b) {
        return b;
    }

    @Insn("""
            NP 0F 17 /r mem | movhps Mq, Vdq
            66 0F 17 /r mem | movhpd Mq, Vdq
            """)
    static long movhpsStore(long bHi) {
        return bHi;
    }

    /// Between general and vector registers; the rest of the vector register is cleared.
    @Insn("""
            66 0F 6E /r W0 | movd Vqz, Ed
            66 0F 6E /r W1 | movq Vqz, Eq
            """)
    static long movdToVector(long b, int bits2) {
        return zx(b, bits2);
    }

    @Insn("""
            66 0F 7E /r W0 | movd Ed, Vd
            66 0F 7E /r W1 | movq Eq, Vq
            """)
    static long movdFromVector(long b) {
        return b;
    }

    @Insn("""
            F3 0F 7E /r     | movq Vqz, Wq
            66 0F D6 /r reg | movq Uqz, Vq
            66 0F D6 /r mem | movq Mq, Vq
            """)
    static long movq(long b) {
        return b;
    }

    @Insn("NP 0F C3 /r mem | movnti My, Gy")
    static long movnti(long b) {
        return b;
    }

    @Insn("NP 0F 50 /r reg | movmskps Gd, Udq")
    static long movmskps(long bLo, long bHi) {
        return bLo >>> 31 & 1 | bLo >>> 62 & 2 | bHi >>> 29 & 4 | bHi >>> 60 & 8;
    }

    @Insn("66 0F 50 /r reg | movmskpd Gd, Udq")
    static long movmskpd(long bLo, long bHi) {
        return bLo >>> 63 | bHi >>> 62 & 2;
    }

    /// Stores the bytes whose mask byte has its top bit set to where rDI points.
    @Insn("66 0F F7 /r reg | maskmovdqu Vdq, Udq")
    static void maskmovdqu(X86Cpu cpu, Mem mem, long aLo, long aHi, long bLo, long bHi, int special) {
        storeMasked(mem, Glue.override(cpu, cpu.r[X86Cpu.RDI], special), 16, aLo, aHi, bLo, bHi);
    }

    /// Stores the bytes of `a` whose byte of `b` has its top bit set. Whatever the mask, all of the
    /// operand is checked first, from its upper half on, as Intel's processors do.
    static void storeMasked(Mem mem, long ea, int bytes, long aLo, long aHi, long bLo, long bHi) {
        mem.probeWrite(ea + bytes - 8, 8);
        mem.probeWrite(ea, 8);
        for (int i = 0; i < bytes; i++) {
            long mask = i < 8 ? bLo : bHi;
            long value = i < 8 ? aLo : aHi;
            if ((mask >>> (8 * (i & 7)) & 0x80) != 0) {
                mem.store8(ea + i, (byte) (value >>> (8 * (i & 7))));
            }
        }
    }

    // SSE3 duplicates.

    @Insn("F2 0F 12 /r ?SSE3 | movddup Vdq, Wq | high=loaded")
    static long movddup(long b) {
        return b;
    }

    @Insn("F3 0F 12 /r ?SSE3 | movsldup Vdq, Wdq")
    static long movsldup(long b) {
        return Lanes.pair(b, b);
    }

    @Insn("F3 0F 16 /r ?SSE3 | movshdup Vdq, Wdq")
    static long movshdup(long b) {
        return Lanes.pair(b >>> 32, b >>> 32);
    }
}
