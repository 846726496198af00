package faultline.arm64.conformance;

import faultline.arm64.cpu.CpuModels;
import faultline.arm64.insn.A64Decoder;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.Sampler;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.isa.WordInsn;
import faultline.core.isa.table.InsnTable;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Random cases of arm64: of a row, or of a random word.
///
/// A row's words are found by trying: its fields are filled at random until the decoder takes the
/// word for this row. What a word is here decides only whether it is tried.
final class A64Sampler implements Sampler {

    private static final int TRIES = 1_000_000;

    /// One in so many random words has no bits of a row.
    private static final int UNIFORM = 4;

    private final List<InsnTable.Row> rows;
    private final RandomSource random;
    private final A64Decoder decoder = new A64Decoder(CpuModels.max(), ByteOrder.LITTLE_ENDIAN);
    private final WordInsn insn = decoder.scratch();
    private final Map<InsnTable.Row, RowFields> fields = new HashMap<>();

    A64Sampler(List<InsnTable.Row> rows, RandomSource random) {
        this.rows = rows;
        this.random = random;
    }

    @Override
    public void sample(InsnTable.Row row, TestVector to) {
        RowFields parsed = fields.computeIfAbsent(row, RowFields::new);
        int word = word(parsed);
        to.code = Words.bytes(word);
        new RowState(random, to, word, parsed.row.chapter()).fill();
    }

    private int word(RowFields row) {
        for (int i = 0; i < TRIES; i++) {
            int word = row.value;
            for (RowFields.Field field : row.fields) {
                word = field.put(word, value(field, word));
            }
            if (isRow(word, row.row) && !isExcluded(word)) {
                return word;
            }
        }
        throw new IllegalStateException("conformance: no word of the row " + row.row.text());
    }

    /// What cannot be compared with any state.
    private static boolean isExcluded(int word) {
        return Unpredictable.is(word)
                || Words.isLoop(word)
                || EmulatorDifferences.isUntried(word)
                || isNewerProcessState(word);
    }

    /// MRS and MSR of the process state that only absent extensions have: DIT, SSBS and TCO (Arm ARM C5.2).
    private static boolean isNewerProcessState(int word) {
        return Words.is(word, 0xffdfff00, 0xd51b4200) && Words.field(word, 5, 3) >= 5;
    }

    private boolean isRow(int word, InsnTable.Row row) {
        decode(word);
        return insn.row != null && rows.get(insn.number).equals(row);
    }

    private boolean isInstruction(int word) {
        decode(word);
        return insn.row != null;
    }

    private void decode(int word) {
        decoder.decode(Words.bytes(word), 0, 4, TestMemory.CODE, insn);
    }

    private int value(RowFields.Field field, int word) {
        if (field.isRegister() && random.oneIn(6)) {
            // The zero register or the stack pointer, or one that is an operand already.
            return random.oneOf(31, Words.field(word, 5, 5), Words.field(word, 16, 5));
        }
        int value = (int) random.bits();
        return switch (field.isRegister() ? 8 : random.below(20)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1;
            case 3 -> 1 << field.width() - 1;
            case 4 -> (1 << field.width() - 1) - 1;
            default -> value;
        };
    }

    @Override
    public boolean sampleBytes(TestVector to) {
        int word = (int) random.bits();
        if (!random.oneIn(UNIFORM)) {
            // A row's, with some bits that are not.
            RowFields row = fields.computeIfAbsent(rows.get(random.below(rows.size())), RowFields::new);
            int fixed = row.value;
            int free = 0;
            for (RowFields.Field field : row.fields) {
                free = field.put(free, -1);
            }
            word = word & free | fixed;
            for (int n = random.below(3); n > 0; n--) {
                word ^= 1 << random.below(32);
            }
        }
        if (isExcluded(word)
                || Words.isSystemCall(word)
                || AbsentExtensions.of(word) != null
                || NotCompared.isWord(word)
                || EmulatorDifferences.isUntriedUnlessAllocated(word) && !isInstruction(word)) {
            return false;
        }
        to.code = Words.bytes(word);
        new RowState(random, to, word, "").fill();
        return true;
    }
}
