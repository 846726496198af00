package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;
import faultline.ppc64.fp.Singles;

/// VSX conversion of scalars (Power ISA Book I 7.6.1.5).
final class VsxConvertScalar {

    private VsxConvertScalar() {}

    // Scalars between the formats. A single is the high word; the low word, which is undefined, is the same.

    /// Double to single.
    @Insn("111100 t:5 ///// b:5 100001001 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpsp ft,fb | traps fpx -> xt[completes]")
    static long xscvdpsp(long xb, FpUnit fp) {
        return Operands.doubled(Singles.toSingle(fp.roundToSingle(xb)));
    }

    /// Single to double.
    @Insn("111100 t:5 ///// b:5 101001001 bx:1 tx:1 xt=tx:t xb=bx:b | xscvspdp ft,fb | traps fpx -> xt[completes]")
    static long xscvspdp(long xb, FpUnit fp) {
        return fp.fromWord(xb);
    }

    /// Double to single, without an exception.
    @Insn("111100 t:5 ///// b:5 100001011 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpspn ft,fb")
    static long xscvdpspn(long xb) {
        return Operands.doubled(Singles.toSingle(xb));
    }

    /// Single to double, without an exception.
    @Insn("111100 t:5 ///// b:5 101001011 bx:1 tx:1 xt=tx:t xb=bx:b | xscvspdpn ft,fb")
    static long xscvspdpn(long xb) {
        return Singles.toDouble((int) (xb >>> 32));
    }

    /// Round to single precision.
    @Insn("111100 t:5 ///// b:5 100011001 bx:1 tx:1 xt=tx:t xb=bx:b | xsrsp ft,fb | traps fpx -> xt[completes]")
    static long xsrsp(long xb, FpUnit fp) {
        return fp.roundToSingle(xb);
    }

    /// Half to double.
    @Insn("111100 t:5 10000 b:5 101011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xscvhpdp ft,fb | traps fpx -> xt[completes]")
    static long xscvhpdp(long xb, FpUnit fp) {
        return fp.fromHalf(xb);
    }

    /// Double to half.
    @Insn("111100 t:5 10001 b:5 101011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xscvdphp ft,fb | traps fpx -> xt[completes]")
    static long xscvdphp(long xb, FpUnit fp) {
        return fp.toHalf(xb);
    }

    // Scalars to integers, truncated.

    /// To a doubleword.
    @Insn("111100 t:5 ///// b:5 101011000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpsxds ft,fb | traps fpx -> xt[completes]")
    static long xscvdpsxds(long xb, FpUnit fp) {
        return fp.toInteger(xb, 64, true, FpUnit.TO_ZERO);
    }

    /// To a doubleword without a sign.
    @Insn("111100 t:5 ///// b:5 101001000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpuxds ft,fb | traps fpx -> xt[completes]")
    static long xscvdpuxds(long xb, FpUnit fp) {
        return fp.toInteger(xb, 64, false, FpUnit.TO_ZERO);
    }

    /// To a word, in both words.
    @Insn("111100 t:5 ///// b:5 001011000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpsxws ft,fb | traps fpx -> xt[completes]")
    static long xscvdpsxws(long xb, FpUnit fp) {
        return Operands.doubled(fp.toInteger(xb, 32, true, FpUnit.TO_ZERO));
    }

    /// To a word without a sign, in both words.
    @Insn("111100 t:5 ///// b:5 001001000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvdpuxws ft,fb | traps fpx -> xt[completes]")
    static long xscvdpuxws(long xb, FpUnit fp) {
        return Operands.doubled(fp.toInteger(xb, 32, false, FpUnit.TO_ZERO));
    }

    // Scalars from integers.

    /// From a doubleword.
    @Insn("111100 t:5 ///// b:5 101111000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvsxddp ft,fb | traps fpx -> xt[completes]")
    static long xscvsxddp(long xb, FpUnit fp) {
        return fp.fromSigned(xb);
    }

    /// From a doubleword without a sign.
    @Insn("111100 t:5 ///// b:5 101101000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvuxddp ft,fb | traps fpx -> xt[completes]")
    static long xscvuxddp(long xb, FpUnit fp) {
        return fp.fromUnsigned(xb);
    }

    /// From a doubleword to single precision.
    @Insn("111100 t:5 ///// b:5 100111000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvsxdsp ft,fb | traps fpx -> xt[completes]")
    static long xscvsxdsp(long xb, FpUnit fp) {
        return fp.fromSignedToSingle(xb);
    }

    /// From a doubleword without a sign to single precision.
    @Insn("111100 t:5 ///// b:5 100101000 bx:1 tx:1 xt=tx:t xb=bx:b | xscvuxdsp ft,fb | traps fpx -> xt[completes]")
    static long xscvuxdsp(long xb, FpUnit fp) {
        return fp.fromUnsignedToSingle(xb);
    }
}
