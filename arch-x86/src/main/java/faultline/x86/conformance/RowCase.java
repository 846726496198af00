package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.FLAGS;
import static faultline.x86.conformance.X86State.FS_BASE;
import static faultline.x86.conformance.X86State.GS_BASE;
import static faultline.x86.conformance.X86State.MXCSR;
import static faultline.x86.conformance.X86State.XMM;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.x86.conformance.RowEncoding.Operand;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import org.jspecify.annotations.Nullable;

/// One case of a row while it is made: operand size and registers are chosen, then state for them
/// ([RowState] knows what single instructions need), then the address and the immediates.
final class RowCase {

    /// A step beyond the largest one-byte displacement that reaches back.
    private static final int SHORT = 128;

    final RowEncoding row;
    final RandomSource random;
    final TestVector vector;
    final long[] words;
    final X86Places places;
    final FloatState floats;
    final LaneOperands lanes;
    final EncodedInsn insn;

    /// 16, 32 or 64.
    int bits = 32;

    /// Register numbers.
    int reg;

    int rm;

    boolean inMemory;

    /// The memory operand: where, and what is there.
    long at;

    byte[] memory = {};

    RowCase(RowEncoding row, RandomSource random, TestVector vector) {
        this.row = row;
        this.random = random;
        this.vector = vector;
        words = vector.before;
        places = new X86Places(random);
        floats = new FloatState(random);
        lanes = new LaneOperands(random);
        insn = new EncodedInsn(row);
    }

    void make() {
        size();
        registers();
        flags();
        operands();
        if (row.plusCondition) {
            insn.opcodeLow = random.below(16);
        }
        if (inMemory) {
            chooseMemory();
        }
        new RowState(this).apply();
        boolean relative = prefixesAndAddress();
        immediates();
        if (relative) {
            insn.relative(at, TestMemory.CODE);
        }
        if (memory.length > 0) {
            store(at, memory);
        }
        vector.code = insn.bytes();
    }

    private void size() {
        if (row.w >= 0) {
            insn.rex |= row.w << 3;
        } else if (row.isSized() || row.isSizedByW()) {
            int choice = random.below(4);
            if (choice == 0
                    && row.prefix == 0
                    && !row.noPrefix
                    && !row.vex
                    && row.isSized()
                    && !VendorDifferences.isNearBranch(row)
                    && !VendorDifferences.isSignExtensionOfWord(row)) {
                insn.prefix(0x66);
                bits = 16;
            } else if (choice > 1 && !row.farPointer) {
                // A far pointer has 32-bit offsets with REX.W on AMD's processors, 64-bit ones on Intel's.
                insn.rex |= 8;
            }
        }
        if ((insn.rex & 8) != 0) {
            bits = 64;
        }
    }

    private void registers() {
        boolean stack = row.isX87();
        reg = row.digit >= 0 ? row.digit : random.below(16);
        rm = random.below(stack ? 8 : 16);
        inMemory = row.modrm
                && !row.registerOnly
                && (row.memoryOnly
                        || row.memoryOperand() != null && (random.oneIn(2) || VendorDifferences.isPrefetch(row)));
        if (row.digit < 0 && row.modrm && row.exact < 0) {
            if (usesByteRegister() && random.oneIn(2)) {
                insn.emptyRex = true;
            }
            if (!hasOperand('S') && !row.isX87() && !(hasOperand('P') && random.oneIn(2))) {
                insn.rex |= reg >>> 3 << 2;
            } else {
                reg &= 7;
            }
        }
        insn.reg = reg;
        insn.vexRegister = row.vex && hasOperand('B') ? random.below(16) : 0;
        if (row.plusRegister) {
            insn.opcodeLow = rm & 7;
            insn.rex |= rm >>> 3;
        } else if (row.modrm && !inMemory && row.exact < 0) {
            insn.register(rm);
        }
    }

    boolean hasOperand(char place) {
        return row.operands.stream().anyMatch(operand -> operand.place() == place);
    }

    private boolean usesByteRegister() {
        return row.operands.stream()
                .anyMatch(operand -> operand.size().equals("b") && "EGZ".indexOf(operand.place()) >= 0);
    }

    private void flags() {
        if (random.oneIn(2) || row.plusCondition) {
            words[FLAGS] |= random.bits() & Flags.STATUS;
        }
        boolean jumps = hasOperand('J') || row.mnemonic().equals("ret");
        if (jumps || random.oneIn(64) && !row.row.effects().contains("rep")) {
            words[FLAGS] |= Flags.TF;
        }
        if (random.oneIn(48) && !VendorDifferences.underAlignmentCheck(row)) {
            words[FLAGS] |= RowState.AC;
        }
    }

