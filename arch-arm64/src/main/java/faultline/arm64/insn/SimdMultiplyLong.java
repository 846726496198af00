package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;
import faultline.core.simd.Polynomials;

/// Advanced SIMD three different, the products (Arm ARM C4.1.90). Saturating ones are in
/// [SimdDoublingLong].
final class SimdMultiplyLong {

    private SimdMultiplyLong() {}

    // Products.

    /// Signed multiply long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1100 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | smull<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long smull(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.multiply(
                signExtended(vnLo, vnHi, q, half, size), signExtended(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed multiply-add long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1000 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | smlal<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long smlal(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vd, smull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed multiply-subtract long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1010 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | smlsl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long smlsl(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(vd, smull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned multiply long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 1100 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | umull<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long umull(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.multiply(
                zeroExtended(vnLo, vnHi, q, half, size), zeroExtended(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned multiply-add long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 1000 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | umlal<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long umlal(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vd, umull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned multiply-subtract long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 1010 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | umlsl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long umlsl(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(vd, umull(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    private static long signExtended(long low, long high, int q, int half, int size) {
        return LaneWidths.signExtend(SimdLong.part(low, high, q, half), size);
    }

    private static long zeroExtended(long low, long high, int q, int half, int size) {
        return LaneWidths.zeroExtend(SimdLong.part(low, high, q, half), size);
    }

    /// Polynomial multiply long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1110 00 vn:5 vd:5 size==0 t=size:q ta=doubled(size) \
            | pmull<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long pmull(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half) {
        long factors = LaneWidths.zeroExtend(SimdLong.part(vnLo, vnHi, q, half), 0);
        long others = LaneWidths.zeroExtend(SimdLong.part(vmLo, vmHi, q, half), 0);
        long product = 0;
        for (int bit = 0; bit < 8; bit++) {
            product ^= (others >>> bit & Lanes.ONE16) * 0xffff & factors << bit;
        }
        return product;
    }

    /// Polynomial multiply long, of doublewords.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 1110 00 vn:5 vd:5 size==3 t=size:q ta=doubled(size) ?PMULL \
            | pmull<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long pmullDoubleword(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half) {
        long one = q == 0 ? vnLo : vnHi;
        long other = q == 0 ? vmLo : vmHi;
        return half == 0 ? Polynomials.low(one, other) : Polynomials.high(one, other);
    }
}
