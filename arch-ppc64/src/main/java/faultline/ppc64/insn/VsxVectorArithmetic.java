package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.DivisionTest;
import faultline.ppc64.fp.FpUnit;

/// VSX vector floating-point arithmetic (Power ISA Book I 7.6.1.3).
final class VsxVectorArithmetic {

    private VsxVectorArithmetic() {}

    // Double precision.

    /// Add.
    @Insn(
            "111100 t:5 a:5 b:5 01100000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvadddp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvadddp(long xa, long xb, FpUnit fp) {
        return fp.addLane(xa, xb);
    }

    /// Subtract.
    @Insn(
            "111100 t:5 a:5 b:5 01101000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvsubdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvsubdp(long xa, long xb, FpUnit fp) {
        return fp.subtractLane(xa, xb);
    }

    /// Multiply.
    @Insn(
            "111100 t:5 a:5 b:5 01110000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmuldp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmuldp(long xa, long xb, FpUnit fp) {
        return fp.multiplyLane(xa, xb);
    }

    /// Divide.
    @Insn(
            "111100 t:5 a:5 b:5 01111000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvdivdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvdivdp(long xa, long xb, FpUnit fp) {
        return fp.divideLane(xa, xb);
    }

    /// Square root.
    @Insn("111100 t:5 ///// b:5 011001011 bx:1 tx:1 xt=tx:t xb=bx:b | xvsqrtdp xt,xb | traps fpx -> xt[completes]")
    static long xvsqrtdp(long xb, FpUnit fp) {
        return fp.squareRootLane(xb);
    }

    /// Reciprocal estimate.
    @Insn("111100 t:5 ///// b:5 011011010 bx:1 tx:1 xt=tx:t xb=bx:b | xvredp xt,xb | traps fpx -> xt[completes]")
    static long xvredp(long xb, FpUnit fp) {
        return fp.reciprocalLane(xb);
    }

    /// Estimate of the reciprocal of the square root.
    @Insn("111100 t:5 ///// b:5 011001010 bx:1 tx:1 xt=tx:t xb=bx:b | xvrsqrtedp xt,xb | traps fpx -> xt[completes]")
    static long xvrsqrtedp(long xb, FpUnit fp) {
        return fp.reciprocalRootLane(xb);
    }

    /// Multiply and add to what is replaced.
    @Insn(
            "111100 t:5 a:5 b:5 01100001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaddadp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaddadp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplyAddLane(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 01101001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaddmdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaddmdp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplyAddLane(xa, xt, xb);
    }

    /// Multiply and subtract what is replaced.
    @Insn(
            "111100 t:5 a:5 b:5 01110001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmsubadp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmsubadp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplySubtractLane(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 01111001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmsubmdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmsubmdp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplySubtractLane(xa, xt, xb);
    }

    /// Negative multiply and add, likewise.
    @Insn(
            "111100 t:5 a:5 b:5 11100001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmaddadp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmaddadp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplyAddLane(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 11101001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmaddmdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmaddmdp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplyAddLane(xa, xt, xb);
    }

    /// Negative multiply and subtract, likewise.
    @Insn(
            "111100 t:5 a:5 b:5 11110001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmsubadp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmsubadp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplySubtractLane(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 11111001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmsubmdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmsubmdp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplySubtractLane(xa, xt, xb);
    }

    // Single precision.

    /// Add.
    @Insn(
            "111100 t:5 a:5 b:5 01000000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvaddsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvaddsp(long xa, long xb, FpUnit fp) {
        return fp.addWords(xa, xb);
    }

    /// Subtract.
    @Insn(
            "111100 t:5 a:5 b:5 01001000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvsubsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvsubsp(long xa, long xb, FpUnit fp) {
        return fp.subtractWords(xa, xb);
    }

    /// Multiply.
    @Insn(
            "111100 t:5 a:5 b:5 01010000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmulsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmulsp(long xa, long xb, FpUnit fp) {
        return fp.multiplyWords(xa, xb);
    }

    /// Divide.
    @Insn(
            "111100 t:5 a:5 b:5 01011000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvdivsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvdivsp(long xa, long xb, FpUnit fp) {
        return fp.divideWords(xa, xb);
    }

    /// Square root.
    @Insn("111100 t:5 ///// b:5 010001011 bx:1 tx:1 xt=tx:t xb=bx:b | xvsqrtsp xt,xb | traps fpx -> xt[completes]")
    static long xvsqrtsp(long xb, FpUnit fp) {
        return fp.squareRootWords(xb);
    }

