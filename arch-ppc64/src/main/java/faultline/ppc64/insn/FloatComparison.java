package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.FpUnit;

/// Floating-point comparison and selection (Power ISA Book I 4.6.8 and 4.6.9).
final class FloatComparison {

    private FloatComparison() {}

    /// Compare; only a NaN that signals is invalid.
    @Insn("111111 bf:3 // fra:5 frb:5 0000000000 / | fcmpu <bf>,fra,frb | traps fcr -> none")
    static long fcmpu(long fra, long frb, FpUnit fp) {
        return fp.compare(fra, frb);
    }

    /// Compare; every NaN is invalid.
    @Insn("111111 bf:3 // fra:5 frb:5 0000100000 / | fcmpo <bf>,fra,frb | traps fcr -> none")
    static long fcmpo(long fra, long frb, FpUnit fp) {
        return fp.compareOrdered(fra, frb);
    }

    /// Select by the sign of a number: zeros of both signs are not negative, a NaN is.
    @Insn("111111 frt:5 fra:5 frb:5 frc:5 10111 dot:1 | fsel<dot> frt,fra,frc,frb | fpr")
    static long fsel(long fra, long frc, long frb) {
        return Double.longBitsToDouble(fra) >= 0 ? frc : frb;
    }
}
