package faultline.ppc64.cpu;

import faultline.core.cpu.RegisterTable;
import faultline.core.cpu.Registers.Group;
import java.util.List;

/// The registers of a [Ppc64Cpu] by the names of debuggers: r0 to r31, pc, cr, lr, ctr, xer, vs0 to
/// vs63, and by the manual's: what the last fault left behind.
final class Ppc64Registers {

    private static final List<String> BITS = List.of("lt", "gt", "eq", "so");

    static final RegisterTable<Ppc64Cpu> TABLE = table();

    private Ppc64Registers() {}

    private static RegisterTable<Ppc64Cpu> table() {
        RegisterTable<Ppc64Cpu> table = new RegisterTable<>();
        for (int n = 0; n < 32; n++) {
            int index = n;
            table.add("r" + n, 64, Group.GENERAL, cpu -> cpu.r[index], (cpu, value) -> cpu.r[index] = value);
        }
        table.add("pc", 64, Group.GENERAL, cpu -> cpu.pc, (cpu, value) -> cpu.pc = value)
                .add("cr", 32, Group.GENERAL, Ppc64State::cr, Ppc64State::setCr)
                .describe("cr", Ppc64Registers::fields)
                .add("lr", 64, Group.GENERAL, cpu -> cpu.lr, (cpu, value) -> cpu.lr = value)
                .add("ctr", 64, Group.GENERAL, cpu -> cpu.ctr, (cpu, value) -> cpu.ctr = value)
                .add("xer", 32, Group.GENERAL, Ppc64State::xer, Ppc64State::setXer);
        for (int n = 0; n < 64; n++) {
            int at = 2 * n;
            table.addWide(
                    "vs" + n,
                    128,
                    Group.VECTOR,
                    (cpu, word) -> cpu.vsr[at + word],
                    (cpu, word, value) -> cpu.vsr[at + word] = value);
        }
        return table.add("fpscr", 64, Group.VECTOR, cpu -> cpu.fp.fpscr(), (cpu, value) -> cpu.fp.setFpscr(value))
                .add("vscr", 32, Group.VECTOR, cpu -> cpu.vscr, (cpu, value) -> cpu.vscr = (int) value)
                .add("vrsave", 32, Group.VECTOR, cpu -> cpu.vrsave, (cpu, value) -> cpu.vrsave = (int) value)
                .add("dar", 64, Group.SYSTEM, cpu -> cpu.dar, (cpu, value) -> cpu.dar = value)
                .add("dsisr", 64, Group.SYSTEM, cpu -> cpu.dsisr, (cpu, value) -> cpu.dsisr = value)
                .pointers("pc", "r1", "lr")
                .link("lr");
    }

    /// `cr0 eq  cr7 gt so`: the fields that are not 0.
    private static String fields(Ppc64Cpu cpu) {
        StringBuilder text = new StringBuilder();
        for (int field = 0; field < 8; field++) {
            int bits = Ppc64State.field(cpu, field);
            if (bits != 0) {
                text.append(text.isEmpty() ? "cr" : "  cr").append(field);
                for (int bit = 0; bit < 4; bit++) {
                    if ((bits << bit & Ppc64State.LT) != 0) {
                        text.append(' ').append(BITS.get(bit));
                    }
                }
            }
        }
        return text.toString();
    }
}
