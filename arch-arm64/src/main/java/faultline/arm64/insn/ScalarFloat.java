package faultline.arm64.insn;

import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD floating-point instructions on scalars (Arm ARM C4.1.95, scalar three same, by element,
/// two-register miscellaneous, shift by immediate). `sz` is as in [FloatingPoint].
final class ScalarFloat {

    private ScalarFloat() {}

    // Three same.

    /// Multiply; zero times infinity is 2.
    @Insn("""
            01 0 11110 0 sz:1 1 vm:5 11011 1 vn:5 vd:5 | fmulx fd, fn, fm
            01 0 11110 0 10 vm:5 00 011 1 vn:5 vd:5 ?FP16 | fmulx hd, hn, hm | sz:=3
            01 1 11111 1 sz:1 i1:1 vm:5 1001 i2:1 0 vn:5 vd:5 sz==0 index=i2:i1 | fmulx fd, fn, em.s[index] | vm:=element
            01 1 11111 1 sz:1 0 vm:5 1001 index:1 0 vn:5 vd:5 sz==1 | fmulx fd, fn, em.d[index] | vm:=element
            01 1 11111 00 i1:1 i0:1 vm:4 1001 i2:1 0 vn:5 vd:5 ?FP16 index=i2:i1:i0 \
            | fmulx hd, hn, em.h[index] | sz:=3 vm:=element
            """)
    static long fmulxScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.mulExtended(sz, vn, vm);
    }

    /// Absolute difference.
    @Insn("""
            01 1 11110 1 sz:1 1 vm:5 11010 1 vn:5 vd:5 | fabd fd, fn, fm
            01 1 11110 1 10 vm:5 00 010 1 vn:5 vd:5 ?FP16 | fabd hd, hn, hm | sz:=3
            """)
    static long fabdScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.absDiff(sz, vn, vm);
    }

    /// Reciprocal step.
    @Insn("""
            01 0 11110 0 sz:1 1 vm:5 11111 1 vn:5 vd:5 | frecps fd, fn, fm
            01 0 11110 0 10 vm:5 00 111 1 vn:5 vd:5 ?FP16 | frecps hd, hn, hm | sz:=3
            """)
    static long frecpsScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.reciprocalStep(sz, vn, vm);
    }

    /// Reciprocal square root step.
    @Insn("""
            01 0 11110 1 sz:1 1 vm:5 11111 1 vn:5 vd:5 | frsqrts fd, fn, fm
            01 0 11110 1 10 vm:5 00 111 1 vn:5 vd:5 ?FP16 | frsqrts hd, hn, hm | sz:=3
            """)
    static long frsqrtsScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.rootStep(sz, vn, vm);
    }

    /// Compare equal.
    @Insn("""
            01 0 11110 0 sz:1 1 vm:5 11100 1 vn:5 vd:5 | fcmeq fd, fn, fm
            01 0 11110 0 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 | fcmeq hd, hn, hm | sz:=3
            """)
    static long fcmeqScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.equal(sz, vn, vm);
    }

    /// Compare greater than or equal.
    @Insn("""
            01 1 11110 0 sz:1 1 vm:5 11100 1 vn:5 vd:5 | fcmge fd, fn, fm
            01 1 11110 0 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 | fcmge hd, hn, hm | sz:=3
            """)
    static long fcmgeScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.greaterOrEqual(sz, vn, vm);
    }

    /// Compare greater than.
    @Insn("""
            01 1 11110 1 sz:1 1 vm:5 11100 1 vn:5 vd:5 | fcmgt fd, fn, fm
            01 1 11110 1 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 | fcmgt hd, hn, hm | sz:=3
            """)
    static long fcmgtScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.greater(sz, vn, vm);
    }

    /// Compare magnitudes, greater than or equal.
    @Insn("""
            01 1 11110 0 sz:1 1 vm:5 11101 1 vn:5 vd:5 | facge fd, fn, fm
            01 1 11110 0 10 vm:5 00 101 1 vn:5 vd:5 ?FP16 | facge hd, hn, hm | sz:=3
            """)
    static long facgeScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.absGreaterOrEqual(sz, vn, vm);
    }

    /// Compare magnitudes, greater than.
    @Insn("""
            01 1 11110 1 sz:1 1 vm:5 11101 1 vn:5 vd:5 | facgt fd, fn, fm
            01 1 11110 1 10 vm:5 00 101 1 vn:5 vd:5 ?FP16 | facgt hd, hn, hm | sz:=3
            """)
    static long facgtScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.absGreater(sz, vn, vm);
    }

    // By element.

    /// Multiply.
    @Insn("""
            01 0 11111 1 sz:1 i1:1 vm:5 1001 i2:1 0 vn:5 vd:5 sz==0 index=i2:i1 | fmul fd, fn, em.s[index] | vm:=element
            01 0 11111 1 sz:1 0 vm:5 1001 index:1 0 vn:5 vd:5 sz==1 | fmul fd, fn, em.d[index] | vm:=element
            01 0 11111 00 i1:1 i0:1 vm:4 1001 i2:1 0 vn:5 vd:5 ?FP16 index=i2:i1:i0 \
            | fmul hd, hn, em.h[index] | sz:=3 vm:=element
            """)
    static long fmulScalar(long vn, long vm, int sz, FpUnit fp) {
        return fp.mul(sz, vn, vm);
    }

    /// Multiply and add.
    @Insn("""
            01 0 11111 1 sz:1 i1:1 vm:5 0001 i2:1 0 vn:5 vd:5 sz==0 index=i2:i1 | fmla fd, fn, em.s[index] | vm:=element
            01 0 11111 1 sz:1 0 vm:5 0001 index:1 0 vn:5 vd:5 sz==1 | fmla fd, fn, em.d[index] | vm:=element
            01 0 11111 00 i1:1 i0:1 vm:4 0001 i2:1 0 vn:5 vd:5 ?FP16 index=i2:i1:i0 \
            | fmla hd, hn, em.h[index] | sz:=3 vm:=element
            """)
    static long fmlaScalar(long vd, long vn, long vm, int sz, FpUnit fp) {
        return fp.mulAdd(sz, vd, vn, vm);
    }

    /// Multiply and subtract.
    @Insn("""
            01 0 11111 1 sz:1 i1:1 vm:5 0101 i2:1 0 vn:5 vd:5 sz==0 index=i2:i1 | fmls fd, fn, em.s[index] | vm:=element
            01 0 11111 1 sz:1 0 vm:5 0101 index:1 0 vn:5 vd:5 sz==1 | fmls fd, fn, em.d[index] | vm:=element
            01 0 11111 00 i1:1 i0:1 vm:4 0101 i2:1 0 vn:5 vd:5 ?FP16 index=i2:i1:i0 \
            | fmls hd, hn, em.h[index] | sz:=3 vm:=element
            """)
    static long fmlsScalar(long vd, long vn, long vm, int sz, FpUnit fp) {
        return fp.mulSub(sz, vd, vn, vm);
    }

    /// An element of a whole register, in all places.
    static long element(long vmLo, long vmHi, int index, int sz) {
        return FloatLanes.element(sz, vmLo, vmHi, index);
    }

    // Two-register miscellaneous.

    /// Reciprocal estimate.
    @Insn("""
            01 0 11110 1 sz:1 10000 11101 10 vn:5 vd:5 | frecpe fd, fn
            01 0 11110 1 111100 11101 10 vn:5 vd:5 ?FP16 | frecpe hd, hn | sz:=3
            """)
    static long frecpeScalar(long vn, int sz, FpUnit fp) {
        return fp.reciprocalEstimate(sz, vn);
    }

    /// Reciprocal exponent.
    @Insn("""
            01 0 11110 1 sz:1 10000 11111 10 vn:5 vd:5 | frecpx fd, fn
            01 0 11110 1 111100 11111 10 vn:5 vd:5 ?FP16 | frecpx hd, hn | sz:=3
            """)
    static long frecpxScalar(long vn, int sz, FpUnit fp) {
        return fp.reciprocalExponent(sz, vn);
    }

    /// Reciprocal square root estimate.
    @Insn("""
            01 1 11110 1 sz:1 10000 11101 10 vn:5 vd:5 | frsqrte fd, fn
            01 1 11110 1 111100 11101 10 vn:5 vd:5 ?FP16 | frsqrte hd, hn | sz:=3
            """)
    static long frsqrteScalar(long vn, int sz, FpUnit fp) {
        return fp.rootEstimate(sz, vn);
    }

    /// Equal zero.
    @Insn("""
            01 0 11110 1 sz:1 10000 01101 10 vn:5 vd:5 | fcmeq fd, fn, #0.0
            01 0 11110 1 111100 01101 10 vn:5 vd:5 ?FP16 | fcmeq hd, hn, #0.0 | sz:=3
            """)
    static long fcmeqZeroScalar(long vn, int sz, FpUnit fp) {
        return fp.equal(sz, vn, 0);
    }

    /// Greater than zero.
    @Insn("""
            01 0 11110 1 sz:1 10000 01100 10 vn:5 vd:5 | fcmgt fd, fn, #0.0
            01 0 11110 1 111100 01100 10 vn:5 vd:5 ?FP16 | fcmgt hd, hn, #0.0 | sz:=3
            """)
    static long fcmgtZeroScalar(long vn, int sz, FpUnit fp) {
        return fp.greater(sz, vn, 0);
    }

    /// Greater than or equal zero.
    @Insn("""
            01 1 11110 1 sz:1 10000 01100 10 vn:5 vd:5 | fcmge fd, fn, #0.0
            01 1 11110 1 111100 01100 10 vn:5 vd:5 ?FP16 | fcmge hd, hn, #0.0 | sz:=3
            """)
    static long fcmgeZeroScalar(long vn, int sz, FpUnit fp) {
        return fp.greaterOrEqual(sz, vn, 0);
    }

    /// Less than zero.
    @Insn("""
            01 0 11110 1 sz:1 10000 01110 10 vn:5 vd:5 | fcmlt fd, fn, #0.0
            01 0 11110 1 111100 01110 10 vn:5 vd:5 ?FP16 | fcmlt hd, hn, #0.0 | sz:=3
            """)
    static long fcmltZeroScalar(long vn, int sz, FpUnit fp) {
        return fp.greater(sz, 0, vn);
    }

    /// Less than or equal zero.
    @Insn("""
            01 1 11110 1 sz:1 10000 01101 10 vn:5 vd:5 | fcmle fd, fn, #0.0
            01 1 11110 1 111100 01101 10 vn:5 vd:5 ?FP16 | fcmle hd, hn, #0.0 | sz:=3
            """)
    static long fcmleZeroScalar(long vn, int sz, FpUnit fp) {
        return fp.greaterOrEqual(sz, 0, vn);
    }

    /// Double to single precision, rounded to odd.
    @Insn("01 1 11110 01 10000 10110 10 vn:5 vd:5 | fcvtxn sd, dn")
    static long fcvtxnScalar(long vn, FpUnit fp) {
        return fp.narrowToOdd(vn);
    }

    /// To a signed integer.
    @Insn("""
            01 0 11110 0 sz:1 10000 11010 10 vn:5 vd:5 | fcvtns fd, fn | rmode:=0
            01 0 11110 0 111100 11010 10 vn:5 vd:5 ?FP16 | fcvtns hd, hn | sz:=3 rmode:=0
            01 0 11110 1 sz:1 10000 11010 10 vn:5 vd:5 | fcvtps fd, fn | rmode:=1
            01 0 11110 1 111100 11010 10 vn:5 vd:5 ?FP16 | fcvtps hd, hn | sz:=3 rmode:=1
            01 0 11110 0 sz:1 10000 11011 10 vn:5 vd:5 | fcvtms fd, fn | rmode:=2
            01 0 11110 0 111100 11011 10 vn:5 vd:5 ?FP16 | fcvtms hd, hn | sz:=3 rmode:=2
            01 0 11110 1 sz:1 10000 11011 10 vn:5 vd:5 | fcvtzs fd, fn | rmode:=3
            01 0 11110 1 111100 11011 10 vn:5 vd:5 ?FP16 | fcvtzs hd, hn | sz:=3 rmode:=3
            01 0 11110 0 sz:1 10000 11100 10 vn:5 vd:5 | fcvtas fd, fn | rmode:=4
            01 0 11110 0 111100 11100 10 vn:5 vd:5 ?FP16 | fcvtas hd, hn | sz:=3 rmode:=4
            """)
    static long fcvtsScalar(long vn, int sz, int rmode, FpUnit fp) {
        return FloatLanes.toSigned(fp, sz, vn, rmode);
    }

    /// To a signed fixed-point number, rounded to zero.
    @Insn("""
            01 0 111110 01 imm:5 11111 1 vn:5 vd:5 fbits=fractionBits(32,imm) | fcvtzs sd, sn, #fbits | sz:=0
            01 0 111110 1 imm:6 11111 1 vn:5 vd:5 fbits=fractionBits(64,imm) | fcvtzs dd, dn, #fbits | sz:=1
            01 0 111110 001 imm:4 11111 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) | fcvtzs hd, hn, #fbits | sz:=3
            """)
    static long fcvtzsScalar(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.toSignedFixed(fp, sz, vn, fbits);
    }

    /// From a signed integer or fixed-point number.
    @Insn("""
            01 0 11110 0 sz:1 10000 11101 10 vn:5 vd:5 | scvtf fd, fn | fbits:=0
            01 0 11110 0 111100 11101 10 vn:5 vd:5 ?FP16 | scvtf hd, hn | sz:=3 fbits:=0
            01 0 111110 01 imm:5 11100 1 vn:5 vd:5 fbits=fractionBits(32,imm) | scvtf sd, sn, #fbits | sz:=0
            01 0 111110 1 imm:6 11100 1 vn:5 vd:5 fbits=fractionBits(64,imm) | scvtf dd, dn, #fbits | sz:=1
            01 0 111110 001 imm:4 11100 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) | scvtf hd, hn, #fbits | sz:=3
            """)
    static long scvtfScalar(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.fromSigned(fp, sz, vn, fbits);
    }

    /// To an unsigned integer.
    @Insn("""
            01 1 11110 0 sz:1 10000 11010 10 vn:5 vd:5 | fcvtnu fd, fn | rmode:=0
            01 1 11110 0 111100 11010 10 vn:5 vd:5 ?FP16 | fcvtnu hd, hn | sz:=3 rmode:=0
            01 1 11110 1 sz:1 10000 11010 10 vn:5 vd:5 | fcvtpu fd, fn | rmode:=1
            01 1 11110 1 111100 11010 10 vn:5 vd:5 ?FP16 | fcvtpu hd, hn | sz:=3 rmode:=1
            01 1 11110 0 sz:1 10000 11011 10 vn:5 vd:5 | fcvtmu fd, fn | rmode:=2
            01 1 11110 0 111100 11011 10 vn:5 vd:5 ?FP16 | fcvtmu hd, hn | sz:=3 rmode:=2
            01 1 11110 1 sz:1 10000 11011 10 vn:5 vd:5 | fcvtzu fd, fn | rmode:=3
            01 1 11110 1 111100 11011 10 vn:5 vd:5 ?FP16 | fcvtzu hd, hn | sz:=3 rmode:=3
            01 1 11110 0 sz:1 10000 11100 10 vn:5 vd:5 | fcvtau fd, fn | rmode:=4
            01 1 11110 0 111100 11100 10 vn:5 vd:5 ?FP16 | fcvtau hd, hn | sz:=3 rmode:=4
            """)
    static long fcvtuScalar(long vn, int sz, int rmode, FpUnit fp) {
        return FloatLanes.toUnsigned(fp, sz, vn, rmode);
    }

    /// To an unsigned fixed-point number, rounded to zero.
    @Insn("""
            01 1 111110 01 imm:5 11111 1 vn:5 vd:5 fbits=fractionBits(32,imm) | fcvtzu sd, sn, #fbits | sz:=0
            01 1 111110 1 imm:6 11111 1 vn:5 vd:5 fbits=fractionBits(64,imm) | fcvtzu dd, dn, #fbits | sz:=1
            01 1 111110 001 imm:4 11111 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) | fcvtzu hd, hn, #fbits | sz:=3
            """)
    static long fcvtzuScalar(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.toUnsignedFixed(fp, sz, vn, fbits);
    }

    /// From an unsigned integer or fixed-point number.
    @Insn("""
            01 1 11110 0 sz:1 10000 11101 10 vn:5 vd:5 | ucvtf fd, fn | fbits:=0
            01 1 11110 0 111100 11101 10 vn:5 vd:5 ?FP16 | ucvtf hd, hn | sz:=3 fbits:=0
            01 1 111110 01 imm:5 11100 1 vn:5 vd:5 fbits=fractionBits(32,imm) | ucvtf sd, sn, #fbits | sz:=0
            01 1 111110 1 imm:6 11100 1 vn:5 vd:5 fbits=fractionBits(64,imm) | ucvtf dd, dn, #fbits | sz:=1
            01 1 111110 001 imm:4 11100 1 vn:5 vd:5 ?FP16 fbits=fractionBits(16,imm) | ucvtf hd, hn, #fbits | sz:=3
            """)
    static long ucvtfScalar(long vn, int sz, int fbits, FpUnit fp) {
        return FloatLanes.fromUnsigned(fp, sz, vn, fbits);
    }
}
