package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64State;
import faultline.ppc64.cpu.Ppc64Trap;

/// Fixed-point comparisons, traps and selection (Power ISA Book I 3.3.10 to 3.3.12).
final class FixedPointCompare {

    private FixedPointCompare() {}

    /// Compare. The order goes to a field of CR.
    @Insn("""
            011111 bf:3 / 1 ra:5 rb:5 0000000000 / bf==0 | cmpd ra,rb | cmp0 -> none
            011111 bf:3 / 1 ra:5 rb:5 0000000000 / | cmpd <bf>,ra,rb | cmp(bf,ra) -> none
            001011 bf:3 / 1 ra:5 si:s16 bf==0 | cmpdi ra,si | rb:=si cmp0 -> none
            001011 bf:3 / 1 ra:5 si:s16 | cmpdi <bf>,ra,si | rb:=si cmp(bf,ra) -> none
            011111 bf:3 / 0 ra:5 rb:5 0000000000 / bf==0 | cmpw wa,wb | cmp0 -> none
            011111 bf:3 / 0 ra:5 rb:5 0000000000 / | cmpw <bf>,wa,wb | cmp(bf,ra) -> none
            001011 bf:3 / 0 ra:5 si:s16 bf==0 | cmpwi wa,si | rb:=si cmp0 -> none
            001011 bf:3 / 0 ra:5 si:s16 | cmpwi <bf>,wa,si | rb:=si cmp(bf,ra) -> none
            """)
    static long cmp(long ra, long rb) {
        return ra - rb;
    }

    /// Compare logical. The order goes to a field of CR.
    @Insn("""
            011111 bf:3 / 1 ra:5 rb:5 0000100000 / bf==0 | cmpld ra,rb | cmpl0 -> none
            011111 bf:3 / 1 ra:5 rb:5 0000100000 / | cmpld <bf>,ra,rb | cmpl(bf,ra) -> none
            001010 bf:3 / 1 ra:5 ui:16 bf==0 | cmpldi ra,ui | rb:=ui cmpl0 -> none
            001010 bf:3 / 1 ra:5 ui:16 | cmpldi <bf>,ra,ui | rb:=ui cmpl(bf,ra) -> none
            011111 bf:3 / 0 ra:5 rb:5 0000100000 / bf==0 | cmplw wa,wb | cmpl0 -> none
            011111 bf:3 / 0 ra:5 rb:5 0000100000 / | cmplw <bf>,wa,wb | cmpl(bf,ra) -> none
            001010 bf:3 / 0 ra:5 ui:16 bf==0 | cmplwi wa,ui | rb:=ui cmpl0 -> none
            001010 bf:3 / 0 ra:5 ui:16 | cmplwi <bf>,wa,ui | rb:=ui cmpl(bf,ra) -> none
            """)
    static long cmpl(long ra, long rb) {
        return ra - rb;
    }

    /// Compare ranged byte: whether the byte is in the range, or in one of two.
    @Insn("011111 bf:3 / l:1 ra:5 rb:5 0011000000 / ?P9 | cmprb <bf>,l,ra,rb | toField(bf) -> none")
    static long cmprb(int ra, int rb, int l) {
        return isInRange(ra, rb) || l != 0 && isInRange(ra, rb >>> 16) ? Ppc64State.GT : 0;
    }

    private static boolean isInRange(int number, int bounds) {
        int value = number & 0xff;
        return value >= (bounds & 0xff) && value <= (bounds >>> 8 & 0xff);
    }

    /// Compare equal byte: whether the byte is one of eight.
    @Insn("011111 bf:3 // ra:5 rb:5 0011100000 / ?P9 | cmpeqb <bf>,ra,rb | toField(bf) -> none")
    static long cmpeqb(long ra, long rb) {
        return Operands.equalBytes(rb, (ra & 0xff) * 0x0101_0101_0101_0101L) != 0 ? Ppc64State.GT : 0;
    }

    /// Set boolean: -1 for less, 1 for greater, else 0.
    @Insn("011111 rt:5 bfa:3 // ///// 0010000000 / ?P9 | setb rt,<bfa> | order:=field(bfa)")
    static long setb(int order) {
        return (order & Ppc64State.LT) != 0 ? -1 : (order & Ppc64State.GT) != 0 ? 1 : 0;
    }

    // Traps.

    /// Trap if two numbers are in one of the orders of TO: less, greater, equal, and less and greater
    /// without signs.
    @Insn("""
            000010 to:5 ra:5 si:s16 | tdi to,ra,si | rb:=si traps
            011111 to:5 ra:5 rb:5 0001000100 / | td to,ra,rb | traps
            000010 to:5 ra:5 si:s16 isNamedTrap(to) | td<to>i ra,si | rb:=si traps
            011111 to:5 ra:5 rb:5 0001000100 / isNamedTrap(to) | td<to> ra,rb | traps
            000011 to:5 ra:5 si:s16 | twi to,wa,si | rb:=si traps
            011111 to:5 ra:5 rb:5 0000000100 / | tw to,wa,wb | traps
            000011 to:5 ra:5 si:s16 isNamedTrap(to) | tw<to>i wa,si | rb:=si traps
            011111 to:5 ra:5 rb:5 0000000100 / isNamedTrap(to) | tw<to> wa,wb | traps
            011111 to:5 ra:5 rb:5 0000000100 / to==31 ra==0 rb==0 | trap | traps
            """)
    static void trap(int to, long ra, long rb) {
        int order = ra < rb ? 16 : ra > rb ? 8 : 4;
        int unsigned = ra == rb ? 0 : Long.compareUnsigned(ra, rb) < 0 ? 2 : 1;
        if ((to & (order | unsigned)) != 0) {
            throw Ppc64Trap.TRAP;
        }
    }

    // Selection.

    /// Integer select.
    @Insn("""
            011111 rt:5 ra:5 rb:5 bc:5 01111 / | isel rt,ra|0,rb,<bc> | set:=bit(bc)
            011111 rt:5 ra:5 rb:5 bc:5 01111 / bc<3 | isel<bc> rt,ra|0,rb | set:=bit(bc)
            """)
    static long isel(long ra, long rb, boolean set) {
        return set ? ra : rb;
    }
}
