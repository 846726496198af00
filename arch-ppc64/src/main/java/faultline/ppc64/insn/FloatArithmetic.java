package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.DivisionTest;
import faultline.ppc64.fp.FpUnit;

/// Floating-point arithmetic (Power ISA Book I 4.6.6).
final class FloatArithmetic {

    private FloatArithmetic() {}

    // Elementary.

    /// Add.
    @Insn("111111 frt:5 fra:5 frb:5 ///// 10101 dot:1 | fadd<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fadd(long fra, long frb, FpUnit fp) {
        return fp.add(fra, frb);
    }

    /// Add, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 ///// 10101 dot:1 | fadds<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fadds(long fra, long frb, FpUnit fp) {
        return fp.addSingle(fra, frb);
    }

    /// Subtract.
    @Insn("111111 frt:5 fra:5 frb:5 ///// 10100 dot:1 | fsub<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fsub(long fra, long frb, FpUnit fp) {
        return fp.subtract(fra, frb);
    }

    /// Subtract, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 ///// 10100 dot:1 | fsubs<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fsubs(long fra, long frb, FpUnit fp) {
        return fp.subtractSingle(fra, frb);
    }

    /// Multiply.
    @Insn("111111 frt:5 fra:5 ///// frc:5 11001 dot:1 | fmul<dot> frt,fra,frc | traps fpr -> frt[completes]")
    static long fmul(long fra, long frc, FpUnit fp) {
        return fp.multiply(fra, frc);
    }

    /// Multiply, single precision.
    @Insn("111011 frt:5 fra:5 ///// frc:5 11001 dot:1 | fmuls<dot> frt,fra,frc | traps fpr -> frt[completes]")
    static long fmuls(long fra, long frc, FpUnit fp) {
        return fp.multiplySingle(fra, frc);
    }

    /// Divide.
    @Insn("111111 frt:5 fra:5 frb:5 ///// 10010 dot:1 | fdiv<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fdiv(long fra, long frb, FpUnit fp) {
        return fp.divide(fra, frb);
    }

    /// Divide, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 ///// 10010 dot:1 | fdivs<dot> frt,fra,frb | traps fpr -> frt[completes]")
    static long fdivs(long fra, long frb, FpUnit fp) {
        return fp.divideSingle(fra, frb);
    }

    /// Square root.
    @Insn("111111 frt:5 ///// frb:5 ///// 10110 dot:1 | fsqrt<dot> frt,frb | traps fpr -> frt[completes]")
    static long fsqrt(long frb, FpUnit fp) {
        return fp.squareRoot(frb);
    }

    /// Square root, single precision.
    @Insn("111011 frt:5 ///// frb:5 ///// 10110 dot:1 | fsqrts<dot> frt,frb | traps fpr -> frt[completes]")
    static long fsqrts(long frb, FpUnit fp) {
        return fp.squareRootSingle(frb);
    }

    // Estimates.

    /// Reciprocal.
    @Insn("111111 frt:5 ///// frb:5 ///// 11000 dot:1 | fre<dot> frt,frb | traps fpr -> frt[completes]")
    static long fre(long frb, FpUnit fp) {
        return fp.reciprocal(frb);
    }

    /// Reciprocal, single precision.
    @Insn("111011 frt:5 ///// frb:5 ///// 11000 dot:1 | fres<dot> frt,frb | traps fpr -> frt[completes]")
    static long fres(long frb, FpUnit fp) {
        return fp.reciprocalSingle(frb);
    }

    /// Reciprocal of the square root.
    @Insn("111111 frt:5 ///// frb:5 ///// 11010 dot:1 | frsqrte<dot> frt,frb | traps fpr -> frt[completes]")
    static long frsqrte(long frb, FpUnit fp) {
        return fp.reciprocalRoot(frb);
    }

    /// Reciprocal of the square root, single precision.
    @Insn("111011 frt:5 ///// frb:5 ///// 11010 dot:1 | frsqrtes<dot> frt,frb | traps fpr -> frt[completes]")
    static long frsqrtes(long frb, FpUnit fp) {
        return fp.reciprocalRootSingle(frb);
    }

    // Multiply and add, rounded once.

    /// Multiply and add.
    @Insn("111111 frt:5 fra:5 frb:5 frc:5 11101 dot:1 | fmadd<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fmadd(long fra, long frc, long frb, FpUnit fp) {
        return fp.multiplyAdd(fra, frc, frb);
    }

    /// Multiply and add, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 frc:5 11101 dot:1 | fmadds<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fmadds(long fra, long frc, long frb, FpUnit fp) {
        return fp.multiplyAddSingle(fra, frc, frb);
    }

    /// Multiply and subtract.
    @Insn("111111 frt:5 fra:5 frb:5 frc:5 11100 dot:1 | fmsub<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fmsub(long fra, long frc, long frb, FpUnit fp) {
        return fp.multiplySubtract(fra, frc, frb);
    }

    /// Multiply and subtract, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 frc:5 11100 dot:1 | fmsubs<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fmsubs(long fra, long frc, long frb, FpUnit fp) {
        return fp.multiplySubtractSingle(fra, frc, frb);
    }

    /// Negative multiply and add.
    @Insn("111111 frt:5 fra:5 frb:5 frc:5 11111 dot:1 | fnmadd<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fnmadd(long fra, long frc, long frb, FpUnit fp) {
        return fp.negativeMultiplyAdd(fra, frc, frb);
    }

    /// Negative multiply and add, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 frc:5 11111 dot:1 | fnmadds<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fnmadds(long fra, long frc, long frb, FpUnit fp) {
        return fp.negativeMultiplyAddSingle(fra, frc, frb);
    }

    /// Negative multiply and subtract.
    @Insn("111111 frt:5 fra:5 frb:5 frc:5 11110 dot:1 | fnmsub<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fnmsub(long fra, long frc, long frb, FpUnit fp) {
        return fp.negativeMultiplySubtract(fra, frc, frb);
    }

    /// Negative multiply and subtract, single precision.
    @Insn("111011 frt:5 fra:5 frb:5 frc:5 11110 dot:1 | fnmsubs<dot> frt,fra,frc,frb | traps fpr -> frt[completes]")
    static long fnmsubs(long fra, long frc, long frb, FpUnit fp) {
        return fp.negativeMultiplySubtractSingle(fra, frc, frb);
    }

    // Tests for what software division and square root cannot do.

    /// Test for division.
    @Insn("111111 bf:3 // fra:5 frb:5 0010000000 / | ftdiv <bf>,fra,frb | fcr -> none")
    static long ftdiv(long fra, long frb) {
        return DivisionTest.division(fra, frb);
    }

    /// Test for square root.
    @Insn("111111 bf:3 // ///// frb:5 0010100000 / | ftsqrt <bf>,frb | fcr -> none")
    static long ftsqrt(long frb) {
        return DivisionTest.root(frb);
    }
}
