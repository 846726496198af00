package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;

/// Advanced SIMD three same, the instructions that saturate, and their scalar form (Arm ARM
/// C4.1.90). What saturates sets FPSR.QC.
final class SimdSaturating {

    private SimdSaturating() {}

    /// Signed saturating add.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00001 1 vn:5 vd:5 t=size:q t!=6 | sqadd vd.<t>, vn.<t>, vm.<t> | qc=addOverflows
            01 0 11110 size:2 1 vm:5 00001 1 vn:5 vd:5 | sqadd fd, fn, fm | qc=addOverflows
            """)
    static long sqadd(long vn, long vm, int size) {
        return LaneArithmetic.addSaturated(vn, vm, size);
    }

    static long addOverflows(long vn, long vm, int size) {
        return LaneArithmetic.addOverflows(vn, vm, size);
    }

    /// Unsigned saturating add.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00001 1 vn:5 vd:5 t=size:q t!=6 | uqadd vd.<t>, vn.<t>, vm.<t> | qc=addCarries
            01 1 11110 size:2 1 vm:5 00001 1 vn:5 vd:5 | uqadd fd, fn, fm | qc=addCarries
            """)
    static long uqadd(long vn, long vm, int size) {
        return LaneArithmetic.addSaturatedUnsigned(vn, vm, size);
    }

    static long addCarries(long vn, long vm, int size) {
        return LaneArithmetic.addCarries(vn, vm, size);
    }

    /// Signed saturating subtract.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 00101 1 vn:5 vd:5 t=size:q t!=6 | sqsub vd.<t>, vn.<t>, vm.<t> | qc=subOverflows
            01 0 11110 size:2 1 vm:5 00101 1 vn:5 vd:5 | sqsub fd, fn, fm | qc=subOverflows
            """)
    static long sqsub(long vn, long vm, int size) {
        return LaneArithmetic.subSaturated(vn, vm, size);
    }

    static long subOverflows(long vn, long vm, int size) {
        return LaneArithmetic.subOverflows(vn, vm, size);
    }

    /// Unsigned saturating subtract.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 00101 1 vn:5 vd:5 t=size:q t!=6 | uqsub vd.<t>, vn.<t>, vm.<t> | qc=subBorrows
            01 1 11110 size:2 1 vm:5 00101 1 vn:5 vd:5 | uqsub fd, fn, fm | qc=subBorrows
            """)
    static long uqsub(long vn, long vm, int size) {
        return LaneArithmetic.subSaturatedUnsigned(vn, vm, size);
    }

    static long subBorrows(long vn, long vm, int size) {
        return LaneArithmetic.subBorrows(vn, vm, size);
    }

    /// Signed saturating shift left, by a register.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01001 1 vn:5 vd:5 t=size:q t!=6 \
            | sqshl vd.<t>, vn.<t>, vm.<t> | qc=shiftSaturates
            01 0 11110 size:2 1 vm:5 01001 1 vn:5 vd:5 | sqshl fd, fn, fm | qc=shiftSaturates
            """)
    static long sqshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, true, false, true);
    }

    static long shiftSaturates(long vn, long vm, int size) {
        return SimdShifts.saturates(vn, vm, size, true);
    }

    /// Unsigned saturating shift left, by a register.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01001 1 vn:5 vd:5 t=size:q t!=6 \
            | uqshl vd.<t>, vn.<t>, vm.<t> | qc=unsignedShiftSaturates
            01 1 11110 size:2 1 vm:5 01001 1 vn:5 vd:5 | uqshl fd, fn, fm | qc=unsignedShiftSaturates
            """)
    static long uqshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, false, false, true);
    }

    static long unsignedShiftSaturates(long vn, long vm, int size) {
        return SimdShifts.saturates(vn, vm, size, false);
    }

    /// Signed saturating rounding shift left, by a register.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 01011 1 vn:5 vd:5 t=size:q t!=6 \
            | sqrshl vd.<t>, vn.<t>, vm.<t> | qc=shiftSaturates
            01 0 11110 size:2 1 vm:5 01011 1 vn:5 vd:5 | sqrshl fd, fn, fm | qc=shiftSaturates
            """)
    static long sqrshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, true, true, true);
    }

    /// Unsigned saturating rounding shift left, by a register.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 01011 1 vn:5 vd:5 t=size:q t!=6 \
            | uqrshl vd.<t>, vn.<t>, vm.<t> | qc=unsignedShiftSaturates
            01 1 11110 size:2 1 vm:5 01011 1 vn:5 vd:5 | uqrshl fd, fn, fm | qc=unsignedShiftSaturates
            """)
    static long uqrshl(long vn, long vm, int size) {
        return SimdShifts.byLanes(vn, vm, size, false, true, true);
    }

    /// Signed saturating doubling multiply, upper half.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 10110 1 vn:5 vd:5 t=size:q size!=0 size!=3 \
            | sqdmulh vd.<t>, vn.<t>, vm.<t> | qc=doubledSaturates
            01 0 11110 size:2 1 vm:5 10110 1 vn:5 vd:5 size!=0 size!=3 | sqdmulh fd, fn, fm | qc=doubledSaturates
            """)
    static long sqdmulh(long vn, long vm, int size) {
        return LaneArithmetic.doubledHigh(vn, vm, size, false);
    }

    static long doubledSaturates(long vn, long vm, int size) {
        return LaneArithmetic.doubledSaturates(vn, vm, size);
    }

    /// Signed saturating rounding doubling multiply, upper half.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 10110 1 vn:5 vd:5 t=size:q size!=0 size!=3 \
            | sqrdmulh vd.<t>, vn.<t>, vm.<t> | qc=doubledSaturates
            01 1 11110 size:2 1 vm:5 10110 1 vn:5 vd:5 size!=0 size!=3 | sqrdmulh fd, fn, fm | qc=doubledSaturates
            """)
    static long sqrdmulh(long vn, long vm, int size) {
        return LaneArithmetic.doubledHigh(vn, vm, size, true);
    }
}
