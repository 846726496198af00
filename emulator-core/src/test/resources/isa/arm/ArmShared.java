package arm;

/// Decode functions, and what several chapters do to an operand.
final class ArmShared {

    private ArmShared() {}

    /// The stack pointer as the base of an access.
    static long stackBase(ArmCpu cpu) {
        return cpu.x[32];
    }

    static long zx(long value, int bits) {
        return bits == 32 ? value & 0xffffffffL : value;
    }

    static long shifted(long rm, int shift, int amount, int bits) {
        return switch (shift) {
            case 0 -> rm << amount;
            case 1 -> zx(rm, bits) >>> amount;
            case 2 -> rm >> amount;
            default -> bits == 32 ? Integer.rotateRight((int) rm, amount) : Long.rotateRight(rm, amount);
        };
    }

    static long extended(long rm, int option, int amount) {
        long value = switch (option) {
            case 0 -> rm & 0xff;
            case 1 -> rm & 0xffff;
            case 2 -> rm & 0xffffffffL;
            case 4 -> (byte) rm;
            case 5 -> (short) rm;
            case 6 -> (int) rm;
            default -> rm;
        };
        return value << amount;
    }

    static long indexed(long rn, long rm, int amount) {
        return rn + (rm << amount);
    }

    /// The immediate of logical instructions (DecodeBitMasks).
    static long bitmask(int bits, int n, int immr, int imms) {
        int size = Integer.highestOneBit(n << 6 | ~imms & 0x3f);
        long ones = (2L << (imms & size - 1)) - 1;
        int rotation = immr & size - 1;
        long mask = size == 64 ? -1 : (1L << size) - 1;
        long element = rotation == 0 ? ones : (ones >>> rotation | ones << size - rotation) & mask;
        for (int width = size; width < bits; width *= 2) {
            element |= element << width;
        }
        return element;
    }

    static boolean isBitmask(int bits, int n, int imms) {
        int size = Integer.highestOneBit(n << 6 | ~imms & 0x3f);
        return size >= 2 && size <= bits && (imms & size - 1) != size - 1;
    }

    static boolean isUbfx(int bits, int immr, int imms) {
        return imms >= immr;
    }

    static long width(int immr, int imms) {
        return imms - immr + 1;
    }

    static long page(long pc, long hi, long lo) {
        return (pc & ~0xfffL) + ((hi << 2 | lo) << 12);
    }

    static long movz(int imm16, int hw) {
        return (long) imm16 << 16 * hw;
    }

    static long invert(int cond) {
        return cond ^ 1;
    }

    static long lanes(int size, int q) {
        return size << 1 | q;
    }

    static boolean isLane(int imm5) {
        return (imm5 & 7) != 0;
    }

    static long laneSize(int imm5) {
        return Integer.numberOfTrailingZeros(imm5);
    }

    static long top(long imm) {
        return imm >>> 12;
    }

    static long three() {
        return 3;
    }

    static long sixteens(int hw) {
        return 16 * hw;
    }
}
