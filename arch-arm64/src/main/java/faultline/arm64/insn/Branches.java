package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.A64Trap;
import faultline.core.isa.Insn;
import java.lang.invoke.VarHandle;

/// Branches, exception generation, hints and barriers (Arm ARM C4.1.87). The rest of that chapter
/// is in [SystemRegisters].
final class Branches {

    private Branches() {}

    // Conditional branch.

    /// Branch conditionally.
    @Insn("0101010 0 target:s19*4+pc 0 cond:4 | b.<cond> target")
    static boolean bcond(boolean cond) {
        return cond;
    }

    // Exception generation.

    /// Supervisor call.
    @Insn("11010100 000 imm:16 000 01 | svc #0x<imm> | syscall")
    static void svc(A64Cpu cpu) {}

    /// Calls to a hypervisor or monitor, and halting: there is none of them at this exception level.
    @Insn("""
            11010100 000 imm:16 000 10 | hvc #0x<imm>    | traps
            11010100 000 imm:16 000 11 | smc #0x<imm>    | traps
            11010100 010 imm:16 000 00 | hlt #0x<imm>    | traps
            11010100 101 imm:16 000 01 | dcps1{ #0x<imm>} | traps
            11010100 101 imm:16 000 10 | dcps2{ #0x<imm>} | traps
            11010100 101 imm:16 000 11 | dcps3{ #0x<imm>} | traps
            00000000 00000000 imm:16   | udf #imm        | traps
            """)
    static void undefined() {
        throw A64Trap.UNDEFINED;
    }

    /// Breakpoint.
    @Insn("11010100 001 imm:16 000 00 | brk #0x<imm> | traps")
    static void brk(int imm) {
        throw A64Trap.breakpoint(imm);
    }

    // Hints.

    /// Hints; none of them does anything here, where pointers are not signed and branch targets
    /// not checked.
    @Insn("""
            11010101 000 0 0 011 0010 crm:4 op2:3 11111 hint=crm:op2                | hint #0x<hint>
            11010101 000 0 0 011 0010 crm:4 op2:3 11111 hint=crm:op2 isNamed(crm,op2) | <hint>
            """)
    static void hint() {}

    // Barriers.

    /// Data memory and data synchronisation barriers. A full fence is at least what any of them
    /// asks for.
    @Insn("""
            11010101 000 0 0 011 0011 crm:4 101 11111                           | dmb <crm>
            11010101 000 0 0 011 0011 crm:4 100 11111                           | dsb <crm>
            11010101 000 0 0 011 0011 0000 100 11111                            | ssbb
            11010101 000 0 0 011 0011 0100 100 11111                            | pssbb
            """)
    static void dmb() {
        VarHandle.fullFence();
    }

    /// Speculation barrier: nothing is executed that should not be.
    @Insn("11010101 000 0 0 011 0011 0000 111 11111 ?SB | sb")
    static void sb() {}

    /// Instruction synchronisation: decoded code follows stores by itself.
    @Insn("""
            11010101 000 0 0 011 0011 imm:4 110 11111         | isb #0x<imm>
            11010101 000 0 0 011 0011 1111 110 11111          | isb
            """)
    static void isb() {}

    // Unconditional branch to a register.

    /// Where a branch goes: the tag on top does not count in the lower half (Arm ARM J1.1,
    /// AArch64.BranchAddr; TCR_EL1 has TBI0 set and TBI1 clear).
    static long branchAddress(long address) {
        return address << 8 >= 0 ? address & 0x00ff_ffff_ffff_ffffL : address;
    }

    /// Branch to register.
    @Insn("1101011 0 0 00 11111 0000 0 0 rn:5 00000 | br xn | -> pc")
    static long br(long rn) {
        return branchAddress(rn);
    }

    /// Branch with link to register.
    @Insn("1101011 0 0 01 11111 0000 0 0 rn:5 00000 | blr xn | lr=next -> pc")
    static long blr(long rn) {
        return branchAddress(rn);
    }

    /// Return.
    @Insn("""
            1101011 0 0 10 11111 0000 0 0 rn:5 00000        | ret xn | -> pc
            1101011 0 0 10 11111 0000 0 0 rn:5 00000 rn==30 | ret    | -> pc
            """)
    static long ret(long rn) {
        return branchAddress(rn);
    }

    /// Returns from exceptions and from debug state: there are none at this exception level.
    @Insn("""
            1101011 0 100 11111 0000 0 0 11111 00000 | eret | traps
            1101011 0 101 11111 0000 0 0 11111 00000 | drps | traps
            """)
    static void eret() {
        throw A64Trap.UNDEFINED;
    }

    // Unconditional branch.

    /// Branch.
    @Insn("0 00101 target:s26*4+pc | b target")
    static void b() {}

    /// Branch with link.
    @Insn("1 00101 target:s26*4+pc | bl target | lr=next")
    static void bl() {}

    // Compare and branch, test and branch.

    /// Compare and branch on zero.
    @Insn("sf:1 011010 0 target:s19*4+pc rt:5 | cbz rt, target")
    static boolean cbz(long rt) {
        return rt == 0;
    }

    /// Compare and branch on nonzero.
    @Insn("sf:1 011010 1 target:s19*4+pc rt:5 | cbnz rt, target")
    static boolean cbnz(long rt) {
        return rt != 0;
    }

    /// Test bit and branch if zero.
    @Insn("""
            0 011011 0 bit:5 target:s14*4+pc rt:5              | tbz wt, #bit, target
            1 011011 0 b40:5 target:s14*4+pc rt:5 bit=high(b40) | tbz xt, #bit, target
            """)
    static boolean tbz(long rt, int bit) {
        return (rt >>> bit & 1) == 0;
    }

    /// Test bit and branch if nonzero.
    @Insn("""
            0 011011 1 bit:5 target:s14*4+pc rt:5              | tbnz wt, #bit, target
            1 011011 1 b40:5 target:s14*4+pc rt:5 bit=high(b40) | tbnz xt, #bit, target
            """)
    static boolean tbnz(long rt, int bit) {
        return (rt >>> bit & 1) != 0;
    }
}
