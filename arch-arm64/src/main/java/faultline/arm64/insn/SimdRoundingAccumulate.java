package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// FEAT_RDM: Advanced SIMD three same extra and x indexed element that accumulate upper halves of
/// doubled products (Arm ARM C4.1.90).
final class SimdRoundingAccumulate {

    private SimdRoundingAccumulate() {}

    /// Signed saturating rounding doubling multiply accumulate, upper half.
    @Insn("""
            0 q:1 1 01110 size:2 0 vm:5 10000 1 vn:5 vd:5 size!=0 size!=3 ?RDM t=size:q \
            | sqrdmlah vd.<t>, vn.<t>, vm.<t> | qc=sqrdmlahSaturates
            01 1 11110 size:2 0 vm:5 10000 1 vn:5 vd:5 size!=0 size!=3 ?RDM | sqrdmlah fd, fn, fm | qc=sqrdmlahSaturates
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 1101 h:1 0 vn:5 vd:5 size==1 ?RDM index=h:l:m t=size:q \
            | sqrdmlah vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqrdmlahSaturates
            01 1 11111 size:2 l:1 m:1 vm:4 1101 h:1 0 vn:5 vd:5 size==1 ?RDM index=h:l:m \
            | sqrdmlah fd, fn, vm.<size>[<index>] | vm:=element qc=sqrdmlahSaturates
            0 q:1 1 01111 size:2 l:1 vm:5 1101 h:1 0 vn:5 vd:5 size==2 ?RDM index=h:l t=size:q \
            | sqrdmlah vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqrdmlahSaturates
            01 1 11111 size:2 l:1 vm:5 1101 h:1 0 vn:5 vd:5 size==2 ?RDM index=h:l \
            | sqrdmlah fd, fn, vm.<size>[<index>] | vm:=element qc=sqrdmlahSaturates
            """)
    static long sqrdmlah(long vd, long vn, long vm, int size) {
        return accumulated(vd, vn, vm, size, false);
    }

    static long sqrdmlahSaturates(long vd, long vn, long vm, int size) {
        return saturates(vd, vn, vm, size, false);
    }

    /// Signed saturating rounding doubling multiply subtract, upper half.
    @Insn("""
            0 q:1 1 01110 size:2 0 vm:5 10001 1 vn:5 vd:5 size!=0 size!=3 ?RDM t=size:q \
            | sqrdmlsh vd.<t>, vn.<t>, vm.<t> | qc=sqrdmlshSaturates
            01 1 11110 size:2 0 vm:5 10001 1 vn:5 vd:5 size!=0 size!=3 ?RDM | sqrdmlsh fd, fn, fm | qc=sqrdmlshSaturates
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 1111 h:1 0 vn:5 vd:5 size==1 ?RDM index=h:l:m t=size:q \
            | sqrdmlsh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqrdmlshSaturates
            01 1 11111 size:2 l:1 m:1 vm:4 1111 h:1 0 vn:5 vd:5 size==1 ?RDM index=h:l:m \
            | sqrdmlsh fd, fn, vm.<size>[<index>] | vm:=element qc=sqrdmlshSaturates
            0 q:1 1 01111 size:2 l:1 vm:5 1111 h:1 0 vn:5 vd:5 size==2 ?RDM index=h:l t=size:q \
            | sqrdmlsh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqrdmlshSaturates
            01 1 11111 size:2 l:1 vm:5 1111 h:1 0 vn:5 vd:5 size==2 ?RDM index=h:l \
            | sqrdmlsh fd, fn, vm.<size>[<index>] | vm:=element qc=sqrdmlshSaturates
            """)
    static long sqrdmlsh(long vd, long vn, long vm, int size) {
        return accumulated(vd, vn, vm, size, true);
    }

    static long sqrdmlshSaturates(long vd, long vn, long vm, int size) {
        return saturates(vd, vn, vm, size, true);
    }

    static long element(long vmLo, long vmHi, int index, int size) {
        return SimdByElement.element(vmLo, vmHi, index, size);
    }

    private static long accumulated(long vd, long vn, long vm, int size, boolean subtracted) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            result |= Lanes.place(clamped(exact(vd, vn, vm, lane, size, subtracted), size), lane, size);
        }
        return result;
    }

    /// Ones in the lanes in which that saturates.
    private static long saturates(long vd, long vn, long vm, int size, boolean subtracted) {
        long lanes = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long exact = exact(vd, vn, vm, lane, size, subtracted);
            lanes |= Lanes.place(clamped(exact, size) == exact ? 0 : -1, lane, size);
        }
        return lanes;
    }

    /// The upper half of a lane of twice the width with half of everything: so 64 bits hold it.
    private static long exact(long vd, long vn, long vm, int lane, int size, boolean subtracted) {
        int width = 8 << size;
        long product = Lanes.signed(vn, lane, size) * Lanes.signed(vm, lane, size);
        long sum = (Lanes.signed(vd, lane, size) << width - 1) + (subtracted ? -product : product);
        return sum + (1L << width - 2) >> width - 1;
    }

    private static long clamped(long value, int size) {
        long greatest = Lanes.mask(size) >>> 1;
        return Math.clamp(value, ~greatest, greatest);
    }
}
