package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.DivisionTest;
import faultline.ppc64.fp.FpUnit;

/// VSX scalar floating-point arithmetic (Power ISA Book I 7.6.1.2).
final class VsxScalarArithmetic {

    private VsxScalarArithmetic() {}

    // Double precision.

    /// Add.
    @Insn(
            "111100 t:5 a:5 b:5 00100000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsadddp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsadddp(long xa, long xb, FpUnit fp) {
        return fp.add(xa, xb);
    }

    /// Subtract.
    @Insn(
            "111100 t:5 a:5 b:5 00101000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xssubdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xssubdp(long xa, long xb, FpUnit fp) {
        return fp.subtract(xa, xb);
    }

    /// Multiply.
    @Insn(
            "111100 t:5 a:5 b:5 00110000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmuldp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmuldp(long xa, long xb, FpUnit fp) {
        return fp.multiply(xa, xb);
    }

    /// Divide.
    @Insn(
            "111100 t:5 a:5 b:5 00111000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsdivdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsdivdp(long xa, long xb, FpUnit fp) {
        return fp.divide(xa, xb);
    }

    /// Square root.
    @Insn("111100 t:5 ///// b:5 001001011 bx:1 tx:1 xt=tx:t xb=bx:b | xssqrtdp ft,fb | traps fpx -> xt[completes]")
    static long xssqrtdp(long xb, FpUnit fp) {
        return fp.squareRoot(xb);
    }

    /// Reciprocal estimate.
    @Insn("111100 t:5 ///// b:5 001011010 bx:1 tx:1 xt=tx:t xb=bx:b | xsredp ft,fb | traps fpx -> xt[completes]")
    static long xsredp(long xb, FpUnit fp) {
        return fp.reciprocal(xb);
    }

    /// Estimate of the reciprocal of the square root.
    @Insn("111100 t:5 ///// b:5 001001010 bx:1 tx:1 xt=tx:t xb=bx:b | xsrsqrtedp ft,fb | traps fpx -> xt[completes]")
    static long xsrsqrtedp(long xb, FpUnit fp) {
        return fp.reciprocalRoot(xb);
    }

