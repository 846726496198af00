package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Advanced SIMD vector and scalar x indexed element, saturating doubling products (Arm ARM C4.1.90).
final class SimdDoublingByElement {

    private SimdDoublingByElement() {}

    static long element(long vmLo, long vmHi, int index, int size) {
        return SimdByElement.element(vmLo, vmHi, index, size);
    }

    /// Signed saturating doubling multiply long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 1011 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | sqdmull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmullSaturates
            0 q:1 0 01111 size:2 l:1 vm:5 1011 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | sqdmull<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmullSaturates
            """)
    static long sqdmullElement(long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmull(vnLo, vnHi, vm, vm, q, half, size);
    }

    static long sqdmullSaturates(long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmullSaturates(vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Signed saturating doubling multiply long, of a scalar.
    @Insn("""
            01 0 11111 size:2 l:1 m:1 vm:4 1011 h:1 0 vn:5 vd:5 size==1 index=h:l:m \
            | sqdmull gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmullScalarSaturates
            01 0 11111 size:2 l:1 vm:5 1011 h:1 0 vn:5 vd:5 size==2 index=h:l \
            | sqdmull gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmullScalarSaturates
            """)
    static long sqdmullElementScalar(long vn, long vm, int size) {
        return SimdDoublingLong.sqdmullScalar(vn, vm, size);
    }

    static long sqdmullScalarSaturates(long vn, long vm, int size) {
        return SimdDoublingLong.sqdmullScalarSaturates(vn, vm, size);
    }

    /// Signed saturating doubling multiply-add long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 0011 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | sqdmlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmlalSaturates
            0 q:1 0 01111 size:2 l:1 vm:5 0011 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | sqdmlal<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmlalSaturates
            """)
    static long sqdmlalElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmlal(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    static long sqdmlalSaturates(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmlalSaturates(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Signed saturating doubling multiply-add long, of a scalar.
    @Insn("""
            01 0 11111 size:2 l:1 m:1 vm:4 0011 h:1 0 vn:5 vd:5 size==1 index=h:l:m \
            | sqdmlal gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmlalScalarSaturates
            01 0 11111 size:2 l:1 vm:5 0011 h:1 0 vn:5 vd:5 size==2 index=h:l \
            | sqdmlal gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmlalScalarSaturates
            """)
    static long sqdmlalElementScalar(long vd, long vn, long vm, int size) {
        return SimdDoublingLong.sqdmlalScalar(vd, vn, vm, size);
    }

    static long sqdmlalScalarSaturates(long vd, long vn, long vm, int size) {
        return SimdDoublingLong.sqdmlalScalarSaturates(vd, vn, vm, size);
    }

    /// Signed saturating doubling multiply-subtract long.
    @Insn("""
            0 q:1 0 01111 size:2 l:1 m:1 vm:4 0111 h:1 0 vn:5 vd:5 size==1 index=h:l:m t=size:q ta=doubled(size) \
            | sqdmlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmlslSaturates
            0 q:1 0 01111 size:2 l:1 vm:5 0111 h:1 0 vn:5 vd:5 size==2 index=h:l t=size:q ta=doubled(size) \
            | sqdmlsl<q> ed.<ta>, vn.<t>, vm.<size>[<index>] | vm:=element qc=sqdmlslSaturates
            """)
    static long sqdmlslElement(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmlsl(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    static long sqdmlslSaturates(long vd, long vnLo, long vnHi, long vm, int q, int half, int size) {
        return SimdDoublingLong.sqdmlslSaturates(vd, vnLo, vnHi, vm, vm, q, half, size);
    }

    /// Signed saturating doubling multiply-subtract long, of a scalar.
    @Insn("""
            01 0 11111 size:2 l:1 m:1 vm:4 0111 h:1 0 vn:5 vd:5 size==1 index=h:l:m \
            | sqdmlsl gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmlslScalarSaturates
            01 0 11111 size:2 l:1 vm:5 0111 h:1 0 vn:5 vd:5 size==2 index=h:l \
            | sqdmlsl gd, fn, vm.<size>[<index>] | vm:=element qc=sqdmlslScalarSaturates
            """)
    static long sqdmlslElementScalar(long vd, long vn, long vm, int size) {
        return SimdDoublingLong.sqdmlslScalar(vd, vn, vm, size);
    }

    static long sqdmlslScalarSaturates(long vd, long vn, long vm, int size) {
        return SimdDoublingLong.sqdmlslScalarSaturates(vd, vn, vm, size);
    }
}
