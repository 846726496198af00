package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Advanced SIMD shift by immediate, to the right and to lanes of half the size, and its scalar form
/// (Arm ARM C4.1.90).
final class SimdShiftNarrow {

    private SimdShiftNarrow() {}

    /// The half of the destination: the lower one stays where the instruction writes the upper one.
    private static long part(long vdLo, long low, long high, int q, int half) {
        return half < q ? vdLo : low | high << 32;
    }

    /// Shift right narrow.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 10000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | shrn<q> vd.<t>, vn.<ta>, #amount
            """)
    static long shrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        long low = SimdShifts.narrowed(vnLo, amount, size, false, false, false, false);
        long high = SimdShifts.narrowed(vnHi, amount, size, false, false, false, false);
        return part(vdLo, low, high, q, half);
    }

    /// Rounding shift right narrow.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 10001 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | rshrn<q> vd.<t>, vn.<ta>, #amount
            """)
    static long rshrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        long low = SimdShifts.narrowed(vnLo, amount, size, false, true, false, false);
        long high = SimdShifts.narrowed(vnHi, amount, size, false, true, false, false);
        return part(vdLo, low, high, q, half);
    }

    /// Signed saturating shift right unsigned narrow.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 10000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | sqshrun<q> vd.<t>, vn.<ta>, #amount | qc=sqshrunSaturates
            """)
    static long sqshrun(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, sqshrunScalar(vnLo, amount, size), sqshrunScalar(vnHi, amount, size), q, half);
    }

    /// Signed saturating shift right unsigned narrow, of a scalar.
    @Insn("""
            01 1 111110 immh:4 immb:3 10000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | sqshrun fd, gn, #amount | qc=sqshrunScalarSaturates
            """)
    static long sqshrunScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, true, false, true, false);
    }

    static long sqshrunScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, true, false, false);
    }

    static long sqshrunSaturates(long vnLo, long vnHi, int amount, int size) {
        return sqshrunScalarSaturates(vnLo, amount, size) | sqshrunScalarSaturates(vnHi, amount, size);
    }

    /// Signed saturating rounded shift right unsigned narrow.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 10001 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | sqrshrun<q> vd.<t>, vn.<ta>, #amount | qc=sqrshrunSaturates
            """)
    static long sqrshrun(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, sqrshrunScalar(vnLo, amount, size), sqrshrunScalar(vnHi, amount, size), q, half);
    }

    /// Signed saturating rounded shift right unsigned narrow, of a scalar.
    @Insn("""
            01 1 111110 immh:4 immb:3 10001 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | sqrshrun fd, gn, #amount | qc=sqrshrunScalarSaturates
            """)
    static long sqrshrunScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, true, true, true, false);
    }

    static long sqrshrunScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, true, true, false);
    }

    static long sqrshrunSaturates(long vnLo, long vnHi, int amount, int size) {
        return sqrshrunScalarSaturates(vnLo, amount, size) | sqrshrunScalarSaturates(vnHi, amount, size);
    }

    /// Signed saturating shift right narrow.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 10010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | sqshrn<q> vd.<t>, vn.<ta>, #amount | qc=sqshrnSaturates
            """)
    static long sqshrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, sqshrnScalar(vnLo, amount, size), sqshrnScalar(vnHi, amount, size), q, half);
    }

    /// Signed saturating shift right narrow, of a scalar.
    @Insn("""
            01 0 111110 immh:4 immb:3 10010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | sqshrn fd, gn, #amount | qc=sqshrnScalarSaturates
            """)
    static long sqshrnScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, true, false, true, true);
    }

    static long sqshrnScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, true, false, true);
    }

    static long sqshrnSaturates(long vnLo, long vnHi, int amount, int size) {
        return sqshrnScalarSaturates(vnLo, amount, size) | sqshrnScalarSaturates(vnHi, amount, size);
    }

    /// Unsigned saturating shift right narrow.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 10010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | uqshrn<q> vd.<t>, vn.<ta>, #amount | qc=uqshrnSaturates
            """)
    static long uqshrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, uqshrnScalar(vnLo, amount, size), uqshrnScalar(vnHi, amount, size), q, half);
    }

    /// Unsigned saturating shift right narrow, of a scalar.
    @Insn("""
            01 1 111110 immh:4 immb:3 10010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | uqshrn fd, gn, #amount | qc=uqshrnScalarSaturates
            """)
    static long uqshrnScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, false, false, true, false);
    }

    static long uqshrnScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, false, false, false);
    }

    static long uqshrnSaturates(long vnLo, long vnHi, int amount, int size) {
        return uqshrnScalarSaturates(vnLo, amount, size) | uqshrnScalarSaturates(vnHi, amount, size);
    }

    /// Signed saturating rounded shift right narrow.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 10011 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | sqrshrn<q> vd.<t>, vn.<ta>, #amount | qc=sqrshrnSaturates
            """)
    static long sqrshrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, sqrshrnScalar(vnLo, amount, size), sqrshrnScalar(vnHi, amount, size), q, half);
    }

    /// Signed saturating rounded shift right narrow, of a scalar.
    @Insn("""
            01 0 111110 immh:4 immb:3 10011 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | sqrshrn fd, gn, #amount | qc=sqrshrnScalarSaturates
            """)
    static long sqrshrnScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, true, true, true, true);
    }

    static long sqrshrnScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, true, true, true);
    }

    static long sqrshrnSaturates(long vnLo, long vnHi, int amount, int size) {
        return sqrshrnScalarSaturates(vnLo, amount, size) | sqrshrnScalarSaturates(vnHi, amount, size);
    }

    /// Unsigned saturating rounded shift right narrow.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 10011 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=rightAmount(immh,immb) | uqrshrn<q> vd.<t>, vn.<ta>, #amount | qc=uqrshrnSaturates
            """)
    static long uqrshrn(long vdLo, long vnLo, long vnHi, int q, int half, int amount, int size) {
        return part(vdLo, uqrshrnScalar(vnLo, amount, size), uqrshrnScalar(vnHi, amount, size), q, half);
    }

    /// Unsigned saturating rounded shift right narrow, of a scalar.
    @Insn("""
            01 1 111110 immh:4 immb:3 10011 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 \
            amount=rightAmount(immh,immb) | uqrshrn fd, gn, #amount | qc=uqrshrnScalarSaturates
            """)
    static long uqrshrnScalar(long vn, int amount, int size) {
        return SimdShifts.narrowed(vn, amount, size, false, true, true, false);
    }

    static long uqrshrnScalarSaturates(long vn, int amount, int size) {
        return SimdShifts.narrowSaturates(vn, amount, size, false, true, false);
    }

    static long uqrshrnSaturates(long vnLo, long vnHi, int amount, int size) {
        return uqrshrnScalarSaturates(vnLo, amount, size) | uqrshrnScalarSaturates(vnHi, amount, size);
    }
}
