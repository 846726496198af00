package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// VSX floating-point comparison (Power ISA Book I 7.6.1.4).
final class VsxCompare {

    private VsxCompare() {}

    // Scalars.

    /// Compare; only a NaN that signals is invalid.
    @Insn("111100 bf:3 // a:5 b:5 00100011 ax:1 bx:1 / xa=ax:a xb=bx:b | xscmpudp <bf>,fa,fb | traps fcr -> none")
    static long xscmpudp(long xa, long xb, FpUnit fp) {
        return fp.compare(xa, xb);
    }

    /// Compare; every NaN is invalid.
    @Insn("111100 bf:3 // a:5 b:5 00101011 ax:1 bx:1 / xa=ax:a xb=bx:b | xscmpodp <bf>,fa,fb | traps fcr -> none")
    static long xscmpodp(long xa, long xb, FpUnit fp) {
        return fp.compareOrdered(xa, xb);
    }

    /// Compare exponents.
    @Insn("111100 bf:3 // a:5 b:5 00111011 ax:1 bx:1 / ?P9 xa=ax:a xb=bx:b | xscmpexpdp <bf>,fa,fb | fcr -> none")
    static long xscmpexpdp(long xa, long xb, FpUnit fp) {
        return fp.compareExponents(xa, xb);
    }

    /// Equal: all ones, or 0.
    @Insn(
            "111100 t:5 a:5 b:5 00000011 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xscmpeqdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xscmpeqdp(long xa, long xb, FpUnit fp) {
        return fp.equalLane(xa, xb);
    }

    /// Greater than: all ones, or 0.
    @Insn(
            "111100 t:5 a:5 b:5 00001011 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xscmpgtdp ft,fa,fb | traps fpx -> xt[completes]")
    static long xscmpgtdp(long xa, long xb, FpUnit fp) {
        return fp.greaterLane(xa, xb);
    }

    /// Greater than or equal: all ones, or 0.
    @Insn(
            "111100 t:5 a:5 b:5 00010011 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xscmpgedp ft,fa,fb | traps fpx -> xt[completes]")
    static long xscmpgedp(long xa, long xb, FpUnit fp) {
        return fp.greaterOrEqualLane(xa, xb);
    }

    // Vectors.

    /// Equal.
    @Insn("""
            111100 t:5 a:5 b:5 0 1100011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpeqdp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1100011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpeqdp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpeqdp(long xa, long xb, FpUnit fp) {
        return fp.equalLane(xa, xb);
    }

    /// Greater than.
    @Insn("""
            111100 t:5 a:5 b:5 0 1101011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgtdp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1101011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgtdp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpgtdp(long xa, long xb, FpUnit fp) {
        return fp.greaterLane(xa, xb);
    }

    /// Greater than or equal.
    @Insn("""
            111100 t:5 a:5 b:5 0 1110011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgedp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1110011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgedp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpgedp(long xa, long xb, FpUnit fp) {
        return fp.greaterOrEqualLane(xa, xb);
    }

    /// Equal, single precision.
    @Insn("""
            111100 t:5 a:5 b:5 0 1000011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpeqsp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1000011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpeqsp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpeqsp(long xa, long xb, FpUnit fp) {
        return fp.equalWords(xa, xb);
    }

    /// Greater than, single precision.
    @Insn("""
            111100 t:5 a:5 b:5 0 1001011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgtsp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1001011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgtsp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpgtsp(long xa, long xb, FpUnit fp) {
        return fp.greaterWords(xa, xb);
    }

    /// Greater than or equal, single precision.
    @Insn("""
            111100 t:5 a:5 b:5 0 1010011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgesp xt,xa,xb | traps fpx -> xt[completes]
            111100 t:5 a:5 b:5 1 1010011 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcmpgesp. xt,xa,xb | traps fpc -> xt[completes]
            """)
    static long xvcmpgesp(long xa, long xb, FpUnit fp) {
        return fp.greaterOrEqualWords(xa, xb);
    }
}
