package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;

/// Advanced SIMD three same, pairwise, and scalar pairwise (Arm ARM C4.1.90): the even and the odd
/// lanes of two registers together.
final class SimdPairwise {

    private SimdPairwise() {}

    private static long evens(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return SimdPermute.evenLanes(vnLo, vnHi, vmLo, vmHi, q, half, size);
    }

    private static long odds(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return SimdPermute.oddLanes(vnLo, vnHi, vmLo, vmHi, q, half, size);
    }

    /// Add pairwise.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10111 1 vn:5 vd:5 t=size:q t!=6 | addp vd.<t>, vn.<t>, vm.<t>
            """)
    static long addp(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(
                evens(vnLo, vnHi, vmLo, vmHi, q, half, size), odds(vnLo, vnHi, vmLo, vmHi, q, half, size), size);
    }

    /// Signed maximum pairwise.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10100 1 vn:5 vd:5 t=size:q size!=3 | smaxp vd.<t>, vn.<t>, vm.<t>
            """)
    static long smaxp(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.max(
                evens(vnLo, vnHi, vmLo, vmHi, q, half, size), odds(vnLo, vnHi, vmLo, vmHi, q, half, size), size);
    }

    /// Unsigned maximum pairwise.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10100 1 vn:5 vd:5 t=size:q size!=3 | umaxp vd.<t>, vn.<t>, vm.<t>
            """)
    static long umaxp(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.maxUnsigned(
                evens(vnLo, vnHi, vmLo, vmHi, q, half, size), odds(vnLo, vnHi, vmLo, vmHi, q, half, size), size);
    }

    /// Signed minimum pairwise.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10101 1 vn:5 vd:5 t=size:q size!=3 | sminp vd.<t>, vn.<t>, vm.<t>
            """)
    static long sminp(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.min(
                evens(vnLo, vnHi, vmLo, vmHi, q, half, size), odds(vnLo, vnHi, vmLo, vmHi, q, half, size), size);
    }

    /// Unsigned minimum pairwise.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10101 1 vn:5 vd:5 t=size:q size!=3 | uminp vd.<t>, vn.<t>, vm.<t>
            """)
    static long uminp(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.minUnsigned(
                evens(vnLo, vnHi, vmLo, vmHi, q, half, size), odds(vnLo, vnHi, vmLo, vmHi, q, half, size), size);
    }

    /// Add pair of elements.
    @Insn("01 0 11110 11 11000 11011 10 vn:5 vd:5 | addp dd, vn.2d")
    static long addpScalar(long vnLo, long vnHi) {
        return vnLo + vnHi;
    }
}
