package faultline.arm64.insn;

import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD floating-point arithmetic, element by element (Arm ARM C4.1.95, three same, three same
/// FP16, by element). `sz` is as in [FloatingPoint].
final class VectorFloat {

    private VectorFloat() {}

    /// Add.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11010 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fadd vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 010 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fadd vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fadd(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::add);
    }

    /// Subtract.
    @Insn("""
            0 q:1 0 01110 1 sz:1 1 vm:5 11010 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fsub vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 1 10 vm:5 00 010 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fsub vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fsub(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::sub);
    }

    /// Multiply.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11011 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmul vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 0 10 vm:5 00 011 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmul vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fmul(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::mul);
    }

    /// Divide.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11111 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fdiv vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 0 10 vm:5 00 111 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fdiv vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fdiv(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::div);
    }

    /// Multiply; zero times infinity is 2.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11011 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmulx vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 011 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmulx vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fmulx(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::mulExtended);
    }

    /// Absolute difference.
    @Insn("""
            0 q:1 1 01110 1 sz:1 1 vm:5 11010 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fabd vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 1 10 vm:5 00 010 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fabd vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fabd(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::absDiff);
    }

    /// Maximum.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11110 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmax vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 110 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmax vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fmax(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::max);
    }

    /// Minimum.
    @Insn("""
            0 q:1 0 01110 1 sz:1 1 vm:5 11110 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmin vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 1 10 vm:5 00 110 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmin vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fmin(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::min);
    }

    /// Maximum number: a quiet NaN counts as none.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11000 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmaxnm vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 000 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fmaxnm vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fmaxnm(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::maxNumber);
    }

    /// Minimum number.
    @Insn("""
            0 q:1 0 01110 1 sz:1 1 vm:5 11000 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fminnm vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 1 10 vm:5 00 000 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fminnm vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fminnm(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::minNumber);
    }

    /// Reciprocal step.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11111 1 vn:5 vd:5 sz<=q t=floats(sz,q) | frecps vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 111 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | frecps vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long frecps(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::reciprocalStep);
    }

    /// Reciprocal square root step.
    @Insn("""
            0 q:1 0 01110 1 sz:1 1 vm:5 11111 1 vn:5 vd:5 sz<=q t=floats(sz,q) | frsqrts vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 1 10 vm:5 00 111 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | frsqrts vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long frsqrts(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::rootStep);
    }

    /// Compare equal.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11100 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmeq vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmeq vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fcmeq(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::equal);
    }

    /// Compare greater than or equal.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11100 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmge vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 0 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmge vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fcmge(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::greaterOrEqual);
    }

    /// Compare greater than.
    @Insn("""
            0 q:1 1 01110 1 sz:1 1 vm:5 11100 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fcmgt vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 1 10 vm:5 00 100 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fcmgt vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long fcmgt(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::greater);
    }

    /// Compare magnitudes, greater than or equal.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11101 1 vn:5 vd:5 sz<=q t=floats(sz,q) | facge vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 0 10 vm:5 00 101 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | facge vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long facge(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::absGreaterOrEqual);
    }

    /// Compare magnitudes, greater than.
    @Insn("""
            0 q:1 1 01110 1 sz:1 1 vm:5 11101 1 vn:5 vd:5 sz<=q t=floats(sz,q) | facgt vd.<t>, vn.<t>, vm.<t>
            0 q:1 1 01110 1 10 vm:5 00 101 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | facgt vd.<t>, vn.<t>, vm.<t> | sz:=3
            """)
    static long facgt(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::absGreater);
    }

    // Fused multiplication, also by an element.

    /// Multiply and add.
    @Insn("""
            0 q:1 0 01110 0 sz:1 1 vm:5 11001 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmla vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 0 10 vm:5 00 001 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmla vd.<t>, vn.<t>, vm.<t> | sz:=3
            0 q:1 0 01111 1 sz:1 i1:1 vm:5 0001 i2:1 0 vn:5 vd:5 sz==0 t=floats(sz,q) index=i2:i1 \
            | fmla vd.<t>, vn.<t>, em.s[index] | vm:=element
            0 q:1 0 01111 1 sz:1 0 vm:5 0001 index:1 0 vn:5 vd:5 q==1 sz==1 t=floats(sz,q) \
            | fmla vd.<t>, vn.<t>, em.d[index] | vm:=element
            0 q:1 0 01111 00 i1:1 i0:1 vm:4 0001 i2:1 0 vn:5 vd:5 ?FP16 t=arrangement(1,q) index=i2:i1:i0 \
            | fmla vd.<t>, vn.<t>, em.h[index] | sz:=3 vm:=element
            """)
    static long fmla(long vd, long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vd, vn, vm, FpUnit::mulAdd);
    }

    /// Multiply and subtract.
    @Insn("""
            0 q:1 0 01110 1 sz:1 1 vm:5 11001 1 vn:5 vd:5 sz<=q t=floats(sz,q) | fmls vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 1 10 vm:5 00 001 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmls vd.<t>, vn.<t>, vm.<t> | sz:=3
            0 q:1 0 01111 1 sz:1 i1:1 vm:5 0101 i2:1 0 vn:5 vd:5 sz==0 t=floats(sz,q) index=i2:i1 \
            | fmls vd.<t>, vn.<t>, em.s[index] | vm:=element
            0 q:1 0 01111 1 sz:1 0 vm:5 0101 index:1 0 vn:5 vd:5 q==1 sz==1 t=floats(sz,q) \
            | fmls vd.<t>, vn.<t>, em.d[index] | vm:=element
            0 q:1 0 01111 00 i1:1 i0:1 vm:4 0101 i2:1 0 vn:5 vd:5 ?FP16 t=arrangement(1,q) index=i2:i1:i0 \
            | fmls vd.<t>, vn.<t>, em.h[index] | sz:=3 vm:=element
            """)
    static long fmls(long vd, long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vd, vn, vm, FpUnit::mulSub);
    }

    /// Multiply by an element.
    @Insn("""
            0 q:1 0 01111 1 sz:1 i1:1 vm:5 1001 i2:1 0 vn:5 vd:5 sz==0 t=floats(sz,q) index=i2:i1 \
            | fmul vd.<t>, vn.<t>, em.s[index] | vm:=element
            0 q:1 0 01111 1 sz:1 0 vm:5 1001 index:1 0 vn:5 vd:5 q==1 sz==1 t=floats(sz,q) \
            | fmul vd.<t>, vn.<t>, em.d[index] | vm:=element
            0 q:1 0 01111 00 i1:1 i0:1 vm:4 1001 i2:1 0 vn:5 vd:5 ?FP16 t=arrangement(1,q) index=i2:i1:i0 \
            | fmul vd.<t>, vn.<t>, em.h[index] | sz:=3 vm:=element
            """)
    static long fmulElement(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::mul);
    }

    /// Multiply by an element; zero times infinity is 2.
    @Insn("""
            0 q:1 1 01111 1 sz:1 i1:1 vm:5 1001 i2:1 0 vn:5 vd:5 sz==0 t=floats(sz,q) index=i2:i1 \
            | fmulx vd.<t>, vn.<t>, em.s[index] | vm:=element
            0 q:1 1 01111 1 sz:1 0 vm:5 1001 index:1 0 vn:5 vd:5 q==1 sz==1 t=floats(sz,q) \
            | fmulx vd.<t>, vn.<t>, em.d[index] | vm:=element
            0 q:1 1 01111 00 i1:1 i0:1 vm:4 1001 i2:1 0 vn:5 vd:5 ?FP16 t=arrangement(1,q) index=i2:i1:i0 \
            | fmulx vd.<t>, vn.<t>, em.h[index] | sz:=3 vm:=element
            """)
    static long fmulxElement(long vn, long vm, int sz, FpUnit fp) {
        return FloatLanes.each(fp, sz, vn, vm, FpUnit::mulExtended);
    }

    /// An element of a whole register, in all places.
    static long element(long vmLo, long vmHi, int index, int sz) {
        return FloatLanes.element(sz, vmLo, vmHi, index);
    }
}
