package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Advanced SIMD shift by immediate, and its scalar form (Arm ARM C4.1.90). To lanes of another size
/// shift [SimdShiftNarrow] and [SimdLong].
final class SimdShiftImmediate {

    private SimdShiftImmediate() {}

    // To the right.

    /// Signed shift right.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 00000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | sshr vd.<t>, vn.<t>, #amount
            01 0 111110 immh:4 immb:3 00000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | sshr fd, fn, #amount
            """)
    static long sshr(long vn, int amount, int size) {
        if (amount == 8 << size) {
            return Lanes.spread(vn, size);
        }
        long signs = Lanes.tops(size) >>> amount;
        return LaneArithmetic.sub(ushr(vn, amount, size) ^ signs, signs, size);
    }

    /// Unsigned shift right.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 00000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | ushr vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 00000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | ushr fd, fn, #amount
            """)
    static long ushr(long vn, int amount, int size) {
        return amount == 64 ? 0 : vn >>> amount & remaining(amount, size);
    }

    /// Signed shift right and accumulate.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 00010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | ssra vd.<t>, vn.<t>, #amount
            01 0 111110 immh:4 immb:3 00010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | ssra fd, fn, #amount
            """)
    static long ssra(long vd, long vn, int amount, int size) {
        return LaneArithmetic.add(vd, sshr(vn, amount, size), size);
    }

    /// Unsigned shift right and accumulate.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 00010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | usra vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 00010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | usra fd, fn, #amount
            """)
    static long usra(long vd, long vn, int amount, int size) {
        return LaneArithmetic.add(vd, ushr(vn, amount, size), size);
    }

    /// Signed rounding shift right.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 00100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | srshr vd.<t>, vn.<t>, #amount
            01 0 111110 immh:4 immb:3 00100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | srshr fd, fn, #amount
            """)
    static long srshr(long vn, int amount, int size) {
        return SimdShifts.right(vn, amount, size, true, true);
    }

    /// Unsigned rounding shift right.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 00100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | urshr vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 00100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | urshr fd, fn, #amount
            """)
    static long urshr(long vn, int amount, int size) {
        return SimdShifts.right(vn, amount, size, false, true);
    }

    /// Signed rounding shift right and accumulate.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 00110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | srsra vd.<t>, vn.<t>, #amount
            01 0 111110 immh:4 immb:3 00110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | srsra fd, fn, #amount
            """)
    static long srsra(long vd, long vn, int amount, int size) {
        return LaneArithmetic.add(vd, srshr(vn, amount, size), size);
    }

    /// Unsigned rounding shift right and accumulate.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 00110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | ursra vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 00110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | ursra fd, fn, #amount
            """)
    static long ursra(long vd, long vn, int amount, int size) {
        return LaneArithmetic.add(vd, urshr(vn, amount, size), size);
    }

    /// Shift right and insert.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 01000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=rightAmount(immh,immb) | sri vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 01000 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=rightAmount(immh,immb) | sri fd, fn, #amount
            """)
    static long sri(long vd, long vn, int amount, int size) {
        return amount == 64 ? vd : Lanes.select(remaining(amount, size), vn >>> amount, vd);
    }

    /// What of each lane is written where it is shifted to the right by less than 64.
    private static long remaining(int amount, int size) {
        return (Lanes.mask(size) >>> amount) * Lanes.ones(size);
    }

    // To the left.

    /// Shift left.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 01010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=leftAmount(immh,immb) | shl vd.<t>, vn.<t>, #amount
            01 0 111110 immh:4 immb:3 01010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=leftAmount(immh,immb) | shl fd, fn, #amount
            """)
    static long shl(long vn, int amount, int size) {
        return vn << amount & shifted(amount, size);
    }

    /// Shift left and insert.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 01010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=leftAmount(immh,immb) | sli vd.<t>, vn.<t>, #amount
            01 1 111110 immh:4 immb:3 01010 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size==3 \
            amount=leftAmount(immh,immb) | sli fd, fn, #amount
            """)
    static long sli(long vd, long vn, int amount, int size) {
        return Lanes.select(shifted(amount, size), vn << amount, vd);
    }

    /// What of each lane is written where it is shifted to the left.
    private static long shifted(int amount, int size) {
        return Lanes.replicate(Lanes.mask(size) << amount, size);
    }

    // To the left, saturating.

    /// Signed saturating shift left.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 01110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=leftAmount(immh,immb) | sqshl vd.<t>, vn.<t>, #amount | qc=sqshlSaturates
            01 0 111110 immh:4 immb:3 01110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) amount=leftAmount(immh,immb) \
            | sqshl fd, fn, #amount | qc=sqshlSaturates
            """)
    static long sqshlImmediate(long vn, int amount, int size) {
        return SimdShifts.byLanes(vn, Lanes.replicate(amount, size), size, true, false, true);
    }

    static long sqshlSaturates(long vn, int amount, int size) {
        return SimdShifts.saturates(vn, Lanes.replicate(amount, size), size, true);
    }

    /// Unsigned saturating shift left.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 01110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=leftAmount(immh,immb) | uqshl vd.<t>, vn.<t>, #amount | qc=uqshlSaturates
            01 1 111110 immh:4 immb:3 01110 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) amount=leftAmount(immh,immb) \
            | uqshl fd, fn, #amount | qc=uqshlSaturates
            """)
    static long uqshlImmediate(long vn, int amount, int size) {
        return SimdShifts.byLanes(vn, Lanes.replicate(amount, size), size, false, false, true);
    }

    static long uqshlSaturates(long vn, int amount, int size) {
        return SimdShifts.saturates(vn, Lanes.replicate(amount, size), size, false);
    }

    /// Signed saturating shift left unsigned.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 01100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) t=size:q t!=6 \
            amount=leftAmount(immh,immb) | sqshlu vd.<t>, vn.<t>, #amount | qc=sqshluSaturates
            01 1 111110 immh:4 immb:3 01100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) amount=leftAmount(immh,immb) \
            | sqshlu fd, fn, #amount | qc=sqshluSaturates
            """)
    static long sqshlu(long vn, int amount, int size) {
        return uqshlImmediate(vn & ~Lanes.spread(vn, size), amount, size);
    }

    static long sqshluSaturates(long vn, int amount, int size) {
        long negative = Lanes.spread(vn, size);
        return negative | uqshlSaturates(vn & ~negative, amount, size);
    }
}
