package faultline.ppc64.insn;

import faultline.core.isa.Insn;

/// Fixed-point sums (Power ISA Book I 3.3.9).
final class FixedPointArithmetic {

    private FixedPointArithmetic() {}

    /// Add immediate.
    @Insn("""
            001110 rt:5 ra:5 si:s16 | addi rt,ra,si | rb:=si
            001111 rt:5 ra:5 si:s16 up=shifted(si) | addis rt,ra,si | rb:=up
            """)
    static long addi(long ra, long rb) {
        return ra + rb;
    }

    /// Load immediate.
    @Insn("""
            001110 rt:5 00000 si:s16 | li rt,si | number:=si
            001111 rt:5 00000 si:s16 up=shifted(si) | lis rt,si | number:=up
            """)
    static long li(long number) {
        return number;
    }

    /// Add PC immediate shifted.
    @Insn("""
            010011 rt:5 d1:5 d0:10 00010 d2:1 d=immediate(d0,d1,d2) sum=nextPlus(pc,d) ?P9 \
            | addpcis rt,d | number:=sum
            010011 rt:5 d1:5 d0:10 00010 d2:1 d=immediate(d0,d1,d2) sum=nextPlus(pc,d) d0==0 d1==0 d2==0 ?P9 \
            | lnia rt | number:=sum
            """)
    static long addpcis(long number) {
        return number;
    }

