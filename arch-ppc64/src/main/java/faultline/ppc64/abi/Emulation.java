package faultline.ppc64.abi;

import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;

/// Instructions that processors do not execute for a program, and Linux does
/// (`arch/powerpc/kernel/traps.c`, `emulate_instruction`): those of older processors, and DSCR by the
/// number that is the supervisor's.
final class Emulation {

    // A form with two extended opcodes: everything but its operands.

    private static final int REGISTER_MASK = 0xfc1f_ffff;
    private static final int FIELD_MASK = 0xfc7f_ffff;

    private static final int MFSPR_DSCR = 0x7c11_02a6;
    private static final int MTSPR_DSCR = 0x7c11_03a6;
    private static final int MCRXR = 0x7c00_0400;

    /// SO, OV and CA in XER.
    private static final long XER_FLAGS = 0xe000_0000L;

    private Emulation() {}

    /// Executes a word that the processor refused; false when Linux does not know it either. `pc`
    /// stays.
    static boolean execute(Ppc64Cpu cpu, int word) {
        int register = word >>> 21 & 31;
        if ((word & REGISTER_MASK) == MFSPR_DSCR) {
            cpu.r[register] = cpu.dscr;
            return true;
        }
        if ((word & REGISTER_MASK) == MTSPR_DSCR) {
            Ppc64State.setDscr(cpu, cpu.r[register]);
            return true;
        }
        if ((word & FIELD_MASK) == MCRXR) {
            long xer = Ppc64State.xer(cpu);
            Ppc64State.setField(cpu, word >>> 23 & 7, (int) ((xer & XER_FLAGS) >>> 28));
            Ppc64State.setXer(cpu, xer & ~XER_FLAGS);
            return true;
        }
        return false;
    }
}
