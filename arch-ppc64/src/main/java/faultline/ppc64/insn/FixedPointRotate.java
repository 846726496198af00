package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Rotates and shifts (Power ISA Book I 3.3.14).
///
/// Word rotates turn the register as if its low word stood in both halves.
final class FixedPointRotate {

    private FixedPointRotate() {}

    /// Rotate left word immediate, then AND with a mask.
    @Insn("""
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) | rlwinm ra,rs,sh,mb,me
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) | rlwinm. ra,rs,sh,mb,me | cr0
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) mb==0 me==31 | rotlwi ra,rs,sh
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) mb==0 me==31 | rotlwi. ra,rs,sh | cr0
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) sh==0 mb!=0 me==31 | clrlwi ra,rs,mb
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) sh==0 mb!=0 me==31 | clrlwi. ra,rs,mb | cr0
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) sh!=0 mb==0 isLeft(sh,me,31) | slwi ra,rs,sh
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) sh!=0 mb==0 isLeft(sh,me,31) | slwi. ra,rs,sh | cr0
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) me==31 n=left(sh,32) isRight(n,mb) | srwi ra,rs,n
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) me==31 n=left(sh,32) isRight(n,mb) \
            | srwi. ra,rs,n | cr0
            010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) sh==0 mb==0 me!=31 n=left(me,31) | clrrwi ra,rs,n
            010101 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) sh==0 mb==0 me!=31 n=left(me,31) \
            | clrrwi. ra,rs,n | cr0
            """)
    static long rlwinm(long rs, int sh, long mask) {
        return Operands.doubled(Integer.rotateLeft((int) rs, sh)) & mask;
    }

    /// Rotate left word, then AND with a mask.
    @Insn("""
            010111 rs:5 ra:5 rb:5 mb:5 me:5 0 mask=mask32(mb,me) | rlwnm ra,rs,rb,mb,me
            010111 rs:5 ra:5 rb:5 mb:5 me:5 1 mask=mask32(mb,me) | rlwnm. ra,rs,rb,mb,me | cr0
            010111 rs:5 ra:5 rb:5 mb:5 me:5 0 mask=mask32(mb,me) mb==0 me==31 | rotlw ra,rs,rb
            010111 rs:5 ra:5 rb:5 mb:5 me:5 1 mask=mask32(mb,me) mb==0 me==31 | rotlw. ra,rs,rb | cr0
            """)
    static long rlwnm(long rs, int rb, long mask) {
        return Operands.doubled(Integer.rotateLeft((int) rs, rb)) & mask;
    }

    /// Rotate left word immediate, then insert under a mask.
    @Insn("""
            010100 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) | rlwimi ra,rs,sh,mb,me
            010100 rs:5 ra:5 sh:5 mb:5 me:5 1 mask=mask32(mb,me) | rlwimi. ra,rs,sh,mb,me | cr0
            """)
    static long rlwimi(long ra, long rs, int sh, long mask) {
        return Operands.doubled(Integer.rotateLeft((int) rs, sh)) & mask | ra & ~mask;
    }

    /// Rotate left doubleword immediate, then clear on the left.
    @Insn("""
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 n=sh:sl m=mh:ml mask=maskFrom(m) | rldicl ra,rs,n,m
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 1 n=sh:sl m=mh:ml mask=maskFrom(m) | rldicl. ra,rs,n,m | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 n=sh:sl m=mh:ml mask=maskFrom(m) ml==0 mh==0 | rotldi ra,rs,n
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 1 n=sh:sl m=mh:ml mask=maskFrom(m) ml==0 mh==0 \
            | rotldi. ra,rs,n | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 n=sh:sl m=mh:ml mask=maskFrom(m) sl==0 sh==0 ml==0 mh==0 \
            | rotldi ra,rs,n
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 1 n=sh:sl m=mh:ml mask=maskFrom(m) sl==0 sh==0 ml==0 mh==0 \
            | rotldi. ra,rs,n | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 n=sh:sl m=mh:ml mask=maskFrom(m) sl==0 sh==0 | clrldi ra,rs,m
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 1 n=sh:sl m=mh:ml mask=maskFrom(m) sl==0 sh==0 \
            | clrldi. ra,rs,m | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 n=sh:sl m=mh:ml mask=maskFrom(m) by=left(n,64) isRight(by,m) \
            | srdi ra,rs,by
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 1 n=sh:sl m=mh:ml mask=maskFrom(m) by=left(n,64) isRight(by,m) \
            | srdi. ra,rs,by | cr0
            """)
    static long rldicl(long rs, int n, long mask) {
        return Long.rotateLeft(rs, n) & mask;
    }

