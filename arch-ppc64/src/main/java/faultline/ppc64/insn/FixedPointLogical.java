package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Fixed-point logic: bits, bytes, counts (Power ISA Book I 3.3.13).
final class FixedPointLogical {

    private FixedPointLogical() {}

    /// AND immediate.
    @Insn("""
            011100 rs:5 ra:5 ui:16 | andi. ra,rs,ui | rb:=ui cr0
            011101 rs:5 ra:5 ui:16 up=shifted(ui) | andis. ra,rs,ui | rb:=up cr0
            """)
    static long andi(long rs, long rb) {
        return rs & rb;
    }

    /// OR immediate.
    @Insn("""
            011000 rs:5 ra:5 ui:16 | ori ra,rs,ui | rb:=ui
            011001 rs:5 ra:5 ui:16 up=shifted(ui) | oris ra,rs,ui | rb:=up
            """)
    static long ori(long rs, long rb) {
        return rs | rb;
    }

    /// XOR immediate.
    @Insn("""
            011010 rs:5 ra:5 ui:16 | xori ra,rs,ui | rb:=ui
            011011 rs:5 ra:5 ui:16 up=shifted(ui) | xoris ra,rs,ui | rb:=up
            """)
    static long xori(long rs, long rb) {
        return rs ^ rb;
    }

    /// Nothing: the preferred way, and one that takes its time.
    @Insn("""
            011000 rs:5 ra:5 ui:16 rs==0 ra==0 ui==0 | nop
            011010 rs:5 ra:5 ui:16 rs==0 ra==0 ui==0 | xnop
            """)
    static void nop() {}

