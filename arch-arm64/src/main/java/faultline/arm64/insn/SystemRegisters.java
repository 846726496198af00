package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.A64Trap;
import faultline.arm64.cpu.CpuId;
import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.mmu.GuestFault;

/// System registers and system instructions (Arm ARM C4.1.87, "System register move", "System
/// instructions", "PSTATE"), as EL0 has them under Linux.
///
/// What a program may not touch traps to the kernel on a processor, and the kernel answers with
/// SIGILL as for a word that is no instruction: here it is undefined at once. The exception are the
/// ID registers, which the kernel reads for the program ([CpuId]).
final class SystemRegisters {

    private SystemRegisters() {}

    // Registers that EL0 has.

    /// Reads the condition flags.
    @Insn("1101010100 1 1 1 011 0100 0010 000 rt:5 | mrs xt, nzcv")
    static long mrsNzcv(long nzcv) {
        return nzcv << 28;
    }

    /// Writes the condition flags.
    @Insn("1101010100 0 1 1 011 0100 0010 000 rt:5 | msr nzcv, xt | -> nzcv")
    static long msrNzcv(long rt) {
        return rt >>> 28;
    }

    /// Reads the floating-point control register.
    @Insn("1101010100 1 1 1 011 0100 0100 000 rt:5 | mrs xt, fpcr")
    static long mrsFpcr(long fpcr) {
        return fpcr;
    }

    /// Writes the floating-point control register.
    @Insn("1101010100 0 1 1 011 0100 0100 000 rt:5 | msr fpcr, xt | -> fpcr")
    static long msrFpcr(long rt) {
        return rt;
    }

    /// Reads the floating-point status register.
    @Insn("1101010100 1 1 1 011 0100 0100 001 rt:5 | mrs xt, fpsr")
    static long mrsFpsr(long fpsr) {
        return fpsr;
    }

    /// Writes the floating-point status register.
    @Insn("1101010100 0 1 1 011 0100 0100 001 rt:5 | msr fpsr, xt | -> fpsr")
    static long msrFpsr(long rt) {
        return rt;
    }

    /// Reads the thread pointer.
    @Insn("1101010100 1 1 1 011 1101 0000 010 rt:5 | mrs xt, tpidr_el0")
    static long mrsTpidr(long tpidr) {
        return tpidr;
    }

    /// Writes the thread pointer.
    @Insn("1101010100 0 1 1 011 1101 0000 010 rt:5 | msr tpidr_el0, xt | -> tpidr")
    static long msrTpidr(long rt) {
        return rt;
    }

    /// Reads the thread pointer that only the kernel writes; Linux leaves 0 there.
    @Insn("1101010100 1 1 1 011 1101 0000 011 rt:5 | mrs xt, tpidrro_el0")
    static long mrsTpidrro() {
        return 0;
    }

    /// Reads the virtual counter.
    @Insn("1101010100 1 1 1 011 1110 0000 010 rt:5 | mrs xt, cntvct_el0")
    static long mrsCntvct(A64Cpu cpu) {
        return cpu.counter();
    }

    /// Reads the frequency of the counter.
    @Insn("1101010100 1 1 1 011 1110 0000 000 rt:5 | mrs xt, cntfrq_el0")
    static long mrsCntfrq() {
        return CpuId.COUNTER_FREQUENCY;
    }

    /// Reads the cache type.
    @Insn("1101010100 1 1 1 011 0000 0000 001 rt:5 | mrs xt, ctr_el0")
    static long mrsCtr() {
        return CpuId.CACHE_TYPE;
    }

    /// Reads how many bytes DC ZVA clears.
    @Insn("1101010100 1 1 1 011 0000 0000 111 rt:5 | mrs xt, dczid_el0")
    static long mrsDczid() {
        return CpuId.ZERO_BLOCK;
    }

    // All others.

    /// Reads an ID register, or is undefined.
    @Insn("""
            1101010100 1 1 1 000 0000 crm:4 op2:3 rt:5 sysreg=idRegister(crm,op2) isIdRegister(crm,op2) \
            | mrs xt, <sysreg> | traps
            """)
    static long mrsId(A64Cpu cpu, int crm, int op2) {
        return CpuId.read(cpu.model(), crm, op2);
    }

