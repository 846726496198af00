package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.A64Trap;
import faultline.arm64.cpu.CpuId;

/// What several chapters do to an operand, and decode functions (Arm ARM J1.1, "Pseudocode").
final class Operands {

    private Operands() {}

    // Values.

    /// Without the sign of a 32-bit value.
    static long zx(long value, int bits) {
        return bits == 32 ? value & 0xffffffffL : value;
    }

    /// ShiftReg.
    static long shifted(long rm, int shift, int amount, int bits) {
        return switch (shift) {
            case 0 -> rm << amount;
            case 1 -> zx(rm, bits) >>> amount;
            case 2 -> rm >> amount;
            default -> rotated(rm, amount, bits);
        };
    }

    static long rotated(long value, int amount, int bits) {
        return bits == 32 ? Integer.rotateRight((int) value, amount) : Long.rotateRight(value, amount);
    }

    /// ExtendReg.
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

    // Addresses.

    /// The effective address of an access with a register offset.
    static long indexed(long rn, long rm, int amount) {
        return rn + (rm << amount);
    }

    /// The same with an offset of 32 bits, signed or not.
    static long indexedNarrow(long rn, int rm, int o, int amount) {
        return rn + ((o == 0 ? rm & 0xffffffffL : rm) << amount);
    }

    /// The base behind an access that leaves it there.
    static long after(long rn, long imm) {
        return rn + imm;
    }

    /// The same, where a register is added.
    static long afterBy(long rn, long rm) {
        return rn + rm;
    }

    /// The stack pointer as the base of an access (CheckSPAlignment): Linux sets SCTLR_EL1.SA0. Row
    /// forms call it where the base register is number 31.
    static long stackBase(A64Cpu cpu) {
        long sp = cpu.x[A64Cpu.SP];
        if ((sp & A64Cpu.STACK_ALIGNMENT - 1) != 0) {
            throw A64Trap.MISALIGNED_STACK;
        }
        return sp;
    }

    // Addresses that have to be aligned.

    /// The base of an access of 2^`size` bytes that reads.
    static long alignedRead(A64Cpu cpu, long rn, int size) {
        return aligned(cpu, rn, 1 << size, false);
    }

    static long alignedReadPair(A64Cpu cpu, long rn, int size) {
        return aligned(cpu, rn, 2 << size, false);
    }

    static long alignedWrite(A64Cpu cpu, long rn, int size) {
        return aligned(cpu, rn, 1 << size, true);
    }

    static long alignedWritePair(A64Cpu cpu, long rn, int size) {
        return aligned(cpu, rn, 2 << size, true);
    }

    static long alignedWords(A64Cpu cpu, long rn) {
        return aligned(cpu, rn, 8, false);
    }

    static long alignedQuad(A64Cpu cpu, long rn) {
        return aligned(cpu, rn, 16, false);
    }

    private static long aligned(A64Cpu cpu, long va, int bytes, boolean write) {
        if ((va & bytes - 1) != 0) {
            throw cpu.misaligned(va, write);
        }
        return va;
    }

    // Values in memory.

    /// What was in memory, 2^`size` bytes, as a register shows it.
    static long before(long old, int size) {
        return size < 2 ? old & (1 << (8 << size)) - 1 : old;
    }

    /// The low 2^`size` bytes of a register, as a load would extend them.
    static long narrowed(long value, int size) {
        int shift = 64 - (8 << size);
        return value << shift >> shift;
    }

    /// Two words, the low one first.
    static long words(long low, long high) {
        return low & 0xffffffffL | high << 32;
    }

    // Decode functions.

    /// The second register of a pair that is named by the first.
    static long pairWith(long first) {
        return first + 1;
    }

    static boolean isEven(int register) {
        return (register & 1) == 0;
    }

    /// The immediate of a logical instruction (DecodeBitMasks).
    static long bitmask(int bits, int n, int immr, int imms) {
        int size = elementSize(n, imms);
        long ones = (2L << (imms & size - 1)) - 1;
        int rotation = immr & size - 1;
        long mask = size == 64 ? -1 : (1L << size) - 1;
        long element = rotation == 0 ? ones : (ones >>> rotation | ones << size - rotation) & mask;
        for (int width = size; width < bits; width *= 2) {
            element |= element << width;
        }
        return element;
    }

    private static int elementSize(int n, int imms) {
        return Integer.highestOneBit(n << 6 | ~imms & 0x3f);
    }