    /// Multiply and add; what is replaced is the addend, or the second factor.
    @Insn("""
            111100 t:5 a:5 b:5 00100001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmaddadp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 00101001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmaddmdp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsmadddp(long xa, long factor, long addend, FpUnit fp) {
        return fp.multiplyAdd(xa, factor, addend);
    }

    /// Multiply and subtract.
    @Insn("""
            111100 t:5 a:5 b:5 00110001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmsubadp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 00111001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmsubmdp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsmsubdp(long xa, long factor, long addend, FpUnit fp) {
        return fp.multiplySubtract(xa, factor, addend);
    }

    /// Negative multiply and add.
    @Insn("""
            111100 t:5 a:5 b:5 10100001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmaddadp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 10101001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmaddmdp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsnmadddp(long xa, long factor, long addend, FpUnit fp) {
        return fp.negativeMultiplyAdd(xa, factor, addend);
    }

    /// Negative multiply and subtract.
    @Insn("""
            111100 t:5 a:5 b:5 10110001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmsubadp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 10111001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmsubmdp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsnmsubdp(long xa, long factor, long addend, FpUnit fp) {
        return fp.negativeMultiplySubtract(xa, factor, addend);
    }

    // Single precision.

    /// Add.
    @Insn(
            "111100 t:5 a:5 b:5 00000000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsaddsp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsaddsp(long xa, long xb, FpUnit fp) {
        return fp.addSingle(xa, xb);
    }

    /// Subtract.
    @Insn(
            "111100 t:5 a:5 b:5 00001000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xssubsp ft,fa,fb | traps fpx -> xt[completes]")
    static long xssubsp(long xa, long xb, FpUnit fp) {
        return fp.subtractSingle(xa, xb);
    }

    /// Multiply.
    @Insn(
            "111100 t:5 a:5 b:5 00010000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmulsp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmulsp(long xa, long xb, FpUnit fp) {
        return fp.multiplySingle(xa, xb);
    }

    /// Divide.
    @Insn(
            "111100 t:5 a:5 b:5 00011000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsdivsp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsdivsp(long xa, long xb, FpUnit fp) {
        return fp.divideSingle(xa, xb);
    }

    /// Square root.
    @Insn("111100 t:5 ///// b:5 000001011 bx:1 tx:1 xt=tx:t xb=bx:b | xssqrtsp ft,fb | traps fpx -> xt[completes]")
    static long xssqrtsp(long xb, FpUnit fp) {
        return fp.squareRootSingle(xb);
    }

    /// Reciprocal estimate.
    @Insn("111100 t:5 ///// b:5 000011010 bx:1 tx:1 xt=tx:t xb=bx:b | xsresp ft,fb | traps fpx -> xt[completes]")
    static long xsresp(long xb, FpUnit fp) {
        return fp.reciprocalSingle(xb);
    }

    /// Estimate of the reciprocal of the square root.
    @Insn("111100 t:5 ///// b:5 000001010 bx:1 tx:1 xt=tx:t xb=bx:b | xsrsqrtesp ft,fb | traps fpx -> xt[completes]")
    static long xsrsqrtesp(long xb, FpUnit fp) {
        return fp.reciprocalRootSingle(xb);
    }

    /// Multiply and add; what is replaced is the addend, or the second factor.
    @Insn("""
            111100 t:5 a:5 b:5 00000001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmaddasp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 00001001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmaddmsp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsmaddsp(long xa, long factor, long addend, FpUnit fp) {
        return fp.multiplyAddSingle(xa, factor, addend);
    }

    /// Multiply and subtract.
    @Insn("""
            111100 t:5 a:5 b:5 00010001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmsubasp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 00011001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmsubmsp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsmsubsp(long xa, long factor, long addend, FpUnit fp) {
        return fp.multiplySubtractSingle(xa, factor, addend);
    }

    /// Negative multiply and add.
    @Insn("""
            111100 t:5 a:5 b:5 10000001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmaddasp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 10001001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmaddmsp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsnmaddsp(long xa, long factor, long addend, FpUnit fp) {
        return fp.negativeMultiplyAddSingle(xa, factor, addend);
    }

    /// Negative multiply and subtract.
    @Insn("""
            111100 t:5 a:5 b:5 10010001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmsubasp ft,fa,fb | factor:=xb addend:=xt traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 10011001 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsnmsubmsp ft,fa,fb | factor:=xt addend:=xb traps fpx -> xt[completes]
            """)
    static long xsnmsubsp(long xa, long factor, long addend, FpUnit fp) {
        return fp.negativeMultiplySubtractSingle(xa, factor, addend);
    }

    // Maximum and minimum.

    /// Maximum.
    @Insn(
            "111100 t:5 a:5 b:5 10100000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmaxdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmaxdp(long xa, long xb, FpUnit fp) {
        return fp.maximum(xa, xb);
    }

    /// Minimum.
    @Insn(
            "111100 t:5 a:5 b:5 10101000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xsmindp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmindp(long xa, long xb, FpUnit fp) {
        return fp.minimum(xa, xb);
    }

    /// Maximum as C has it.
    @Insn(
            "111100 t:5 a:5 b:5 10000000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xsmaxcdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmaxcdp(long xa, long xb, FpUnit fp) {
        return fp.maximumOfC(xa, xb);
    }

    /// Minimum as C has it.
    @Insn(
            "111100 t:5 a:5 b:5 10001000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xsmincdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmincdp(long xa, long xb, FpUnit fp) {
        return fp.minimumOfC(xa, xb);
    }

    /// Maximum as Java has it.
    @Insn(
            "111100 t:5 a:5 b:5 10010000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xsmaxjdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsmaxjdp(long xa, long xb, FpUnit fp) {
        return fp.maximumOfJava(xa, xb);
    }

    /// Minimum as Java has it.
    @Insn(
            "111100 t:5 a:5 b:5 10011000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xsminjdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xsminjdp(long xa, long xb, FpUnit fp) {
        return fp.minimumOfJava(xa, xb);
    }

    // Tests for what software division and square root cannot do.

    /// Test for division.
    @Insn("111100 bf:3 // a:5 b:5 00111101 ax:1 bx:1 / xa=ax:a xb=bx:b | xstdivdp <bf>,fa,fb | fcr -> none")
    static long xstdivdp(long xa, long xb) {
        return DivisionTest.division(xa, xb);
    }

    /// Test for square root.
    @Insn("111100 bf:3 // ///// b:5 001101010 bx:1 / xb=bx:b | xstsqrtdp <bf>,fb | fcr -> none")
    static long xstsqrtdp(long xb) {
        return DivisionTest.root(xb);
    }
}