    /// Registers that do not exist, or not at this exception level.
    @Insn("""
            1101010100 1 1 o:1 op1:3 cn:4 cm:4 op2:3 rt:5 sysreg=o:op1:cn:cm:op2 | mrs xt, <sysreg> | traps
            1101010100 0 1 o:1 op1:3 cn:4 cm:4 op2:3 rt:5 sysreg=o:op1:cn:cm:op2 | msr <sysreg>, xt | traps
            """)
    static void undefinedRegister(A64Cpu cpu) {
        throw A64Trap.UNDEFINED;
    }

    // Caches.

    /// Makes a block of 64 bytes zero.
    @Insn("1101010100 0 01 011 0111 0100 001 rt:5 | dc zva, xt")
    static void dcZva(Mem mem, long rt) {
        mem.probeWrite(rt, 1);
        long block = rt & -CpuId.ZERO_BLOCK_BYTES;
        for (int at = 0; at < CpuId.ZERO_BLOCK_BYTES; at += Long.BYTES) {
            mem.store64(block + at, 0);
        }
    }

    /// Cleans or invalidates a line of a cache by its address. RAM is all there is and decoded code
    /// follows stores by itself, so that what remains is the translation of the address.
    @Insn("""
            1101010100 0 01 011 0111 0101 001 rt:5       | ic ivau, xt  | traps
            1101010100 0 01 011 0111 1010 001 rt:5       | dc cvac, xt  | traps
            1101010100 0 01 011 0111 1011 001 rt:5       | dc cvau, xt  | traps
            1101010100 0 01 011 0111 1110 001 rt:5       | dc civac, xt | traps
            1101010100 0 01 011 0111 1100 001 rt:5 ?DPB  | dc cvap, xt  | traps
            1101010100 0 01 011 0111 1101 001 rt:5 ?DPB2 | dc cvadp, xt | traps
            """)
    static void maintainCache(A64Cpu cpu, Mem mem, long rt) {
        try {
            mem.probeRead(rt, 1);
        } catch (GuestFault fault) {
            cpu.faultsInCacheMaintenance();
            throw fault;
        }
    }

    // Instructions of higher exception levels, and those that are not assigned.

    /// Undefined system instructions and processor state.
    @Insn("""
            1101010100 0 01 op1:3 cn:4 cm:4 op2:3 rt:5        | sys #op1, C<cn>, C<cm>, #op2, xt   | traps
            1101010100 1 01 op1:3 cn:4 cm:4 op2:3 rt:5        | sysl xt, #op1, C<cn>, C<cm>, #op2  | traps
            1101010100 0 00 op1:3 cn:4 cm:4 op2:3 rt:5        | msr s0_<op1>_c<cn>_c<cm>_<op2>, xt | traps
            1101010100 1 00 op1:3 cn:4 cm:4 op2:3 rt:5        | mrs xt, s0_<op1>_c<cn>_c<cm>_<op2> | traps
            1101010100 0 01 op1:3 cn:4 cm:4 op2:3 rt:5 sysop=op1:cn:cm:op2 isOperation(op1,cn,cm,op2) \
            | <sysop>, xt | traps
            1101010100 0 01 op1:3 cn:4 cm:4 op2:3 ///// sysop=op1:cn:cm:op2 isLoneOperation(op1,cn,cm,op2) \
            | <sysop> | traps
            1101010100 0 01 op1:3 cn:4 cm:4 op2:3 rt:5 isZero(rt) | sys #op1, C<cn>, C<cm>, #op2 | traps
            1101010100 0 00 000 0100 000 cm:1 011 11111         | msr uao, #0x<cm>                   | traps
            1101010100 0 00 000 0100 000 cm:1 100 11111         | msr pan, #0x<cm>                   | traps
            1101010100 0 00 000 0100 000 cm:1 101 11111         | msr spsel, #0x<cm>                 | traps
            1101010100 0 00 011 0100 000 cm:1 001 11111       | msr ssbs, #0x<cm>                  | traps
            1101010100 0 00 011 0100 000 cm:1 010 11111       | msr dit, #0x<cm>                   | traps
            1101010100 0 00 011 0100 000 cm:1 100 11111       | msr tco, #0x<cm>                   | traps
            1101010100 0 00 011 0100 cm:4 110 11111           | msr daifset, #0x<cm>               | traps
            1101010100 0 00 011 0100 cm:4 111 11111           | msr daifclr, #0x<cm>               | traps
            """)
    static void undefinedInstruction(A64Cpu cpu) {
        throw A64Trap.UNDEFINED;
    }
}