    static boolean isBitmask(int bits, int n, int imms) {
        int size = elementSize(n, imms);
        return size >= 2 && size <= bits && (imms & size - 1) != size - 1;
    }

    /// Whether a move of that immediate is written as `mov`: no MOVZ or MOVN has it
    /// (MoveWidePreferred).
    static boolean isBitmaskMove(int bits, int n, int immr, int imms) {
        long value = bitmask(bits, n, immr, imms);
        return !isWide(value) && !isWide(zx(~value, bits));
    }

    private static boolean isWide(long value) {
        return (value & ~0xffffL) == 0
                || (value & ~0xffff0000L) == 0
                || (value & ~0xffff00000000L) == 0
                || (value & ~0xffff000000000000L) == 0;
    }

    static long times4096(long imm) {
        return imm << 12;
    }

    static long movz(long imm, int hw) {
        return imm << 16 * hw;
    }

    static long movn(int bits, long imm, int hw) {
        return zx(~(imm << 16 * hw), bits);
    }

    static long sixteens(int hw) {
        return 16L * hw;
    }

    /// ADRP.
    static long page(long pc, long hi, long lo) {
        return (pc & ~0xfffL) + ((hi << 2 | lo) << 12);
    }

    static long invert(int cond) {
        return cond ^ 1;
    }

    /// Bits of a field extracted or inserted.
    static long fieldWidth(int immr, int imms) {
        return imms - immr + 1L;
    }

    static long insertedWidth(int imms) {
        return imms + 1L;
    }

    /// How far left a bitfield is moved whose rotation to the right is `immr`.
    static long leftward(int bits, int immr) {
        return -immr & bits - 1;
    }

    static boolean isTop(int bits, int imms) {
        return imms == bits - 1;
    }

    /// UBFM is LSL.
    static boolean isLeftShift(int bits, int immr, int imms) {
        return imms + 1 == immr && imms != bits - 1;
    }

    /// How far an index is shifted where `s` says so, by the power of two that is the access's
    /// size.
    static long scale(int s, int size) {
        return s == 0 ? 0 : size;
    }

    /// Whether one of two registers is the stack pointer: an extension that changes nothing is
    /// then written as a shift, or not at all.
    static boolean isSp(int one, int other) {
        return one == 31 || other == 31;
    }

    /// The extension UXTX or SXTX.
    static long joined(long s) {
        return s << 2 | 3;
    }

    static long power(int exponent) {
        return 1L << exponent;
    }

    /// The number of a bit in the upper word.
    static long high(int b40) {
        return 32L + b40;
    }

    /// Of a vector: the size of elements, as the logarithm of their bytes, and whether it has 128
    /// bits.
    static long arrangement(int size, int q) {
        return 2L * size + q;
    }

    /// The arrangement of floating-point numbers: single precision for 0.
    static long floats(int sz, int q) {
        return arrangement(sz + 2, q);
    }

    /// The double that an immediate of 8 bits stands for (VFPExpandImm).
    static long number(int imm8) {
        long exponent = ((imm8 & 0x40) == 0 ? 0x400 : 0x3fc) | imm8 >> 4 & 3;
        return (imm8 & 0x80L) << 56 | exponent << 52 | (imm8 & 15L) << 48;
    }

    /// The same in the format that `ftype` names.
    static long numberIn(int ftype, int imm8) {
        double value = Double.longBitsToDouble(number(imm8));
        return switch (ftype) {
            case 0 -> Float.floatToRawIntBits((float) value);
            case 1 -> number(imm8);
            default -> Float.floatToFloat16((float) value);
        };
    }

    /// Bits behind the point of a fixed-point number.
    static long fractionBits(int most, int scale) {
        return (long) most - scale;
    }

    /// The size of floating-point elements, as [#arrangement] has it.
    static long floatSize(int sz) {
        return sz + 2L;
    }

    /// As many halves as a vector has singles.
    static long halves(int q) {
        return q == 0 ? A64Names.TWO_HALVES : arrangement(1, 0);
    }

    /// A rotation by quarters of a turn, in degrees.
    static long quarters(int rot) {
        return 90L * rot;
    }

    /// A rotation by one quarter of a turn or three.
    static long turned(int rot) {
        return quarters(2 * rot + 1);
    }

    /// The number of an ID register among the system registers.
    static long idRegister(int crm, int op2) {
        return 1L << 14 | (long) crm << 3 | op2;
    }

