package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// Floating-point rounding and conversion (Power ISA Book I 4.6.7).
final class FloatRounding {

    private FloatRounding() {}

    /// Round to single precision.
    @Insn("111111 frt:5 ///// frb:5 0000001100 dot:1 | frsp<dot> frt,frb | traps fpr -> frt[completes]")
    static long frsp(long frb, FpUnit fp) {
        return fp.roundToSingle(frb);
    }

    // To integers.

    /// Convert to doubleword.
    @Insn("111111 frt:5 ///// frb:5 1100101110 dot:1 | fctid<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctid(long frb, FpUnit fp) {
        return fp.toInteger(frb, 64, true, FpUnit.CURRENT);
    }

    /// Convert to doubleword, truncated.
    @Insn("111111 frt:5 ///// frb:5 1100101111 dot:1 | fctidz<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctidz(long frb, FpUnit fp) {
        return fp.toInteger(frb, 64, true, FpUnit.TO_ZERO);
    }

    /// Convert to doubleword without a sign.
    @Insn("111111 frt:5 ///// frb:5 1110101110 dot:1 | fctidu<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctidu(long frb, FpUnit fp) {
        return fp.toInteger(frb, 64, false, FpUnit.CURRENT);
    }

    /// Convert to doubleword without a sign, truncated.
    @Insn("111111 frt:5 ///// frb:5 1110101111 dot:1 | fctiduz<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctiduz(long frb, FpUnit fp) {
        return fp.toInteger(frb, 64, false, FpUnit.TO_ZERO);
    }

    /// Convert to word.
    @Insn("111111 frt:5 ///// frb:5 0000001110 dot:1 | fctiw<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctiw(long frb, FpUnit fp) {
        return fp.toInteger(frb, 32, true, FpUnit.CURRENT);
    }

    /// Convert to word, truncated.
    @Insn("111111 frt:5 ///// frb:5 0000001111 dot:1 | fctiwz<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctiwz(long frb, FpUnit fp) {
        return fp.toInteger(frb, 32, true, FpUnit.TO_ZERO);
    }

    /// Convert to word without a sign.
    @Insn("111111 frt:5 ///// frb:5 0010001110 dot:1 | fctiwu<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctiwu(long frb, FpUnit fp) {
        return fp.toInteger(frb, 32, false, FpUnit.CURRENT);
    }

    /// Convert to word without a sign, truncated.
    @Insn("111111 frt:5 ///// frb:5 0010001111 dot:1 | fctiwuz<dot> frt,frb | traps fpr -> frt[completes]")
    static long fctiwuz(long frb, FpUnit fp) {
        return fp.toInteger(frb, 32, false, FpUnit.TO_ZERO);
    }

    // From integers.

    /// Convert from doubleword.
    @Insn("111111 frt:5 ///// frb:5 1101001110 dot:1 | fcfid<dot> frt,frb | traps fpr -> frt[completes]")
    static long fcfid(long frb, FpUnit fp) {
        return fp.fromSigned(frb);
    }

    /// Convert from doubleword without a sign.
    @Insn("111111 frt:5 ///// frb:5 1111001110 dot:1 | fcfidu<dot> frt,frb | traps fpr -> frt[completes]")
    static long fcfidu(long frb, FpUnit fp) {
        return fp.fromUnsigned(frb);
    }

    /// Convert from doubleword to single precision.
    @Insn("111011 frt:5 ///// frb:5 1101001110 dot:1 | fcfids<dot> frt,frb | traps fpr -> frt[completes]")
    static long fcfids(long frb, FpUnit fp) {
        return fp.fromSignedToSingle(frb);
    }

    /// Convert from doubleword without a sign to single precision.
    @Insn("111011 frt:5 ///// frb:5 1111001110 dot:1 | fcfidus<dot> frt,frb | traps fpr -> frt[completes]")
    static long fcfidus(long frb, FpUnit fp) {
        return fp.fromUnsignedToSingle(frb);
    }

    // To integers in the same format.

    /// Round to nearest, ties away from zero.
    @Insn("111111 frt:5 ///// frb:5 0110001000 dot:1 | frin<dot> frt,frb | traps fpr -> frt[completes]")
    static long frin(long frb, FpUnit fp) {
        return fp.integral(frb, FpUnit.AWAY);
    }

    /// Round toward zero.
    @Insn("111111 frt:5 ///// frb:5 0110101000 dot:1 | friz<dot> frt,frb | traps fpr -> frt[completes]")
    static long friz(long frb, FpUnit fp) {
        return fp.integral(frb, FpUnit.TO_ZERO);
    }

    /// Round up.
    @Insn("111111 frt:5 ///// frb:5 0111001000 dot:1 | frip<dot> frt,frb | traps fpr -> frt[completes]")
    static long frip(long frb, FpUnit fp) {
        return fp.integral(frb, FpUnit.TO_PLUS);
    }

    /// Round down.
    @Insn("111111 frt:5 ///// frb:5 0111101000 dot:1 | frim<dot> frt,frb | traps fpr -> frt[completes]")
    static long frim(long frb, FpUnit fp) {
        return fp.integral(frb, FpUnit.TO_MINUS);
    }
}
