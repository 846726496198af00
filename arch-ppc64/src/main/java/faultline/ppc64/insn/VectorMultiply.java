package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;
import faultline.core.simd.Quadwords;

/// Vector integer multiply, multiply-add and multiply-sum (Power ISA Book I 6.9.1).
///
/// The manual's even elements are those at odd places from the low end.
final class VectorMultiply {

    private VectorMultiply() {}

    // Multiply.

    /// Vector multiply even signed.
    @Insn("000100 vrt:5 vra:5 vrb:5 011 size:2 001000 size!=3 | vmules<size> vrt,vra,vrb")
    static long vmules(long vra, long vrb, int size) {
        return LaneArithmetic.multiply(
                LaneWidths.signExtendOdds(vra, size), LaneWidths.signExtendOdds(vrb, size), size + 1);
    }

    /// Vector multiply even unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 010 size:2 001000 size!=3 | vmuleu<size> vrt,vra,vrb")
    static long vmuleu(long vra, long vrb, int size) {
        return LaneArithmetic.multiply(
                LaneWidths.zeroExtendOdds(vra, size), LaneWidths.zeroExtendOdds(vrb, size), size + 1);
    }

    /// Vector multiply odd signed.
    @Insn("000100 vrt:5 vra:5 vrb:5 001 size:2 001000 size!=3 | vmulos<size> vrt,vra,vrb")
    static long vmulos(long vra, long vrb, int size) {
        return LaneArithmetic.multiply(
                LaneWidths.signExtendEvens(vra, size), LaneWidths.signExtendEvens(vrb, size), size + 1);
    }

    /// Vector multiply odd unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 000 size:2 001000 size!=3 | vmulou<size> vrt,vra,vrb")
    static long vmulou(long vra, long vrb, int size) {
        return LaneArithmetic.multiply(
                LaneWidths.zeroExtendEvens(vra, size), LaneWidths.zeroExtendEvens(vrb, size), size + 1);
    }

    /// Vector multiply unsigned word modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 00010 001001 | vmuluwm vrt,vra,vrb")
    static long vmuluwm(long vra, long vrb) {
        return LaneArithmetic.multiply(vra, vrb, 2);
    }

    // Multiply-add.

    /// Vector multiply-high-add signed halfword saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100000 | vmhaddshs vrt,vra,vrb,vrc | sat=highSaturates")
    static long vmhaddshs(long vra, long vrb, long vrc) {
        return highAdded(vra, vrb, vrc, 0);
    }

    static long highSaturates(long vra, long vrb, long vrc) {
        return highAddSaturates(vra, vrb, vrc, 0);
    }

    /// Vector multiply-high-round-add signed halfword saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100001 | vmhraddshs vrt,vra,vrb,vrc | sat=roundedSaturates")
    static long vmhraddshs(long vra, long vrb, long vrc) {
        return highAdded(vra, vrb, vrc, 1 << 14);
    }

    static long roundedSaturates(long vra, long vrb, long vrc) {
        return highAddSaturates(vra, vrb, vrc, 1 << 14);
    }

    private static int highSum(long a, long b, long c, int rounding, int lane) {
        return (Lanes.s16(a, lane) * Lanes.s16(b, lane) + rounding >> 15) + Lanes.s16(c, lane);
    }

    private static long highAdded(long a, long b, long c, int rounding) {
        long result = 0;
        for (int lane = 0; lane < 4; lane++) {
            result |= Lanes.place(Lanes.saturateS16(highSum(a, b, c, rounding, lane)), lane, 1);
        }
        return result;
    }

    private static long highAddSaturates(long a, long b, long c, int rounding) {
        long changed = 0;
        for (int lane = 0; lane < 4; lane++) {
            int sum = highSum(a, b, c, rounding, lane);
            changed |= sum ^ Lanes.saturateS16(sum);
        }
        return changed;
    }

    /// Vector multiply-low-add unsigned halfword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100010 | vmladduhm vrt,vra,vrb,vrc")
    static long vmladduhm(long vra, long vrb, long vrc) {
        return LaneArithmetic.add(LaneArithmetic.multiply(vra, vrb, 1), vrc, 1);
    }

    // Multiply-sum: in each word the products of its elements and a word.

