package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Floating-point moves (Power ISA Book I 4.6.5).
final class FloatMove {

    private FloatMove() {}

    private static final long SIGN = Long.MIN_VALUE;

    /// Move register.
    @Insn("111111 frt:5 ///// frb:5 0001001000 dot:1 | fmr<dot> frt,frb | fpr")
    static long fmr(long frb) {
        return frb;
    }

    /// Negate.
    @Insn("111111 frt:5 ///// frb:5 0000101000 dot:1 | fneg<dot> frt,frb | fpr")
    static long fneg(long frb) {
        return frb ^ SIGN;
    }

    /// Absolute value.
    @Insn("111111 frt:5 ///// frb:5 0100001000 dot:1 | fabs<dot> frt,frb | fpr")
    static long fabs(long frb) {
        return frb & ~SIGN;
    }

    /// Negative absolute value.
    @Insn("111111 frt:5 ///// frb:5 0010001000 dot:1 | fnabs<dot> frt,frb | fpr")
    static long fnabs(long frb) {
        return frb | SIGN;
    }

    /// Copy sign.
    @Insn("111111 frt:5 fra:5 frb:5 0000001000 dot:1 | fcpsgn<dot> frt,fra,frb | fpr")
    static long fcpsgn(long fra, long frb) {
        return fra & SIGN | frb & ~SIGN;
    }

    /// Merge even words: the high ones.
    @Insn("111111 frt:5 fra:5 frb:5 1111000110 / | fmrgew frt,fra,frb")
    static long fmrgew(long fra, long frb) {
        return fra & 0xffffffff00000000L | frb >>> 32;
    }

    /// Merge odd words: the low ones.
    @Insn("111111 frt:5 fra:5 frb:5 1101000110 / | fmrgow frt,fra,frb")
    static long fmrgow(long fra, long frb) {
        return fra << 32 | frb & 0xffffffffL;
    }
}
