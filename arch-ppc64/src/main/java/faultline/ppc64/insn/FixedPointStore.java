package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Fixed-point stores (Power ISA Book I 3.3.3 and 3.3.5).
///
/// An update form wants a base, else it is invalid.
final class FixedPointStore {

    private FixedPointStore() {}

    /// Store byte.
    @Insn("""
            100110 rs:5 ra:5 d:s16 | stb rs,d(ra|0)
            100111 rs:5 ra:5 d:s16 ra!=0 | stbu rs,d(ra) | ra=ea
            011111 rs:5 ra:5 rb:5 0011010111 / | stbx rs,ra|0,rb | ea:=ra+rb
            011111 rs:5 ra:5 rb:5 0011110111 / ra!=0 | stbux rs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void stb(Mem mem, long ea, long rs) {
        mem.store8(ea, (byte) rs);
    }

    /// Store halfword.
    @Insn("""
            101100 rs:5 ra:5 d:s16 | sth rs,d(ra|0)
            101101 rs:5 ra:5 d:s16 ra!=0 | sthu rs,d(ra) | ra=ea
            011111 rs:5 ra:5 rb:5 0110010111 / | sthx rs,ra|0,rb | ea:=ra+rb
            011111 rs:5 ra:5 rb:5 0110110111 / ra!=0 | sthux rs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void sth(Mem mem, long ea, long rs) {
        mem.store16(ea, (short) rs);
    }

    /// Store word.
    @Insn("""
            100100 rs:5 ra:5 d:s16 | stw rs,d(ra|0)
            100101 rs:5 ra:5 d:s16 ra!=0 | stwu rs,d(ra) | ra=ea
            011111 rs:5 ra:5 rb:5 0010010111 / | stwx rs,ra|0,rb | ea:=ra+rb
            011111 rs:5 ra:5 rb:5 0010110111 / ra!=0 | stwux rs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void stw(Mem mem, long ea, long rs) {
        mem.store32(ea, (int) rs);
    }

    /// Store doubleword.
    @Insn("""
            111110 rs:5 ra:5 d:s14*4 00 | std rs,d(ra|0)
            111110 rs:5 ra:5 d:s14*4 01 ra!=0 | stdu rs,d(ra) | ra=ea
            011111 rs:5 ra:5 rb:5 0010010101 / | stdx rs,ra|0,rb | ea:=ra+rb
            011111 rs:5 ra:5 rb:5 0010110101 / ra!=0 | stdux rs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void std(Mem mem, long ea, long rs) {
        mem.store64(ea, rs);
    }

    // Byte-reversed.

    /// Store halfword byte-reverse.
    @Insn("011111 rs:5 ra:5 rb:5 1110010110 / | sthbrx rs,ra|0,rb | ea:=ra+rb")
    static void sthbrx(Mem mem, long ea, long rs) {
        mem.store16(ea, Short.reverseBytes((short) rs));
    }

    /// Store word byte-reverse.
    @Insn("011111 rs:5 ra:5 rb:5 1010010110 / | stwbrx rs,ra|0,rb | ea:=ra+rb")
    static void stwbrx(Mem mem, long ea, long rs) {
        mem.store32(ea, Integer.reverseBytes((int) rs));
    }

    /// Store doubleword byte-reverse.
    @Insn("011111 rs:5 ra:5 rb:5 1010010100 / | stdbrx rs,ra|0,rb | ea:=ra+rb")
    static void stdbrx(Mem mem, long ea, long rs) {
        mem.store64(ea, Long.reverseBytes(rs));
    }
}
