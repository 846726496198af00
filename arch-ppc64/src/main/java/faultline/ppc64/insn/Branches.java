package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Cpu;

/// Branches and system calls (Power ISA Book I 2.4 and 2.7).
///
/// A branch on field 0 of CR has an exec form for each condition, by which comparisons before it are
/// fused with it. BO that only counts, or asks for a bit of another field, has forms of its own;
/// [#bc] is every other BO, reserved ones included: its bits mean what they mean one by one.
final class Branches {

    private Branches() {}

    // Branch.

    /// Branch.
    @Insn("010010 li:s24*4 aa:1 lk:1 target=branchTarget(li,aa,pc) link=aa:lk lk==0 | b<link> target")
    static void b() {}

    /// Branch, setting LR.
    @Insn("010010 li:s24*4 aa:1 lk:1 target=branchTarget(li,aa,pc) link=aa:lk lk==1 | b<link> target | lr=next")
    static void bl() {}

    // Branch conditional.

    /// Branch on a bit of field 0.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            cond=condition(bo,bi) hint=hintOf(bo) isField0(bo,bi) lk==0 \
            | b<cond><link><hint> target
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            cond=condition(bo,bi) hint=hintOf(bo) isField0(bo,bi) lk==1 \
            | b<cond><link><hint> target | lr=next
            """)
    static boolean bc0(boolean cond) {
        return cond;
    }

    /// Branch on a bit of another field that is set.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bit<4 bi>=4 lk==0 \
            | b<bit><link><hint> <bf>,target | set:=bit(bi)
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bit<4 bi>=4 lk==1 \
            | b<bit><link><hint> <bf>,target | set:=bit(bi) lr=next
            """)
    static boolean bcSet(boolean set) {
        return set;
    }

    /// Branch on a bit of another field that is clear.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bit>=4 bi>=4 lk==0 \
            | b<bit><link><hint> <bf>,target | set:=bit(bi)
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bit>=4 bi>=4 lk==1 \
            | b<bit><link><hint> <bf>,target | set:=bit(bi) lr=next
            """)
    static boolean bcClear(boolean set) {
        return !set;
    }

    /// Count down, and branch unless CTR is 0.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            hint=counterHint(bo) isCounter(bo) isNotZero(bo) bi==0 lk==0 \
            | bdnz<link><hint> target | ctr=less
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            hint=counterHint(bo) isCounter(bo) isNotZero(bo) bi==0 lk==1 \
            | bdnz<link><hint> target | ctr=less lr=next
            """)
    static boolean bdnz(long ctr) {
        return ctr != 1;
    }

    /// Count down, and branch if CTR is 0.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            hint=counterHint(bo) isCounter(bo) isZero(bo) bi==0 lk==0 \
            | bdz<link><hint> target | ctr=less
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
            hint=counterHint(bo) isCounter(bo) isZero(bo) bi==0 lk==1 \
            | bdz<link><hint> target | ctr=less lr=next
            """)
    static boolean bdz(long ctr) {
        return ctr == 1;
    }

    static long less(long ctr) {
        return ctr - 1;
    }

    /// Every other BO: counts down or not, asks for a bit or not.
    @Insn("""
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
             lk==0 \
            | bc<link> bo,<bi>,target | set:=bit(bi) ctr=counted
            010000 bo:5 bi:5 bd:s14*4 aa:1 lk:1 target=branchTarget(bd,aa,pc) link=aa:lk \
             lk==1 \
            | bc<link> bo,<bi>,target | set:=bit(bi) ctr=counted lr=next
            """)
    static boolean bc(long ctr, int bo, boolean set) {
        return holds(counted(ctr, bo), bo, set);
    }

    /// CTR behind a branch that may count.
    static long counted(long ctr, int bo) {
        return (bo & 4) != 0 ? ctr : ctr - 1;
    }

    /// Whether what BO asks of CTR, which has been counted, and of a bit of CR is so.
    static boolean holds(long counted, int bo, boolean set) {
        boolean counter = (bo & 4) != 0 || counted != 0 ^ (bo & 2) != 0;
        return counter && isBitAsAsked(bo, set);
    }

    static boolean isBitAsAsked(int bo, boolean set) {
        return (bo & 16) != 0 || set == ((bo & 8) != 0);
    }

    // Branch conditional to LR, CTR and TAR.

    /// Return: branch to LR in any case.
    @Insn("""
            010011 10100 00000 /// bh:2 0000010000 0 bh==0 | blr  | -> pc
            010011 10100 00000 /// bh:2 0000010000 1 bh==0 | blrl | lr=next -> pc
            """)
    static long blr(long lr) {
        return lr & -4;
    }

    /// Branch to CTR in any case.
    @Insn("""
            010011 10100 00000 /// bh:2 1000010000 0 bh==0 | bctr  | -> pc
            010011 10100 00000 /// bh:2 1000010000 1 bh==0 | bctrl | lr=next -> pc
            """)
    static long bctr(long ctr) {
        return ctr & -4;
    }

    /// Branch to TAR in any case.
    @Insn("""
            010011 10100 00000 /// bh:2 1000110000 0 bh==0 | btar  | -> pc
            010011 10100 00000 /// bh:2 1000110000 1 bh==0 | btarl | lr=next -> pc
            """)
    static long btar(long tar) {
        return tar & -4;
    }

    /// Branch to LR if a bit of CR is as asked: the conditional return.
    @Insn("""
            010011 bo:5 bi:5 /// bh:2 0000010000 0 bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bh==0 \
            | b<bit>lr<hint>{ <bf>} | set:=bit(bi) -> pc[isBitAsAsked]
            010011 bo:5 bi:5 /// bh:2 0000010000 1 bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bh==0 \
            | b<bit>lrl<hint>{ <bf>} | set:=bit(bi) lr=next -> pc[isBitAsAsked]
            """)
    static long bcReturn(long lr) {
        return lr & -4;
    }

    /// Branch to LR, whatever BO says.
    @Insn("""
            010011 bo:5 bi:5 /// bh:2 0000010000 0 | bclr bo,<bi>{,bh}  | set:=bit(bi) ctr=counted -> pc[isTaken]
            010011 bo:5 bi:5 /// bh:2 0000010000 1 | bclrl bo,<bi>{,bh} | set:=bit(bi) ctr=counted lr=next -> pc[isTaken]
            """)
    static long bclr(long lr) {
        return lr & -4;
    }

    /// Branch to CTR if a bit of CR is as asked. A BO that counts is invalid.
    @Insn("""
            010011 bo:5 bi:5 /// bh:2 1000010000 0 bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bh==0 \
            | b<bit>ctr<hint>{ <bf>} | set:=bit(bi) -> pc[isBitAsAsked]
            010011 bo:5 bi:5 /// bh:2 1000010000 1 bit=condition(bo,bi) hint=hintOf(bo) bf=fieldOf(bi) isBit(bo) bh==0 \
            | b<bit>ctrl<hint>{ <bf>} | set:=bit(bi) lr=next -> pc[isBitAsAsked]
            010011 bo:5 bi:5 /// bh:2 1000010000 0 doesNotCount(bo) \
            | bcctr bo,<bi>{,bh}  | set:=bit(bi) -> pc[isBitAsAsked]
            010011 bo:5 bi:5 /// bh:2 1000010000 1 doesNotCount(bo) \
            | bcctrl bo,<bi>{,bh} | set:=bit(bi) lr=next -> pc[isBitAsAsked]
            """)
    static long bcctr(long ctr) {
        return ctr & -4;
    }

    /// Branch to TAR, whatever BO says.
    @Insn("""
            010011 bo:5 bi:5 /// bh:2 1000110000 0 | bctar bo,<bi>{,bh}  | set:=bit(bi) ctr=counted -> pc[isTaken]
            010011 bo:5 bi:5 /// bh:2 1000110000 1 | bctarl bo,<bi>{,bh} | set:=bit(bi) ctr=counted lr=next -> pc[isTaken]
            """)
    static long bctar(long tar) {
        return tar & -4;
    }

    static boolean isTaken(long ctr, int bo, boolean set) {
        return holds(counted(ctr, bo), bo, set);
    }

    // System calls and their return (2.7 and Book III 4.3).

    /// System call; the levels above 0 are a hypervisor's, of which there is none.
    @Insn("010001 ///// ///// //// lev:7 /// 1 / lev==0 | sc | syscall")
    static void sc(Ppc64Cpu cpu) {
        cpu.vectored = false;
    }

    /// System call vectored; Linux answers vector 0 only.
    @Insn("010001 ///// ///// //// lev:7 /// 0 1 lev==0 ?P9 | scv lev | syscall")
    static void scv(Ppc64Cpu cpu) {
        cpu.vectored = true;
        cpu.lr = cpu.pc;
        cpu.ctr = 0;
    }
}
