package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;

/// Advanced SIMD three different, saturating doubling products, and its scalar form (Arm ARM
/// C4.1.90).
final class SimdDoublingLong {

    private SimdDoublingLong() {}

    /// Twice the products of the lanes in the low 32 bits, as lanes of twice their size. Of the least
    /// number with itself that is the greatest one.
    static long doubled(long a, long b, int size) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size + 1); lane++) {
            long product = Lanes.signed(a, lane, size) * Lanes.signed(b, lane, size);
            long greatest = Lanes.mask(size + 1) >>> 1;
            result |= Lanes.place(product > greatest >> 1 ? greatest : product << 1, lane, size + 1);
        }
        return result;
    }

    /// Not 0 in the lanes of twice the size in which that saturates.
    static long doubledSaturates(long a, long b, int size) {
        return LaneWidths.zeroExtend(LaneArithmetic.doubledSaturates(a, b, size), size);
    }

    // Vectors.

    /// Signed saturating doubling multiply long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1101 00 vn:5 vd:5 size!=0 size!=3 t=size:q ta=doubled(size) \
            | sqdmull<q> ed.<ta>, vn.<t>, vm.<t> | qc=sqdmullSaturates
            """)
    static long sqdmull(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return doubled(SimdLong.part(vnLo, vnHi, q, half), SimdLong.part(vmLo, vmHi, q, half), size);
    }

    static long sqdmullSaturates(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return doubledSaturates(SimdLong.part(vnLo, vnHi, q, half), SimdLong.part(vmLo, vmHi, q, half), size);
    }

    /// Signed saturating doubling multiply-add long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1001 00 vn:5 vd:5 size!=0 size!=3 t=size:q ta=doubled(size) \
            | sqdmlal<q> ed.<ta>, vn.<t>, vm.<t> | qc=sqdmlalSaturates
            """)
    static long sqdmlal(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.addSaturated(vd, sqdmull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    static long sqdmlalSaturates(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return sqdmullSaturates(vnLo, vnHi, vmLo, vmHi, q, half, size)
                | LaneArithmetic.addOverflows(vd, sqdmull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed saturating doubling multiply-subtract long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1011 00 vn:5 vd:5 size!=0 size!=3 t=size:q ta=doubled(size) \
            | sqdmlsl<q> ed.<ta>, vn.<t>, vm.<t> | qc=sqdmlslSaturates
            """)
    static long sqdmlsl(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.subSaturated(vd, sqdmull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    static long sqdmlslSaturates(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return sqdmullSaturates(vnLo, vnHi, vmLo, vmHi, q, half, size)
                | LaneArithmetic.subOverflows(vd, sqdmull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    // Scalars.

    /// Signed saturating doubling multiply long, of scalars.
    @Insn("""
            01 0 11110 size:2 1 vm:5 1101 00 vn:5 vd:5 size!=0 size!=3 | sqdmull gd, fn, fm | qc=sqdmullScalarSaturates
            """)
    static long sqdmullScalar(long vn, long vm, int size) {
        return doubled(vn, vm, size);
    }

    static long sqdmullScalarSaturates(long vn, long vm, int size) {
        return doubledSaturates(vn, vm, size);
    }

    /// Signed saturating doubling multiply-add long, of scalars.
    @Insn("""
            01 0 11110 size:2 1 vm:5 1001 00 vn:5 vd:5 size!=0 size!=3 | sqdmlal gd, fn, fm | qc=sqdmlalScalarSaturates
            """)
    static long sqdmlalScalar(long vd, long vn, long vm, int size) {
        return LaneArithmetic.addSaturated(vd, doubled(vn, vm, size), size + 1);
    }

    static long sqdmlalScalarSaturates(long vd, long vn, long vm, int size) {
        return doubledSaturates(vn, vm, size) | LaneArithmetic.addOverflows(vd, doubled(vn, vm, size), size + 1);
    }

    /// Signed saturating doubling multiply-subtract long, of scalars.
    @Insn("""
            01 0 11110 size:2 1 vm:5 1011 00 vn:5 vd:5 size!=0 size!=3 | sqdmlsl gd, fn, fm | qc=sqdmlslScalarSaturates
            """)
    static long sqdmlslScalar(long vd, long vn, long vm, int size) {
        return LaneArithmetic.subSaturated(vd, doubled(vn, vm, size), size + 1);
    }

    static long sqdmlslScalarSaturates(long vd, long vn, long vm, int size) {
        return doubledSaturates(vn, vm, size) | LaneArithmetic.subOverflows(vd, doubled(vn, vm, size), size + 1);
    }
}