    /// Rotate left doubleword immediate, then clear on the right.
    @Insn("""
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 0 n=sh:sl m=mh:ml mask=maskTo(m) | rldicr ra,rs,n,m
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 1 n=sh:sl m=mh:ml mask=maskTo(m) | rldicr. ra,rs,n,m | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 0 n=sh:sl m=mh:ml mask=maskTo(m) isLeft(n,m,63) | sldi ra,rs,n
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 1 n=sh:sl m=mh:ml mask=maskTo(m) isLeft(n,m,63) \
            | sldi. ra,rs,n | cr0
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 0 n=sh:sl m=mh:ml mask=maskTo(m) sl==0 sh==0 by=left(m,63) \
            | clrrdi ra,rs,by
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 001 sh:1 1 n=sh:sl m=mh:ml mask=maskTo(m) sl==0 sh==0 by=left(m,63) \
            | clrrdi. ra,rs,by | cr0
            """)
    static long rldicr(long rs, int n, long mask) {
        return Long.rotateLeft(rs, n) & mask;
    }

    /// Rotate left doubleword immediate, then clear on both sides.
    @Insn("""
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 010 sh:1 0 n=sh:sl m=mh:ml mask=maskBetween(m,n) | rldic ra,rs,n,m
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 010 sh:1 1 n=sh:sl m=mh:ml mask=maskBetween(m,n) | rldic. ra,rs,n,m | cr0
            """)
    static long rldic(long rs, int n, long mask) {
        return Long.rotateLeft(rs, n) & mask;
    }

    /// Rotate left doubleword immediate, then insert under a mask.
    @Insn("""
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 011 sh:1 0 n=sh:sl m=mh:ml mask=maskBetween(m,n) | rldimi ra,rs,n,m
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 011 sh:1 1 n=sh:sl m=mh:ml mask=maskBetween(m,n) | rldimi. ra,rs,n,m | cr0
            """)
    static long rldimi(long ra, long rs, int n, long mask) {
        return Long.rotateLeft(rs, n) & mask | ra & ~mask;
    }

    /// Rotate left doubleword, then clear on one side.
    @Insn("""
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1000 0 m=mh:ml mask=maskFrom(m) | rldcl ra,rs,rb,m
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1000 1 m=mh:ml mask=maskFrom(m) | rldcl. ra,rs,rb,m | cr0
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1000 0 m=mh:ml mask=maskFrom(m) ml==0 mh==0 | rotld ra,rs,rb
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1000 1 m=mh:ml mask=maskFrom(m) ml==0 mh==0 | rotld. ra,rs,rb | cr0
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1001 0 m=mh:ml mask=maskTo(m) | rldcr ra,rs,rb,m
            011110 rs:5 ra:5 rb:5 ml:5 mh:1 1001 1 m=mh:ml mask=maskTo(m) | rldcr. ra,rs,rb,m | cr0
            """)
    static long rldc(long rs, int rb, long mask) {
        return Long.rotateLeft(rs, rb) & mask;
    }

    // Shifts.

