package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;

/// Advanced SIMD two-register miscellaneous, of integers, and its scalar form (Arm ARM C4.1.90). What
/// changes the size of lanes is in [SimdNarrow] and [SimdLong].
final class SimdTwoRegister {

    private SimdTwoRegister() {}

    // Reversal and counting.

    /// Reverse elements in doublewords.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00000 10 vn:5 vd:5 t=size:q size!=3 | rev64 vd.<t>, vn.<t>
            """)
    static long rev64(long vn, int size) {
        return size == 2 ? Long.rotateLeft(vn, 32) : Long.rotateLeft(reversedInWords(vn, size), 32);
    }

    /// Reverse elements in words.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00000 10 vn:5 vd:5 t=size:q size<2 | rev32 vd.<t>, vn.<t>
            """)
    static long rev32(long vn, int size) {
        return reversedInWords(vn, size);
    }

    /// Reverse bytes in halfwords.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00001 10 vn:5 vd:5 t=size:q size==0 | rev16 vd.<t>, vn.<t>
            """)
    static long rev16Vector(long vn) {
        return swapped(vn, 0);
    }

    private static long swapped(long vn, int size) {
        return vn >>> (8 << size) & LaneWidths.evens(size) | (vn & LaneWidths.evens(size)) << (8 << size);
    }

    private static long reversedInWords(long vn, int size) {
        return size == 0 ? swapped(swapped(vn, 0), 1) : swapped(vn, 1);
    }

    /// Count leading sign bits.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00100 10 vn:5 vd:5 t=size:q size!=3 | cls vd.<t>, vn.<t>
            """)
    static long clsVector(long vn, int size) {
        long counts = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long value = Lanes.signed(vn, lane, size);
            counts |= Lanes.place(Long.numberOfLeadingZeros(value ^ value >> 63) + (8 << size) - 65, lane, size);
        }
        return counts;
    }

    /// Count leading zero bits.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00100 10 vn:5 vd:5 t=size:q size!=3 | clz vd.<t>, vn.<t>
            """)
    static long clzVector(long vn, int size) {
        return LaneArithmetic.leadingZeros(vn, size);
    }

    /// Count one bits.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00101 10 vn:5 vd:5 t=size:q size==0 | cnt vd.<t>, vn.<t>
            """)
    static long cnt(long vn) {
        long pairs = vn - (vn >>> 1 & 0x5555555555555555L);
        long fours = (pairs & 0x3333333333333333L) + (pairs >>> 2 & 0x3333333333333333L);
        return fours + (fours >>> 4) & 0x0f0f0f0f0f0f0f0fL;
    }

    /// Bitwise NOT.
    @Insn("""
            0 q:1 1 01110 00 10000 00101 10 vn:5 vd:5 t=arrangement(0,q) | mvn vd.<t>, vn.<t>
            """)
    static long not(long vn) {
        return ~vn;
    }

    /// Reverse bits in bytes.
    @Insn("""
            0 q:1 1 01110 01 10000 00101 10 vn:5 vd:5 t=arrangement(0,q) | rbit vd.<t>, vn.<t>
            """)
    static long rbitVector(long vn) {
        return Long.reverseBytes(Long.reverse(vn));
    }

    // Pairs of lanes.

    /// Signed add long pairwise.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00010 10 vn:5 vd:5 size!=3 t=size:q ta=paired(size,q) | saddlp vd.<ta>, vn.<t>
            """)
    static long saddlp(long vn, int size) {
        return LaneArithmetic.add(LaneWidths.signExtendEvens(vn, size), LaneWidths.signExtendOdds(vn, size), size + 1);
    }

    /// Unsigned add long pairwise.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00010 10 vn:5 vd:5 size!=3 t=size:q ta=paired(size,q) | uaddlp vd.<ta>, vn.<t>
            """)
    static long uaddlp(long vn, int size) {
        return LaneArithmetic.add(LaneWidths.zeroExtendEvens(vn, size), LaneWidths.zeroExtendOdds(vn, size), size + 1);
    }

    /// Signed add and accumulate long pairwise.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00110 10 vn:5 vd:5 size!=3 t=size:q ta=paired(size,q) | sadalp vd.<ta>, vn.<t>
            """)
    static long sadalp(long vd, long vn, int size) {
        return LaneArithmetic.add(vd, saddlp(vn, size), size + 1);
    }

    /// Unsigned add and accumulate long pairwise.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00110 10 vn:5 vd:5 size!=3 t=size:q ta=paired(size,q) | uadalp vd.<ta>, vn.<t>
            """)
    static long uadalp(long vd, long vn, int size) {
        return LaneArithmetic.add(vd, uaddlp(vn, size), size + 1);
    }

    // Comparison with zero.

    /// Compare signed greater than zero.
    @Insn("""
            0 q:1 0 01110 size:2 10000 01000 10 vn:5 vd:5 t=size:q t!=6 | cmgt vd.<t>, vn.<t>, #0
            01 0 11110 size:2 10000 01000 10 vn:5 vd:5 size==3 | cmgt fd, fn, #0
            """)
    static long cmgtZero(long vn, int size) {
        return LaneArithmetic.greater(vn, 0, size);
    }

    /// Compare signed greater than or equal to zero.
    @Insn("""
            0 q:1 1 01110 size:2 10000 01000 10 vn:5 vd:5 t=size:q t!=6 | cmge vd.<t>, vn.<t>, #0
            01 1 11110 size:2 10000 01000 10 vn:5 vd:5 size==3 | cmge fd, fn, #0
            """)
    static long cmgeZero(long vn, int size) {
        return ~Lanes.spread(vn, size);
    }

    /// Compare bitwise equal to zero.
    @Insn("""
            0 q:1 0 01110 size:2 10000 01001 10 vn:5 vd:5 t=size:q t!=6 | cmeq vd.<t>, vn.<t>, #0
            01 0 11110 size:2 10000 01001 10 vn:5 vd:5 size==3 | cmeq fd, fn, #0
            """)
    static long cmeqZero(long vn, int size) {
        return LaneArithmetic.equal(vn, 0, size);
    }

    /// Compare signed less than or equal to zero.
    @Insn("""
            0 q:1 1 01110 size:2 10000 01001 10 vn:5 vd:5 t=size:q t!=6 | cmle vd.<t>, vn.<t>, #0
            01 1 11110 size:2 10000 01001 10 vn:5 vd:5 size==3 | cmle fd, fn, #0
            """)
    static long cmleZero(long vn, int size) {
        return ~LaneArithmetic.greater(vn, 0, size);
    }

    /// Compare signed less than zero.
    @Insn("""
            0 q:1 0 01110 size:2 10000 01010 10 vn:5 vd:5 t=size:q t!=6 | cmlt vd.<t>, vn.<t>, #0
            01 0 11110 size:2 10000 01010 10 vn:5 vd:5 size==3 | cmlt fd, fn, #0
            """)
    static long cmltZero(long vn, int size) {
        return Lanes.spread(vn, size);
    }

    // Absolute value and negation.

    /// Absolute value.
    @Insn("""
            0 q:1 0 01110 size:2 10000 01011 10 vn:5 vd:5 t=size:q t!=6 | abs vd.<t>, vn.<t>
            01 0 11110 size:2 10000 01011 10 vn:5 vd:5 size==3 | abs fd, fn
            """)
    static long abs(long vn, int size) {
        return LaneArithmetic.abs(vn, size);
    }

    /// Negate.
    @Insn("""
            0 q:1 1 01110 size:2 10000 01011 10 vn:5 vd:5 t=size:q t!=6 | neg vd.<t>, vn.<t>
            01 1 11110 size:2 10000 01011 10 vn:5 vd:5 size==3 | neg fd, fn
            """)
    static long neg(long vn, int size) {
        return LaneArithmetic.sub(0, vn, size);
    }

    /// Signed saturating absolute value.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00111 10 vn:5 vd:5 t=size:q t!=6 | sqabs vd.<t>, vn.<t> | qc=isLeast
            01 0 11110 size:2 10000 00111 10 vn:5 vd:5 | sqabs fd, fn | qc=isLeast
            """)
    static long sqabs(long vn, int size) {
        return LaneArithmetic.abs(vn, size) ^ isLeast(vn, size);
    }

    /// Signed saturating negate.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00111 10 vn:5 vd:5 t=size:q t!=6 | sqneg vd.<t>, vn.<t> | qc=isLeast
            01 1 11110 size:2 10000 00111 10 vn:5 vd:5 | sqneg fd, fn | qc=isLeast
            """)
    static long sqneg(long vn, int size) {
        return LaneArithmetic.sub(0, vn, size) ^ isLeast(vn, size);
    }

    static long isLeast(long vn, int size) {
        return LaneArithmetic.equal(vn, Lanes.tops(size), size);
    }

    // Sums of a signed and an unsigned number.

    /// Signed saturating accumulate of unsigned value.
    @Insn("""
            0 q:1 0 01110 size:2 10000 00011 10 vn:5 vd:5 t=size:q t!=6 | suqadd vd.<t>, vn.<t> | qc=suqaddSaturates
            01 0 11110 size:2 10000 00011 10 vn:5 vd:5 | suqadd fd, fn | qc=suqaddSaturates
            """)
    static long suqadd(long vd, long vn, int size) {
        long tops = Lanes.tops(size);
        return LaneArithmetic.addSaturatedUnsigned(vd ^ tops, vn, size) ^ tops;
    }

    static long suqaddSaturates(long vd, long vn, int size) {
        return LaneArithmetic.addCarries(vd ^ Lanes.tops(size), vn, size);
    }

    /// Unsigned saturating accumulate of signed value.
    @Insn("""
            0 q:1 1 01110 size:2 10000 00011 10 vn:5 vd:5 t=size:q t!=6 | usqadd vd.<t>, vn.<t> | qc=usqaddSaturates
            01 1 11110 size:2 10000 00011 10 vn:5 vd:5 | usqadd fd, fn | qc=usqaddSaturates
            """)
    static long usqadd(long vd, long vn, int size) {
        long saturated = Lanes.spread(usqaddSaturates(vd, vn, size), size);
        return Lanes.select(saturated, ~Lanes.spread(vn, size), LaneArithmetic.add(vd, vn, size));
    }

    /// A carry is right where something negative is added, and only there.
    static long usqaddSaturates(long vd, long vn, int size) {
        return (LaneArithmetic.addCarries(vd, vn, size) ^ vn) & Lanes.tops(size);
    }
}
