package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD floating-point operations on the elements of one vector: pairs of neighbours, and all of
/// them (Arm ARM C4.1.95, three same, scalar pairwise, across lanes). `sz` is as in [FloatingPoint].
final class VectorFloatReduction {

    private VectorFloatReduction() {}

    // Pairwise.

    /// Add.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11010 1 vn:5 vd:5 sz<=q t=floats(sz,q) \
            | faddp vd.<t>, vn.<t>, vm.<t> | high=faddpHigh
            0 q:1 1 01110 0 10 vm:5 00 010 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | faddp vd.<t>, vn.<t>, vm.<t> | sz:=3 high=faddpHigh
            """)
    static long faddp(long vnLo, long vnHi, long vmLo, int q, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vnLo, q == 0 ? vmLo : vnHi, FpUnit::add);
    }

    static long faddpHigh(long vmLo, long vmHi, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vmLo, vmHi, FpUnit::add);
    }

    /// Maximum.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11110 1 vn:5 vd:5 sz<=q t=floats(sz,q) \
            | fmaxp vd.<t>, vn.<t>, vm.<t> | high=fmaxpHigh
            0 q:1 1 01110 0 10 vm:5 00 110 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fmaxp vd.<t>, vn.<t>, vm.<t> | sz:=3 high=fmaxpHigh
            """)
    static long fmaxp(long vnLo, long vnHi, long vmLo, int q, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vnLo, q == 0 ? vmLo : vnHi, FpUnit::max);
    }

    static long fmaxpHigh(long vmLo, long vmHi, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vmLo, vmHi, FpUnit::max);
    }

    /// Minimum.
    @Insn("""
            0 q:1 1 01110 1 sz:1 1 vm:5 11110 1 vn:5 vd:5 sz<=q t=floats(sz,q) \
            | fminp vd.<t>, vn.<t>, vm.<t> | high=fminpHigh
            0 q:1 1 01110 1 10 vm:5 00 110 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fminp vd.<t>, vn.<t>, vm.<t> | sz:=3 high=fminpHigh
            """)
    static long fminp(long vnLo, long vnHi, long vmLo, int q, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vnLo, q == 0 ? vmLo : vnHi, FpUnit::min);
    }

    static long fminpHigh(long vmLo, long vmHi, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vmLo, vmHi, FpUnit::min);
    }

    /// Maximum number.
    @Insn("""
            0 q:1 1 01110 0 sz:1 1 vm:5 11000 1 vn:5 vd:5 sz<=q t=floats(sz,q) \
            | fmaxnmp vd.<t>, vn.<t>, vm.<t> | high=fmaxnmpHigh
            0 q:1 1 01110 0 10 vm:5 00 000 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fmaxnmp vd.<t>, vn.<t>, vm.<t> | sz:=3 high=fmaxnmpHigh
            """)
    static long fmaxnmp(long vnLo, long vnHi, long vmLo, int q, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vnLo, q == 0 ? vmLo : vnHi, FpUnit::maxNumber);
    }

    static long fmaxnmpHigh(long vmLo, long vmHi, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vmLo, vmHi, FpUnit::maxNumber);
    }

    /// Minimum number.
    @Insn("""
            0 q:1 1 01110 1 sz:1 1 vm:5 11000 1 vn:5 vd:5 sz<=q t=floats(sz,q) \
            | fminnmp vd.<t>, vn.<t>, vm.<t> | high=fminnmpHigh
            0 q:1 1 01110 1 10 vm:5 00 000 1 vn:5 vd:5 ?FP16 t=arrangement(1,q) \
            | fminnmp vd.<t>, vn.<t>, vm.<t> | sz:=3 high=fminnmpHigh
            """)
    static long fminnmp(long vnLo, long vnHi, long vmLo, int q, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vnLo, q == 0 ? vmLo : vnHi, FpUnit::minNumber);
    }

    static long fminnmpHigh(long vmLo, long vmHi, int sz, FpUnit fp) {
        return FloatLanes.neighbours(fp, sz, vmLo, vmHi, FpUnit::minNumber);
    }

    // The two elements of a pair.

    /// Add.
    @Insn("""
            01 1 11110 0 sz:1 11000 01101 10 vn:5 vd:5 ts=floatSize(sz) | faddp fd, vn.2<ts>
            01 0 11110 0 0 11000 01101 10 vn:5 vd:5 ?FP16 | faddp hd, vn.2h | sz:=3
            """)
    static long faddpPair(long vnLo, long vnHi, int sz, FpUnit fp) {
        return fp.add(sz, vnLo, second(sz, vnLo, vnHi));
    }

    /// Maximum.
    @Insn("""
            01 1 11110 0 sz:1 11000 01111 10 vn:5 vd:5 ts=floatSize(sz) | fmaxp fd, vn.2<ts>
            01 0 11110 0 0 11000 01111 10 vn:5 vd:5 ?FP16 | fmaxp hd, vn.2h | sz:=3
            """)
    static long fmaxpPair(long vnLo, long vnHi, int sz, FpUnit fp) {
        return fp.max(sz, vnLo, second(sz, vnLo, vnHi));
    }

    /// Minimum.
    @Insn("""
            01 1 11110 1 sz:1 11000 01111 10 vn:5 vd:5 ts=floatSize(sz) | fminp fd, vn.2<ts>
            01 0 11110 1 0 11000 01111 10 vn:5 vd:5 ?FP16 | fminp hd, vn.2h | sz:=3
            """)
    static long fminpPair(long vnLo, long vnHi, int sz, FpUnit fp) {
        return fp.min(sz, vnLo, second(sz, vnLo, vnHi));
    }

    /// Maximum number.
    @Insn("""
            01 1 11110 0 sz:1 11000 01100 10 vn:5 vd:5 ts=floatSize(sz) | fmaxnmp fd, vn.2<ts>
            01 0 11110 0 0 11000 01100 10 vn:5 vd:5 ?FP16 | fmaxnmp hd, vn.2h | sz:=3
            """)
    static long fmaxnmpPair(long vnLo, long vnHi, int sz, FpUnit fp) {
        return fp.maxNumber(sz, vnLo, second(sz, vnLo, vnHi));
    }

    /// Minimum number.
    @Insn("""
            01 1 11110 1 sz:1 11000 01100 10 vn:5 vd:5 ts=floatSize(sz) | fminnmp fd, vn.2<ts>
            01 0 11110 1 0 11000 01100 10 vn:5 vd:5 ?FP16 | fminnmp hd, vn.2h | sz:=3
            """)
    static long fminnmpPair(long vnLo, long vnHi, int sz, FpUnit fp) {
        return fp.minNumber(sz, vnLo, second(sz, vnLo, vnHi));
    }

    private static long second(int sz, long low, long high) {
        return sz == FpArithmetic.DOUBLE ? high : low >>> FloatLanes.bits(sz);
    }

    // Across a vector.

    /// Maximum.
    @Insn("""
            0 q:1 1 01110 0 0 11000 01111 10 vn:5 vd:5 q==1 | fmaxv sd, vn.4s | sz:=0
            0 q:1 0 01110 0 0 11000 01111 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmaxv hd, vn.<t> | sz:=3
            """)
    static long fmaxv(long vnLo, long vnHi, int q, int sz, FpUnit fp) {
        long low = FloatLanes.reduced(fp, sz, vnLo, FpUnit::max);
        return q == 0 ? low : fp.max(sz, low, FloatLanes.reduced(fp, sz, vnHi, FpUnit::max));
    }

    /// Minimum.
    @Insn("""
            0 q:1 1 01110 1 0 11000 01111 10 vn:5 vd:5 q==1 | fminv sd, vn.4s | sz:=0
            0 q:1 0 01110 1 0 11000 01111 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fminv hd, vn.<t> | sz:=3
            """)
    static long fminv(long vnLo, long vnHi, int q, int sz, FpUnit fp) {
        long low = FloatLanes.reduced(fp, sz, vnLo, FpUnit::min);
        return q == 0 ? low : fp.min(sz, low, FloatLanes.reduced(fp, sz, vnHi, FpUnit::min));
    }

    /// Maximum number.
    @Insn("""
            0 q:1 1 01110 0 0 11000 01100 10 vn:5 vd:5 q==1 | fmaxnmv sd, vn.4s | sz:=0
            0 q:1 0 01110 0 0 11000 01100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fmaxnmv hd, vn.<t> | sz:=3
            """)
    static long fmaxnmv(long vnLo, long vnHi, int q, int sz, FpUnit fp) {
        long low = FloatLanes.reduced(fp, sz, vnLo, FpUnit::maxNumber);
        return q == 0 ? low : fp.maxNumber(sz, low, FloatLanes.reduced(fp, sz, vnHi, FpUnit::maxNumber));
    }

    /// Minimum number.
    @Insn("""
            0 q:1 1 01110 1 0 11000 01100 10 vn:5 vd:5 q==1 | fminnmv sd, vn.4s | sz:=0
            0 q:1 0 01110 1 0 11000 01100 10 vn:5 vd:5 ?FP16 t=arrangement(1,q) | fminnmv hd, vn.<t> | sz:=3
            """)
    static long fminnmv(long vnLo, long vnHi, int q, int sz, FpUnit fp) {
        long low = FloatLanes.reduced(fp, sz, vnLo, FpUnit::minNumber);
        return q == 0 ? low : fp.minNumber(sz, low, FloatLanes.reduced(fp, sz, vnHi, FpUnit::minNumber));
    }
}
