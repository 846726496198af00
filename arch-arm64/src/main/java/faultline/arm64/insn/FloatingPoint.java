package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Scalar floating-point data processing (Arm ARM C4.1.96): moves, arithmetic, comparison, selection.
///
/// `sz` is 0 for single and 1 for double precision, in rows and methods; methods take 3 for half
/// precision.
final class FloatingPoint {

    private FloatingPoint() {}

    // Moves.

    /// Move register.
    @Insn("""
            00011110 0 sz:1 1 000000 10000 vn:5 vd:5 | fmov fd, fn
            00011110 11 1 000000 10000 vn:5 vd:5 ?FP16 | fmov hd, hn
            """)
    static long fmov(long vn) {
        return vn;
    }

    /// Move immediate.
    @Insn("""
            00011110 0 sz:1 1 imm8:8 100 00000 vd:5 value=numberIn(sz,imm8) number=number(imm8) | fmov fd, #<number>
            00011110 11 1 imm8:8 100 00000 vd:5 ?FP16 value=numberIn(3,imm8) number=number(imm8) | fmov hd, #<number>
            """)
    static long fmovImmediate(long value) {
        return value;
    }

    /// Move to and from a general register.
    @Insn("""
            0 0011110 00 1 00 110 000000 vn:5 rd:5 | fmov wd, sn
            1 0011110 01 1 00 110 000000 vn:5 rd:5 | fmov xd, dn
            """)
    static long fmovToGeneral(long vn) {
        return vn;
    }

    /// Move half precision to a general register.
    @Insn("""
            0 0011110 11 1 00 110 000000 vn:5 rd:5 ?FP16 | fmov wd, hn
            1 0011110 11 1 00 110 000000 vn:5 rd:5 ?FP16 | fmov xd, hn
            """)
    static long fmovHalfToGeneral(long vn) {
        return vn & 0xffff;
    }

    /// Move from a general register.
    @Insn("""
            0 0011110 00 1 00 111 000000 rn:5 vd:5 | fmov sd, wn
            1 0011110 01 1 00 111 000000 rn:5 vd:5 | fmov dd, xn
            0 0011110 11 1 00 111 000000 rn:5 vd:5 ?FP16 | fmov hd, wn
            1 0011110 11 1 00 111 000000 rn:5 vd:5 ?FP16 | fmov hd, xn
            """)
    static long fmovFromGeneral(long rn) {
        return rn;
    }

    /// Move the high half to a general register.
    @Insn("1 0011110 10 1 01 110 000000 vn:5 rd:5 | fmov xd, vn.d[1]")
    static long fmovHigh(long vnHi) {
        return vnHi;
    }

    /// Move a general register to the high half.
    @Insn("1 0011110 10 1 01 111 000000 rn:5 vd:5 | fmov vd.d[1], xn | high=insertedHigh")
    static long fmovToHigh(long vdLo) {
        return vdLo;
    }

    static long insertedHigh(long rn) {
        return rn;
    }

    // One source.

    /// Absolute value.
    @Insn("""
            00011110 0 sz:1 1 000001 10000 vn:5 vd:5 | fabs fd, fn
            00011110 11 1 000001 10000 vn:5 vd:5 ?FP16 | fabs hd, hn | sz:=3
            """)
    static long fabs(long vn, int sz) {
        return FpArithmetic.abs(sz, vn);
    }

    /// Negate.
    @Insn("""
            00011110 0 sz:1 1 000010 10000 vn:5 vd:5 | fneg fd, fn
            00011110 11 1 000010 10000 vn:5 vd:5 ?FP16 | fneg hd, hn | sz:=3
            """)
    static long fneg(long vn, int sz) {
        return FpArithmetic.neg(sz, vn);
    }

    /// Square root.
    @Insn("""
            00011110 0 sz:1 1 000011 10000 vn:5 vd:5 | fsqrt fd, fn
            00011110 11 1 000011 10000 vn:5 vd:5 ?FP16 | fsqrt hd, hn | sz:=3
            """)
    static long fsqrt(long vn, int sz, FpUnit fp) {
        return fp.sqrt(sz, vn);
    }

    /// Round to an integer in the same format.
    @Insn("""
            00011110 0 sz:1 1 001 rint:3 10000 vn:5 vd:5 rint!=5 | frint<rint> fd, fn
            00011110 11 1 001 rint:3 10000 vn:5 vd:5 rint!=5 ?FP16 | frint<rint> hd, hn | sz:=3
            """)
    static long frint(long vn, int sz, int rint, FpUnit fp) {
        return fp.integral(sz, vn, rint, rint == 6);
    }

