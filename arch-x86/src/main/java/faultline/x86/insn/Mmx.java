package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.simd.Lanes;
import faultline.x86.cpu.X86Cpu;

/// MMX Instructions (SDM volume 1, 5.4), and those that SSE and SSE2 add on MMX registers (5.5.3,
/// 5.6.3), as far as they do not share a meaning with [SimdInteger].
///
/// Every one but EMMS makes the x87's registers all full and its top 0, because they are the same
/// registers.
final class Mmx {

    private Mmx() {}

    @Insn("""
            NP 0F 6E /r W0 | movd Pq, Ed
            NP 0F 6E /r W1 | movq Pq, Eq
            """)
    static long movdToMmx(long b, int bits2) {
        return zx(b, bits2);
    }

    @Insn("""
            NP 0F 7E /r W0  | movd Ed, Pd
            NP 0F 7E /r W1  | movq Eq, Pq
            NP 0F 6F /r     | movq Pq, Qq
            NP 0F 7F /r     | movq Qq, Pq
            NP 0F E7 /r mem | movntq Mq, Pq
            F3 0F D6 /r reg | movq2dq Vqz, Nq
            F2 0F D6 /r reg | movdq2q Pq, Uq
            """)
    static long movqMmx(long b) {
        return b;
    }

    /// Pack with saturation: the words of the first operand become the low half.
    @Insn("NP 0F 63 /r | packsswb Pq, Qq")
    static long packsswbMmx(long a, long b) {
        return SimdInteger.packsswb(a, b);
    }

    @Insn("NP 0F 67 /r | packuswb Pq, Qq")
    static long packuswbMmx(long a, long b) {
        return SimdInteger.packuswb(a, b);
    }

    @Insn("NP 0F 6B /r | packssdw Pq, Qq")
    static long packssdwMmx(long a, long b) {
        return SimdInteger.packssdw(a, b);
    }

    /// Interleave low halves; a memory operand is only as long.
    @Insn("NP 0F 60 /r | punpcklbw Pq, Qd")
    static long punpcklbwMmx(long a, long b) {
        return SimdInteger.punpcklbw(a, b);
    }

    @Insn("NP 0F 61 /r | punpcklwd Pq, Qd")
    static long punpcklwdMmx(long a, long b) {
        return SimdInteger.punpcklwd(a, b);
    }

    @Insn("NP 0F 62 /r | punpckldq Pq, Qd")
    static long punpckldqMmx(long a, long b) {
        return Lanes.pair(a, b);
    }

    /// Interleave high halves.
    @Insn("NP 0F 68 /r | punpckhbw Pq, Qq")
    static long punpckhbwMmx(long a, long b) {
        return SimdInteger.punpcklbw(a >>> 32, b >>> 32);
    }

    @Insn("NP 0F 69 /r | punpckhwd Pq, Qq")
    static long punpckhwdMmx(long a, long b) {
        return SimdInteger.punpcklwd(a >>> 32, b >>> 32);
    }

    @Insn("NP 0F 6A /r | punpckhdq Pq, Qq")
    static long punpckhdqMmx(long a, long b) {
        return Lanes.pair(a >>> 32, b >>> 32);
    }

    @Insn("NP 0F 70 /r ib | pshufw Pq, Qq, Ib")
    static long pshufw(long b, long c) {
        return SimdInteger.pshuflw(b, c);
    }

    @Insn("NP 0F D7 /r reg | pmovmskb Gd, Nq")
    static long pmovmskbMmx(long b) {
        return SimdInteger.pmovmskb(b, 0);
    }

    @Insn("NP 0F C5 /r ib reg | pextrw Gd, Nq, Ib")
    static long pextrwMmx(long b, long c) {
        return Lanes.u16(b, (int) c & 3);
    }

    @Insn("""
            NP 0F C4 /r ib reg | pinsrw Pq, Ed, Ib
            NP 0F C4 /r ib mem | pinsrw Pq, Ew, Ib
            """)
    static long pinsrwMmx(long a, long b, long c) {
        return SimdInteger.pinsrw(a, b, c & 3);
    }

    /// Stores the bytes whose mask byte has its top bit set to where rDI points.
    @Insn("NP 0F F7 /r reg | maskmovq Pq, Nq")
    static void maskmovq(X86Cpu cpu, Mem mem, long a, long b, int special) {
        Glue.beginMmx(cpu);
        Glue.enterMmx(cpu);
        Glue.fillMmx(cpu);
        SseTransfer.storeMasked(mem, Glue.override(cpu, cpu.r[X86Cpu.RDI], special), 8, a, 0, b, 0);
    }

    /// Gives the registers back to the x87: all empty.
    @Insn("NP 0F 77 | emms")
    static void emms(X86Cpu cpu) {
        Glue.beginMmx(cpu);
        cpu.fpTop = 0;
        cpu.fpEmpty = 0xff;
    }
}
