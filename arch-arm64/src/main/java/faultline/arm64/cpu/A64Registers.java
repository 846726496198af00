package faultline.arm64.cpu;

import faultline.core.cpu.Registers;
import java.util.ArrayList;
import java.util.List;

/// The registers of an [A64Cpu] by the names of debuggers: x0 to x30, sp, pc, cpsr.
final class A64Registers implements Registers {

    private static final int GENERAL = 31;
    private static final int STACK = GENERAL;
    private static final int PC = GENERAL + 1;
    private static final int CPSR = GENERAL + 2;
    private static final int FRAME = 29;

    /// Where NZCV is in PSTATE's image.
    private static final int NZCV_SHIFT = 28;

    private static final List<Info> ALL = table();

    private final A64Cpu cpu;

    A64Registers(A64Cpu cpu) {
        this.cpu = cpu;
    }

    private static List<Info> table() {
        List<Info> table = new ArrayList<>();
        for (int n = 0; n < GENERAL; n++) {
            table.add(new Info("x" + n, 64, Group.GENERAL));
        }
        table.add(new Info("sp", 64, Group.GENERAL));
        table.add(new Info("pc", 64, Group.GENERAL));
        table.add(new Info("cpsr", 32, Group.GENERAL));
        return List.copyOf(table);
    }

    @Override
    public List<Info> all() {
        return ALL;
    }

    @Override
    public long get(int index, int word) {
        return switch (index) {
            case STACK -> cpu.x[A64Cpu.SP];
            case PC -> cpu.pc;
            case CPSR -> Nzcv.nzcv(cpu) << NZCV_SHIFT;
            default -> cpu.x[index];
        };
    }

    @Override
    public void set(int index, int word, long value) {
        switch (index) {
            case STACK -> cpu.x[A64Cpu.SP] = value;
            case PC -> cpu.pc = value;
            case CPSR -> Nzcv.setNzcv(cpu, value >>> NZCV_SHIFT);
            default -> cpu.x[index] = value;
        }
    }

    @Override
    public String describe(int index) {
        if (index != CPSR) {
            return "";
        }
        StringBuilder text = new StringBuilder("[ ");
        for (int flag = 0; flag < 4; flag++) {
            if ((Nzcv.nzcv(cpu) >> 3 - flag & 1) != 0) {
                text.append("NZCV".charAt(flag)).append(' ');
            }
        }
        return text.append(']').toString();
    }

    @Override
    public int programCounter() {
        return PC;
    }

    @Override
    public int stackPointer() {
        return STACK;
    }

    @Override
    public int framePointer() {
        return FRAME;
    }
}
