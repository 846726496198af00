package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// FEAT_DotProd: Advanced SIMD three same extra and x indexed element that add four products of bytes
/// to each word (Arm ARM C4.1.90).
final class SimdDotProduct {

    private SimdDotProduct() {}

    /// Dot product of signed bytes.
    @Insn("""
            0 q:1 0 01110 10 0 vm:5 1001 0 1 vn:5 vd:5 ?DOTPROD t=arrangement(2,q) tb=arrangement(0,q) \
            | sdot vd.<t>, vn.<tb>, vm.<tb>
            0 q:1 0 01111 10 l:1 vm:5 1110 h:1 0 vn:5 vd:5 ?DOTPROD index=h:l t=arrangement(2,q) tb=arrangement(0,q) \
            | sdot vd.<t>, vn.<tb>, vm.4b[<index>] | vm:=four
            """)
    static long sdot(long vd, long vn, long vm) {
        long sums = 0;
        for (int lane = 0; lane < 8; lane++) {
            long product = Lanes.signed(vn, lane, 0) * Lanes.signed(vm, lane, 0);
            sums = LaneArithmetic.add(sums, Lanes.place(product, lane >> 2, 2), 2);
        }
        return LaneArithmetic.add(vd, sums, 2);
    }

    /// Dot product of unsigned bytes.
    @Insn("""
            0 q:1 1 01110 10 0 vm:5 1001 0 1 vn:5 vd:5 ?DOTPROD t=arrangement(2,q) tb=arrangement(0,q) \
            | udot vd.<t>, vn.<tb>, vm.<tb>
            0 q:1 1 01111 10 l:1 vm:5 1110 h:1 0 vn:5 vd:5 ?DOTPROD index=h:l t=arrangement(2,q) tb=arrangement(0,q) \
            | udot vd.<t>, vn.<tb>, vm.4b[<index>] | vm:=four
            """)
    static long udot(long vd, long vn, long vm) {
        long sums = 0;
        for (int lane = 0; lane < 8; lane++) {
            long product = Lanes.unsigned(vn, lane, 0) * Lanes.unsigned(vm, lane, 0);
            sums = LaneArithmetic.add(sums, Lanes.place(product, lane >> 2, 2), 2);
        }
        return LaneArithmetic.add(vd, sums, 2);
    }

    /// The chosen four bytes, twice.
    static long four(long vmLo, long vmHi, int index) {
        return SimdByElement.element(vmLo, vmHi, index, 2);
    }
}