    /// Gives the operands' registers values.
    private void operands() {
        for (Operand operand : row.operands) {
            int number = numberOf(operand);
            if (operand.isGeneral() && number >= 0 && number != X86Cpu.RSP) {
                words[number] = random.integer();
            }
        }
        if (row.isX87() || row.isMmx()) {
            floats.x87(words);
            if (row.isMmx()) {
                floats.mmx(words);
            }
        }
        if (row.isVector() || hasOperand('v')) {
            HardFloats format = FloatState.elements(row);
            vectorRegister(format, reg, -1);
            if (!inMemory && rm != reg) {
                vectorRegister(format, rm, reg);
            }
            if (hasOperand('v')) {
                vectorRegister(null, 0, -1);
            }
        }
        if (row.row.chapter().startsWith("Sse")) {
            words[MXCSR] = floats.mxcsr();
        }
    }

    private int numberOf(Operand operand) {
        return switch (operand.place()) {
            case 'E' -> inMemory ? -1 : rm;
            case 'R' -> rm;
            case 'G' -> reg;
            case 'B' -> insn.vexRegister;
            case 'Z' -> rm;
            default -> -1;
        };
    }

    private void vectorRegister(@Nullable HardFloats format, int number, int other) {
        if (format != null && !random.oneIn(8)) {
            lanes.floats(format, words, XMM + 2 * number, other < 0 ? -1 : XMM + 2 * other);
        } else if (row.mnemonic().startsWith("pcmp") && row.mnemonic().contains("str")) {
            floats.text(words, XMM + 2 * number);
        } else {
            lanes.integers(words, XMM + 2 * number);
        }
    }

    // Memory.

    private void chooseMemory() {
        Operand operand = row.memoryOperand();
        int bytes = operand == null ? 16 : row.isX87() && operand.size().equals("env") ? 108 : operand.bytes(bits);
        int alignment = bytes == 16 ? 16 : 1;
        boolean late = VendorDifferences.inOrderOfStore(row, words);
        if (late) {
            words[FLAGS] &= ~RowState.AC;
        }
        if (late || VendorDifferences.isEmulated(row)) {
            at = late || !random.oneIn(4) ? places.inside(bytes) : places.end(bytes);
        } else {
            at = places.place(bytes, alignment);
        }
        memory = new byte[bytes];
        fill(operand, bytes);
    }

    private void fill(@Nullable Operand operand, int bytes) {
        HardFloats format = row.isX87() ? x87Format(bytes) : FloatState.elements(row);
        long[] value = new long[2];
        for (int i = 0; i < bytes; i += 16) {
            if (format != null && !random.oneIn(8)) {
                boolean beside = !row.isX87() && operand != null && operand.isVector();
                long[] three = {words[XMM + 2 * reg], words[XMM + 2 * reg + 1], 0, 0};
                lanes.floats(format, three, 2, beside ? 0 : -1);
                System.arraycopy(three, 2, value, 0, 2);
            } else if (row.mnemonic().contains("str") && row.mnemonic().startsWith("pcmp")) {
                floats.text(value, 0);
            } else {
                lanes.integers(value, 0);
            }
            FloatState.put(memory, i, value[0], Math.min(8, bytes - i));
            if (bytes - i > 8) {
                FloatState.put(memory, i + 8, value[1], Math.min(8, bytes - i - 8));
            }
        }
    }

    private @Nullable HardFloats x87Format(int bytes) {
        if (row.mnemonic().startsWith("fi")) {
            return null;
        }
        return bytes == 4 ? HardFloats.SINGLE : bytes == 8 ? HardFloats.DOUBLE : null;
    }

    /// Has a vector's memory hold bytes, as far as it can be written.
    void store(long address, byte[] bytes) {
        long from = Math.max(address, TestMemory.DATA);
        long to = Math.min(address + bytes.length, TestMemory.READ_ONLY);
        if (address < TestMemory.HOLE && from < to) {
            byte[] kept = new byte[(int) (to - from)];
            System.arraycopy(bytes, (int) (from - address), kept, 0, kept.length);
            vector.memoryBefore.add(new MemoryRun(from, kept));
        }
    }