    /// Vector multiply-sum unsigned byte modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100100 | vmsumubm vrt,vra,vrb,vrc")
    static long vmsumubm(long vra, long vrb, long vrc) {
        return Lanes.pair(byteSum(vra, vrb, vrc, 0, false), byteSum(vra, vrb, vrc, 1, false));
    }

    /// Vector multiply-sum mixed byte modulo: signed bytes times unsigned ones.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100101 | vmsummbm vrt,vra,vrb,vrc")
    static long vmsummbm(long vra, long vrb, long vrc) {
        return Lanes.pair(byteSum(vra, vrb, vrc, 0, true), byteSum(vra, vrb, vrc, 1, true));
    }

    private static long byteSum(long a, long b, long c, int word, boolean signed) {
        long sum = Lanes.u32(c, word);
        for (int lane = 4 * word; lane < 4 * word + 4; lane++) {
            sum += (long) (signed ? Lanes.s8(a, lane) : Lanes.u8(a, lane)) * Lanes.u8(b, lane);
        }
        return sum;
    }

    /// Vector multiply-sum unsigned halfword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100110 | vmsumuhm vrt,vra,vrb,vrc")
    static long vmsumuhm(long vra, long vrb, long vrc) {
        return Lanes.pair(sumUnsigned(vra, vrb, vrc, 0), sumUnsigned(vra, vrb, vrc, 1));
    }

    /// Vector multiply-sum unsigned halfword saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100111 | vmsumuhs vrt,vra,vrb,vrc | sat=uhsSaturates")
    static long vmsumuhs(long vra, long vrb, long vrc) {
        return Lanes.pair(
                Math.min(sumUnsigned(vra, vrb, vrc, 0), 0xffffffffL),
                Math.min(sumUnsigned(vra, vrb, vrc, 1), 0xffffffffL));
    }

    static long uhsSaturates(long vra, long vrb, long vrc) {
        return (sumUnsigned(vra, vrb, vrc, 0) | sumUnsigned(vra, vrb, vrc, 1)) >>> 32;
    }

    private static long sumUnsigned(long a, long b, long c, int word) {
        int lane = 2 * word;
        return (long) Lanes.u16(a, lane) * Lanes.u16(b, lane)
                + (long) Lanes.u16(a, lane + 1) * Lanes.u16(b, lane + 1)
                + Lanes.u32(c, word);
    }

    /// Vector multiply-sum signed halfword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101000 | vmsumshm vrt,vra,vrb,vrc")
    static long vmsumshm(long vra, long vrb, long vrc) {
        return Lanes.pair(sumSigned(vra, vrb, vrc, 0), sumSigned(vra, vrb, vrc, 1));
    }

    /// Vector multiply-sum signed halfword saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101001 | vmsumshs vrt,vra,vrb,vrc | sat=shsSaturates")
    static long vmsumshs(long vra, long vrb, long vrc) {
        return Lanes.pair(
                VectorSums.clamped(sumSigned(vra, vrb, vrc, 0)), VectorSums.clamped(sumSigned(vra, vrb, vrc, 1)));
    }

    static long shsSaturates(long vra, long vrb, long vrc) {
        return VectorSums.excess(sumSigned(vra, vrb, vrc, 0)) | VectorSums.excess(sumSigned(vra, vrb, vrc, 1));
    }

    private static long sumSigned(long a, long b, long c, int word) {
        int lane = 2 * word;
        return (long) Lanes.s16(a, lane) * Lanes.s16(b, lane)
                + (long) Lanes.s16(a, lane + 1) * Lanes.s16(b, lane + 1)
                + Lanes.s32(c, word);
    }

    /// Vector multiply-sum unsigned doubleword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 100011 ?P9 | vmsumudm vrt,vra,vrb,vrc")
    static long vmsumudm(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrcLo, long vrcHi, int half) {
        long low = vraLo * vrbLo;
        long high = Math.unsignedMultiplyHigh(vraLo, vrbLo);
        long low2 = vraHi * vrbHi;
        long high2 = Math.unsignedMultiplyHigh(vraHi, vrbHi);
        long sumLo = low + low2;
        long sumHi = high + high2 + Quadwords.carry(low, low2, 0);
        return Quadwords.sum(sumLo, sumHi, vrcLo, vrcHi, 0, half);
    }
}
