package faultline.arm64.cpu;

import faultline.arm64.mmu.Syndrome;
import faultline.core.cpu.RegisterTable;
import faultline.core.cpu.Registers.Group;

/// The registers of an [A64Cpu] by the names of debuggers: x0 to x30, sp, pc, cpsr, v0 to v31, fpsr,
/// fpcr, and by the manual's: tpidr_el0 and what the last fault left behind.
final class A64Registers {

    /// Where NZCV is in PSTATE's image.
    private static final int NZCV_SHIFT = 28;

    static final RegisterTable<A64Cpu> TABLE = table();

    private A64Registers() {}

    private static RegisterTable<A64Cpu> table() {
        RegisterTable<A64Cpu> table = new RegisterTable<>();
        for (int n = 0; n <= 30; n++) {
            general(table, "x" + n, n);
        }
        general(table, "sp", A64Cpu.SP);
        table.add("pc", 64, Group.GENERAL, cpu -> cpu.pc, (cpu, value) -> cpu.pc = value)
                .add(
                        "cpsr",
                        32,
                        Group.GENERAL,
                        cpu -> Nzcv.nzcv(cpu) << NZCV_SHIFT,
                        (cpu, value) -> Nzcv.setNzcv(cpu, value >>> NZCV_SHIFT))
                .describe("cpsr", A64Registers::flags);
        for (int n = 0; n < 32; n++) {
            int at = 2 * n;
            table.addWide(
                    "v" + n,
                    128,
                    Group.VECTOR,
                    (cpu, word) -> cpu.v[at + word],
                    (cpu, word, value) -> cpu.v[at + word] = value);
        }
        return table.add("fpsr", 32, Group.FLOAT, Nzcv::fpsr, Nzcv::setFpsr)
                .add("fpcr", 32, Group.FLOAT, Nzcv::fpcr, Nzcv::setFpcr)
                .add("tpidr_el0", 64, Group.SYSTEM, cpu -> cpu.tpidr, (cpu, value) -> cpu.tpidr = value)
                .add("far_el1", 64, Group.SYSTEM, cpu -> cpu.far, (cpu, value) -> cpu.far = value)
                .add("esr_el1", 64, Group.SYSTEM, cpu -> cpu.esr, (cpu, value) -> cpu.esr = value)
                .describe("esr_el1", cpu -> cpu.esr == 0 ? "" : Syndrome.describe(cpu.esr))
                .pointers("pc", "sp", "x29")
                .link("x30");
    }

    private static void general(RegisterTable<A64Cpu> table, String name, int index) {
        table.add(name, 64, Group.GENERAL, cpu -> cpu.x[index], (cpu, value) -> cpu.x[index] = value);
    }

    private static String flags(A64Cpu cpu) {
        StringBuilder text = new StringBuilder("[ ");
        for (int flag = 0; flag < 4; flag++) {
            if ((Nzcv.nzcv(cpu) >> 3 - flag & 1) != 0) {
                text.append("NZCV".charAt(flag)).append(' ');
            }
        }
        return text.append(']').toString();
    }
}
