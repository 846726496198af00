package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// VSX instructions on signs (Power ISA Book I 7.6.1.1).
final class VsxSign {

    private VsxSign() {}

    private static final long SIGN = Long.MIN_VALUE;
    private static final long SIGNS = 0x8000000080000000L;

    /// Absolute value.
    @Insn("""
            111100 t:5 ///// b:5 101011001 bx:1 tx:1 xt=tx:t xb=bx:b | xsabsdp ft,fb
            111100 t:5 ///// b:5 111011001 bx:1 tx:1 xt=tx:t xb=bx:b | xvabsdp xt,xb
            """)
    static long absdp(long xb) {
        return xb & ~SIGN;
    }

    /// Absolute value of singles.
    @Insn("111100 t:5 ///// b:5 110011001 bx:1 tx:1 xt=tx:t xb=bx:b | xvabssp xt,xb")
    static long abssp(long xb) {
        return xb & ~SIGNS;
    }

    /// Negative absolute value.
    @Insn("""
            111100 t:5 ///// b:5 101101001 bx:1 tx:1 xt=tx:t xb=bx:b | xsnabsdp ft,fb
            111100 t:5 ///// b:5 111101001 bx:1 tx:1 xt=tx:t xb=bx:b | xvnabsdp xt,xb
            """)
    static long nabsdp(long xb) {
        return xb | SIGN;
    }

    /// Negative absolute value of singles.
    @Insn("111100 t:5 ///// b:5 110101001 bx:1 tx:1 xt=tx:t xb=bx:b | xvnabssp xt,xb")
    static long nabssp(long xb) {
        return xb | SIGNS;
    }

    /// Negate.
    @Insn("""
            111100 t:5 ///// b:5 101111001 bx:1 tx:1 xt=tx:t xb=bx:b | xsnegdp ft,fb
            111100 t:5 ///// b:5 111111001 bx:1 tx:1 xt=tx:t xb=bx:b | xvnegdp xt,xb
            """)
    static long negdp(long xb) {
        return xb ^ SIGN;
    }

    /// Negate of singles.
    @Insn("111100 t:5 ///// b:5 110111001 bx:1 tx:1 xt=tx:t xb=bx:b | xvnegsp xt,xb")
    static long negsp(long xb) {
        return xb ^ SIGNS;
    }

    /// Copy sign.
    @Insn("""
            111100 t:5 a:5 b:5 10110000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xscpsgndp ft,fa,fb
            111100 t:5 a:5 b:5 11110000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcpsgndp xt,xa,xb
            111100 t:5 a:5 b:5 11110000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b a==b ax==bx | xvmovdp xt,xa
            """)
    static long cpsgndp(long xa, long xb) {
        return xa & SIGN | xb & ~SIGN;
    }

    /// Copy signs of singles.
    @Insn("""
            111100 t:5 a:5 b:5 11010000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xvcpsgnsp xt,xa,xb
            111100 t:5 a:5 b:5 11010000 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b a==b ax==bx | xvmovsp xt,xa
            """)
    static long cpsgnsp(long xa, long xb) {
        return xa & SIGNS | xb & ~SIGNS;
    }
}
