package faultline.core.isa;

import org.jspecify.annotations.Nullable;

/// A decoded instruction of the opcode map. Constructors of generated nodes read it.
public final class OpcodeInsn extends FormInsn {

    /// `special`: the address is relative to the first or second thread-data segment, or 32 bits
    /// wide.
    public static final int SEGMENT_FS = 1;

    public static final int SEGMENT_GS = 2;
    public static final int ADDRESS_32 = 4;

    /// Repeat prefixes.
    public static final int REPEAT = 1;

    public static final int REPEAT_NOT = 2;

    private static final int NO_BASE = 16;
    private static final int STACK_POINTER = 4;

    /// The row it matched; null for an illegal instruction.
    public @Nullable OpcodeRow row;

    /// Whether the instruction would be longer than any may be.
    public boolean tooLong;

    /// 0 to 3, and 4 more behind a VEX prefix.
    int map;

    int opcode;

    // Prefixes.

    boolean operand16;
    public boolean lock;
    int rex;

    /// What VEX has beyond REX: a register, 0 without one, and the vector length.
    int vexRegister;

    int vexLength;

    /// 0, [#REPEAT] or [#REPEAT_NOT].
    public int repeat;

    public int special;

    // ModRM.

    int modrm;
    boolean memory;

    /// The register-or-memory field of ModRM.
    public int rm() {
        return modrm & 7;
    }

    /// Opcode and ModRM as the x87 keeps them: three bits and eight.
    public int stackOpcode() {
        return (opcode & 7) << 8 | modrm;
    }

    /// Whether the address has a displacement, be it 0.
    boolean hasDisplacement() {
        return pcRelative || (modrm & 0xc0) != 0 || base == NO_BASE;
    }

    /// The displacement as it is encoded: without the place it is relative to, or what a pop adds.
    long encodedDisplacement() {
        if (pcRelative) {
            return disp - end();
        }
        return popsFirst() ? disp - bits / 8 : disp;
    }

    /// Whether the address is formed after the stack pointer was incremented.
    boolean popsFirst() {
        return row != null && row.has(OpcodeRow.POPS) && base == STACK_POINTER;
    }

    /// Whether an immediate byte stands for a value of the operand size: the opcodes 6A, 6B and 83.
    boolean isSignExtended() {
        return map == 0 && (opcode == 0x6a || opcode == 0x6b || opcode == 0x83);
    }

    // The memory operand: r[base] + (r[index] << scale) + disp; a register that is not there is number 16.

    public int base;
    public int index;
    public int scale;
    public long disp;
    boolean pcRelative;

    // Operands by position: register number and shift (8 for the second byte of a register), or immediate.

    public final int[] reg = new int[4];
    public final int[] shift = new int[4];
    public final long[] imm = new long[4];

    /// Where a relative branch goes.
    public long target;

    /// The number of the condition.
    public int condition;

    /// 16, 32 or 64.
    int bits;

    /// Whether there is a prefix that asks for 16-bit operands.
    public boolean operandSize16() {
        return operand16;
    }

    /// The operand size: 16, 32 or 64.
    public int bits() {
        return bits;
    }

    /// Whether an operand is in memory.
    public boolean hasMemory() {
        return memory;
    }
}
