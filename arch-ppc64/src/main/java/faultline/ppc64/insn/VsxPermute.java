package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.core.simd.Quadwords;

/// VSX merge, splat, permute, select, shift, extract, insert and byte reverse (Power ISA Book I 7.6.1).
final class VsxPermute {

    private VsxPermute() {}

    /// VSX merge high word.
    @Insn("111100 t:5 a:5 b:5 00010 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxmrghw xt,xa,xb")
    static long xxmrghw(long xaHi, long xbHi, int half) {
        return VectorPermute.vmrgh(xaHi, xbHi, half, 2);
    }

    /// VSX merge low word.
    @Insn("111100 t:5 a:5 b:5 00110 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxmrglw xt,xa,xb")
    static long xxmrglw(long xaLo, long xbLo, int half) {
        return VectorPermute.vmrgl(xaLo, xbLo, half, 2);
    }

    /// VSX permute doubleword immediate: one of either register.
    @Insn("""
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 dm==0 xt=tx:t xa=ax:a xb=bx:b xa==xb | xxspltd xt,xa,0
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 dm==3 xt=tx:t xa=ax:a xb=bx:b xa==xb | xxspltd xt,xa,1
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 dm==2 xt=tx:t xa=ax:a xb=bx:b xa==xb | xxswapd xt,xa
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 dm==0 xt=tx:t xa=ax:a xb=bx:b | xxmrghd xt,xa,xb
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 dm==3 xt=tx:t xa=ax:a xb=bx:b | xxmrgld xt,xa,xb
            111100 t:5 a:5 b:5 0 dm:2 01 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxpermdi xt,xa,xb,dm
            """)
    static long xxpermdi(long xaLo, long xaHi, long xbLo, long xbHi, int dm, int half) {
        if (half == 1) {
            return (dm & 2) == 0 ? xaHi : xaLo;
        }
        return (dm & 1) == 0 ? xbHi : xbLo;
    }

    /// VSX select.
    @Insn("111100 t:5 a:5 b:5 c:5 11 cx:1 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b xc=cx:c | xxsel xt,xa,xb,xc")
    static long xxsel(long xa, long xb, long xc) {
        return Lanes.select(xc, xb, xa);
    }

    /// VSX shift left double by word immediate.
    @Insn("111100 t:5 a:5 b:5 0 shw:2 00 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxsldwi xt,xa,xb,shw")
    static long xxsldwi(long xaLo, long xaHi, long xbLo, long xbHi, int shw, int half) {
        return Quadwords.window(xaLo, xaHi, xbLo, xbHi, 32 * shw, half);
    }

    /// VSX splat word.
    @Insn("111100 t:5 /// uim:2 b:5 01010 0100 bx:1 tx:1 xt=tx:t xb=bx:b | xxspltw xt,xb,uim | high=xxspltw")
    static long xxspltw(long xbLo, long xbHi, int uim) {
        return Operands.doubled(Elements.unsigned(xbLo, xbHi, uim, 2));
    }

    /// VSX splat immediate byte.
    @Insn("111100 t:5 00 imm8:8 01011 01000 tx:1 xt=tx:t ?P9 | xxspltib xt,imm8")
    static long xxspltib(long imm8) {
        return imm8 * Lanes.ONE8;
    }

    /// VSX permute: bytes of the first operand and the old value of the result.
    @Insn("111100 t:5 a:5 b:5 00011 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b ?P9 | xxperm xt,xa,xb")
    static long xxperm(long xaLo, long xaHi, long xtLo, long xtHi, long xb) {
        return VectorPermute.permuted(xaLo, xaHi, xtLo, xtHi, xb);
    }

    /// VSX permute right-indexed.
    @Insn("111100 t:5 a:5 b:5 00111 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b ?P9 | xxpermr xt,xa,xb")
    static long xxpermr(long xaLo, long xaHi, long xtLo, long xtHi, long xb) {
        return VectorPermute.permuted(xaLo, xaHi, xtLo, xtHi, ~xb);
    }

    /// VSX extract unsigned word.
    @Insn("111100 t:5 / uim:4 b:5 01010 0101 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxextractuw xt,xb,uim")
    static long xxextractuw(long xbLo, long xbHi, int uim, int half) {
        return half == 0 ? 0 : Elements.from(xbLo, xbHi, uim, 2);
    }

    /// VSX insert word.
    @Insn("111100 t:5 / uim:4 b:5 01011 0101 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxinsertw xt,xb,uim")
    static long xxinsertw(long xt, long xbHi, int uim, int half) {
        return Elements.with(xt, xbHi, uim, half, 2);
    }

    /// VSX byte-reverse.
    @Insn("""
            111100 t:5 00111 b:5 11101 1011 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxbrh xt,xb | size:=1
            111100 t:5 01111 b:5 11101 1011 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxbrw xt,xb | size:=2
            111100 t:5 10111 b:5 11101 1011 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxbrd xt,xb | size:=3
            """)
    static long xxbr(long xb, int size) {
        return Long.reverseBytes(Lanes.reversed(xb, size));
    }

    /// VSX byte-reverse quadword.
    @Insn("111100 t:5 11111 b:5 11101 1011 bx:1 tx:1 xt=tx:t xb=bx:b ?P9 | xxbrq xt,xb")
    static long xxbrq(long xbLo, long xbHi, int half) {
        return Long.reverseBytes(half == 0 ? xbHi : xbLo);
    }
}