    /// AND.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0000011100 0 | and ra,rs,rb
            011111 rs:5 ra:5 rb:5 0000011100 1 | and. ra,rs,rb | cr0
            """)
    static long and(long rs, long rb) {
        return rs & rb;
    }

    /// XOR.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0100111100 0 | xor ra,rs,rb
            011111 rs:5 ra:5 rb:5 0100111100 1 | xor. ra,rs,rb | cr0
            """)
    static long xor(long rs, long rb) {
        return rs ^ rb;
    }

    /// NAND.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0111011100 0 | nand ra,rs,rb
            011111 rs:5 ra:5 rb:5 0111011100 1 | nand. ra,rs,rb | cr0
            """)
    static long nand(long rs, long rb) {
        return ~(rs & rb);
    }

    /// OR.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0110111100 0 | or ra,rs,rb
            011111 rs:5 ra:5 rb:5 0110111100 1 | or. ra,rs,rb | cr0
            """)
    static long or(long rs, long rb) {
        return rs | rb;
    }

    /// Move register: OR of a register with itself.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0110111100 0 rs==rb | mr ra,rs
            011111 rs:5 ra:5 rb:5 0110111100 1 rs==rb | mr. ra,rs | cr0
            """)
    static long mr(long rs) {
        return rs;
    }

    /// NOR.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0001111100 0 | nor ra,rs,rb
            011111 rs:5 ra:5 rb:5 0001111100 1 | nor. ra,rs,rb | cr0
            """)
    static long nor(long rs, long rb) {
        return ~(rs | rb);
    }

    /// Complement: NOR of a register with itself.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0001111100 0 rs==rb | not ra,rs
            011111 rs:5 ra:5 rb:5 0001111100 1 rs==rb | not. ra,rs | cr0
            """)
    static long not(long rs) {
        return ~rs;
    }

    /// Equivalent.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0100011100 0 | eqv ra,rs,rb
            011111 rs:5 ra:5 rb:5 0100011100 1 | eqv. ra,rs,rb | cr0
            """)
    static long eqv(long rs, long rb) {
        return ~(rs ^ rb);
    }

    /// AND with complement.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0000111100 0 | andc ra,rs,rb
            011111 rs:5 ra:5 rb:5 0000111100 1 | andc. ra,rs,rb | cr0
            """)
    static long andc(long rs, long rb) {
        return rs & ~rb;
    }

    /// OR with complement.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0110011100 0 | orc ra,rs,rb
            011111 rs:5 ra:5 rb:5 0110011100 1 | orc. ra,rs,rb | cr0
            """)
    static long orc(long rs, long rb) {
        return rs | ~rb;
    }

    // Extension and counts.

    /// Extend sign byte.
    @Insn("""
            011111 rs:5 ra:5 ///// 1110111010 0 | extsb ra,rs
            011111 rs:5 ra:5 ///// 1110111010 1 | extsb. ra,rs | cr0
            """)
    static long extsb(long rs) {
        return (byte) rs;
    }

    /// Extend sign halfword.
    @Insn("""
            011111 rs:5 ra:5 ///// 1110011010 0 | extsh ra,rs
            011111 rs:5 ra:5 ///// 1110011010 1 | extsh. ra,rs | cr0
            """)
    static long extsh(long rs) {
        return (short) rs;
    }

    /// Extend sign word.
    @Insn("""
            011111 rs:5 ra:5 ///// 1111011010 0 | extsw ra,rs
            011111 rs:5 ra:5 ///// 1111011010 1 | extsw. ra,rs | cr0
            """)
    static long extsw(long rs) {
        return (int) rs;
    }

    /// Count leading zeros of the low word.
    @Insn("""
            011111 rs:5 ra:5 ///// 0000011010 0 | cntlzw ra,rs
            011111 rs:5 ra:5 ///// 0000011010 1 | cntlzw. ra,rs | cr0
            """)
    static long cntlzw(int rs) {
        return Integer.numberOfLeadingZeros(rs);
    }

    /// Count leading zeros.
    @Insn("""
            011111 rs:5 ra:5 ///// 0000111010 0 | cntlzd ra,rs
            011111 rs:5 ra:5 ///// 0000111010 1 | cntlzd. ra,rs | cr0
            """)
    static long cntlzd(long rs) {
        return Long.numberOfLeadingZeros(rs);
    }

    /// Count trailing zeros of the low word.
    @Insn("""
            011111 rs:5 ra:5 ///// 1000011010 0 ?P9 | cnttzw ra,rs
            011111 rs:5 ra:5 ///// 1000011010 1 ?P9 | cnttzw. ra,rs | cr0
            """)
    static long cnttzw(int rs) {
        return Integer.numberOfTrailingZeros(rs);
    }

    /// Count trailing zeros.
    @Insn("""
            011111 rs:5 ra:5 ///// 1000111010 0 ?P9 | cnttzd ra,rs
            011111 rs:5 ra:5 ///// 1000111010 1 ?P9 | cnttzd. ra,rs | cr0
            """)
    static long cnttzd(long rs) {
        return Long.numberOfTrailingZeros(rs);
    }

    /// Population count of each byte.
    @Insn("011111 rs:5 ra:5 ///// 0001111010 / | popcntb ra,rs")
    static long popcntb(long rs) {
        long pairs = rs - (rs >>> 1 & 0x5555_5555_5555_5555L);
        long nibbles = (pairs & 0x3333_3333_3333_3333L) + (pairs >>> 2 & 0x3333_3333_3333_3333L);
        return nibbles + (nibbles >>> 4) & 0x0f0f_0f0f_0f0f_0f0fL;
    }

    /// Population count of each word.
    @Insn("011111 rs:5 ra:5 ///// 0101111010 / | popcntw ra,rs")
    static long popcntw(long rs) {
        return (long) Long.bitCount(rs >>> 32) << 32 | Integer.bitCount((int) rs);
    }

    /// Population count.
    @Insn("011111 rs:5 ra:5 ///// 0111111010 / | popcntd ra,rs")
    static long popcntd(long rs) {
        return Long.bitCount(rs);
    }

    /// Parity of the low bits of the bytes of each word.
    @Insn("011111 rs:5 ra:5 ///// 0010011010 / | prtyw ra,rs")
    static long prtyw(long rs) {
        long bits = rs & 0x0101_0101_0101_0101L;
        return (long) (Long.bitCount(bits >>> 32) & 1) << 32 | Integer.bitCount((int) bits) & 1;
    }

    /// Parity of the low bits of all bytes.
    @Insn("011111 rs:5 ra:5 ///// 0010111010 / | prtyd ra,rs")
    static long prtyd(long rs) {
        return Long.bitCount(rs & 0x0101_0101_0101_0101L) & 1;
    }

    /// Compare bytes: ones where two are equal.
    @Insn("011111 rs:5 ra:5 rb:5 0111111100 / | cmpb ra,rs,rb")
    static long cmpb(long rs, long rb) {
        return (Operands.equalBytes(rs, rb) >>> 7) * 0xff;
    }

    /// Bit permute: one bit for each byte of RS, which numbers a bit of RB.
    @Insn("011111 rs:5 ra:5 rb:5 0011111100 / | bpermd ra,rs,rb")
    static long bpermd(long rs, long rb) {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            int number = (int) (rs >>> 8 * i) & 0xff;
            if (number < 64) {
                bits |= (rb >>> 63 - number & 1) << i;
            }
        }
        return bits;
    }

    // Decimal digits (3.3.15).

    /// Convert declets to BCD: each ten bits of a word become three digits.
    @Insn("011111 rs:5 ra:5 ///// 0100011010 / | cdtbcd ra,rs")
    static long cdtbcd(long rs) {
        long digits = 0;
        for (int word = 0; word < 64; word += 32) {
            digits |= (Declets.digits((int) (rs >>> word + 10)) << 12 | Declets.digits((int) (rs >>> word))) << word;
        }
        return digits;
    }

    /// Convert BCD to declets.
    @Insn("011111 rs:5 ra:5 ///// 0100111010 / | cbcdtd ra,rs")
    static long cbcdtd(long rs) {
        long declets = 0;
        for (int word = 0; word < 64; word += 32) {
            declets |= (Declets.declet((int) (rs >>> word + 12)) << 10 | Declets.declet((int) (rs >>> word))) << word;
        }
        return declets;
    }

    /// Add and generate sixes: 6 for each digit of a sum that carries nothing.
    @Insn("011111 rt:5 ra:5 rb:5 / 001001010 / | addg6s rt,ra,rb")
    static long addg6s(long ra, long rb) {
        long low = 0x0fff_ffff_ffff_ffffL;
        long below = (ra & low) + (rb & low);
        long carriesIn = below ^ (ra ^ rb) & low;
        long top = (ra >>> 60) + (rb >>> 60) + (below >>> 60);
        long carries = (carriesIn >>> 4 & 0x0111_1111_1111_1111L) | top >>> 4 << 60;
        return (~carries & 0x1111_1111_1111_1111L) * 6;
    }
}
