package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Advanced SIMD vector and scalar x indexed element, of integers (Arm ARM C4.1.90): the second factor
/// is one lane of its register. What saturates and doubles is in [SimdDoublingByElement].
final class SimdByElement {

    private SimdByElement() {}

    /// The chosen lane, in every lane.
    static long element(long vmLo, long vmHi, int index, int size) {
        return Lanes.replicate((index >> 3 - size == 0 ? vmLo : vmHi) >>> (index * 8 << size), size);
    }

    // Lanes of the same size.

    /// Multiply.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 1000 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q \
            | mul vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 0 01111 size:2 l:1 vm:5 1000 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q \
            | mul vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long mulElement(long vn, long vm, int size) {
        return SimdThreeSame.mul(vn, vm, size);
    }

    /// Multiply-add to accumulator.
    @Insn("""
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 0000 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q \
            | mla vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 1 01111 size:2 l:1 vm:5 0000 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q \
            | mla vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long mlaElement(long vd, long vn, long vm, int size) {
        return SimdThreeSame.mla(vd, vn, vm, size);
    }

    /// Multiply-subtract from accumulator.
    @Insn("""
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 0100 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q \
            | mls vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 1 01111 size:2 l:1 vm:5 0100 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q \
            | mls vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long mlsElement(long vd, long vn, long vm, int size) {
        return SimdThreeSame.mls(vd, vn, vm, size);
    }

    /// Signed saturating doubling multiply, upper half.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 1100 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q \
            | sqdmulh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=highSaturates
            0 q:1 0 01111 size:2 l:1 vm:5 1100 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q \
            | sqdmulh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=highSaturates
            01 0 11111 size:2 l:1 m:1 vm:4 1100 h:1 0 vn:5 vd:5 size==1 index=h:l:m \
            | sqdmulh fd, fn, vm.<size>[<index>] | vm:=element qc=highSaturates
            01 0 11111 size:2 l:1 vm:5 1100 h:1 0 vn:5 vd:5 size==2 index=h:l \
            | sqdmulh fd, fn, vm.<size>[<index>] | vm:=element qc=highSaturates
            """)
    static long sqdmulhElement(long vn, long vm, int size) {
        return SimdSaturating.sqdmulh(vn, vm, size);
    }

    /// Signed saturating rounding doubling multiply, upper half.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 1101 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q \
            | sqrdmulh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=highSaturates
            0 q:1 0 01111 size:2 l:1 vm:5 1101 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q \
            | sqrdmulh vd.<t>, vn.<t>, vm.<size>[<index>] | vm:=element qc=highSaturates
            01 0 11111 size:2 l:1 m:1 vm:4 1101 h:1 0 vn:5 vd:5 size==1 index=h:l:m \
            | sqrdmulh fd, fn, vm.<size>[<index>] | vm:=element qc=highSaturates
            01 0 11111 size:2 l:1 vm:5 1101 h:1 0 vn:5 vd:5 size==2 index=h:l \
            | sqrdmulh fd, fn, vm.<size>[<index>] | vm:=element qc=highSaturates
            """)
    static long sqrdmulhElement(long vn, long vm, int size) {
        return SimdSaturating.sqrdmulh(vn, vm, size);
    }

    static long highSaturates(long vn, long vm, int size) {
        return LaneArithmetic.doubledSaturates(vn, vm, size);
    }

    // Lanes of twice the size.

    /// Signed multiply long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 1010 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | smull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 0 01111 size:2 l:1 vm:5 1010 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | smull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long smullElement(long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.smull(vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Signed multiply-add long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 0010 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | smlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 0 01111 size:2 l:1 vm:5 0010 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | smlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long smlalElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.smlal(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Signed multiply-subtract long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 0110 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | smlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 0 01111 size:2 l:1 vm:5 0110 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | smlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long smlslElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.smlsl(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Unsigned multiply long.
    @Insn("""
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 1010 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | umull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 1 01111 size:2 l:1 vm:5 1010 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | umull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long umullElement(long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.umull(vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Unsigned multiply-add long.
    @Insn("""
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 0010 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | umlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 1 01111 size:2 l:1 vm:5 0010 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | umlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long umlalElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.umlal(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Unsigned multiply-subtract long.
    @Insn("""
            0 q:1 1 01111 size:2 l:1 m:1 vm:4 0110 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | umlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            0 q:1 1 01111 size:2 l:1 vm:5 0110 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | umlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element
            """)
    static long umlslElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdMultiplyLong.umlsl(vd, vnLo, vnHi, vm, vm, q, half, size);
    }
}
