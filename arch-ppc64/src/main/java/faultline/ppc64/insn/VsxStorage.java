package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.simd.Lanes;

/// VSX storage access (Power ISA Book I 7.6.1), aligned or not.
final class VsxStorage {

    private VsxStorage() {}

    // Vectors of elements: in any byte order the first is at the lowest address.

    private static long inOrder(Mem mem, long doubleword, int size) {
        return mem.isBigEndian() ? doubleword : Lanes.reversed(doubleword, size);
    }

    /// Load VSX vector indexed.
    @Insn("""
            011111 t:5 ra:5 rb:5 11010 01100 tx:1 xt=tx:t | lxvd2x xt,ra|0,rb      | ea:=ra+rb size:=3
            011111 t:5 ra:5 rb:5 11000 01100 tx:1 xt=tx:t | lxvw4x xt,ra|0,rb      | ea:=ra+rb size:=2
            011111 t:5 ra:5 rb:5 11001 01100 tx:1 xt=tx:t ?P9 | lxvh8x xt,ra|0,rb  | ea:=ra+rb size:=1
            011111 t:5 ra:5 rb:5 11011 01100 tx:1 xt=tx:t ?P9 | lxvb16x xt,ra|0,rb | ea:=ra+rb size:=0
            """)
    static long lxvElements(Mem mem, long ea, int half, int size) {
        return inOrder(mem, VectorStorage.doubleword(mem, ea, 1 - half), size);
    }

    /// Store VSX vector indexed.
    @Insn("""
            011111 s:5 ra:5 rb:5 11110 01100 sx:1 xs=sx:s | stxvd2x xs,ra|0,rb      | ea:=ra+rb size:=3
            011111 s:5 ra:5 rb:5 11100 01100 sx:1 xs=sx:s | stxvw4x xs,ra|0,rb      | ea:=ra+rb size:=2
            011111 s:5 ra:5 rb:5 11101 01100 sx:1 xs=sx:s ?P9 | stxvh8x xs,ra|0,rb  | ea:=ra+rb size:=1
            011111 s:5 ra:5 rb:5 11111 01100 sx:1 xs=sx:s ?P9 | stxvb16x xs,ra|0,rb | ea:=ra+rb size:=0
            """)
    static void stxvElements(Mem mem, long ea, long xsLo, long xsHi, int size) {
        if (mem.isBigEndian()) {
            mem.store128(ea, xsLo, xsHi);
        } else {
            mem.store128(ea, Lanes.reversed(xsHi, size), Lanes.reversed(xsLo, size));
        }
    }

    /// Load VSX vector and splat.
    @Insn("011111 t:5 ra:5 rb:5 01010 01100 tx:1 xt=tx:t | lxvdsx xt,ra|0,rb | ea:=ra+rb")
    static long lxvdsx(Mem mem, long ea) {
        return mem.load64(ea);
    }

    /// Load VSX vector word and splat indexed.
    @Insn("011111 t:5 ra:5 rb:5 01011 01100 tx:1 xt=tx:t ?P9 | lxvwsx xt,ra|0,rb | ea:=ra+rb")
    static long lxvwsx(Mem mem, long ea) {
        return Operands.doubled(mem.load32(ea));
    }

    // Quadwords.

    /// Load VSX vector.
    @Insn("""
            111101 t:5 ra:5 dq:s12*16 tx:1 001 xt=tx:t ?P9 | lxv xt,dq(ra|0)
            011111 t:5 ra:5 rb:5 0100 / 01100 tx:1 xt=tx:t ?P9 | lxvx xt,ra|0,rb | ea:=ra+rb
            """)
    static long lxv(Mem mem, long ea, int half) {
        return VectorStorage.half(mem, ea, half);
    }

    /// Store VSX vector.
    @Insn("""
            111101 s:5 ra:5 dq:s12*16 sx:1 101 xs=sx:s ?P9 | stxv xs,dq(ra|0)
            011111 s:5 ra:5 rb:5 01100 01100 sx:1 xs=sx:s ?P9 | stxvx xs,ra|0,rb | ea:=ra+rb
            """)
    static void stxv(Mem mem, long ea, long xsLo, long xsHi) {
        mem.store128(ea, xsLo, xsHi);
    }

    // Scalars, which are the high doubleword.

    /// Load VSX scalar doubleword indexed.
    @Insn("011111 t:5 ra:5 rb:5 10010 01100 tx:1 xt=tx:t | lxsdx ft,ra|0,rb | ea:=ra+rb")
    static long lxsdx(Mem mem, long ea) {
        return mem.load64(ea);
    }

