package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Cpu;

/// Fixed-point products and quotients (Power ISA Book I 3.3.9).
///
/// What the manual leaves undefined: the high word of word products and quotients is 0, and so is the
/// quotient of a division by zero or one that overflows.
final class FixedPointMultiply {

    private FixedPointMultiply() {}

    // Products.

    /// Multiply low immediate.
    @Insn("000111 rt:5 ra:5 si:s16 | mulli rt,ra,si")
    static long mulli(long ra, long si) {
        return ra * si;
    }

    /// Multiply low word: all 64 bits of the product.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 011101011 0 | mullw rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 011101011 1 | mullw. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 011101011 0 | mullwo rt,ra,rb | ov=isWide ov32=isWide
            011111 rt:5 ra:5 rb:5 1 011101011 1 | mullwo. rt,ra,rb | ov=isWide ov32=isWide cr0
            """)
    static long mullw(int ra, int rb) {
        return (long) ra * rb;
    }

    static boolean isWide(int ra, int rb) {
        long product = (long) ra * rb;
        return product != (int) product;
    }

    /// Multiply high word.
    @Insn("""
            011111 rt:5 ra:5 rb:5 / 001001011 0 | mulhw rt,ra,rb
            011111 rt:5 ra:5 rb:5 / 001001011 1 | mulhw. rt,ra,rb | cr0
            """)
    static long mulhw(int ra, int rb) {
        return (long) ra * rb >>> 32;
    }

    /// Multiply high word unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 / 000001011 0 | mulhwu rt,ra,rb
            011111 rt:5 ra:5 rb:5 / 000001011 1 | mulhwu. rt,ra,rb | cr0
            """)
    static long mulhwu(int ra, int rb) {
        return Integer.toUnsignedLong(ra) * Integer.toUnsignedLong(rb) >>> 32;
    }

    /// Multiply low doubleword.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 011101001 0 | mulld rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 011101001 1 | mulld. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 011101001 0 | mulldo rt,ra,rb | ov=productOverflows ov32=productOverflows
            011111 rt:5 ra:5 rb:5 1 011101001 1 | mulldo. rt,ra,rb | ov=productOverflows ov32=productOverflows cr0
            """)
    static long mulld(long ra, long rb) {
        return ra * rb;
    }

    static boolean productOverflows(long ra, long rb) {
        return Math.multiplyHigh(ra, rb) != ra * rb >> 63;
    }

    /// Multiply high doubleword.
    @Insn("""
            011111 rt:5 ra:5 rb:5 / 001001001 0 | mulhd rt,ra,rb
            011111 rt:5 ra:5 rb:5 / 001001001 1 | mulhd. rt,ra,rb | cr0
            """)
    static long mulhd(long ra, long rb) {
        return Math.multiplyHigh(ra, rb);
    }

    /// Multiply high doubleword unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 / 000001001 0 | mulhdu rt,ra,rb
            011111 rt:5 ra:5 rb:5 / 000001001 1 | mulhdu. rt,ra,rb | cr0
            """)
    static long mulhdu(long ra, long rb) {
        return Math.unsignedMultiplyHigh(ra, rb);
    }

    /// Multiply and add: the high doubleword.
    @Insn("000100 rt:5 ra:5 rb:5 rc:5 110000 ?P9 | maddhd rt,ra,rb,rc")
    static long maddhd(long ra, long rb, long rc) {
        return Math.multiplyHigh(ra, rb) + (rc >> 63) + carry(ra * rb, rc);
    }

    /// Multiply and add unsigned: the high doubleword.
    @Insn("000100 rt:5 ra:5 rb:5 rc:5 110001 ?P9 | maddhdu rt,ra,rb,rc")
    static long maddhdu(long ra, long rb, long rc) {
        return Math.unsignedMultiplyHigh(ra, rb) + carry(ra * rb, rc);
    }

    private static long carry(long low, long rc) {
        return Long.compareUnsigned(low + rc, low) < 0 ? 1 : 0;
    }

    /// Multiply and add: the low doubleword.
    @Insn("000100 rt:5 ra:5 rb:5 rc:5 110011 ?P9 | maddld rt,ra,rb,rc")
    static long maddld(long ra, long rb, long rc) {
        return ra * rb + rc;
    }

    // Quotients.

    /// Divide word.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 111101011 0 | divw rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 111101011 1 | divw. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 111101011 0 | divwo rt,ra,rb | ov=hasNoQuotient32 ov32=hasNoQuotient32
            011111 rt:5 ra:5 rb:5 1 111101011 1 | divwo. rt,ra,rb | ov=hasNoQuotient32 ov32=hasNoQuotient32 cr0
            """)
    static long divw(int ra, int rb) {
        return hasNoQuotient32(ra, rb) ? 0 : Integer.toUnsignedLong(ra / rb);
    }

    static boolean hasNoQuotient32(int ra, int rb) {
        return rb == 0 || ra == Integer.MIN_VALUE && rb == -1;
    }

    /// Divide word unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 111001011 0 | divwu rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 111001011 1 | divwu. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 111001011 0 | divwuo rt,ra,rb | ov=isZero32 ov32=isZero32
            011111 rt:5 ra:5 rb:5 1 111001011 1 | divwuo. rt,ra,rb | ov=isZero32 ov32=isZero32 cr0
            """)
    static long divwu(int ra, int rb) {
        return rb == 0 ? 0 : Integer.toUnsignedLong(Integer.divideUnsigned(ra, rb));
    }

    static boolean isZero32(int rb) {
        return rb == 0;
    }

    /// Divide word extended: of the word and a word of zeros behind it.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 110101011 0 | divwe rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 110101011 1 | divwe. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 110101011 0 | divweo rt,ra,rb | ov=quotientOverflows32 ov32=quotientOverflows32
            011111 rt:5 ra:5 rb:5 1 110101011 1 \
            | divweo. rt,ra,rb | ov=quotientOverflows32 ov32=quotientOverflows32 cr0
            """)
    static long divwe(int ra, int rb) {
        return quotientOverflows32(ra, rb) ? 0 : ((long) ra << 32) / rb & 0xffffffffL;
    }

    static boolean quotientOverflows32(int ra, int rb) {
        if (rb == 0) {
            return true;
        }
        long quotient = ((long) ra << 32) / rb;
        return quotient != (int) quotient || ra == Integer.MIN_VALUE && rb == -1;
    }

    /// Divide word extended unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 110001011 0 | divweu rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 110001011 1 | divweu. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 110001011 0 | divweuo rt,ra,rb | ov=isNotBelow32 ov32=isNotBelow32
            011111 rt:5 ra:5 rb:5 1 110001011 1 | divweuo. rt,ra,rb | ov=isNotBelow32 ov32=isNotBelow32 cr0
            """)
    static long divweu(int ra, int rb) {
        return isNotBelow32(ra, rb)
                ? 0
                : Long.divideUnsigned((long) ra << 32, Integer.toUnsignedLong(rb)) & 0xffffffffL;
    }

    static boolean isNotBelow32(int ra, int rb) {
        return Integer.compareUnsigned(ra, rb) >= 0;
    }

    /// Divide doubleword.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 111101001 0 | divd rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 111101001 1 | divd. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 111101001 0 | divdo rt,ra,rb | ov=hasNoQuotient ov32=hasNoQuotient
            011111 rt:5 ra:5 rb:5 1 111101001 1 | divdo. rt,ra,rb | ov=hasNoQuotient ov32=hasNoQuotient cr0
            """)
    static long divd(long ra, long rb) {
        return hasNoQuotient(ra, rb) ? 0 : ra / rb;
    }

    static boolean hasNoQuotient(long ra, long rb) {
        return rb == 0 || ra == Long.MIN_VALUE && rb == -1;
    }

    /// Divide doubleword unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 111001001 0 | divdu rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 111001001 1 | divdu. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 111001001 0 | divduo rt,ra,rb | ov=isZero ov32=isZero
            011111 rt:5 ra:5 rb:5 1 111001001 1 | divduo. rt,ra,rb | ov=isZero ov32=isZero cr0
            """)
    static long divdu(long ra, long rb) {
        return rb == 0 ? 0 : Long.divideUnsigned(ra, rb);
    }

    static boolean isZero(long rb) {
        return rb == 0;
    }

    /// Divide doubleword extended: of the doubleword and one of zeros behind it.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 110101001 0 | divde rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 110101001 1 | divde. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 110101001 0 | divdeo rt,ra,rb | ov=quotientOverflows ov32=quotientOverflows
            011111 rt:5 ra:5 rb:5 1 110101001 1 | divdeo. rt,ra,rb | ov=quotientOverflows ov32=quotientOverflows cr0
            """)
    static long divde(long ra, long rb) {
        return quotientOverflows(ra, rb) ? 0 : (ra ^ rb) < 0 ? -magnitude(ra, rb) : magnitude(ra, rb);
    }

    static boolean quotientOverflows(long ra, long rb) {
        if (Long.compareUnsigned(Math.abs(ra), Math.abs(rb)) >= 0) {
            return true;
        }
        long magnitude = magnitude(ra, rb);
        return magnitude < 0 && (magnitude != Long.MIN_VALUE || (ra ^ rb) >= 0);
    }

    /// The quotient of the magnitudes, of which the first is the smaller one.
    private static long magnitude(long ra, long rb) {
        return Operands.divideWide(Math.abs(ra), Math.abs(rb));
    }

    /// Divide doubleword extended unsigned.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 110001001 0 | divdeu rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 110001001 1 | divdeu. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 110001001 0 | divdeuo rt,ra,rb | ov=isNotBelow ov32=isNotBelow
            011111 rt:5 ra:5 rb:5 1 110001001 1 | divdeuo. rt,ra,rb | ov=isNotBelow ov32=isNotBelow cr0
            """)
    static long divdeu(long ra, long rb) {
        return isNotBelow(ra, rb) ? 0 : Operands.divideWide(ra, rb);
    }

    static boolean isNotBelow(long ra, long rb) {
        return Long.compareUnsigned(ra, rb) >= 0;
    }

    // Remainders.

    /// Modulo signed word.
    @Insn("011111 rt:5 ra:5 rb:5 1100001011 / ?P9 | modsw rt,ra,rb")
    static long modsw(int ra, int rb) {
        return hasNoQuotient32(ra, rb) ? 0 : ra % rb;
    }

    /// Modulo unsigned word.
    @Insn("011111 rt:5 ra:5 rb:5 0100001011 / ?P9 | moduw rt,ra,rb")
    static long moduw(int ra, int rb) {
        return rb == 0 ? 0 : Integer.toUnsignedLong(Integer.remainderUnsigned(ra, rb));
    }

    /// Modulo signed doubleword.
    @Insn("011111 rt:5 ra:5 rb:5 1100001001 / ?P9 | modsd rt,ra,rb")
    static long modsd(long ra, long rb) {
        return hasNoQuotient(ra, rb) ? 0 : ra % rb;
    }

    /// Modulo unsigned doubleword.
    @Insn("011111 rt:5 ra:5 rb:5 0100001001 / ?P9 | modud rt,ra,rb")
    static long modud(long ra, long rb) {
        return rb == 0 ? 0 : Long.remainderUnsigned(ra, rb);
    }

    // Random numbers.

    /// Deliver a random number: 32 bits, or 64; ones say that there is none, or no such L.
    @Insn("011111 rt:5 /// l:2 ///// 1011110011 / ?P9 | darn rt,l")
    static long darn(Ppc64Cpu cpu, int l) {
        return switch (l) {
            case 0 -> Integer.toUnsignedLong((int) cpu.vcpu().entropy());
            case 1, 2 -> cpu.vcpu().entropy();
            default -> -1;
        };
    }
}