    // Two sources.

    /// Multiply.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0000 10 vn:5 vd:5 | fmul fd, fn, fm
            00011110 11 1 vm:5 0000 10 vn:5 vd:5 ?FP16 | fmul hd, hn, hm | sz:=3
            """)
    static long fmul(long vn, long vm, int sz, FpUnit fp) {
        return fp.mul(sz, vn, vm);
    }

    /// Divide.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0001 10 vn:5 vd:5 | fdiv fd, fn, fm
            00011110 11 1 vm:5 0001 10 vn:5 vd:5 ?FP16 | fdiv hd, hn, hm | sz:=3
            """)
    static long fdiv(long vn, long vm, int sz, FpUnit fp) {
        return fp.div(sz, vn, vm);
    }

    /// Add.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0010 10 vn:5 vd:5 | fadd fd, fn, fm
            00011110 11 1 vm:5 0010 10 vn:5 vd:5 ?FP16 | fadd hd, hn, hm | sz:=3
            """)
    static long fadd(long vn, long vm, int sz, FpUnit fp) {
        return fp.add(sz, vn, vm);
    }

    /// Subtract.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0011 10 vn:5 vd:5 | fsub fd, fn, fm
            00011110 11 1 vm:5 0011 10 vn:5 vd:5 ?FP16 | fsub hd, hn, hm | sz:=3
            """)
    static long fsub(long vn, long vm, int sz, FpUnit fp) {
        return fp.sub(sz, vn, vm);
    }

    /// Maximum.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0100 10 vn:5 vd:5 | fmax fd, fn, fm
            00011110 11 1 vm:5 0100 10 vn:5 vd:5 ?FP16 | fmax hd, hn, hm | sz:=3
            """)
    static long fmax(long vn, long vm, int sz, FpUnit fp) {
        return fp.max(sz, vn, vm);
    }

    /// Minimum.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0101 10 vn:5 vd:5 | fmin fd, fn, fm
            00011110 11 1 vm:5 0101 10 vn:5 vd:5 ?FP16 | fmin hd, hn, hm | sz:=3
            """)
    static long fmin(long vn, long vm, int sz, FpUnit fp) {
        return fp.min(sz, vn, vm);
    }

    /// Maximum number: a quiet NaN counts as none.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0110 10 vn:5 vd:5 | fmaxnm fd, fn, fm
            00011110 11 1 vm:5 0110 10 vn:5 vd:5 ?FP16 | fmaxnm hd, hn, hm | sz:=3
            """)
    static long fmaxnm(long vn, long vm, int sz, FpUnit fp) {
        return fp.maxNumber(sz, vn, vm);
    }

    /// Minimum number.
    @Insn("""
            00011110 0 sz:1 1 vm:5 0111 10 vn:5 vd:5 | fminnm fd, fn, fm
            00011110 11 1 vm:5 0111 10 vn:5 vd:5 ?FP16 | fminnm hd, hn, hm | sz:=3
            """)
    static long fminnm(long vn, long vm, int sz, FpUnit fp) {
        return fp.minNumber(sz, vn, vm);
    }

    /// Multiply and negate.
    @Insn("""
            00011110 0 sz:1 1 vm:5 1000 10 vn:5 vd:5 | fnmul fd, fn, fm
            00011110 11 1 vm:5 1000 10 vn:5 vd:5 ?FP16 | fnmul hd, hn, hm | sz:=3
            """)
    static long fnmul(long vn, long vm, int sz, FpUnit fp) {
        return fp.negMul(sz, vn, vm);
    }

    // Three sources.

    /// Fused multiply and add.
    @Insn("""
            00011111 0 sz:1 0 vm:5 0 va:5 vn:5 vd:5 | fmadd fd, fn, fm, fa
            00011111 11 0 vm:5 0 va:5 vn:5 vd:5 ?FP16 | fmadd hd, hn, hm, ha | sz:=3
            """)
    static long fmadd(long vn, long vm, long va, int sz, FpUnit fp) {
        return fp.mulAdd(sz, va, vn, vm);
    }

    /// Fused multiply and subtract.
    @Insn("""
            00011111 0 sz:1 0 vm:5 1 va:5 vn:5 vd:5 | fmsub fd, fn, fm, fa
            00011111 11 0 vm:5 1 va:5 vn:5 vd:5 ?FP16 | fmsub hd, hn, hm, ha | sz:=3
            """)
    static long fmsub(long vn, long vm, long va, int sz, FpUnit fp) {
        return fp.mulSub(sz, va, vn, vm);
    }

    /// Negated fused multiply and add.
    @Insn("""
            00011111 0 sz:1 1 vm:5 0 va:5 vn:5 vd:5 | fnmadd fd, fn, fm, fa
            00011111 11 1 vm:5 0 va:5 vn:5 vd:5 ?FP16 | fnmadd hd, hn, hm, ha | sz:=3
            """)
    static long fnmadd(long vn, long vm, long va, int sz, FpUnit fp) {
        return fp.mulSub(sz, FpArithmetic.neg(sz, va), vn, vm);
    }

    /// Negated fused multiply and subtract.
    @Insn("""
            00011111 0 sz:1 1 vm:5 1 va:5 vn:5 vd:5 | fnmsub fd, fn, fm, fa
            00011111 11 1 vm:5 1 va:5 vn:5 vd:5 ?FP16 | fnmsub hd, hn, hm, ha | sz:=3
            """)
    static long fnmsub(long vn, long vm, long va, int sz, FpUnit fp) {
        return fp.mulAdd(sz, FpArithmetic.neg(sz, va), vn, vm);
    }

    // Comparison.

    /// Compare; only a NaN that signals is invalid.
    @Insn("""
            00011110 0 sz:1 1 vm:5 00 1000 vn:5 00000 | fcmp fn, fm | -> nzcv
            00011110 11 1 vm:5 00 1000 vn:5 00000 ?FP16 | fcmp hn, hm | sz:=3 -> nzcv
            00011110 0 sz:1 1 ///// 00 1000 vn:5 01000 | fcmp fn, #0.0 | vm:=0 -> nzcv
            00011110 11 1 ///// 00 1000 vn:5 01000 ?FP16 | fcmp hn, #0.0 | vm:=0 sz:=3 -> nzcv
            """)
    static long fcmp(long vn, long vm, int sz, FpUnit fp) {
        return fp.flags(sz, vn, vm, false);
    }

    /// Compare; every NaN is invalid.
    @Insn("""
            00011110 0 sz:1 1 vm:5 00 1000 vn:5 10000 | fcmpe fn, fm | -> nzcv
            00011110 11 1 vm:5 00 1000 vn:5 10000 ?FP16 | fcmpe hn, hm | sz:=3 -> nzcv
            00011110 0 sz:1 1 ///// 00 1000 vn:5 11000 | fcmpe fn, #0.0 | vm:=0 -> nzcv
            00011110 11 1 ///// 00 1000 vn:5 11000 ?FP16 | fcmpe hn, #0.0 | vm:=0 sz:=3 -> nzcv
            """)
    static long fcmpe(long vn, long vm, int sz, FpUnit fp) {
        return fp.flags(sz, vn, vm, true);
    }

    /// Conditional compare.
    @Insn("""
            00011110 0 sz:1 1 vm:5 cond:4 01 vn:5 0 flags:4 | fccmp fn, fm, #0x<flags>, <cond> | -> nzcv
            00011110 11 1 vm:5 cond:4 01 vn:5 0 flags:4 ?FP16 | fccmp hn, hm, #0x<flags>, <cond> | sz:=3 -> nzcv
            """)
    static long fccmp(long vn, long vm, int sz, boolean cond, int flags, FpUnit fp) {
        return cond ? fp.flags(sz, vn, vm, false) : flags;
    }

    /// Conditional compare; every NaN is invalid.
    @Insn("""
            00011110 0 sz:1 1 vm:5 cond:4 01 vn:5 1 flags:4 | fccmpe fn, fm, #0x<flags>, <cond> | -> nzcv
            00011110 11 1 vm:5 cond:4 01 vn:5 1 flags:4 ?FP16 | fccmpe hn, hm, #0x<flags>, <cond> | sz:=3 -> nzcv
            """)
    static long fccmpe(long vn, long vm, int sz, boolean cond, int flags, FpUnit fp) {
        return cond ? fp.flags(sz, vn, vm, true) : flags;
    }

    // Selection.

    /// Conditional select.
    @Insn("""
            00011110 0 sz:1 1 vm:5 cond:4 11 vn:5 vd:5 | fcsel fd, fn, fm, <cond>
            00011110 11 1 vm:5 cond:4 11 vn:5 vd:5 ?FP16 | fcsel hd, hn, hm, <cond>
            """)
    static long fcsel(long vn, long vm, boolean cond) {
        return cond ? vn : vm;
    }
}