    /// Add.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 100001010 0 | add rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 100001010 1 | add. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 100001010 0 | addo rt,ra,rb | ov=sumOverflows ov32=sumOverflows32
            011111 rt:5 ra:5 rb:5 1 100001010 1 | addo. rt,ra,rb | ov=sumOverflows ov32=sumOverflows32 cr0
            """)
    static long add(long ra, long rb) {
        return ra + rb;
    }

    /// Subtract from.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 000101000 0 | subf rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 000101000 1 | subf. rt,ra,rb | cr0
            011111 rt:5 ra:5 rb:5 1 000101000 0 | subfo rt,ra,rb | ov=differenceOverflows ov32=differenceOverflows32
            011111 rt:5 ra:5 rb:5 1 000101000 1 \
            | subfo. rt,ra,rb | ov=differenceOverflows ov32=differenceOverflows32 cr0
            """)
    static long subf(long ra, long rb) {
        return rb - ra;
    }

    /// Add carrying.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 000001010 0 | addc rt,ra,rb | ca=sumCarries ca32=sumCarries32
            011111 rt:5 ra:5 rb:5 0 000001010 1 | addc. rt,ra,rb | ca=sumCarries ca32=sumCarries32 cr0
            011111 rt:5 ra:5 rb:5 1 000001010 0 \
            | addco rt,ra,rb | ca=sumCarries ca32=sumCarries32 ov=sumOverflows ov32=sumOverflows32
            011111 rt:5 ra:5 rb:5 1 000001010 1 \
            | addco. rt,ra,rb | ca=sumCarries ca32=sumCarries32 ov=sumOverflows ov32=sumOverflows32 cr0
            001100 rt:5 ra:5 si:s16 | addic rt,ra,si | rb:=si ca=sumCarries ca32=sumCarries32
            001101 rt:5 ra:5 si:s16 | addic. rt,ra,si | rb:=si ca=sumCarries ca32=sumCarries32 cr0
            """)
    static long addc(long ra, long rb) {
        return ra + rb;
    }

    /// Subtract from carrying.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 000001000 0 | subfc rt,ra,rb | ca=differenceCarries ca32=differenceCarries32
            011111 rt:5 ra:5 rb:5 0 000001000 1 | subfc. rt,ra,rb | ca=differenceCarries ca32=differenceCarries32 cr0
            011111 rt:5 ra:5 rb:5 1 000001000 0 \
            | subfco rt,ra,rb \
            | ca=differenceCarries ca32=differenceCarries32 ov=differenceOverflows ov32=differenceOverflows32
            011111 rt:5 ra:5 rb:5 1 000001000 1 \
            | subfco. rt,ra,rb \
            | ca=differenceCarries ca32=differenceCarries32 ov=differenceOverflows ov32=differenceOverflows32 cr0
            001000 rt:5 ra:5 si:s16 | subfic rt,ra,si | rb:=si ca=differenceCarries ca32=differenceCarries32
            """)
    static long subfc(long ra, long rb) {
        return rb - ra;
    }

    /// Add extended.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 010001010 0 | adde rt,ra,rb | ca=extendedCarries ca32=extendedCarries32
            011111 rt:5 ra:5 rb:5 0 010001010 1 | adde. rt,ra,rb | ca=extendedCarries ca32=extendedCarries32 cr0
            011111 rt:5 ra:5 rb:5 1 010001010 0 \
            | addeo rt,ra,rb | ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32
            011111 rt:5 ra:5 rb:5 1 010001010 1 \
            | addeo. rt,ra,rb \
            | ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32 cr0
            """)
    static long adde(long ra, long rb, boolean ca) {
        return ra + rb + (ca ? 1 : 0);
    }

    /// Subtract from extended.
    @Insn("""
            011111 rt:5 ra:5 rb:5 0 010001000 0 | subfe rt,ra,rb | ca=borrowCarries ca32=borrowCarries32
            011111 rt:5 ra:5 rb:5 0 010001000 1 | subfe. rt,ra,rb | ca=borrowCarries ca32=borrowCarries32 cr0
            011111 rt:5 ra:5 rb:5 1 010001000 0 \
            | subfeo rt,ra,rb | ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32
            011111 rt:5 ra:5 rb:5 1 010001000 1 \
            | subfeo. rt,ra,rb | ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32 cr0
            """)
    static long subfe(long ra, long rb, boolean ca) {
        return ~ra + rb + (ca ? 1 : 0);
    }

    /// Add to zero extended.
    @Insn("""
            011111 rt:5 ra:5 ///// 0 011001010 0 | addze rt,ra | rb:=0 ca=extendedCarries ca32=extendedCarries32
            011111 rt:5 ra:5 ///// 0 011001010 1 | addze. rt,ra | rb:=0 ca=extendedCarries ca32=extendedCarries32 cr0
            011111 rt:5 ra:5 ///// 1 011001010 0 \
            | addzeo rt,ra \
            | rb:=0 ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32
            011111 rt:5 ra:5 ///// 1 011001010 1 \
            | addzeo. rt,ra \
            | rb:=0 ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32 cr0
            """)
    static long addze(long ra, boolean ca) {
        return ra + (ca ? 1 : 0);
    }

    /// Subtract from zero extended.
    @Insn("""
            011111 rt:5 ra:5 ///// 0 011001000 0 | subfze rt,ra | rb:=0 ca=borrowCarries ca32=borrowCarries32
            011111 rt:5 ra:5 ///// 0 011001000 1 | subfze. rt,ra | rb:=0 ca=borrowCarries ca32=borrowCarries32 cr0
            011111 rt:5 ra:5 ///// 1 011001000 0 \
            | subfzeo rt,ra | rb:=0 ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32
            011111 rt:5 ra:5 ///// 1 011001000 1 \
            | subfzeo. rt,ra \
            | rb:=0 ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32 cr0
            """)
    static long subfze(long ra, boolean ca) {
        return ~ra + (ca ? 1 : 0);
    }

    /// Add to minus one extended.
    @Insn("""
            011111 rt:5 ra:5 ///// 0 011101010 0 | addme rt,ra | rb:=ones ca=extendedCarries ca32=extendedCarries32
            011111 rt:5 ra:5 ///// 0 011101010 1 \
            | addme. rt,ra | rb:=ones ca=extendedCarries ca32=extendedCarries32 cr0
            011111 rt:5 ra:5 ///// 1 011101010 0 \
            | addmeo rt,ra \
            | rb:=ones ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32
            011111 rt:5 ra:5 ///// 1 011101010 1 \
            | addmeo. rt,ra \
            | rb:=ones ca=extendedCarries ca32=extendedCarries32 ov=extendedOverflows ov32=extendedOverflows32 cr0
            """)
    static long addme(long ra, boolean ca) {
        return ra - 1 + (ca ? 1 : 0);
    }

    /// Subtract from minus one extended.
    @Insn("""
            011111 rt:5 ra:5 ///// 0 011101000 0 | subfme rt,ra | rb:=ones ca=borrowCarries ca32=borrowCarries32
            011111 rt:5 ra:5 ///// 0 011101000 1 | subfme. rt,ra | rb:=ones ca=borrowCarries ca32=borrowCarries32 cr0
            011111 rt:5 ra:5 ///// 1 011101000 0 \
            | subfmeo rt,ra | rb:=ones ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32
            011111 rt:5 ra:5 ///// 1 011101000 1 \
            | subfmeo. rt,ra \
            | rb:=ones ca=borrowCarries ca32=borrowCarries32 ov=borrowOverflows ov32=borrowOverflows32 cr0
            """)
    static long subfme(long ra, boolean ca) {
        return ~ra - 1 + (ca ? 1 : 0);
    }

    static long ones() {
        return -1;
    }

    /// Negate.
    @Insn("""
            011111 rt:5 ra:5 ///// 0 001101000 0 | neg rt,ra
            011111 rt:5 ra:5 ///// 0 001101000 1 | neg. rt,ra | cr0
            011111 rt:5 ra:5 ///// 1 001101000 0 | nego rt,ra | ov=negationOverflows ov32=negationOverflows32
            011111 rt:5 ra:5 ///// 1 001101000 1 | nego. rt,ra | ov=negationOverflows ov32=negationOverflows32 cr0
            """)
    static long neg(long ra) {
        return -ra;
    }

    /// Add extended using alternate carry: OV is the carry, so that SO stays.
    @Insn("""
            011111 rt:5 ra:5 rb:5 cy:2 10101010 / ?P9 \
            | addex rt,ra,rb,cy | ovAlone=alternateCarries ov32=alternateCarries32
            """)
    static long addex(long ra, long rb, boolean ov) {
        return ra + rb + (ov ? 1 : 0);
    }

    // What a sum carries out of bit 0, and out of bit 32 for CA32; where it overflows.

    static boolean sumCarries(long ra, long rb) {
        return Operands.carries(ra, rb, ra + rb) < 0;
    }

    static boolean sumCarries32(long ra, long rb) {
        return (int) Operands.carries(ra, rb, ra + rb) < 0;
    }

    static boolean sumOverflows(long ra, long rb) {
        return Operands.overflows(ra, rb, ra + rb) < 0;
    }

    static boolean sumOverflows32(long ra, long rb) {
        return (int) Operands.overflows(ra, rb, ra + rb) < 0;
    }

    static boolean differenceCarries(long ra, long rb) {
        return Operands.carries(~ra, rb, rb - ra) < 0;
    }

    static boolean differenceCarries32(long ra, long rb) {
        return (int) Operands.carries(~ra, rb, rb - ra) < 0;
    }

    static boolean differenceOverflows(long ra, long rb) {
        return Operands.overflows(~ra, rb, rb - ra) < 0;
    }

    static boolean differenceOverflows32(long ra, long rb) {
        return (int) Operands.overflows(~ra, rb, rb - ra) < 0;
    }

    static boolean extendedCarries(long ra, long rb, boolean ca) {
        return Operands.carries(ra, rb, ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean extendedCarries32(long ra, long rb, boolean ca) {
        return (int) Operands.carries(ra, rb, ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean extendedOverflows(long ra, long rb, boolean ca) {
        return Operands.overflows(ra, rb, ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean extendedOverflows32(long ra, long rb, boolean ca) {
        return (int) Operands.overflows(ra, rb, ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean borrowCarries(long ra, long rb, boolean ca) {
        return Operands.carries(~ra, rb, ~ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean borrowCarries32(long ra, long rb, boolean ca) {
        return (int) Operands.carries(~ra, rb, ~ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean borrowOverflows(long ra, long rb, boolean ca) {
        return Operands.overflows(~ra, rb, ~ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean borrowOverflows32(long ra, long rb, boolean ca) {
        return (int) Operands.overflows(~ra, rb, ~ra + rb + (ca ? 1 : 0)) < 0;
    }

    static boolean alternateCarries(long ra, long rb, boolean ov) {
        return Operands.carries(ra, rb, ra + rb + (ov ? 1 : 0)) < 0;
    }

    static boolean alternateCarries32(long ra, long rb, boolean ov) {
        return (int) Operands.carries(ra, rb, ra + rb + (ov ? 1 : 0)) < 0;
    }

    static boolean negationOverflows(long ra) {
        return ra == Long.MIN_VALUE;
    }

    static boolean negationOverflows32(long ra) {
        return (int) ra == Integer.MIN_VALUE;
    }
}
