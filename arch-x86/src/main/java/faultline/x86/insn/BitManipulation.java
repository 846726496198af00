package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;

/// BMI1 and BMI2 Instructions (SDM volume 1, 5.1.16), those without a VEX prefix.
///
/// Without the feature their bytes execute as BSF and BSR. Undefined flags are cleared.
final class BitManipulation {

    private BitManipulation() {}

    /// Count of trailing zeros; the width if there is no bit.
    @Insn("F3 0F BC /r ?BMI1 | tzcnt Gv, Ev | count(b)")
    static long tzcnt(long b, int bits) {
        return Math.min(Long.numberOfTrailingZeros(b), bits);
    }

    /// Count of leading zeros; the width if there is no bit.
    @Insn("F3 0F BD /r ?LZCNT | lzcnt Gv, Ev | count(b)")
    static long lzcnt(long b, int bits) {
        return (long) Long.numberOfLeadingZeros(zx(b, bits)) - (64 - bits);
    }
}