    /// Load VSX scalar doubleword.
    @Insn("111001 vrt:5 ra:5 ds:s14*4 10 ?P9 | lxsd vrt,ds(ra|0)")
    static long lxsd(Mem mem, long ea, int half) {
        return half == 0 ? 0 : mem.load64(ea);
    }

    /// Load VSX scalar single indexed.
    @Insn("011111 t:5 ra:5 rb:5 10000 01100 tx:1 xt=tx:t | lxsspx ft,ra|0,rb | ea:=ra+rb")
    static long lxsspx(Mem mem, long ea) {
        return FloatLoadStore.lfs(mem, ea);
    }

    /// Load VSX scalar single.
    @Insn("111001 vrt:5 ra:5 ds:s14*4 11 ?P9 | lxssp vrt,ds(ra|0)")
    static long lxssp(Mem mem, long ea, int half) {
        return half == 0 ? 0 : FloatLoadStore.lfs(mem, ea);
    }

    /// Load VSX scalar as integer word algebraic.
    @Insn("011111 t:5 ra:5 rb:5 00010 01100 tx:1 xt=tx:t | lxsiwax ft,ra|0,rb | ea:=ra+rb")
    static long lxsiwax(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load VSX scalar as integer word and zero.
    @Insn("011111 t:5 ra:5 rb:5 00000 01100 tx:1 xt=tx:t | lxsiwzx ft,ra|0,rb | ea:=ra+rb")
    static long lxsiwzx(Mem mem, long ea) {
        return Integer.toUnsignedLong(mem.load32(ea));
    }

    /// Load VSX scalar as integer byte and zero.
    @Insn("011111 t:5 ra:5 rb:5 11000 01101 tx:1 xt=tx:t ?P9 | lxsibzx ft,ra|0,rb | ea:=ra+rb")
    static long lxsibzx(Mem mem, long ea) {
        return Byte.toUnsignedLong(mem.load8(ea));
    }

    /// Load VSX scalar as integer halfword and zero.
    @Insn("011111 t:5 ra:5 rb:5 11001 01101 tx:1 xt=tx:t ?P9 | lxsihzx ft,ra|0,rb | ea:=ra+rb")
    static long lxsihzx(Mem mem, long ea) {
        return Short.toUnsignedLong(mem.load16(ea));
    }

    /// Store VSX scalar doubleword indexed.
    @Insn("011111 s:5 ra:5 rb:5 10110 01100 sx:1 xs=sx:s | stxsdx fs,ra|0,rb | ea:=ra+rb")
    static void stxsdx(Mem mem, long ea, long xs) {
        mem.store64(ea, xs);
    }

    /// Store VSX scalar doubleword.
    @Insn("111101 vrs:5 ra:5 ds:s14*4 10 ?P9 | stxsd vrs,ds(ra|0)")
    static void stxsd(Mem mem, long ea, long vrsHi) {
        mem.store64(ea, vrsHi);
    }

    /// Store VSX scalar single indexed.
    @Insn("011111 s:5 ra:5 rb:5 10100 01100 sx:1 xs=sx:s | stxsspx fs,ra|0,rb | ea:=ra+rb")
    static void stxsspx(Mem mem, long ea, long xs) {
        FloatLoadStore.stfs(mem, ea, xs);
    }

    /// Store VSX scalar single.
    @Insn("111101 vrs:5 ra:5 ds:s14*4 11 ?P9 | stxssp vrs,ds(ra|0)")
    static void stxssp(Mem mem, long ea, long vrsHi) {
        FloatLoadStore.stfs(mem, ea, vrsHi);
    }

    /// Store VSX scalar as integer word.
    @Insn("011111 s:5 ra:5 rb:5 00100 01100 sx:1 xs=sx:s | stxsiwx fs,ra|0,rb | ea:=ra+rb")
    static void stxsiwx(Mem mem, long ea, long xs) {
        mem.store32(ea, (int) xs);
    }

    /// Store VSX scalar as integer byte.
    @Insn("011111 s:5 ra:5 rb:5 11100 01101 sx:1 xs=sx:s ?P9 | stxsibx fs,ra|0,rb | ea:=ra+rb")
    static void stxsibx(Mem mem, long ea, long xs) {
        mem.store8(ea, (byte) xs);
    }

    /// Store VSX scalar as integer halfword.
    @Insn("011111 s:5 ra:5 rb:5 11101 01101 sx:1 xs=sx:s ?P9 | stxsihx fs,ra|0,rb | ea:=ra+rb")
    static void stxsihx(Mem mem, long ea, long xs) {
        mem.store16(ea, (short) xs);
    }
}
