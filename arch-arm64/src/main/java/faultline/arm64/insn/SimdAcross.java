package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Advanced SIMD across lanes, of integers (Arm ARM C4.1.90).
final class SimdAcross {

    private SimdAcross() {}

    /// Add across vector.
    @Insn("""
            0 q:1 0 01110 size:2 11000 11011 10 vn:5 vd:5 size!=3 t=size:q t!=4 | addv fd, vn.<t>
            """)
    static long addv(long vnLo, long vnHi, int q, int size) {
        long all = q == 0 ? vnLo : LaneArithmetic.add(vnLo, vnHi, size);
        for (int width = 32; width >= 8 << size; width >>= 1) {
            all = LaneArithmetic.add(all, all >>> width, size);
        }
        return all;
    }

    /// Signed maximum across vector.
    @Insn("""
            0 q:1 0 01110 size:2 11000 01010 10 vn:5 vd:5 size!=3 t=size:q t!=4 | smaxv fd, vn.<t>
            """)
    static long smaxv(long vnLo, long vnHi, int q, int size) {
        long all = q == 0 ? vnLo : LaneArithmetic.max(vnLo, vnHi, size);
        for (int width = 32; width >= 8 << size; width >>= 1) {
            all = LaneArithmetic.max(all, all >>> width, size);
        }
        return all;
    }

    /// Unsigned maximum across vector.
    @Insn("""
            0 q:1 1 01110 size:2 11000 01010 10 vn:5 vd:5 size!=3 t=size:q t!=4 | umaxv fd, vn.<t>
            """)
    static long umaxv(long vnLo, long vnHi, int q, int size) {
        long all = q == 0 ? vnLo : LaneArithmetic.maxUnsigned(vnLo, vnHi, size);
        for (int width = 32; width >= 8 << size; width >>= 1) {
            all = LaneArithmetic.maxUnsigned(all, all >>> width, size);
        }
        return all;
    }

    /// Signed minimum across vector.
    @Insn("""
            0 q:1 0 01110 size:2 11000 11010 10 vn:5 vd:5 size!=3 t=size:q t!=4 | sminv fd, vn.<t>
            """)
    static long sminv(long vnLo, long vnHi, int q, int size) {
        long all = q == 0 ? vnLo : LaneArithmetic.min(vnLo, vnHi, size);
        for (int width = 32; width >= 8 << size; width >>= 1) {
            all = LaneArithmetic.min(all, all >>> width, size);
        }
        return all;
    }

    /// Unsigned minimum across vector.
    @Insn("""
            0 q:1 1 01110 size:2 11000 11010 10 vn:5 vd:5 size!=3 t=size:q t!=4 | uminv fd, vn.<t>
            """)
    static long uminv(long vnLo, long vnHi, int q, int size) {
        long all = q == 0 ? vnLo : LaneArithmetic.minUnsigned(vnLo, vnHi, size);
        for (int width = 32; width >= 8 << size; width >>= 1) {
            all = LaneArithmetic.minUnsigned(all, all >>> width, size);
        }
        return all;
    }

    /// Signed add long across vector.
    @Insn("""
            0 q:1 0 01110 size:2 11000 00011 10 vn:5 vd:5 size!=3 t=size:q t!=4 | saddlv gd, vn.<t>
            """)
    static long saddlv(long vnLo, long vnHi, int q, int size) {
        long sum = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            sum += Lanes.signed(vnLo, lane, size) + (q == 0 ? 0 : Lanes.signed(vnHi, lane, size));
        }
        return sum;
    }

    /// Unsigned add long across vector.
    @Insn("""
            0 q:1 1 01110 size:2 11000 00011 10 vn:5 vd:5 size!=3 t=size:q t!=4 | uaddlv gd, vn.<t>
            """)
    static long uaddlv(long vnLo, long vnHi, int q, int size) {
        long sum = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            sum += Lanes.unsigned(vnLo, lane, size) + (q == 0 ? 0 : Lanes.unsigned(vnHi, lane, size));
        }
        return sum;
    }
}
