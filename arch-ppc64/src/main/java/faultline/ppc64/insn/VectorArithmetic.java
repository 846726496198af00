package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;
import faultline.core.simd.Quadwords;

/// Vector integer add and subtract (Power ISA Book I 6.9.1). What saturates sets VSCR.SAT.
final class VectorArithmetic {

    private VectorArithmetic() {}

    // Add.

    /// Vector add unsigned modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 000 size:2 000000 | vaddu<size>m vrt,vra,vrb")
    static long vaddum(long vra, long vrb, int size) {
        return LaneArithmetic.add(vra, vrb, size);
    }

    /// Vector add and write carry-out unsigned word.
    @Insn("000100 vrt:5 vra:5 vrb:5 00110 000000 | vaddcuw vrt,vra,vrb")
    static long vaddcuw(long vra, long vrb) {
        return LaneArithmetic.addCarries(vra, vrb, 2) >>> 31;
    }

    /// Vector add unsigned saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 010 size:2 000000 size!=3 | vaddu<size>s vrt,vra,vrb | sat=addCarries")
    static long vaddus(long vra, long vrb, int size) {
        return LaneArithmetic.addSaturatedUnsigned(vra, vrb, size);
    }

    static long addCarries(long vra, long vrb, int size) {
        return LaneArithmetic.addCarries(vra, vrb, size);
    }

    /// Vector add signed saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 011 size:2 000000 size!=3 | vadds<size>s vrt,vra,vrb | sat=addOverflows")
    static long vaddss(long vra, long vrb, int size) {
        return LaneArithmetic.addSaturated(vra, vrb, size);
    }

    static long addOverflows(long vra, long vrb, int size) {
        return LaneArithmetic.addOverflows(vra, vrb, size);
    }

    // Subtract.

    /// Vector subtract unsigned modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 100 size:2 000000 | vsubu<size>m vrt,vra,vrb")
    static long vsubum(long vra, long vrb, int size) {
        return LaneArithmetic.sub(vra, vrb, size);
    }

    /// Vector subtract and write carry-out unsigned word: 1 where nothing is borrowed.
    @Insn("000100 vrt:5 vra:5 vrb:5 10110 000000 | vsubcuw vrt,vra,vrb")
    static long vsubcuw(long vra, long vrb) {
        return (~LaneArithmetic.subBorrows(vra, vrb, 2) & Lanes.TOP32) >>> 31;
    }

    /// Vector subtract unsigned saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 110 size:2 000000 size!=3 | vsubu<size>s vrt,vra,vrb | sat=subBorrows")
    static long vsubus(long vra, long vrb, int size) {
        return LaneArithmetic.subSaturatedUnsigned(vra, vrb, size);
    }

    static long subBorrows(long vra, long vrb, int size) {
        return LaneArithmetic.subBorrows(vra, vrb, size);
    }

    /// Vector subtract signed saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 111 size:2 000000 size!=3 | vsubs<size>s vrt,vra,vrb | sat=subOverflows")
    static long vsubss(long vra, long vrb, int size) {
        return LaneArithmetic.subSaturated(vra, vrb, size);
    }

    static long subOverflows(long vra, long vrb, int size) {
        return LaneArithmetic.subOverflows(vra, vrb, size);
    }

    // Quadwords. A difference is the sum with the complement and a carry of 1.

    /// Vector add unsigned quadword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 00100 000000 | vadduqm vrt,vra,vrb")
    static long vadduqm(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return Quadwords.sum(vraLo, vraHi, vrbLo, vrbHi, 0, half);
    }

    /// Vector add and write carry unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 00101 000000 | vaddcuq vrt,vra,vrb")
    static long vaddcuq(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return half == 0 ? Quadwords.carry(vraLo, vraHi, vrbLo, vrbHi, 0) : 0;
    }

    /// Vector add extended unsigned quadword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 111100 | vaddeuqm vrt,vra,vrb,vrc")
    static long vaddeuqm(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrcLo, int half) {
        return Quadwords.sum(vraLo, vraHi, vrbLo, vrbHi, vrcLo & 1, half);
    }

    /// Vector add extended and write carry unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 111101 | vaddecuq vrt,vra,vrb,vrc")
    static long vaddecuq(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrcLo, int half) {
        return half == 0 ? Quadwords.carry(vraLo, vraHi, vrbLo, vrbHi, vrcLo & 1) : 0;
    }

    /// Vector subtract unsigned quadword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 10100 000000 | vsubuqm vrt,vra,vrb")
    static long vsubuqm(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return Quadwords.sum(vraLo, vraHi, ~vrbLo, ~vrbHi, 1, half);
    }

    /// Vector subtract and write carry-out unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 10101 000000 | vsubcuq vrt,vra,vrb")
    static long vsubcuq(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return half == 0 ? Quadwords.carry(vraLo, vraHi, ~vrbLo, ~vrbHi, 1) : 0;
    }

    /// Vector subtract extended unsigned quadword modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 111110 | vsubeuqm vrt,vra,vrb,vrc")
    static long vsubeuqm(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrcLo, int half) {
        return Quadwords.sum(vraLo, vraHi, ~vrbLo, ~vrbHi, vrcLo & 1, half);
    }

    /// Vector subtract extended and write carry-out unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 111111 | vsubecuq vrt,vra,vrb,vrc")
    static long vsubecuq(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrcLo, int half) {
        return half == 0 ? Quadwords.carry(vraLo, vraHi, ~vrbLo, ~vrbHi, vrcLo & 1) : 0;
    }

    // Negate.

    /// Vector negate.
    @Insn("""
            000100 vrt:5 00110 vrb:5 11000 000010 ?P9 | vnegw vrt,vrb | size:=2
            000100 vrt:5 00111 vrb:5 11000 000010 ?P9 | vnegd vrt,vrb | size:=3
            """)
    static long vneg(long vrb, int size) {
        return LaneArithmetic.sub(0, vrb, size);
    }
}
