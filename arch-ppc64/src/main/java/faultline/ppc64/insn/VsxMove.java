package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// Moves between general and VSX registers (Power ISA Book I 7.6.1).
final class VsxMove {

    private VsxMove() {}

    /// Move from VSR doubleword.
    @Insn("011111 s:5 ra:5 ///// 00001 10011 sx:1 xs=sx:s | mf<sx>d ra,gs")
    static long mfvsrd(long xs) {
        return xs;
    }

    /// Move from VSR word and zero.
    @Insn("011111 s:5 ra:5 ///// 00011 10011 sx:1 xs=sx:s | mf<sx>wz ra,gs")
    static long mfvsrwz(long xs) {
        return xs & 0xffffffffL;
    }

    /// Move from VSR lower doubleword.
    @Insn("011111 s:5 ra:5 ///// 01001 10011 sx:1 xs=sx:s ?P9 | mfvsrld ra,xs")
    static long mfvsrld(long xsLo) {
        return xsLo;
    }

    /// Move to VSR doubleword.
    @Insn("011111 t:5 ra:5 ///// 00101 10011 tx:1 xt=tx:t | mt<tx>d gt,ra")
    static long mtvsrd(long ra) {
        return ra;
    }

    /// Move to VSR word algebraic.
    @Insn("011111 t:5 ra:5 ///// 00110 10011 tx:1 xt=tx:t | mt<tx>wa gt,ra")
    static long mtvsrwa(long ra) {
        return (int) ra;
    }

    /// Move to VSR word and zero.
    @Insn("011111 t:5 ra:5 ///// 00111 10011 tx:1 xt=tx:t | mt<tx>wz gt,ra")
    static long mtvsrwz(long ra) {
        return ra & 0xffffffffL;
    }

    /// Move to VSR double doubleword.
    @Insn("011111 t:5 ra:5 rb:5 01101 10011 tx:1 xt=tx:t ?P9 | mtvsrdd xt,ra|0,rb")
    static long mtvsrdd(long ra, long rb, int half) {
        return half == 0 ? rb : ra;
    }

    /// Move to VSR word and splat.
    @Insn("011111 t:5 ra:5 ///// 01100 10011 tx:1 xt=tx:t ?P9 | mtvsrws xt,ra")
    static long mtvsrws(long ra) {
        return Lanes.replicate(ra, 2);
    }
}
