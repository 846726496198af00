package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// VSX conversion of vectors (Power ISA Book I 7.6.1.5).
final class VsxConvertVector {

    private VsxConvertVector() {}

    // Between the formats. A single in a doubleword is the high word; the low word, which is undefined, is the same.

    /// Doubles to singles.
    @Insn("111100 t:5 ///// b:5 110001001 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvdpsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvdpsp(long xb, FpUnit fp) {
        return Operands.doubled(fp.narrowLane(xb));
    }

    /// Singles to doubles.
    @Insn("111100 t:5 ///// b:5 111001001 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvspdp xt,xb | traps fpx -> xt[completes]")
    static long xvcvspdp(long xb, FpUnit fp) {
        return fp.widenLane(xb >>> 32);
    }

    /// Halves, the low ones of words, to singles.
    @Insn("111100 t:5 11000 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvcvhpsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvhpsp(long xb, FpUnit fp) {
        return fp.wordsFromHalves(xb);
    }

    /// Singles to halves in the low halves of words.
    @Insn("111100 t:5 11001 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvcvsphp xt,xb | traps fpx -> xt[completes]")
    static long xvcvsphp(long xb, FpUnit fp) {
        return fp.halvesFromWords(xb);
    }

    // To integers, truncated.

    /// Doubles to doublewords.
    @Insn("111100 t:5 ///// b:5 111011000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvdpsxds xt,xb | traps fpx -> xt[completes]")
    static long xvcvdpsxds(long xb, FpUnit fp) {
        return fp.toIntegerLane(xb, 64, true);
    }

    /// Doubles to words, in both words.
    @Insn("111100 t:5 ///// b:5 011011000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvdpsxws xt,xb | traps fpx -> xt[completes]")
    static long xvcvdpsxws(long xb, FpUnit fp) {
        return Operands.doubled(fp.toIntegerLane(xb, 32, true));
    }

    /// Singles to doublewords.
    @Insn("111100 t:5 ///// b:5 110011000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvspsxds xt,xb | traps fpx -> xt[completes]")
    static long xvcvspsxds(long xb, FpUnit fp) {
        return fp.wordToInteger(xb >>> 32, 64, true);
    }

    /// Singles to words.
    @Insn("111100 t:5 ///// b:5 010011000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvspsxws xt,xb | traps fpx -> xt[completes]")
    static long xvcvspsxws(long xb, FpUnit fp) {
        return Operands.words(fp.wordToInteger(xb, 32, true), fp.wordToInteger(xb >>> 32, 32, true));
    }

    /// Doubles to doublewords without a sign.
    @Insn("111100 t:5 ///// b:5 111001000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvdpuxds xt,xb | traps fpx -> xt[completes]")
    static long xvcvdpuxds(long xb, FpUnit fp) {
        return fp.toIntegerLane(xb, 64, false);
    }

    /// Doubles to words without a sign, in both words.
    @Insn("111100 t:5 ///// b:5 011001000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvdpuxws xt,xb | traps fpx -> xt[completes]")
    static long xvcvdpuxws(long xb, FpUnit fp) {
        return Operands.doubled(fp.toIntegerLane(xb, 32, false));
    }

    /// Singles to doublewords without a sign.
    @Insn("111100 t:5 ///// b:5 110001000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvspuxds xt,xb | traps fpx -> xt[completes]")
    static long xvcvspuxds(long xb, FpUnit fp) {
        return fp.wordToInteger(xb >>> 32, 64, false);
    }

    /// Singles to words without a sign.
    @Insn("111100 t:5 ///// b:5 010001000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvspuxws xt,xb | traps fpx -> xt[completes]")
    static long xvcvspuxws(long xb, FpUnit fp) {
        return Operands.words(fp.wordToInteger(xb, 32, false), fp.wordToInteger(xb >>> 32, 32, false));
    }

    // From integers.

    /// Doublewords to doubles.
    @Insn("111100 t:5 ///// b:5 111111000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvsxddp xt,xb | traps fpx -> xt[completes]")
    static long xvcvsxddp(long xb, FpUnit fp) {
        return fp.fromIntegerLane(xb, true);
    }

    /// Doublewords to singles.
    @Insn("111100 t:5 ///// b:5 110111000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvsxdsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvsxdsp(long xb, FpUnit fp) {
        return Operands.doubled(fp.wordFromInteger(xb, true));
    }

    /// Words, the high ones, to doubles.
    @Insn("111100 t:5 ///// b:5 011111000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvsxwdp xt,xb | traps fpx -> xt[completes]")
    static long xvcvsxwdp(long xb, FpUnit fp) {
        return fp.fromIntegerLane(xb >> 32, true);
    }

    /// Words to singles.
    @Insn("111100 t:5 ///// b:5 010111000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvsxwsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvsxwsp(long xb, FpUnit fp) {
        return Operands.words(fp.wordFromInteger(xb << 32 >> 32, true), fp.wordFromInteger(xb >> 32, true));
    }

    /// Doublewords without a sign to doubles.
    @Insn("111100 t:5 ///// b:5 111101000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvuxddp xt,xb | traps fpx -> xt[completes]")
    static long xvcvuxddp(long xb, FpUnit fp) {
        return fp.fromIntegerLane(xb, false);
    }

    /// Doublewords without a sign to singles.
    @Insn("111100 t:5 ///// b:5 110101000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvuxdsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvuxdsp(long xb, FpUnit fp) {
        return Operands.doubled(fp.wordFromInteger(xb, false));
    }

    /// Words without a sign, the high ones, to doubles.
    @Insn("111100 t:5 ///// b:5 011101000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvuxwdp xt,xb | traps fpx -> xt[completes]")
    static long xvcvuxwdp(long xb, FpUnit fp) {
        return fp.fromIntegerLane(xb >>> 32, false);
    }

    /// Words without a sign to singles.
    @Insn("111100 t:5 ///// b:5 010101000 bx:1 tx:1 xt=tx:t xb=bx:b | xvcvuxwsp xt,xb | traps fpx -> xt[completes]")
    static long xvcvuxwsp(long xb, FpUnit fp) {
        return Operands.words(fp.wordFromInteger(xb & 0xffffffffL, false), fp.wordFromInteger(xb >>> 32, false));
    }
}
