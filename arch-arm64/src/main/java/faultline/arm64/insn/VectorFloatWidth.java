package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD conversions between floating-point formats, and the floating-point immediate (Arm ARM
/// C4.1.95, two-register miscellaneous and modified immediate).
final class VectorFloatWidth {

    private VectorFloatWidth() {}

    // Move immediate.

    /// Move a number to every element.
    @Insn("""
            0 q:1 0 0111100000 hi:3 1111 01 lo:5 vd:5 imm8=hi:lo number=number(imm8) value=numberIn(0,imm8) t=floats(0,q) \
            | fmov vd.<t>, #<number> | sz:=0 high=fmovEverywhere
            0 q:1 1 0111100000 hi:3 1111 01 lo:5 vd:5 q==1 imm8=hi:lo number=number(imm8) value=numberIn(1,imm8) t=floats(1,q) \
            | fmov vd.<t>, #<number> | sz:=1 high=fmovEverywhere
            0 q:1 0 0111100000 hi:3 1111 11 lo:5 vd:5 ?FP16 imm8=hi:lo number=number(imm8) value=numberIn(3,imm8) t=arrangement(1,q) \
            | fmov vd.<t>, #<number> | sz:=3 high=fmovEverywhere
            """)
    static long fmovEverywhere(long value, int sz) {
        return FloatLanes.everywhere(sz, value);
    }

    // To twice the width. `part` chooses the half that is read.

    /// Half to single precision.
    @Insn("""
            0 part:1 0 01110 00 10000 10111 10 vn:5 vd:5 ta=arrangement(1,part) \
            | fcvtl<part> vd.4s, vn.<ta> | high=fcvtlHigh
            """)
    static long fcvtl(long vnLo, long vnHi, int part, FpUnit fp) {
        return widened(part == 0 ? vnLo : vnHi, fp);
    }

    static long fcvtlHigh(long vnLo, long vnHi, int part, FpUnit fp) {
        return widened((part == 0 ? vnLo : vnHi) >>> 32, fp);
    }

    private static long widened(long halves, FpUnit fp) {
        return FloatLanes.pair(
                fp.convert(FpArithmetic.HALF, FpArithmetic.SINGLE, halves),
                fp.convert(FpArithmetic.HALF, FpArithmetic.SINGLE, halves >>> 16));
    }

    /// Single to double precision.
    @Insn("""
            0 part:1 0 01110 01 10000 10111 10 vn:5 vd:5 ta=arrangement(2,part) \
            | fcvtl<part> vd.2d, vn.<ta> | high=fcvtlDoubleHigh
            """)
    static long fcvtlDouble(long vnLo, long vnHi, int part, FpUnit fp) {
        return fp.widen(part == 0 ? vnLo : vnHi);
    }

    static long fcvtlDoubleHigh(long vnLo, long vnHi, int part, FpUnit fp) {
        return fp.widen((part == 0 ? vnLo : vnHi) >>> 32);
    }

    // To half the width. `part` chooses the half that is written; the low one zeroes the high one.

    /// Single to half precision.
    @Insn("""
            0 part:1 0 01110 00 10000 10110 10 vn:5 vd:5 ta=arrangement(1,part) \
            | fcvtn<part> vd.<ta>, vn.4s | high=fcvtnHigh
            """)
    static long fcvtn(long vdLo, long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? halved(vnLo, vnHi, fp) : vdLo;
    }

    static long fcvtnHigh(long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? 0 : halved(vnLo, vnHi, fp);
    }

    /// Double to single precision.
    @Insn("""
            0 part:1 0 01110 01 10000 10110 10 vn:5 vd:5 ta=arrangement(2,part) \
            | fcvtn<part> vd.<ta>, vn.2d | high=fcvtnDoubleHigh
            """)
    static long fcvtnDouble(long vdLo, long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? FloatLanes.pair(fp.narrow(vnLo), fp.narrow(vnHi)) : vdLo;
    }

    static long fcvtnDoubleHigh(long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? 0 : FloatLanes.pair(fp.narrow(vnLo), fp.narrow(vnHi));
    }

    /// Double to single precision, rounded to odd.
    @Insn("""
            0 part:1 1 01110 01 10000 10110 10 vn:5 vd:5 ta=arrangement(2,part) \
            | fcvtxn<part> vd.<ta>, vn.2d | high=fcvtxnHigh
            """)
    static long fcvtxn(long vdLo, long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? FloatLanes.pair(fp.narrowToOdd(vnLo), fp.narrowToOdd(vnHi)) : vdLo;
    }

    static long fcvtxnHigh(long vnLo, long vnHi, int part, FpUnit fp) {
        return part == 0 ? 0 : FloatLanes.pair(fp.narrowToOdd(vnLo), fp.narrowToOdd(vnHi));
    }

    private static long halved(long low, long high, FpUnit fp) {
        return pairOfHalves(low, fp) | pairOfHalves(high, fp) << 32;
    }

    private static long pairOfHalves(long singles, FpUnit fp) {
        return fp.convert(FpArithmetic.SINGLE, FpArithmetic.HALF, singles) & 0xffff
                | (fp.convert(FpArithmetic.SINGLE, FpArithmetic.HALF, singles >>> 32) & 0xffff) << 16;
    }
}
