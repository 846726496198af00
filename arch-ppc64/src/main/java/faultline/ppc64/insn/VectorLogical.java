package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Logical instructions of vectors (Power ISA Book I 6.9.4) and of VSX registers (7.6.1, VSX logical).
final class VectorLogical {

    private VectorLogical() {}

    /// Vector logical AND.
    @Insn("000100 vrt:5 vra:5 vrb:5 10000 000100 | vand vrt,vra,vrb")
    static long vand(long vra, long vrb) {
        return vra & vrb;
    }

    /// Vector logical AND with complement.
    @Insn("000100 vrt:5 vra:5 vrb:5 10001 000100 | vandc vrt,vra,vrb")
    static long vandc(long vra, long vrb) {
        return vra & ~vrb;
    }

    /// Vector logical equivalence.
    @Insn("000100 vrt:5 vra:5 vrb:5 11010 000100 | veqv vrt,vra,vrb")
    static long veqv(long vra, long vrb) {
        return ~(vra ^ vrb);
    }

    /// Vector logical NAND.
    @Insn("000100 vrt:5 vra:5 vrb:5 10110 000100 | vnand vrt,vra,vrb")
    static long vnand(long vra, long vrb) {
        return ~(vra & vrb);
    }

    /// Vector logical OR with complement.
    @Insn("000100 vrt:5 vra:5 vrb:5 10101 000100 | vorc vrt,vra,vrb")
    static long vorc(long vra, long vrb) {
        return vra | ~vrb;
    }

    /// Vector logical NOR.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 10100 000100 vra==vrb | vnot vrt,vra
            000100 vrt:5 vra:5 vrb:5 10100 000100 | vnor vrt,vra,vrb
            """)
    static long vnor(long vra, long vrb) {
        return ~(vra | vrb);
    }

    /// Vector logical OR.
    @Insn("000100 vrt:5 vra:5 vrb:5 10010 000100 | vor vrt,vra,vrb")
    static long vor(long vra, long vrb) {
        return vra | vrb;
    }

    /// Vector move.
    @Insn("000100 vrt:5 vra:5 vrb:5 10010 000100 vra==vrb | vmr vrt,vra")
    static long vmr(long vra) {
        return vra;
    }

    /// Vector logical XOR.
    @Insn("000100 vrt:5 vra:5 vrb:5 10011 000100 | vxor vrt,vra,vrb")
    static long vxor(long vra, long vrb) {
        return vra ^ vrb;
    }

    // VSX.

    /// VSX logical AND.
    @Insn("111100 t:5 a:5 b:5 10000 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxland xt,xa,xb")
    static long xxland(long xa, long xb) {
        return xa & xb;
    }

    /// VSX logical AND with complement.
    @Insn("111100 t:5 a:5 b:5 10001 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlandc xt,xa,xb")
    static long xxlandc(long xa, long xb) {
        return xa & ~xb;
    }

    /// VSX logical equivalence.
    @Insn("111100 t:5 a:5 b:5 10111 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxleqv xt,xa,xb")
    static long xxleqv(long xa, long xb) {
        return ~(xa ^ xb);
    }

    /// VSX logical NAND.
    @Insn("111100 t:5 a:5 b:5 10110 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlnand xt,xa,xb")
    static long xxlnand(long xa, long xb) {
        return ~(xa & xb);
    }

    /// VSX logical OR with complement.
    @Insn("111100 t:5 a:5 b:5 10101 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlorc xt,xa,xb")
    static long xxlorc(long xa, long xb) {
        return xa | ~xb;
    }

    /// VSX logical NOR.
    @Insn("""
            111100 t:5 a:5 b:5 10100 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b xa==xb | xxlnot xt,xa
            111100 t:5 a:5 b:5 10100 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlnor xt,xa,xb
            """)
    static long xxlnor(long xa, long xb) {
        return ~(xa | xb);
    }

    /// VSX logical OR.
    @Insn("111100 t:5 a:5 b:5 10010 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlor xt,xa,xb")
    static long xxlor(long xa, long xb) {
        return xa | xb;
    }

    /// VSX move.
    @Insn("111100 t:5 a:5 b:5 10010 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b xa==xb | xxmr xt,xa")
    static long xxmr(long xa) {
        return xa;
    }

    /// VSX logical XOR.
    @Insn("111100 t:5 a:5 b:5 10011 010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlxor xt,xa,xb")
    static long xxlxor(long xa, long xb) {
        return xa ^ xb;
    }
}
