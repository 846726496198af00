package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// Instructions on FPSCR (Power ISA Book I 4.6.10). POWER8 takes every `mffs` for the plain one.
final class FpscrMoves {

    private FpscrMoves() {}

    // From FPSCR.

    /// Move from FPSCR.
    @Insn("111111 frt:5 ///// ///// 1001000111 dot:1 | mffs<dot> frt | fpr")
    static long mffs(FpUnit fp) {
        return fp.fpscr();
    }

    /// The same, and no exception is enabled any longer.
    @Insn("111111 frt:5 00001 ///// 1001000111 / ?P9 | mffsce frt")
    static long mffsce(FpUnit fp) {
        return fp.exchangeEnables();
    }

    /// What is control, and a new decimal rounding mode.
    @Insn("111111 frt:5 10100 frb:5 1001000111 / ?P9 | mffscdrn frt,frb")
    static long mffscdrn(long frb, FpUnit fp) {
        return fp.exchangeDecimalRounding((int) (frb >>> 32));
    }

    @Insn("111111 frt:5 10101 // drm:3 1001000111 / ?P9 | mffscdrni frt,drm")
    static long mffscdrni(FpUnit fp, int drm) {
        return fp.exchangeDecimalRounding(drm);
    }

    /// What is control, and a new rounding mode.
    @Insn("111111 frt:5 10110 frb:5 1001000111 / ?P9 | mffscrn frt,frb")
    static long mffscrn(long frb, FpUnit fp) {
        return fp.exchangeRounding((int) frb);
    }

    @Insn("111111 frt:5 10111 /// rm:2 1001000111 / ?P9 | mffscrni frt,rm")
    static long mffscrni(FpUnit fp, int rm) {
        return fp.exchangeRounding(rm);
    }

    /// What is control or does not stick.
    @Insn("111111 frt:5 11000 ///// 1001000111 / ?P9 | mffsl frt")
    static long mffsl(FpUnit fp) {
        return fp.withoutExceptions();
    }

    /// Move a field to CR, and clear the exceptions in it.
    @Insn("111111 bf:3 // bfa:3 // ///// 0001000000 / | mcrfs <bf>,<bfa> | fcr -> none")
    static long mcrfs(FpUnit fp, int bfa) {
        return fp.takeField(bfa);
    }

    // To FPSCR.

    /// Set a field to a number.
    @Insn("111111 field:3 // //// w:1 u:4 / 0010000110 dot:1 | mtfsfi<dot> field,u{,w} | traps fpr")
    static void mtfsfi(FpUnit fp, int field, int w, int u) {
        int shift = 28 - 4 * field + 32 * w;
        fp.replace(15L << shift, (long) u << shift);
    }

    /// Replace fields, or all of it.
    @Insn("""
            111111 l:1 flm:8 w:1 frb:5 1011000111 dot:1 mask=fpscrMask(flm,l,w) w==0 | mtfsf<dot> flm,frb{,l}  | traps fpr
            111111 l:1 flm:8 w:1 frb:5 1011000111 dot:1 mask=fpscrMask(flm,l,w) w==1 | mtfsf<dot> flm,frb,l,w | traps fpr
            """)
    static void mtfsf(long frb, FpUnit fp, long mask) {
        fp.replace(mask, frb);
    }

    /// Clear a bit.
    @Insn("111111 at:5 ///// ///// 0001000110 dot:1 | mtfsb0<dot> at | traps fpr")
    static void mtfsb0(FpUnit fp, int at) {
        fp.clearBit(at);
    }

    /// Set a bit.
    @Insn("111111 at:5 ///// ///// 0000100110 dot:1 | mtfsb1<dot> at | traps fpr")
    static void mtfsb1(FpUnit fp, int at) {
        fp.setBit(at);
    }
}
