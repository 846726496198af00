package power;

import faultline.core.cpu.GuestTrap;

/// CR, LR, CTR and XER.
final class PowerState {

    static final GuestTrap UNDEFINED = new GuestTrap("ILLEGAL", 0x700, 0);

    private PowerState() {}

    private static int order(int order, boolean so) {
        return (order < 0 ? 8 : order > 0 ? 4 : 2) | (so ? 1 : 0);
    }

    static void cr0(PowerCpu cpu, long result) {
        cpu.cr[0] = order(Long.compare(result, 0), cpu.so);
    }

    static void cmp(PowerCpu cpu, int bf, long ra, long rb) {
        cpu.cr[bf] = order(Long.compare(ra, rb), cpu.so);
    }

    static void cmpl(PowerCpu cpu, int bf, long ra, long rb) {
        cpu.cr[bf] = order(Long.compareUnsigned(ra, rb), cpu.so);
    }

    static void cmp0(PowerCpu cpu, long ra, long rb) {
        cmp(cpu, 0, ra, rb);
    }

    static boolean ca(PowerCpu cpu) {
        return cpu.ca;
    }

    static void setCa(PowerCpu cpu, boolean value) {
        cpu.ca = value;
    }

    static long lr(PowerCpu cpu) {
        return cpu.lr;
    }

    static void setLr(PowerCpu cpu, long value) {
        cpu.lr = value;
    }

    static long ctr(PowerCpu cpu) {
        return cpu.ctr;
    }

    static void setCtr(PowerCpu cpu, long value) {
        cpu.ctr = value;
    }

    static long cr(PowerCpu cpu) {
        long image = 0;
        for (int field : cpu.cr) {
            image = image << 4 | field;
        }
        return image;
    }

    static void setCr(PowerCpu cpu, long image) {
        for (int field = 0; field < 8; field++) {
            cpu.cr[field] = (int) (image >>> 28 - 4 * field) & 15;
        }
    }

    /// Bits 0 to 31 of CR.
    static boolean bit(PowerCpu cpu, int number) {
        return (cpu.cr[number >> 2] >> 3 - (number & 3) & 1) != 0;
    }

    static boolean cond(PowerCpu cpu, int number) {
        return bit(cpu, (number < 8 ? 0 : 28) + (number & 3)) == ((number & 4) == 0);
    }

    static boolean lt0(PowerCpu cpu) {
        return cond(cpu, 0);
    }

    static boolean gt0(PowerCpu cpu) {
        return cond(cpu, 1);
    }

    static boolean eq0(PowerCpu cpu) {
        return cond(cpu, 2);
    }

    static boolean so0(PowerCpu cpu) {
        return cond(cpu, 3);
    }

    static boolean ge0(PowerCpu cpu) {
        return cond(cpu, 4);
    }

    static boolean le0(PowerCpu cpu) {
        return cond(cpu, 5);
    }

    static boolean ne0(PowerCpu cpu) {
        return cond(cpu, 6);
    }

    static boolean ns0(PowerCpu cpu) {
        return cond(cpu, 7);
    }

    static boolean lt7(PowerCpu cpu) {
        return cond(cpu, 8);
    }

    static boolean gt7(PowerCpu cpu) {
        return cond(cpu, 9);
    }

    static boolean eq7(PowerCpu cpu) {
        return cond(cpu, 10);
    }

    static boolean so7(PowerCpu cpu) {
        return cond(cpu, 11);
    }

    static boolean ge7(PowerCpu cpu) {
        return cond(cpu, 12);
    }

    static boolean le7(PowerCpu cpu) {
        return cond(cpu, 13);
    }

    static boolean ne7(PowerCpu cpu) {
        return cond(cpu, 14);
    }

    static boolean ns7(PowerCpu cpu) {
        return cond(cpu, 15);
    }
}
