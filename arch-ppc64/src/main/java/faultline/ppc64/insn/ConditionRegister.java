package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;

/// Logic on bits of CR and moves of its fields (Power ISA Book I 2.5 and 3.3.17).
final class ConditionRegister {

    private ConditionRegister() {}

    /// AND.
    @Insn("010011 bt:5 ba:5 bb:5 0100000001 / | crand <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none")
    static long crand(boolean a, boolean b) {
        return a && b ? 1 : 0;
    }

    /// NAND.
    @Insn("010011 bt:5 ba:5 bb:5 0011100001 / | crnand <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none")
    static long crnand(boolean a, boolean b) {
        return !(a && b) ? 1 : 0;
    }

    /// OR; of a bit with itself, a move.
    @Insn("""
            010011 bt:5 ba:5 bb:5 0111000001 / | cror <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            010011 bt:5 ba:5 bb:5 0111000001 / ba==bb | crmove <bt>,<ba> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            """)
    static long cror(boolean a, boolean b) {
        return a || b ? 1 : 0;
    }

    /// XOR; of a bit with itself, clear.
    @Insn("""
            010011 bt:5 ba:5 bb:5 0011000001 / | crxor <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            010011 bt:5 ba:5 bb:5 0011000001 / bt==ba ba==bb | crclr <bt> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            """)
    static long crxor(boolean a, boolean b) {
        return a ^ b ? 1 : 0;
    }

    /// NOR; of a bit with itself, its complement.
    @Insn("""
            010011 bt:5 ba:5 bb:5 0000100001 / | crnor <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            010011 bt:5 ba:5 bb:5 0000100001 / ba==bb | crnot <bt>,<ba> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            """)
    static long crnor(boolean a, boolean b) {
        return !(a || b) ? 1 : 0;
    }

    /// Equivalent; of a bit with itself, set.
    @Insn("""
            010011 bt:5 ba:5 bb:5 0100100001 / | creqv <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            010011 bt:5 ba:5 bb:5 0100100001 / bt==ba ba==bb | crset <bt> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none
            """)
    static long creqv(boolean a, boolean b) {
        return a == b ? 1 : 0;
    }

    /// AND with complement.
    @Insn("010011 bt:5 ba:5 bb:5 0010000001 / | crandc <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none")
    static long crandc(boolean a, boolean b) {
        return a && !b ? 1 : 0;
    }

    /// OR with complement.
    @Insn("010011 bt:5 ba:5 bb:5 0110100001 / | crorc <bt>,<ba>,<bb> | a:=bit(ba) b:=bit(bb) toBit(bt) -> none")
    static long crorc(boolean a, boolean b) {
        return a || !b ? 1 : 0;
    }

    // Fields.

    /// Move field.
    @Insn("010011 bf:3 // bfa:3 // ///// 0000000000 / | mcrf <bf>,<bfa> | from:=field(bfa) toField(bf) -> none")
    static long mcrf(int from) {
        return from;
    }

    /// Move from CR, or from one field of it; the other fields are 0.
    @Insn("011111 rt:5 0 ///////// 0000010011 / | mfcr rt")
    static long mfcr(long cr) {
        return cr;
    }

    /// Move from one field of CR; the others are 0.
    @Insn("011111 rt:5 1 fxm:8 / 0000010011 / | mfocrf rt,fxm")
    static long mfocrf(long cr, int fxm) {
        return cr & Operands.fields(fxm);
    }

    /// Move to fields of CR.
    @Insn("""
            011111 rs:5 0 fxm:8 / 0010010000 / | mtcrf fxm,rs | -> cr
            011111 rs:5 0 fxm:8 / 0010010000 / fxm==255 | mtcr rs | -> cr
            011111 rs:5 1 fxm:8 / 0010010000 / | mtocrf fxm,rs | -> cr
            """)
    static long mtcrf(long rs, long cr, int fxm) {
        return cr & ~Operands.fields(fxm) | rs & Operands.fields(fxm);
    }

    /// Move OV, OV32, CA and CA32 to a field of CR.
    @Insn("011111 bf:3 // ///// ///// 1001000000 / ?P9 | mcrxrx <bf>")
    static void mcrxrx(Ppc64Cpu cpu, int bf) {
        int bits = (cpu.ov ? Ppc64State.LT : 0)
                | (cpu.ov32 ? Ppc64State.GT : 0)
                | (cpu.ca ? Ppc64State.EQ : 0)
                | (cpu.ca32 ? Ppc64State.SO : 0);
        Ppc64State.setField(cpu, bf, bits);
    }
}
