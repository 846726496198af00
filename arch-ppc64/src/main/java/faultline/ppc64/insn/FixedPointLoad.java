package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Fixed-point loads (Power ISA Book I 3.3.2, 3.3.4 and 3.3.5).
///
/// An update form wants a base, and one that is not the target; else it is invalid.
final class FixedPointLoad {

    private FixedPointLoad() {}

    /// Load byte and zero.
    @Insn("""
            100010 rt:5 ra:5 d:s16 | lbz rt,d(ra|0)
            100011 rt:5 ra:5 d:s16 ra!=0 ra!=rt | lbzu rt,d(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0001010111 / | lbzx rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0001110111 / ra!=0 ra!=rt | lbzux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lbz(Mem mem, long ea) {
        return mem.load8(ea) & 0xff;
    }

    /// Load halfword and zero.
    @Insn("""
            101000 rt:5 ra:5 d:s16 | lhz rt,d(ra|0)
            101001 rt:5 ra:5 d:s16 ra!=0 ra!=rt | lhzu rt,d(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0100010111 / | lhzx rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0100110111 / ra!=0 ra!=rt | lhzux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lhz(Mem mem, long ea) {
        return mem.load16(ea) & 0xffff;
    }

    /// Load halfword algebraic.
    @Insn("""
            101010 rt:5 ra:5 d:s16 | lha rt,d(ra|0)
            101011 rt:5 ra:5 d:s16 ra!=0 ra!=rt | lhau rt,d(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0101010111 / | lhax rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0101110111 / ra!=0 ra!=rt | lhaux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lha(Mem mem, long ea) {
        return mem.load16(ea);
    }

    /// Load word and zero.
    @Insn("""
            100000 rt:5 ra:5 d:s16 | lwz rt,d(ra|0)
            100001 rt:5 ra:5 d:s16 ra!=0 ra!=rt | lwzu rt,d(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0000010111 / | lwzx rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0000110111 / ra!=0 ra!=rt | lwzux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lwz(Mem mem, long ea) {
        return Integer.toUnsignedLong(mem.load32(ea));
    }

    /// Load word algebraic.
    @Insn("""
            111010 rt:5 ra:5 d:s14*4 10 | lwa rt,d(ra|0)
            011111 rt:5 ra:5 rb:5 0101010101 / | lwax rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0101110101 / ra!=0 ra!=rt | lwaux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lwa(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load doubleword.
    @Insn("""
            111010 rt:5 ra:5 d:s14*4 00 | ld rt,d(ra|0)
            111010 rt:5 ra:5 d:s14*4 01 ra!=0 ra!=rt | ldu rt,d(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0000010101 / | ldx rt,ra|0,rb | ea:=ra+rb
            011111 rt:5 ra:5 rb:5 0000110101 / ra!=0 ra!=rt | ldux rt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long ld(Mem mem, long ea) {
        return mem.load64(ea);
    }

    // Byte-reversed.

    /// Load halfword byte-reverse.
    @Insn("011111 rt:5 ra:5 rb:5 1100010110 / | lhbrx rt,ra|0,rb | ea:=ra+rb")
    static long lhbrx(Mem mem, long ea) {
        return Short.reverseBytes(mem.load16(ea)) & 0xffff;
    }

    /// Load word byte-reverse.
    @Insn("011111 rt:5 ra:5 rb:5 1000010110 / | lwbrx rt,ra|0,rb | ea:=ra+rb")
    static long lwbrx(Mem mem, long ea) {
        return Integer.toUnsignedLong(Integer.reverseBytes(mem.load32(ea)));
    }

    /// Load doubleword byte-reverse.
    @Insn("011111 rt:5 ra:5 rb:5 1000010100 / | ldbrx rt,ra|0,rb | ea:=ra+rb")
    static long ldbrx(Mem mem, long ea) {
        return Long.reverseBytes(mem.load64(ea));
    }
}
