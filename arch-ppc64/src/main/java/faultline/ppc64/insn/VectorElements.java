package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Vector integer average, maximum, minimum, absolute difference, extension and parity (Power ISA Book
/// I 6.9.1).
final class VectorElements {

    private VectorElements() {}

    // Average, rounded up.

    /// Vector average unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 100 size:2 000010 size!=3 | vavgu<size> vrt,vra,vrb")
    static long vavgu(long vra, long vrb, int size) {
        return LaneArithmetic.roundedHalfSumUnsigned(vra, vrb, size);
    }

    /// Vector average signed.
    @Insn("000100 vrt:5 vra:5 vrb:5 101 size:2 000010 size!=3 | vavgs<size> vrt,vra,vrb")
    static long vavgs(long vra, long vrb, int size) {
        return LaneArithmetic.roundedHalfSum(vra, vrb, size);
    }

    /// Vector absolute difference unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 100 size:2 000011 size!=3 ?P9 | vabsdu<size> vrt,vra,vrb")
    static long vabsdu(long vra, long vrb, int size) {
        return LaneArithmetic.distanceUnsigned(vra, vrb, size);
    }

    // Maximum and minimum.

    /// Vector maximum unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 000 size:2 000010 | vmaxu<size> vrt,vra,vrb")
    static long vmaxu(long vra, long vrb, int size) {
        return LaneArithmetic.maxUnsigned(vra, vrb, size);
    }

    /// Vector maximum signed.
    @Insn("000100 vrt:5 vra:5 vrb:5 001 size:2 000010 | vmaxs<size> vrt,vra,vrb")
    static long vmaxs(long vra, long vrb, int size) {
        return LaneArithmetic.max(vra, vrb, size);
    }

    /// Vector minimum unsigned.
    @Insn("000100 vrt:5 vra:5 vrb:5 010 size:2 000010 | vminu<size> vrt,vra,vrb")
    static long vminu(long vra, long vrb, int size) {
        return LaneArithmetic.minUnsigned(vra, vrb, size);
    }

    /// Vector minimum signed.
    @Insn("000100 vrt:5 vra:5 vrb:5 011 size:2 000010 | vmins<size> vrt,vra,vrb")
    static long vmins(long vra, long vrb, int size) {
        return LaneArithmetic.min(vra, vrb, size);
    }

    // Sign extension: the low part of each element.

    /// Vector extend sign.
    @Insn("""
            000100 vrt:5 10000 vrb:5 11000 000010 ?P9 | vextsb2w vrt,vrb | size:=2 unused:=24
            000100 vrt:5 10001 vrb:5 11000 000010 ?P9 | vextsh2w vrt,vrb | size:=2 unused:=16
            000100 vrt:5 11000 vrb:5 11000 000010 ?P9 | vextsb2d vrt,vrb | size:=3 unused:=56
            000100 vrt:5 11001 vrb:5 11000 000010 ?P9 | vextsh2d vrt,vrb | size:=3 unused:=48
            000100 vrt:5 11010 vrb:5 11000 000010 ?P9 | vextsw2d vrt,vrb | size:=3 unused:=32
            """)
    static long vexts(long vrb, int size, int unused) {
        return size == 3
                ? vrb << unused >> unused
                : Lanes.pair((int) vrb << unused >> unused, (int) (vrb >>> 32) << unused >> unused);
    }

    // Parity of the lowest bits of the bytes of each element.

    /// Vector parity byte.
    @Insn("""
            000100 vrt:5 01000 vrb:5 11000 000010 ?P9 | vprtybw vrt,vrb | size:=2
            000100 vrt:5 01001 vrb:5 11000 000010 ?P9 | vprtybd vrt,vrb | size:=3
            """)
    static long vprtyb(long vrb, int size) {
        long words = vrb ^ vrb >>> 8;
        words ^= words >>> 16;
        return (size == 3 ? words ^ words >>> 32 : words) & Lanes.ones(size);
    }

    /// Vector parity byte quadword.
    @Insn("000100 vrt:5 01010 vrb:5 11000 000010 ?P9 | vprtybq vrt,vrb")
    static long vprtybq(long vrbLo, long vrbHi, int half) {
        return half == 0 ? vprtyb(vrbLo ^ vrbHi, 3) : 0;
    }
}
