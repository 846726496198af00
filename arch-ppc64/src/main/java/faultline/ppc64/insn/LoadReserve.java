package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Loads and stores that go together (Power ISA Book II 4.6.2), atomic memory operations (4.5) and
/// loads and stores of quadwords (Book I 3.3.4).
///
/// All of them want their address aligned to what they access. [faultline.core.mem.ExclusiveAccess]
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
}