    /// Whether a program can read it.
    static boolean isIdRegister(int crm, int op2) {
        return CpuId.isReadable(crm, op2);
    }

    /// Whether a register is the zero register.
    static boolean isZero(int rt) {
        return rt == 31;
    }

    /// Whether a system instruction has a name and an operand.
    static boolean isOperation(int op1, int cn, int cm, int op2) {
        return SystemNames.isOperation(op1 << 11 | cn << 7 | cm << 3 | op2, true);
    }

    /// Whether it has a name and no operand.
    static boolean isLoneOperation(int op1, int cn, int cm, int op2) {
        return SystemNames.isOperation(op1 << 11 | cn << 7 | cm << 3 | op2, false);
    }

    /// Whether a hint has a name.
    static boolean isNamed(int crm, int op2) {
        return A64Names.hint(crm << 3 | op2) != null;
    }

    // Vectors.

    static long scaledBy(long imm, int size) {
        return imm << size;
    }

    /// The element size of a load or store of words or doublewords.
    static long wordSize(int d) {
        return 2L + d;
    }

    /// The register `distance` behind another.
    static long behind(long vt, long distance) {
        return vt + distance & 31;
    }

    /// A list of registers, for [VectorNames].
    static long vectors(long vt, long count, long size, long q) {
        return vt | count << 5 | (size << 1 | q) << 8;
    }

    /// The same, with an element of each.
    static long lanes(long vt, long count, long size, long index) {
        return vt | count << 5 | size << 8 | index << 10;
    }

    /// How many bytes so many vectors have.
    static long bytes(int q, int count) {
        return (8L << q) * count;
    }

    static long elementBytes(int size, int count) {
        return (long) count << size;
    }

    /// Whether a load or store of a single structure is one (Arm ARM J1.1, its decoding).
    static boolean isLane(int op, int s, int low) {
        return switch (op) {
            case 0 -> true;
            case 1 -> (low & 1) == 0;
            default -> low == 0 || low == 1 && s == 0;
        };
    }

    static long laneSize(long op, long low) {
        return op + (op == 2 ? low : 0);
    }

    static long lane(long hi, long s, long low, int size) {
        return (hi << 3 | s << 2 | low) >> size;
    }

    /// The arrangement of elements of twice that size in a whole register.
    static long doubled(int size) {
        return arrangement(size + 1, 1);
    }

    /// The arrangement of elements of twice that size in as many bits.
    static long paired(int size, int q) {
        return arrangement(size + 1, q);
    }

    // The field imm5 of copies: the element's size is the position of its lowest one.

    static boolean isElement(int imm5) {
        return (imm5 & 15) != 0;
    }

    static long elementSize(int imm5) {
        return Integer.numberOfTrailingZeros(imm5);
    }

    static long elementIndex(long imm5) {
        return imm5 >> Long.numberOfTrailingZeros(imm5) + 1;
    }

    static long sourceIndex(long imm4, int size) {
        return imm4 >> size;
    }

    // Modified immediates (AdvSIMDExpandImm).

    static long eights(long sh) {
        return 8 * sh;
    }

    static long onesShift(long sh) {
        return 8 + 8 * sh;
    }

    static long inBytes(long imm8) {
        return imm8 * 0x0101010101010101L;
    }

    static long inHalfwords(long imm8, int amount) {
        return (imm8 << amount) * 0x0001000100010001L;
    }

    static long inWords(long imm8, int amount) {
        return (imm8 << amount) * 0x0000000100000001L;
    }

    /// With ones below.
    static long inWordsOverOnes(long imm8, int amount) {
        return ((imm8 + 1 << amount) - 1) * 0x0000000100000001L;
    }

    /// A byte of ones for each bit.
    static long byteMask(long imm8) {
        long spread = imm8 * 0x0101010101010101L & 0x8040201008040201L;
        long tops = (spread + 0x7f7f7f7f7f7f7f7fL | spread) & 0x8080808080808080L;
        return (tops << 1) - (tops >>> 7);
    }

    // Shifts by immediate: the element's size is the position of the highest one of immh.

    static long topBit(int immh) {
        return 31L - Integer.numberOfLeadingZeros(immh);
    }

    static long rightAmount(long immh, long immb) {
        return 2 * elementBits((int) topBit((int) immh)) - (immh << 3 | immb);
    }

    static long leftAmount(long immh, long immb) {
        return (immh << 3 | immb) - elementBits((int) topBit((int) immh));
    }

    static long elementBits(int size) {
        return 8L << size;
    }
}
