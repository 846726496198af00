package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.ppc64.fp.Singles;

/// Floating-point loads and stores (Power ISA Book I 4.6.2 to 4.6.4).
final class FloatLoadStore {

    private FloatLoadStore() {}

    // Loads.

    /// Load single.
    @Insn("""
            110000 frt:5 ra:5 d:s16 | lfs frt,d(ra|0)
            110001 frt:5 ra:5 d:s16 ra!=0 | lfsu frt,d(ra) | ra=ea
            011111 frt:5 ra:5 rb:5 1000010111 / | lfsx frt,ra|0,rb | ea:=ra+rb
            011111 frt:5 ra:5 rb:5 1000110111 / ra!=0 | lfsux frt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lfs(Mem mem, long ea) {
        return Singles.toDouble(mem.load32(ea));
    }

    /// Load double.
    @Insn("""
            110010 frt:5 ra:5 d:s16 | lfd frt,d(ra|0)
            110011 frt:5 ra:5 d:s16 ra!=0 | lfdu frt,d(ra) | ra=ea
            011111 frt:5 ra:5 rb:5 1001010111 / | lfdx frt,ra|0,rb | ea:=ra+rb
            011111 frt:5 ra:5 rb:5 1001110111 / ra!=0 | lfdux frt,ra,rb | ea:=ra+rb ra=ea
            """)
    static long lfd(Mem mem, long ea) {
        return mem.load64(ea);
    }

    /// Load as integer word, extended by its sign.
    @Insn("011111 frt:5 ra:5 rb:5 1101010111 / | lfiwax frt,ra|0,rb | ea:=ra+rb")
    static long lfiwax(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load as integer word, extended by zeros.
    @Insn("011111 frt:5 ra:5 rb:5 1101110111 / | lfiwzx frt,ra|0,rb | ea:=ra+rb")
    static long lfiwzx(Mem mem, long ea) {
        return Integer.toUnsignedLong(mem.load32(ea));
    }

    // Stores.

    /// Store single.
    @Insn("""
            110100 frs:5 ra:5 d:s16 | stfs frs,d(ra|0)
            110101 frs:5 ra:5 d:s16 ra!=0 | stfsu frs,d(ra) | ra=ea
            011111 frs:5 ra:5 rb:5 1010010111 / | stfsx frs,ra|0,rb | ea:=ra+rb
            011111 frs:5 ra:5 rb:5 1010110111 / ra!=0 | stfsux frs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void stfs(Mem mem, long ea, long frs) {
        mem.store32(ea, Singles.toSingle(frs));
    }

    /// Store double.
    @Insn("""
            110110 frs:5 ra:5 d:s16 | stfd frs,d(ra|0)
            110111 frs:5 ra:5 d:s16 ra!=0 | stfdu frs,d(ra) | ra=ea
            011111 frs:5 ra:5 rb:5 1011010111 / | stfdx frs,ra|0,rb | ea:=ra+rb
            011111 frs:5 ra:5 rb:5 1011110111 / ra!=0 | stfdux frs,ra,rb | ea:=ra+rb ra=ea
            """)
    static void stfd(Mem mem, long ea, long frs) {
        mem.store64(ea, frs);
    }

    /// Store as integer word.
    @Insn("011111 frs:5 ra:5 rb:5 1111010111 / | stfiwx frs,ra|0,rb | ea:=ra+rb")
    static void stfiwx(Mem mem, long ea, long frs) {
        mem.store32(ea, (int) frs);
    }

    // Pairs: one quadword, whose high doubleword is in the even register.

    /// Load floating-point double pair.
    @Insn("""
            111001 frt:5 ra:5 d:s14*4 00 frt2=odd(frt) isEven(frt) | lfdp frt,d(ra|0) | frt=secondOfPair -> frt2
            011111 frt:5 ra:5 rb:5 1100010111 / frt2=odd(frt) isEven(frt) \
            | lfdpx frt,ra|0,rb | ea:=ra+rb frt=secondOfPair -> frt2
            """)
    static long lfdp(Mem mem, long ea) {
        return mem.loadLowHalf(ea);
    }

    static long secondOfPair(Mem mem, long ea) {
        return mem.loadHighHalf(ea);
    }

    /// Store floating-point double pair.
    @Insn("""
            111101 frs:5 ra:5 d:s14*4 00 frs2=odd(frs) isEven(frs)      | stfdp frs,d(ra|0)
            011111 frs:5 ra:5 rb:5 1110010111 / frs2=odd(frs) isEven(frs) | stfdpx frs,ra|0,rb | ea:=ra+rb
            """)
    static void stfdp(Mem mem, long ea, long frs, long frs2) {
        mem.store128(ea, frs2, frs);
    }
}
