package faultline.arm64.insn;

import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD floating-point operations on one vector, element by element (Arm ARM C4.1.95, two-register
/// miscellaneous, its FP16 form, and shift by immediate). `sz` is as in [FloatingPoint].
final class VectorFloatMiscellaneous {

    private VectorFloatMiscellaneous() {}

    // Signs.

    /// Absolute value.
    @Insn("""
            0 q:1 0 01110 1 sz:1 10000 01111 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fabs vd.<t>, vn.<t>
            0 q:1 0 01110 1 111100 01111 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fabs vd.<t>, vn.<t> | sz:=3
            """)
    static long fabsVector(long vn, int sz) {
        return vn & ~signs(sz);
    }

    /// Negate.
    @Insn("""
            0 q:1 1 01110 1 sz:1 10000 01111 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fneg vd.<t>, vn.<t>
            0 q:1 1 01110 1 111100 01111 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fneg vd.<t>, vn.<t> | sz:=3
            """)
    static long fnegVector(long vn, int sz) {
        return vn ^ signs(sz);
    }

    private static long signs(int sz) {
        return FloatLanes.everywhere(sz, 1L << FloatLanes.bits(sz) - 1);
    }

    // Roots and estimates.

    /// Square root.
    @Insn("""
            0 q:1 1 01110 1 sz:1 10000 11111 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fsqrt vd.<t>, vn.<t>
            0 q:1 1 01110 1 111100 11111 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fsqrt vd.<t>, vn.<t> | sz:=3
            """)
    static long fsqrtVector(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, FpUnit::sqrt);
    }

    /// Reciprocal estimate.
    @Insn("""
            0 q:1 0 01110 1 sz:1 10000 11101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frecpe vd.<t>, vn.<t>
            0 q:1 0 01110 1 111100 11101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frecpe vd.<t>, vn.<t> | sz:=3
            """)
    static long frecpeVector(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, FpUnit::reciprocalEstimate);
    }

    /// Reciprocal square root estimate.
    @Insn("""
            0 q:1 1 01110 1 sz:1 10000 11101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frsqrte vd.<t>, vn.<t>
            0 q:1 1 01110 1 111100 11101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frsqrte vd.<t>, vn.<t> | sz:=3
            """)
    static long frsqrteVector(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, FpUnit::rootEstimate);
    }

    /// Unsigned reciprocal estimate.
    @Insn("0 q:1 0 01110 10 10000 11100 10 vn:5 vd:5 t=floats(0,q) | urecpe vd.<t>, vn.<t>")
    static long urecpe(long vn) {
        return FloatLanes.pair(FpUnit.unsignedReciprocal(vn), FpUnit.unsignedReciprocal(vn >>> 32));
    }

    /// Unsigned reciprocal square root estimate.
    @Insn("0 q:1 1 01110 10 10000 11100 10 vn:5 vd:5 t=floats(0,q) | ursqrte vd.<t>, vn.<t>")
    static long ursqrte(long vn) {
        return FloatLanes.pair(FpUnit.unsignedRoot(vn), FpUnit.unsignedRoot(vn >>> 32));
    }

    // Comparison with zero.

    /// Equal.
    @Insn("""
            0 q:1 0 01110 1 sz:1 10000 01101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmeq vd.<t>, vn.<t>, #0.0
            0 q:1 0 01110 1 111100 01101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmeq vd.<t>, vn.<t>, #0.0 | sz:=3
            """)
    static long fcmeqZero(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, (unit, type, a) -> unit.equal(type, a, 0));
    }

    /// Greater than.
    @Insn("""
            0 q:1 0 01110 1 sz:1 10000 01100 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmgt vd.<t>, vn.<t>, #0.0
            0 q:1 0 01110 1 111100 01100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmgt vd.<t>, vn.<t>, #0.0 | sz:=3
            """)
    static long fcmgtZero(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, (unit, type, a) -> unit.greater(type, a, 0));
    }

    /// Greater than or equal.
    @Insn("""
            0 q:1 1 01110 1 sz:1 10000 01100 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmge vd.<t>, vn.<t>, #0.0
            0 q:1 1 01110 1 111100 01100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmge vd.<t>, vn.<t>, #0.0 | sz:=3
            """)
    static long fcmgeZero(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, (unit, type, a) -> unit.greaterOrEqual(type, a, 0));
    }

    /// Less than.
    @Insn("""
            0 q:1 0 01110 1 sz:1 10000 01110 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmlt vd.<t>, vn.<t>, #0.0
            0 q:1 0 01110 1 111100 01110 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmlt vd.<t>, vn.<t>, #0.0 | sz:=3
            """)
    static long fcmltZero(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, (unit, type, a) -> unit.greater(type, 0, a));
    }

    /// Less than or equal.
    @Insn("""
            0 q:1 1 01110 1 sz:1 10000 01101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmle vd.<t>, vn.<t>, #0.0
            0 q:1 1 01110 1 111100 01101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmle vd.<t>, vn.<t>, #0.0 | sz:=3
            """)
    static long fcmleZero(long vn, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, (unit, type, a) -> unit.greaterOrEqual(type, 0, a));
    }

    // Rounding and conversion.

    /// Round to an integer in the same format.
    @Insn("""
            0 q:1 0 01110 0 sz:1 10000 11000 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frintn vd.<t>, vn.<t> | rint:=0
            0 q:1 0 01110 0 111100 11000 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frintn vd.<t>, vn.<t> | sz:=3 rint:=0
            0 q:1 0 01110 1 sz:1 10000 11000 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frintp vd.<t>, vn.<t> | rint:=1
            0 q:1 0 01110 1 111100 11000 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frintp vd.<t>, vn.<t> | sz:=3 rint:=1
            0 q:1 0 01110 0 sz:1 10000 11001 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frintm vd.<t>, vn.<t> | rint:=2
            0 q:1 0 01110 0 111100 11001 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frintm vd.<t>, vn.<t> | sz:=3 rint:=2
            0 q:1 0 01110 1 sz:1 10000 11001 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frintz vd.<t>, vn.<t> | rint:=3
            0 q:1 0 01110 1 111100 11001 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frintz vd.<t>, vn.<t> | sz:=3 rint:=3
            0 q:1 1 01110 0 sz:1 10000 11000 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frinta vd.<t>, vn.<t> | rint:=4
            0 q:1 1 01110 0 111100 11000 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frinta vd.<t>, vn.<t> | sz:=3 rint:=4
            0 q:1 1 01110 0 sz:1 10000 11001 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frintx vd.<t>, vn.<t> | rint:=6
            0 q:1 1 01110 0 111100 11001 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frintx vd.<t>, vn.<t> | sz:=3 rint:=6
            0 q:1 1 01110 1 sz:1 10000 11001 10 vn:5 vd:5 sz<=q t=floats(sz,q) | frinti vd.<t>, vn.<t> | rint:=7
            0 q:1 1 01110 1 111100 11001 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | frinti vd.<t>, vn.<t> | sz:=3 rint:=7
            """)
    static long frintVector(long vn, int sz, int rint, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, rint, (unit, type, a, how) -> unit.integral(type, a, how, how == 6));
    }

    /// To signed integers.
    @Insn("""
            0 q:1 0 01110 0 sz:1 10000 11010 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtns vd.<t>, vn.<t> | rmode:=0
            0 q:1 0 01110 0 111100 11010 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtns vd.<t>, vn.<t> | sz:=3 rmode:=0
            0 q:1 0 01110 1 sz:1 10000 11010 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtps vd.<t>, vn.<t> | rmode:=1
            0 q:1 0 01110 1 111100 11010 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtps vd.<t>, vn.<t> | sz:=3 rmode:=1
            0 q:1 0 01110 0 sz:1 10000 11011 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtms vd.<t>, vn.<t> | rmode:=2
            0 q:1 0 01110 0 111100 11011 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtms vd.<t>, vn.<t> | sz:=3 rmode:=2
            0 q:1 0 01110 1 sz:1 10000 11011 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtzs vd.<t>, vn.<t> | rmode:=3
            0 q:1 0 01110 1 111100 11011 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtzs vd.<t>, vn.<t> | sz:=3 rmode:=3
            0 q:1 0 01110 0 sz:1 10000 11100 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtas vd.<t>, vn.<t> | rmode:=4
            0 q:1 0 01110 0 111100 11100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtas vd.<t>, vn.<t> | sz:=3 rmode:=4
            """)
    static long fcvtsVector(long vn, int sz, int rmode, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, rmode, FloatLanes::toSigned);
    }

    /// To signed fixed point, rounded to zero.
    @Insn("""
            0 q:1 0 011110 01 imm:5 11111 1 vn:5 vd:5 fbits=fractionBits(32,imm) t=floats(0,q) \
            | fcvtzs vd.<t>, vn.<t>, #fbits | sz:=0
            0 q:1 0 011110 1 imm:6 11111 1 vn:5 vd:5 q==1 fbits=fractionBits(64,imm) t=floats(1,q) \
            | fcvtzs vd.<t>, vn.<t>, #fbits | sz:=1
            0 q:1 0 011110 001 imm:4 11111 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) t=arrangement(1,q) \
            | fcvtzs vd.<t>, vn.<t>, #fbits | sz:=3
            """)
    static long fcvtzsFixed(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, fbits, FloatLanes::toSignedFixed);
    }

    /// From signed integers and fixed point.
    @Insn("""
            0 q:1 0 01110 0 sz:1 10000 11101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | scvtf vd.<t>, vn.<t> | fbits:=0
            0 q:1 0 01110 0 111100 11101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | scvtf vd.<t>, vn.<t> | sz:=3 fbits:=0
            0 q:1 0 011110 01 imm:5 11100 1 vn:5 vd:5 fbits=fractionBits(32,imm) t=floats(0,q) \
            | scvtf vd.<t>, vn.<t>, #fbits | sz:=0
            0 q:1 0 011110 1 imm:6 11100 1 vn:5 vd:5 q==1 fbits=fractionBits(64,imm) t=floats(1,q) \
            | scvtf vd.<t>, vn.<t>, #fbits | sz:=1
            0 q:1 0 011110 001 imm:4 11100 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) t=arrangement(1,q) \
            | scvtf vd.<t>, vn.<t>, #fbits | sz:=3
            """)
    static long scvtfVector(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, fbits, FloatLanes::fromSigned);
    }

    /// To unsigned integers.
    @Insn("""
            0 q:1 1 01110 0 sz:1 10000 11010 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtnu vd.<t>, vn.<t> | rmode:=0
            0 q:1 1 01110 0 111100 11010 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtnu vd.<t>, vn.<t> | sz:=3 rmode:=0
            0 q:1 1 01110 1 sz:1 10000 11010 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtpu vd.<t>, vn.<t> | rmode:=1
            0 q:1 1 01110 1 111100 11010 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtpu vd.<t>, vn.<t> | sz:=3 rmode:=1
            0 q:1 1 01110 0 sz:1 10000 11011 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtmu vd.<t>, vn.<t> | rmode:=2
            0 q:1 1 01110 0 111100 11011 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtmu vd.<t>, vn.<t> | sz:=3 rmode:=2
            0 q:1 1 01110 1 sz:1 10000 11011 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtzu vd.<t>, vn.<t> | rmode:=3
            0 q:1 1 01110 1 111100 11011 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtzu vd.<t>, vn.<t> | sz:=3 rmode:=3
            0 q:1 1 01110 0 sz:1 10000 11100 10 vn:5 vd:5 sz<=q t=floats(sz,q) | fcvtau vd.<t>, vn.<t> | rmode:=4
            0 q:1 1 01110 0 111100 11100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fcvtau vd.<t>, vn.<t> | sz:=3 rmode:=4
            """)
    static long fcvtuVector(long vn, int sz, int rmode, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, rmode, FloatLanes::toUnsigned);
    }

    /// To unsigned fixed point, rounded to zero.
    @Insn("""
            0 q:1 1 011110 01 imm:5 11111 1 vn:5 vd:5 fbits=fractionBits(32,imm) t=floats(0,q) \
            | fcvtzu vd.<t>, vn.<t>, #fbits | sz:=0
            0 q:1 1 011110 1 imm:6 11111 1 vn:5 vd:5 q==1 fbits=fractionBits(64,imm) t=floats(1,q) \
            | fcvtzu vd.<t>, vn.<t>, #fbits | sz:=1
            0 q:1 1 011110 001 imm:4 11111 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) t=arrangement(1,q) \
            | fcvtzu vd.<t>, vn.<t>, #fbits | sz:=3
            """)
    static long fcvtzuFixed(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, fbits, FloatLanes::toUnsignedFixed);
    }

    /// From unsigned integers and fixed point.
    @Insn("""
            0 q:1 1 01110 0 sz:1 10000 11101 10 vn:5 vd:5 sz<=q t=floats(sz,q) | ucvtf vd.<t>, vn.<t> | fbits:=0
            0 q:1 1 01110 0 111100 11101 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | ucvtf vd.<t>, vn.<t> | sz:=3 fbits:=0
            0 q:1 1 011110 01 imm:5 11100 1 vn:5 vd:5 fbits=fractionBits(32,imm) t=floats(0,q) \
            | ucvtf vd.<t>, vn.<t>, #fbits | sz:=0
            0 q:1 1 011110 1 imm:6 11100 1 vn:5 vd:5 q==1 fbits=fractionBits(64,imm) t=floats(1,q) \
            | ucvtf vd.<t>, vn.<t>, #fbits | sz:=1
            0 q:1 1 011110 001 imm:4 11100 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) t=arrangement(1,q) \
            | ucvtf vd.<t>, vn.<t>, #fbits | sz:=3
            """)
    static long ucvtfVector(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.eachWith(fp, sz, vn, fbits, FloatLanes::fromUnsigned);
    }
}
