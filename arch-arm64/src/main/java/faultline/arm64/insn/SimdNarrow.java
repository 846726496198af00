package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;

/// Instructions whose result has lanes of half the size: Advanced SIMD two-register miscellaneous and
/// three different (Arm ARM C4.1.90). With a 2 behind its name one writes the upper half of its
/// destination.
final class SimdNarrow {

    private SimdNarrow() {}

    /// The half of the destination: the lower one stays where the instruction writes the upper one.
    private static long part(long vdLo, long low, long high, int q, int half) {
        return half < q ? vdLo : low | high << 32;
    }

    // Extract narrow.

    /// Extract narrow.
    @Insn("""
            0 q:1 0 01110 size:2 10000 10010 10 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) | xtn<q> vd.<t>, vn.<ta>
            """)
    static long xtn(long vdLo, long vnLo, long vnHi, int q, int half, int size) {
        return part(vdLo, LaneWidths.narrow(vnLo, size), LaneWidths.narrow(vnHi, size), q, half);
    }

    /// Signed saturating extract narrow.
    @Insn("""
            0 q:1 0 01110 size:2 10000 10100 10 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | sqxtn<q> vd.<t>, vn.<ta> | qc=sqxtnSaturates
            """)
    static long sqxtn(long vdLo, long vnLo, long vnHi, int q, int half, int size) {
        return part(vdLo, sqxtnScalar(vnLo, size), sqxtnScalar(vnHi, size), q, half);
    }

    /// Signed saturating extract narrow, of a scalar.
    @Insn("""
            01 0 11110 size:2 10000 10100 10 vn:5 vd:5 size!=3 | sqxtn fd, gn | qc=sqxtnScalarSaturates
            """)
    static long sqxtnScalar(long vn, int size) {
        return SimdShifts.narrowed(vn, 0, size, true, false, true, true);
    }

    static long sqxtnScalarSaturates(long vn, int size) {
        return SimdShifts.narrowSaturates(vn, 0, size, true, false, true);
    }

    static long sqxtnSaturates(long vnLo, long vnHi, int size) {
        return sqxtnScalarSaturates(vnLo, size) | sqxtnScalarSaturates(vnHi, size);
    }

    /// Unsigned saturating extract narrow.
    @Insn("""
            0 q:1 1 01110 size:2 10000 10100 10 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | uqxtn<q> vd.<t>, vn.<ta> | qc=uqxtnSaturates
            """)
    static long uqxtn(long vdLo, long vnLo, long vnHi, int q, int half, int size) {
        return part(vdLo, uqxtnScalar(vnLo, size), uqxtnScalar(vnHi, size), q, half);
    }

    /// Unsigned saturating extract narrow, of a scalar.
    @Insn("""
            01 1 11110 size:2 10000 10100 10 vn:5 vd:5 size!=3 | uqxtn fd, gn | qc=uqxtnScalarSaturates
            """)
    static long uqxtnScalar(long vn, int size) {
        return SimdShifts.narrowed(vn, 0, size, false, false, true, false);
    }

    static long uqxtnScalarSaturates(long vn, int size) {
        return SimdShifts.narrowSaturates(vn, 0, size, false, false, false);
    }

    static long uqxtnSaturates(long vnLo, long vnHi, int size) {
        return uqxtnScalarSaturates(vnLo, size) | uqxtnScalarSaturates(vnHi, size);
    }

    /// Signed saturating extract unsigned narrow.
    @Insn("""
            0 q:1 1 01110 size:2 10000 10010 10 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | sqxtun<q> vd.<t>, vn.<ta> | qc=sqxtunSaturates
            """)
    static long sqxtun(long vdLo, long vnLo, long vnHi, int q, int half, int size) {
        return part(vdLo, sqxtunScalar(vnLo, size), sqxtunScalar(vnHi, size), q, half);
    }

    /// Signed saturating extract unsigned narrow, of a scalar.
    @Insn("""
            01 1 11110 size:2 10000 10010 10 vn:5 vd:5 size!=3 | sqxtun fd, gn | qc=sqxtunScalarSaturates
            """)
    static long sqxtunScalar(long vn, int size) {
        return SimdShifts.narrowed(vn, 0, size, true, false, true, false);
    }

    static long sqxtunScalarSaturates(long vn, int size) {
        return SimdShifts.narrowSaturates(vn, 0, size, true, false, false);
    }

    static long sqxtunSaturates(long vnLo, long vnHi, int size) {
        return sqxtunScalarSaturates(vnLo, size) | sqxtunScalarSaturates(vnHi, size);
    }

    // High halves of sums and differences.

    /// Add, narrow to the upper half.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0100 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | addhn<q> vd.<t>, vn.<ta>, vm.<ta>
            """)
    static long addhn(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        long low = LaneArithmetic.add(vnLo, vmLo, size + 1);
        long high = LaneArithmetic.add(vnHi, vmHi, size + 1);
        return part(vdLo, high(low, size), high(high, size), q, half);
    }

    /// Rounding add, narrow to the upper half.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0100 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | raddhn<q> vd.<t>, vn.<ta>, vm.<ta>
            """)
    static long raddhn(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        long low = LaneArithmetic.add(vnLo, vmLo, size + 1);
        long high = LaneArithmetic.add(vnHi, vmHi, size + 1);
        return part(vdLo, rounded(low, size), rounded(high, size), q, half);
    }

    /// Subtract, narrow to the upper half.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0110 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | subhn<q> vd.<t>, vn.<ta>, vm.<ta>
            """)
    static long subhn(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        long low = LaneArithmetic.sub(vnLo, vmLo, size + 1);
        long high = LaneArithmetic.sub(vnHi, vmHi, size + 1);
        return part(vdLo, high(low, size), high(high, size), q, half);
    }

    /// Rounding subtract, narrow to the upper half.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0110 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | rsubhn<q> vd.<t>, vn.<ta>, vm.<ta>
            """)
    static long rsubhn(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        long low = LaneArithmetic.sub(vnLo, vmLo, size + 1);
        long high = LaneArithmetic.sub(vnHi, vmHi, size + 1);
        return part(vdLo, rounded(low, size), rounded(high, size), q, half);
    }

    private static long high(long lanes, int size) {
        return LaneWidths.narrow(lanes >>> (8 << size), size);
    }

    private static long rounded(long lanes, int size) {
        return high(LaneArithmetic.add(lanes, Lanes.ones(size + 1) << (8 << size) - 1, size + 1), size);
    }
}
