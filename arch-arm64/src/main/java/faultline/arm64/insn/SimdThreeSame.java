package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Advanced SIMD three same, of integers, and its scalar form (Arm ARM C4.1.90). Bitwise, pairwise
/// and saturating instructions have classes of their own.
final class SimdThreeSame {

    private SimdThreeSame() {}

    /// Add.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10000 1 vn:5 vd:5 t=size:q t!=6 | add vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 10000 1 vn:5 vd:5 size==3 | add fd, fn, fm
            """)
    static long add(long vn, long vm, int size) {
        return LaneArithmetic.add(vn, vm, size);
    }

    /// Subtract.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10000 1 vn:5 vd:5 t=size:q t!=6 | sub vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 10000 1 vn:5 vd:5 size==3 | sub fd, fn, fm
            """)
    static long sub(long vn, long vm, int size) {
        return LaneArithmetic.sub(vn, vm, size);
    }

    /// Signed halving add.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00000 1 vn:5 vd:5 t=size:q size!=3 | shadd vd.<t>, vn.<t>, vm.<t>
            """)
    static long shadd(long vn, long vm, int size) {
        return LaneArithmetic.halfSum(vn, vm, size);
    }

    /// Unsigned halving add.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00000 1 vn:5 vd:5 t=size:q size!=3 | uhadd vd.<t>, vn.<t>, vm.<t>
            """)
    static long uhadd(long vn, long vm, int size) {
        return LaneArithmetic.halfSumUnsigned(vn, vm, size);
    }

    /// Signed rounding halving add.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00010 1 vn:5 vd:5 t=size:q size!=3 | srhadd vd.<t>, vn.<t>, vm.<t>
            """)
    static long srhadd(long vn, long vm, int size) {
        return LaneArithmetic.roundedHalfSum(vn, vm, size);
    }

    /// Unsigned rounding halving add.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00010 1 vn:5 vd:5 t=size:q size!=3 | urhadd vd.<t>, vn.<t>, vm.<t>
            """)
    static long urhadd(long vn, long vm, int size) {
        return LaneArithmetic.roundedHalfSumUnsigned(vn, vm, size);
    }

    /// Signed halving subtract.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00100 1 vn:5 vd:5 t=size:q size!=3 | shsub vd.<t>, vn.<t>, vm.<t>
            """)
    static long shsub(long vn, long vm, int size) {
        return LaneArithmetic.halfDifference(vn, vm, size);
    }

    /// Unsigned halving subtract.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00100 1 vn:5 vd:5 t=size:q size!=3 | uhsub vd.<t>, vn.<t>, vm.<t>
            """)
    static long uhsub(long vn, long vm, int size) {
        return LaneArithmetic.halfDifferenceUnsigned(vn, vm, size);
    }

    /// Compare signed greater than.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00110 1 vn:5 vd:5 t=size:q t!=6 | cmgt vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 00110 1 vn:5 vd:5 size==3 | cmgt fd, fn, fm
            """)
    static long cmgt(long vn, long vm, int size) {
        return LaneArithmetic.greater(vn, vm, size);
    }

    /// Compare unsigned higher.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00110 1 vn:5 vd:5 t=size:q t!=6 | cmhi vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 00110 1 vn:5 vd:5 size==3 | cmhi fd, fn, fm
            """)
    static long cmhi(long vn, long vm, int size) {
        return LaneArithmetic.higher(vn, vm, size);
    }

    /// Compare signed greater than or equal.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00111 1 vn:5 vd:5 t=size:q t!=6 | cmge vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 00111 1 vn:5 vd:5 size==3 | cmge fd, fn, fm
            """)
    static long cmge(long vn, long vm, int size) {
        return ~LaneArithmetic.greater(vm, vn, size);
    }

    /// Compare unsigned higher or same.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00111 1 vn:5 vd:5 t=size:q t!=6 | cmhs vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 00111 1 vn:5 vd:5 size==3 | cmhs fd, fn, fm
            """)
    static long cmhs(long vn, long vm, int size) {
        return ~LaneArithmetic.higher(vm, vn, size);
    }

    /// Compare bitwise test bits nonzero.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10001 1 vn:5 vd:5 t=size:q t!=6 | cmtst vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 10001 1 vn:5 vd:5 size==3 | cmtst fd, fn, fm
            """)
    static long cmtst(long vn, long vm, int size) {
        return ~LaneArithmetic.equal(vn & vm, 0, size);
    }

    /// Compare bitwise equal.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10001 1 vn:5 vd:5 t=size:q t!=6 | cmeq vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 10001 1 vn:5 vd:5 size==3 | cmeq fd, fn, fm
            """)
    static long cmeq(long vn, long vm, int size) {
        return LaneArithmetic.equal(vn, vm, size);
    }

    /// Signed shift left, by a register.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01000 1 vn:5 vd:5 t=size:q t!=6 | sshl vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 01000 1 vn:5 vd:5 size==3 | sshl fd, fn, fm
            """)
    static long sshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, true, false, false);
    }

    /// Unsigned shift left, by a register.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01000 1 vn:5 vd:5 t=size:q t!=6 | ushl vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 01000 1 vn:5 vd:5 size==3 | ushl fd, fn, fm
            """)
    static long ushl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, false, false, false);
    }

    /// Signed rounding shift left, by a register.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01010 1 vn:5 vd:5 t=size:q t!=6 | srshl vd.<t>, vn.<t>, vm.<t>
            01 0 11110 size:2 1 vm:5 01010 1 vn:5 vd:5 size==3 | srshl fd, fn, fm
            """)
    static long srshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, true, true, false);
    }

    /// Unsigned rounding shift left, by a register.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01010 1 vn:5 vd:5 t=size:q t!=6 | urshl vd.<t>, vn.<t>, vm.<t>
            01 1 11110 size:2 1 vm:5 01010 1 vn:5 vd:5 size==3 | urshl fd, fn, fm
            """)
    static long urshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, false, true, false);
    }

    /// Signed maximum.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01100 1 vn:5 vd:5 t=size:q size!=3 | smax vd.<t>, vn.<t>, vm.<t>
            """)
    static long smax(long vn, long vm, int size) {
        return LaneArithmetic.max(vn, vm, size);
    }

    /// Unsigned maximum.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01100 1 vn:5 vd:5 t=size:q size!=3 | umax vd.<t>, vn.<t>, vm.<t>
            """)
    static long umax(long vn, long vm, int size) {
        return LaneArithmetic.maxUnsigned(vn, vm, size);
    }

    /// Signed minimum.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01101 1 vn:5 vd:5 t=size:q size!=3 | smin vd.<t>, vn.<t>, vm.<t>
            """)
    static long smin(long vn, long vm, int size) {
        return LaneArithmetic.min(vn, vm, size);
    }

    /// Unsigned minimum.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01101 1 vn:5 vd:5 t=size:q size!=3 | umin vd.<t>, vn.<t>, vm.<t>
            """)
    static long umin(long vn, long vm, int size) {
        return LaneArithmetic.minUnsigned(vn, vm, size);
    }

    /// Signed absolute difference.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01110 1 vn:5 vd:5 t=size:q size!=3 | sabd vd.<t>, vn.<t>, vm.<t>
            """)
    static long sabd(long vn, long vm, int size) {
        return LaneArithmetic.distance(vn, vm, size);
    }

    /// Unsigned absolute difference.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01110 1 vn:5 vd:5 t=size:q size!=3 | uabd vd.<t>, vn.<t>, vm.<t>
            """)
    static long uabd(long vn, long vm, int size) {
        return LaneArithmetic.distanceUnsigned(vn, vm, size);
    }

    /// Signed absolute difference and accumulate.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01111 1 vn:5 vd:5 t=size:q size!=3 | saba vd.<t>, vn.<t>, vm.<t>
            """)
    static long saba(long vd, long vn, long vm, int size) {
        return LaneArithmetic.add(vd, LaneArithmetic.distance(vn, vm, size), size);
    }

    /// Unsigned absolute difference and accumulate.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01111 1 vn:5 vd:5 t=size:q size!=3 | uaba vd.<t>, vn.<t>, vm.<t>
            """)
    static long uaba(long vd, long vn, long vm, int size) {
        return LaneArithmetic.add(vd, LaneArithmetic.distanceUnsigned(vn, vm, size), size);
    }

    /// Multiply.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10011 1 vn:5 vd:5 t=size:q size!=3 | mul vd.<t>, vn.<t>, vm.<t>
            """)
    static long mul(long vn, long vm, int size) {
        return LaneArithmetic.multiply(vn, vm, size);
    }

    /// Multiply-add to accumulator.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10010 1 vn:5 vd:5 t=size:q size!=3 | mla vd.<t>, vn.<t>, vm.<t>
            """)
    static long mla(long vd, long vn, long vm, int size) {
        return LaneArithmetic.add(vd, LaneArithmetic.multiply(vn, vm, size), size);
    }

    /// Multiply-subtract from accumulator.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10010 1 vn:5 vd:5 t=size:q size!=3 | mls vd.<t>, vn.<t>, vm.<t>
            """)
    static long mls(long vd, long vn, long vm, int size) {
        return LaneArithmetic.sub(vd, LaneArithmetic.multiply(vn, vm, size), size);
    }

    /// Polynomial multiply: sums are exclusive or.
    @Insn("0 q:1 1 01110 size:2 1 vm:5 10011 1 vn:5 vd:5 size==0 t=size:q | pmul vd.<t>, vn.<t>, vm.<t>")
    static long pmul(long vn, long vm) {
        long product = 0;
        for (int bit = 0; bit < 8; bit++) {
            long chosen = (vm >>> bit & Lanes.ONE8) * 0xff;
            product ^= chosen & (vn & (0xffL >> bit) * Lanes.ONE8) << bit;
        }
        return product;
    }
}
