package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.ppc64.conformance.PowerState.CR;
import static faultline.ppc64.conformance.PowerState.CTR;
import static faultline.ppc64.conformance.PowerState.FPSCR;
import static faultline.ppc64.conformance.PowerState.GENERAL;
import static faultline.ppc64.conformance.PowerState.LR;
import static faultline.ppc64.conformance.PowerState.TAR;
import static faultline.ppc64.conformance.PowerState.VRSAVE;
import static faultline.ppc64.conformance.PowerState.VSCR;
import static faultline.ppc64.conformance.PowerState.XER;

import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A state in which a word is worth trying: its registers have corners, its address lies where
/// something is or just not, floating point has all modes.
final class RowState {

    /// SO, OV, CA, OV32, CA32.
    private static final long XER_FLAGS = 0xe00c0000L;

    private static final long VSCR_BITS = 0x10001;

    /// Chapters whose instructions have no operands in VSRs.
    private static final Pattern FIXED_POINT = Pattern.compile(
            "Fixed.*|Branches|ConditionRegister|LoadReserve|StringMultiple|AtomicMemory|Storage.*|Special.*|Privileged");

    /// Where a word has the numbers of registers: RT, RA, RB and RC.
    private static final int[] REGISTERS = {21, 16, 11, 6};

    private static final int VECTOR_REGISTERS = 32;
    private static final int LONGEST_STRING = 32;

    /// In which atomic operations look at a neighbour.
    private static final int BLOCK = 32;

    private final RandomSource random;
    private final ByteOrder order;
    private final TestVector vector;
    private final long[] words;
    private final int word;
    private final InsnTable.@Nullable Row row;
    private final PowerPlaces places;

    /// `row` is null for a word that is no instruction.
    RowState(RandomSource random, ByteOrder order, TestVector vector, int word, InsnTable.@Nullable Row row) {
        this.order = order;
        this.random = random;
        this.vector = vector;
        words = vector.before;
        this.word = word;
        this.row = row;
        places = new PowerPlaces(random);
    }

    void fill() {
        words[CR] = random.bits() & 0xffffffffL;
        words[XER] = random.bits() & XER_FLAGS | random.below(LONGEST_STRING);
        for (int shift : REGISTERS) {
            words[GENERAL + field(word, shift, 5)] = random.integer();
        }
        words[LR] = places.target();
        words[CTR] = random.oneIn(2) ? random.below(3) : places.target();
        words[TAR] = places.target();
        if (row != null && !FIXED_POINT.matcher(row.chapter()).matches()) {
            vectors();
        }
        if (row != null) {
            Access access = Access.of(row, word);
            if (access != null) {
                memory(access, row.mnemonic());
            }
        }
    }

    private void vectors() {
        OperandFormat format = row == null ? OperandFormat.INTEGER : OperandFormat.of(row.mnemonic());
        VectorOperands operands = new VectorOperands(random);
        words[VSCR] = random.oneIn(3) ? random.bits() & VSCR_BITS : 0;
        words[VRSAVE] = random.bits() & 0xffffffffL;
        words[FPSCR] = row == null ? operands.fpscr() : FloatDifferences.comparableFpscr(row, operands.fpscr());
        for (int bank = PowerState.VSR; bank < FPSCR; bank += 2 * VECTOR_REGISTERS) {
            int last = -1;
            for (int shift : REGISTERS) {
                int at = bank + 2 * field(word, shift, 5);
                operands.fill(random.oneIn(16) ? OperandFormat.INTEGER : format, words, at, last);
                last = at;
            }
        }
    }

    private void memory(Access access, String mnemonic) {
        int bytes = access.bytes(words[XER]);
        long at = place(mnemonic, bytes);
        access.set(random, words, at);
        if (random.oneIn(2) && TestMemory.isWritable(at, 2 * Long.BYTES)) {
            long[] value = new long[2];
            new VectorOperands(random).fill(OperandFormat.ofMemory(mnemonic), value, 0, -1);
            byte[] memory = ByteBuffer.allocate(2 * Long.BYTES)
                    .order(order)
                    .putLong(value[0])
                    .putLong(value[1])
                    .array();
            vector.memoryBefore.add(new MemoryRun(at, memory));
        }
        Reservations.prepare(random, vector, word, order);
    }

    private long place(String mnemonic, int bytes) {
        if (Reservations.isStore(word)) {
            return places.aligned(bytes);
        }
        long at = places.place(bytes, bytes);
        if (EmulatorDifferences.isAtomic(mnemonic)) {
            // In the middle of a block.
            return at & -BLOCK | random.oneOf(8, 16);
        }
        return EmulatorDifferences.wantsAlignment(mnemonic) ? at & -bytes : at;
    }
}
