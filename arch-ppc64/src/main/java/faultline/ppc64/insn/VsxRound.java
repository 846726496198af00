package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// VSX rounding to integers in the same format (Power ISA Book I 7.6.1.6).
final class VsxRound {

    private VsxRound() {}

    // To integers in the same format.

    /// Scalar, away from zero on ties.
    @Insn("111100 t:5 ///// b:5 001001001 bx:1 tx:1 xt=tx:t xb=bx:b | xsrdpi ft,fb | traps fpx -> xt[completes]")
    static long xsrdpi(long xb, FpUnit fp) {
        return fp.integral(xb, FpUnit.AWAY);
    }

    /// Scalar, toward zero.
    @Insn("111100 t:5 ///// b:5 001011001 bx:1 tx:1 xt=tx:t xb=bx:b | xsrdpiz ft,fb | traps fpx -> xt[completes]")
    static long xsrdpiz(long xb, FpUnit fp) {
        return fp.integral(xb, FpUnit.TO_ZERO);
    }

    /// Scalar, up.
    @Insn("111100 t:5 ///// b:5 001101001 bx:1 tx:1 xt=tx:t xb=bx:b | xsrdpip ft,fb | traps fpx -> xt[completes]")
    static long xsrdpip(long xb, FpUnit fp) {
        return fp.integral(xb, FpUnit.TO_PLUS);
    }

    /// Scalar, down.
    @Insn("111100 t:5 ///// b:5 001111001 bx:1 tx:1 xt=tx:t xb=bx:b | xsrdpim ft,fb | traps fpx -> xt[completes]")
    static long xsrdpim(long xb, FpUnit fp) {
        return fp.integral(xb, FpUnit.TO_MINUS);
    }

    /// Scalar, as FPSCR says.
    @Insn("111100 t:5 ///// b:5 001101011 bx:1 tx:1 xt=tx:t xb=bx:b | xsrdpic ft,fb | traps fpx -> xt[completes]")
    static long xsrdpic(long xb, FpUnit fp) {
        return fp.integral(xb, FpUnit.EXACT);
    }

    /// Vector, away from zero on ties.
    @Insn("111100 t:5 ///// b:5 011001001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrdpi xt,xb | traps fpx -> xt[completes]")
    static long xvrdpi(long xb, FpUnit fp) {
        return fp.integralLane(xb, FpUnit.AWAY);
    }

    /// Vector, toward zero.
    @Insn("111100 t:5 ///// b:5 011011001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrdpiz xt,xb | traps fpx -> xt[completes]")
    static long xvrdpiz(long xb, FpUnit fp) {
        return fp.integralLane(xb, FpUnit.TO_ZERO);
    }

    /// Vector, up.
    @Insn("111100 t:5 ///// b:5 011101001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrdpip xt,xb | traps fpx -> xt[completes]")
    static long xvrdpip(long xb, FpUnit fp) {
        return fp.integralLane(xb, FpUnit.TO_PLUS);
    }

    /// Vector, down.
    @Insn("111100 t:5 ///// b:5 011111001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrdpim xt,xb | traps fpx -> xt[completes]")
    static long xvrdpim(long xb, FpUnit fp) {
        return fp.integralLane(xb, FpUnit.TO_MINUS);
    }

    /// Vector, as FPSCR says.
    @Insn("111100 t:5 ///// b:5 011101011 bx:1 tx:1 xt=tx:t xb=bx:b | xvrdpic xt,xb | traps fpx -> xt[completes]")
    static long xvrdpic(long xb, FpUnit fp) {
        return fp.integralLane(xb, FpUnit.EXACT);
    }

    /// Vector of singles, away from zero on ties.
    @Insn("111100 t:5 ///// b:5 010001001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrspi xt,xb | traps fpx -> xt[completes]")
    static long xvrspi(long xb, FpUnit fp) {
        return fp.integralWords(xb, FpUnit.AWAY);
    }

    /// Vector of singles, toward zero.
    @Insn("111100 t:5 ///// b:5 010011001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrspiz xt,xb | traps fpx -> xt[completes]")
    static long xvrspiz(long xb, FpUnit fp) {
        return fp.integralWords(xb, FpUnit.TO_ZERO);
    }

    /// Vector of singles, up.
    @Insn("111100 t:5 ///// b:5 010101001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrspip xt,xb | traps fpx -> xt[completes]")
    static long xvrspip(long xb, FpUnit fp) {
        return fp.integralWords(xb, FpUnit.TO_PLUS);
    }

    /// Vector of singles, down.
    @Insn("111100 t:5 ///// b:5 010111001 bx:1 tx:1 xt=tx:t xb=bx:b | xvrspim xt,xb | traps fpx -> xt[completes]")
    static long xvrspim(long xb, FpUnit fp) {
        return fp.integralWords(xb, FpUnit.TO_MINUS);
    }

    /// Vector of singles, as FPSCR says.
    @Insn("111100 t:5 ///// b:5 010101011 bx:1 tx:1 xt=tx:t xb=bx:b | xvrspic xt,xb | traps fpx -> xt[completes]")
    static long xvrspic(long xb, FpUnit fp) {
        return fp.integralWords(xb, FpUnit.EXACT);
    }
}