    /// Shift left word.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0000011000 0 | slw ra,rs,rb
            011111 rs:5 ra:5 rb:5 0000011000 1 | slw. ra,rs,rb | cr0
            """)
    static long slw(long rs, int rb) {
        return (rb & 0x20) != 0 ? 0 : rs << (rb & 0x1f) & 0xffffffffL;
    }

    /// Shift right word.
    @Insn("""
            011111 rs:5 ra:5 rb:5 1000011000 0 | srw ra,rs,rb
            011111 rs:5 ra:5 rb:5 1000011000 1 | srw. ra,rs,rb | cr0
            """)
    static long srw(int rs, int rb) {
        return (rb & 0x20) != 0 ? 0 : Integer.toUnsignedLong(rs) >>> (rb & 0x1f);
    }

    /// Shift left doubleword.
    @Insn("""
            011111 rs:5 ra:5 rb:5 0000011011 0 | sld ra,rs,rb
            011111 rs:5 ra:5 rb:5 0000011011 1 | sld. ra,rs,rb | cr0
            """)
    static long sld(long rs, int rb) {
        return (rb & 0x40) != 0 ? 0 : rs << rb;
    }

    /// Shift right doubleword.
    @Insn("""
            011111 rs:5 ra:5 rb:5 1000011011 0 | srd ra,rs,rb
            011111 rs:5 ra:5 rb:5 1000011011 1 | srd. ra,rs,rb | cr0
            """)
    static long srd(long rs, int rb) {
        return (rb & 0x40) != 0 ? 0 : rs >>> rb;
    }

    /// Shift right algebraic word; CA says that a negative number has lost ones.
    @Insn("""
            011111 rs:5 ra:5 rb:5 1100011000 0 | sraw ra,rs,rb | ca=losesOnes32 ca32=losesOnes32
            011111 rs:5 ra:5 rb:5 1100011000 1 | sraw. ra,rs,rb | ca=losesOnes32 ca32=losesOnes32 cr0
            """)
    static long sraw(int rs, int rb) {
        return rs >> ((rb & 0x20) != 0 ? 31 : rb);
    }

    static boolean losesOnes32(int rs, int rb) {
        return rs < 0 && ((rb & 0x20) != 0 || (rs & (1 << rb) - 1) != 0);
    }

    /// Shift right algebraic word immediate.
    @Insn("""
            011111 rs:5 ra:5 sh:5 1100111000 0 | srawi ra,rs,sh | rb:=sh ca=losesOnes32 ca32=losesOnes32
            011111 rs:5 ra:5 sh:5 1100111000 1 | srawi. ra,rs,sh | rb:=sh ca=losesOnes32 ca32=losesOnes32 cr0
            """)
    static long srawi(int rs, int sh) {
        return rs >> sh;
    }

    /// Shift right algebraic doubleword.
    @Insn("""
            011111 rs:5 ra:5 rb:5 1100011010 0 | srad ra,rs,rb | ca=losesOnes ca32=losesOnes
            011111 rs:5 ra:5 rb:5 1100011010 1 | srad. ra,rs,rb | ca=losesOnes ca32=losesOnes cr0
            """)
    static long srad(long rs, int rb) {
        return rs >> ((rb & 0x40) != 0 ? 63 : rb);
    }

    static boolean losesOnes(long rs, int rb) {
        return rs < 0 && ((rb & 0x40) != 0 || (rs & (1L << rb) - 1) != 0);
    }

    /// Shift right algebraic doubleword immediate.
    @Insn("""
            011111 rs:5 ra:5 sl:5 110011101 sh:1 0 n=sh:sl | sradi ra,rs,n | rb:=n ca=losesOnes ca32=losesOnes
            011111 rs:5 ra:5 sl:5 110011101 sh:1 1 n=sh:sl | sradi. ra,rs,n | rb:=n ca=losesOnes ca32=losesOnes cr0
            """)
    static long sradi(long rs, int n) {
        return rs >> n;
    }

    /// Extend sign word and shift left.
    @Insn("""
            011111 rs:5 ra:5 sl:5 110111101 sh:1 0 n=sh:sl ?P9 | extswsli ra,rs,n
            011111 rs:5 ra:5 sl:5 110111101 sh:1 1 n=sh:sl ?P9 | extswsli. ra,rs,n | cr0
            """)
    static long extswsli(int rs, int n) {
        return (long) rs << n;
    }
}
