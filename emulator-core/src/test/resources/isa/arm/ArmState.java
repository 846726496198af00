package arm;

import faultline.core.cpu.GuestTrap;

/// Flags as the operation that set them.
final class ArmState {

    static final GuestTrap UNDEFINED = new GuestTrap("UNDEFINED", 0, 0);

    private static final int IMAGE = 0;
    private static final int ADD = 1;
    private static final int SUB = 2;
    private static final int LOGIC = 3;

    private ArmState() {}

    private static void record(ArmCpu cpu, int kind, long a, long b, long result) {
        cpu.flagKind = kind;
        cpu.flagA = a;
        cpu.flagB = b;
        cpu.flagResult = result;
    }

    static void add(ArmCpu cpu, long rn, long rm, long result) {
        record(cpu, ADD, rn, rm, result);
    }

    static void sub(ArmCpu cpu, long rn, long rm, long result) {
        record(cpu, SUB, rn, rm, result);
    }

    static void logic(ArmCpu cpu, long result) {
        record(cpu, LOGIC, 0, 0, result);
    }

    static void setNzcv(ArmCpu cpu, long image) {
        record(cpu, IMAGE, 0, 0, image);
    }

    static long nzcv(ArmCpu cpu) {
        return (n(cpu) ? 8 : 0) | (z(cpu) ? 4 : 0) | (cf(cpu) ? 2 : 0) | (v(cpu) ? 1 : 0);
    }

    static void setQc(ArmCpu cpu, long lanes) {
        cpu.saturated |= lanes != 0;
    }

    static void setLr(ArmCpu cpu, long value) {
        cpu.x[30] = value;
    }

    static boolean n(ArmCpu cpu) {
        return cpu.flagKind == IMAGE ? (cpu.flagResult & 8) != 0 : cpu.flagResult < 0;
    }

    static boolean z(ArmCpu cpu) {
        return cpu.flagKind == IMAGE ? (cpu.flagResult & 4) != 0 : cpu.flagResult == 0;
    }

    static boolean cf(ArmCpu cpu) {
        return switch (cpu.flagKind) {
            case ADD -> Long.compareUnsigned(cpu.flagResult, cpu.flagA) < 0;
            case SUB -> Long.compareUnsigned(cpu.flagA, cpu.flagB) >= 0;
            case IMAGE -> (cpu.flagResult & 2) != 0;
            default -> false;
        };
    }

    static boolean v(ArmCpu cpu) {
        return switch (cpu.flagKind) {
            case ADD -> ((cpu.flagA ^ cpu.flagResult) & (cpu.flagB ^ cpu.flagResult)) < 0;
            case SUB -> ((cpu.flagA ^ cpu.flagB) & (cpu.flagA ^ cpu.flagResult)) < 0;
            case IMAGE -> (cpu.flagResult & 1) != 0;
            default -> false;
        };
    }

    static boolean cond(ArmCpu cpu, int number) {
        boolean base = switch (number >> 1) {
            case 0 -> z(cpu);
            case 1 -> cf(cpu);
            case 2 -> n(cpu);
            case 3 -> v(cpu);
            case 4 -> cf(cpu) && !z(cpu);
            case 5 -> n(cpu) == v(cpu);
            case 6 -> n(cpu) == v(cpu) && !z(cpu);
            default -> true;
        };
        return (number & 1) == 0 || number == 15 ? base : !base;
    }

    static boolean eq(ArmCpu cpu) {
        return z(cpu);
    }

    static boolean ne(ArmCpu cpu) {
        return !z(cpu);
    }

    static boolean cs(ArmCpu cpu) {
        return cf(cpu);
    }

    static boolean cc(ArmCpu cpu) {
        return !cf(cpu);
    }

    static boolean mi(ArmCpu cpu) {
        return n(cpu);
    }

    static boolean pl(ArmCpu cpu) {
        return !n(cpu);
    }

    static boolean vs(ArmCpu cpu) {
        return v(cpu);
    }

    static boolean vc(ArmCpu cpu) {
        return !v(cpu);
    }

    static boolean hi(ArmCpu cpu) {
        return cond(cpu, 8);
    }

    static boolean ls(ArmCpu cpu) {
        return cond(cpu, 9);
    }

    static boolean ge(ArmCpu cpu) {
        return cond(cpu, 10);
    }

    static boolean lt(ArmCpu cpu) {
        return cond(cpu, 11);
    }

    static boolean gt(ArmCpu cpu) {
        return cond(cpu, 12);
    }

    static boolean le(ArmCpu cpu) {
        return cond(cpu, 13);
    }

    static boolean al(ArmCpu cpu) {
        return true;
    }

    static boolean nv(ArmCpu cpu) {
        return true;
    }
}
