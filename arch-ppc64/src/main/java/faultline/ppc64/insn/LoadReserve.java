package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Loads and stores that go together (Power ISA Book II 4.6.2), and loads and stores of quadwords
/// (Book I 3.3.4).
///
/// Those that reserve want their address aligned to what they access. [faultline.core.mem.ExclusiveAccess]
/// says what becomes of a reservation.
final class LoadReserve {

    private LoadReserve() {}

    /// Load and reserve indexed.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0000110100 eh:1 bytes=number(1) | lbarx rt,ra|0,rb{,eh} | ea:=alignedIndexed
            011111 rt:5 ra:5 rb:5 0001110100 eh:1 bytes=number(2) | lharx rt,ra|0,rb{,eh} | ea:=alignedIndexed
            011111 rt:5 ra:5 rb:5 0000010100 eh:1 bytes=number(4) | lwarx rt,ra|0,rb{,eh} | ea:=alignedIndexed
            011111 rt:5 ra:5 rb:5 0001010100 eh:1 bytes=number(8) | ldarx rt,ra|0,rb{,eh} | ea:=alignedIndexed
            """)
    static long loadReserve(Mem mem, long ea, int bytes) {
        return mem.exclusives().load(ea, bytes);
    }

    /// Store conditional indexed. Field 0 says whether it stored.
    @Insn("""
            011111 rs:5 ra:5 rb:5 1010110110 1 bytes=number(1) | stbcx. rs,ra|0,rb | ea:=alignedIndexed -> stored
            011111 rs:5 ra:5 rb:5 1011010110 1 bytes=number(2) | sthcx. rs,ra|0,rb | ea:=alignedIndexed -> stored
            011111 rs:5 ra:5 rb:5 0010010110 1 bytes=number(4) | stwcx. rs,ra|0,rb | ea:=alignedIndexed -> stored
            011111 rs:5 ra:5 rb:5 0011010110 1 bytes=number(8) | stdcx. rs,ra|0,rb | ea:=alignedIndexed -> stored
            """)
    static long storeConditional(Mem mem, long ea, long rs, int bytes) {
        return mem.exclusives().store(ea, bytes, rs) ? 1 : 0;
    }

    // Quadwords: the high doubleword in an even register, the low one in the next.

    /// Load quadword and reserve indexed.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0100010100 eh:1 bytes=number(16) rt2=odd(rt) isEven(rt) rt!=ra rt!=rb \
            | lqarx rt,ra|0,rb{,eh} | ea:=alignedIndexed rt=highHalf -> rt2
            """)
    static long lqarx(Mem mem, long ea) {
        return mem.exclusives().loadPair(ea);
    }

    /// The other half, which was loaded with the first.
    static long highHalf(Mem mem, long result) {
        return mem.exclusives().high();
    }

    /// Store quadword conditional indexed.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0010110110 1 bytes=number(16) rs2=odd(rs) isEven(rs) \
            | stqcx. rs,ra|0,rb | ea:=alignedIndexed -> stored
            """)
    static long stqcx(Mem mem, long ea, long rs, long rs2) {
        return mem.exclusives().storePair(ea, rs2, rs) ? 1 : 0;
    }

    /// Load quadword. One that is not aligned is done in two accesses, as Linux does it.
    @Insn("111000 rt:5 ra:5 d:s12*16 //// rt2=odd(rt) isEven(rt) rt!=ra | lq rt,d(ra|0) | rt=highHalf -> rt2")
    static long lq(Mem mem, long ea) {
        return mem.exclusives().loadQuadword(ea);
    }

    /// Store quadword.
    @Insn("111110 rs:5 ra:5 d:s14*4 10 rs2=odd(rs) isEven(rs) | stq rs,d(ra|0)")
    static void stq(Mem mem, long ea, long rs, long rs2) {
        mem.exclusives().storeQuadword(ea, rs2, rs);
    }
}