    /// Adds prefixes, and the address unless it is relative to the instruction's end, which is not
    /// known yet; returns whether it is.
    private boolean prefixesAndAddress() {
        boolean lockable = row.hasEffect("lock") || row.hasEffect("locked");
        boolean refused = !row.mnemonic().startsWith("ver") && !row.isPrivilegedMove();
        if (lockable && inMemory ? random.oneIn(3) : refused && random.oneIn(200)) {
            insn.prefix(0xf0);
        }
        if (random.oneIn(32)) {
            insn.prefix(random.oneOf(0x26, 0x2e, 0x36, 0x3e));
        }
        if (!inMemory) {
            return false;
        }
        boolean narrow = random.oneIn(32) && at >>> 32 == 0;
        if (narrow) {
            insn.prefix(0x67);
        }
        boolean low = (int) at == at;
        if (low && random.oneIn(6)) {
            insn.absolute((int) at);
            return false;
        }
        if (low && random.oneIn(6)) {
            return true;
        }
        based(narrow);
        return false;
    }

    private void based(boolean narrow) {
        int base = freeRegister(-1);
        long value = at;
        if (!narrow && base != X86Cpu.RSP && !VendorDifferences.isEmulated(row) && random.oneIn(24)) {
            boolean fs = random.oneIn(2);
            // Not so that only the sum is canonical: AMD's processors look at the offset too.
            long segment = random.bits() >>> 20;
            if (value - segment << 16 >> 16 == value - segment) {
                insn.prefix(fs ? 0x64 : 0x65);
                words[fs ? FS_BASE : GS_BASE] = segment;
                value -= segment;
            }
        }
        int displacement = random.oneIn(4) ? (int) random.bits() : random.below(2 * SHORT) - SHORT;
        boolean small = displacement == (byte) displacement;
        if (base == X86Cpu.RSP) {
            insn.indexed(base, 4, 0, (int) (value - words[X86Cpu.RSP]));
            return;
        }
        if ((base & 7) != 4 && (base & 7) != 5 && random.oneIn(3)) {
            insn.plain(base);
            displacement = 0;
        } else if ((base & 7) != 4 && small && random.oneIn(2)) {
            insn.based(base, displacement);
        } else {
            value -= index(base, displacement);
        }
        value -= displacement;
        words[base] = narrow ? value & 0xffffffffL | random.bits() << 32 : value;
    }

    /// Encodes an index; returns what it adds.
    private long index(int base, int displacement) {
        int index = freeRegister(base);
        int scale = random.below(4);
        if (index == X86Cpu.RSP) {
            insn.indexed(base, 4, scale, displacement);
            return 0;
        }
        words[index] = random.below(0x1000) - 0x800L;
        insn.indexed(base, index, scale, displacement);
        return words[index] << scale;
    }

    /// A register for an address: no operand, nor one that instructions use without naming it.
    private int freeRegister(int taken) {
        while (true) {
            int number = 3 + random.below(13);
            boolean operand = number == reg || row.vex && number == insn.vexRegister || number == taken;
            boolean hidden = number == X86Cpu.RBX && row.mnemonic().startsWith("cmpxchg");
            boolean stackOutOfReach = number == X86Cpu.RSP
                    && (Math.abs(at - words[X86Cpu.RSP]) > Integer.MAX_VALUE || words[X86Cpu.RSP] != TestMemory.STACK);
            if (!operand && !hidden && !stackOutOfReach) {
                return number;
            }
        }
    }

    // Immediates.

    private void immediates() {
        for (String immediate : row.immediates) {
            long value = immediateValue();
            int bytes = switch (immediate) {
                case "ib", "cb" -> 1;
                case "iw" -> 2;
                case "iz" -> bits == 16 ? 2 : 4;
                case "iv" -> bits / 8;
                default -> 4;
            };
            insn.immediate(value, bytes);
        }
        if (hasOperand('O')) {
            insn.immediate(at, 8);
        }
    }

    private long immediateValue() {
        return switch (row.mnemonic()) {
            // The kernel's own gate is no subject.
            case "int" -> random.oneOf(0, 1, 2, 3, 3, 4, 4, 5, 13, 14, 0x20, 0x7f, 0x81, 0xff);
            case "enter" -> row.immediates.size() == 2 && random.oneIn(2) ? random.below(40) : random.below(5);
            case "shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd" ->
                random.oneIn(4) ? random.integer() : random.below(66);
            default -> random.oneIn(2) ? random.integer() : random.bits();
        };
    }
}
