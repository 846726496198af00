package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;

/// Vector integer compare (Power ISA Book I 6.9.3). With the record bit, field 6 of CR says whether all
/// elements are as asked, or none.
final class VectorCompare {

    private VectorCompare() {}

    /// Vector compare equal unsigned.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 00 size:2 000110 size!=3 | vcmpequ<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 00 size:2 000110 size!=3 | vcmpequ<size>. vrt,vra,vrb | cr6
            000100 vrt:5 vra:5 vrb:5 0 00 11 000111 | vcmpequd vrt,vra,vrb  | size:=3
            000100 vrt:5 vra:5 vrb:5 1 00 11 000111 | vcmpequd. vrt,vra,vrb | size:=3 cr6
            """)
    static long vcmpequ(long vra, long vrb, int size) {
        return LaneArithmetic.equal(vra, vrb, size);
    }

    /// Vector compare greater than signed.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 11 size:2 000110 size!=3 | vcmpgts<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 11 size:2 000110 size!=3 | vcmpgts<size>. vrt,vra,vrb | cr6
            000100 vrt:5 vra:5 vrb:5 0 11 11 000111 | vcmpgtsd vrt,vra,vrb  | size:=3
            000100 vrt:5 vra:5 vrb:5 1 11 11 000111 | vcmpgtsd. vrt,vra,vrb | size:=3 cr6
            """)
    static long vcmpgts(long vra, long vrb, int size) {
        return LaneArithmetic.greater(vra, vrb, size);
    }

    /// Vector compare greater than unsigned.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 10 size:2 000110 size!=3 | vcmpgtu<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 10 size:2 000110 size!=3 | vcmpgtu<size>. vrt,vra,vrb | cr6
            000100 vrt:5 vra:5 vrb:5 0 10 11 000111 | vcmpgtud vrt,vra,vrb  | size:=3
            000100 vrt:5 vra:5 vrb:5 1 10 11 000111 | vcmpgtud. vrt,vra,vrb | size:=3 cr6
            """)
    static long vcmpgtu(long vra, long vrb, int size) {
        return LaneArithmetic.higher(vra, vrb, size);
    }

    /// Vector compare not equal.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 00 size:2 000111 size!=3 ?P9 | vcmpne<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 00 size:2 000111 size!=3 ?P9 | vcmpne<size>. vrt,vra,vrb | cr6
            """)
    static long vcmpne(long vra, long vrb, int size) {
        return ~LaneArithmetic.equal(vra, vrb, size);
    }

    /// Vector compare not equal or zero.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 01 size:2 000111 size!=3 ?P9 | vcmpnez<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 01 size:2 000111 size!=3 ?P9 | vcmpnez<size>. vrt,vra,vrb | cr6
            """)
    static long vcmpnez(long vra, long vrb, int size) {
        return ~LaneArithmetic.equal(vra, vrb, size) | LaneArithmetic.equal(vra, 0, size);
    }
}
