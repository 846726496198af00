package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Vector extract and insert element (Power ISA Book I 6.8.8 and 6.8.9).
final class VectorExtract {

    private VectorExtract() {}

    /// Vector extract unsigned: the element that begins at a byte, right in the high doubleword.
    @Insn("""
            000100 vrt:5 / uim:4 vrb:5 01000 001101 ?P9 | vextractub vrt,vrb,uim | size:=0
            000100 vrt:5 / uim:4 vrb:5 01001 001101 ?P9 | vextractuh vrt,vrb,uim | size:=1
            000100 vrt:5 / uim:4 vrb:5 01010 001101 ?P9 | vextractuw vrt,vrb,uim | size:=2
            000100 vrt:5 / uim:4 vrb:5 01011 001101 ?P9 | vextractd vrt,vrb,uim  | size:=3
            """)
    static long vextract(long vrbLo, long vrbHi, int uim, int half, int size) {
        return half == 0 ? 0 : Elements.from(vrbLo, vrbHi, uim, size);
    }

    /// Vector insert, at a byte: the element that is right in the high doubleword.
    @Insn("""
            000100 vrt:5 / uim:4 vrb:5 01100 001101 ?P9 | vinsertb vrt,vrb,uim | size:=0
            000100 vrt:5 / uim:4 vrb:5 01101 001101 ?P9 | vinserth vrt,vrb,uim | size:=1
            000100 vrt:5 / uim:4 vrb:5 01110 001101 ?P9 | vinsertw vrt,vrb,uim | size:=2
            000100 vrt:5 / uim:4 vrb:5 01111 001101 ?P9 | vinsertd vrt,vrb,uim | size:=3
            """)
    static long vinsert(long vrt, long vrbHi, int uim, int half, int size) {
        return Elements.with(vrt, vrbHi, uim, half, size);
    }

    /// Vector extract unsigned to GPR using GPR-specified left-index.
    @Insn("""
            000100 rt:5 ra:5 vrb:5 11000 001101 ?P9 | vextublx rt,ra,vrb | size:=0
            000100 rt:5 ra:5 vrb:5 11001 001101 ?P9 | vextuhlx rt,ra,vrb | size:=1
            000100 rt:5 ra:5 vrb:5 11010 001101 ?P9 | vextuwlx rt,ra,vrb | size:=2
            """)
    static long vextulx(long ra, long vrbLo, long vrbHi, int size) {
        return Elements.from(vrbLo, vrbHi, (int) ra & 15, size);
    }

    /// Vector extract unsigned to GPR using GPR-specified right-index.
    @Insn("""
            000100 rt:5 ra:5 vrb:5 11100 001101 ?P9 | vextubrx rt,ra,vrb | size:=0
            000100 rt:5 ra:5 vrb:5 11101 001101 ?P9 | vextuhrx rt,ra,vrb | size:=1
            000100 rt:5 ra:5 vrb:5 11110 001101 ?P9 | vextuwrx rt,ra,vrb | size:=2
            """)
    static long vexturx(long ra, long vrbLo, long vrbHi, int size) {
        return Elements.fromRight(vrbLo, vrbHi, (int) ra & 15, size);
    }
}