    /// Reciprocal estimate.
    @Insn("111100 t:5 ///// b:5 010011010 bx:1 tx:1 xt=tx:t xb=bx:b | xvresp xt,xb | traps fpx -> xt[completes]")
    static long xvresp(long xb, FpUnit fp) {
        return fp.reciprocalWords(xb);
    }

    /// Estimate of the reciprocal of the square root.
    @Insn("111100 t:5 ///// b:5 010001010 bx:1 tx:1 xt=tx:t xb=bx:b | xvrsqrtesp xt,xb | traps fpx -> xt[completes]")
    static long xvrsqrtesp(long xb, FpUnit fp) {
        return fp.reciprocalRootWords(xb);
    }

    /// Multiply and add to what is replaced.
    @Insn(
            "111100 t:5 a:5 b:5 01000001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaddasp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaddasp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplyAddWords(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 01001001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaddmsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaddmsp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplyAddWords(xa, xt, xb);
    }

    /// Multiply and subtract what is replaced.
    @Insn(
            "111100 t:5 a:5 b:5 01010001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmsubasp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmsubasp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplySubtractWords(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 01011001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmsubmsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmsubmsp(long xt, long xa, long xb, FpUnit fp) {
        return fp.multiplySubtractWords(xa, xt, xb);
    }

    /// Negative multiply and add, likewise.
    @Insn(
            "111100 t:5 a:5 b:5 11000001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmaddasp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmaddasp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplyAddWords(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 11001001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmaddmsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmaddmsp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplyAddWords(xa, xt, xb);
    }

    /// Negative multiply and subtract, likewise.
    @Insn(
            "111100 t:5 a:5 b:5 11010001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmsubasp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmsubasp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplySubtractWords(xa, xb, xt);
    }

    /// The same with what is replaced as a factor.
    @Insn(
            "111100 t:5 a:5 b:5 11011001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvnmsubmsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvnmsubmsp(long xt, long xa, long xb, FpUnit fp) {
        return fp.negativeMultiplySubtractWords(xa, xt, xb);
    }

    // Maximum and minimum.

    /// Maximum.
    @Insn(
            "111100 t:5 a:5 b:5 11100000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaxdp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaxdp(long xa, long xb, FpUnit fp) {
        return fp.maximum(xa, xb);
    }

    /// Minimum.
    @Insn(
            "111100 t:5 a:5 b:5 11101000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmindp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmindp(long xa, long xb, FpUnit fp) {
        return fp.minimum(xa, xb);
    }

    /// Maximum, single precision.
    @Insn(
            "111100 t:5 a:5 b:5 11000000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvmaxsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvmaxsp(long xa, long xb, FpUnit fp) {
        return fp.maximumWords(xa, xb);
    }

    /// Minimum, single precision.
    @Insn(
            "111100 t:5 a:5 b:5 11001000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvminsp xt,xa,xb | traps fpx -> xt[completes]")
    static long xvminsp(long xa, long xb, FpUnit fp) {
        return fp.minimumWords(xa, xb);
    }

    // Tests for what software division and square root cannot do: any element counts.

    /// Test for division.
    @Insn("111100 bf:3 // a:5 b:5 01111101 ax:1 bx:1 / xa=ax:a xb=bx:b | xvtdivdp <bf>,xa,xb | fcr -> none")
    static long xvtdivdp(long xaLo, long xaHi, long xbLo, long xbHi) {
        return DivisionTest.division(xaLo, xbLo) | DivisionTest.division(xaHi, xbHi);
    }

    /// Test for square root.
    @Insn("111100 bf:3 // ///// b:5 011101010 bx:1 / xb=bx:b | xvtsqrtdp <bf>,xb | fcr -> none")
    static long xvtsqrtdp(long xbLo, long xbHi) {
        return DivisionTest.root(xbLo) | DivisionTest.root(xbHi);
    }

    /// Test for division, single precision.
    @Insn("111100 bf:3 // a:5 b:5 01011101 ax:1 bx:1 / xa=ax:a xb=bx:b | xvtdivsp <bf>,xa,xb | fcr -> none")
    static long xvtdivsp(long xaLo, long xaHi, long xbLo, long xbHi) {
        return DivisionTest.divisionOfWords(xaLo, xbLo) | DivisionTest.divisionOfWords(xaHi, xbHi);
    }

    /// Test for square root, single precision.
    @Insn("111100 bf:3 // ///// b:5 010101010 bx:1 / xb=bx:b | xvtsqrtsp <bf>,xb | fcr -> none")
    static long xvtsqrtsp(long xbLo, long xbHi) {
        return DivisionTest.rootOfWords(xbLo) | DivisionTest.rootOfWords(xbHi);
    }
}
