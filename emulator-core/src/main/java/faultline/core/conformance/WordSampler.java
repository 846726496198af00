package faultline.core.conformance;

import faultline.core.arch.CpuModel;
import faultline.core.isa.WordDecoder;
import faultline.core.isa.WordInsn;
import faultline.core.isa.table.InsnTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Random cases of an architecture whose instructions are words of 32 bits: of a row, or of a random
/// word.
///
/// A row's words are found by trying: its fields are filled at random until the decoder takes the
/// word for this row. What a word is here decides only whether it is tried.
public abstract class WordSampler implements Sampler {

    private static final int TRIES = 1_000_000;

    /// One in so many random words has no bits of a row.
    private static final int UNIFORM = 4;

    protected final RandomSource random;
    private final ConformancePort port;
    private final char ignored;
    private final List<InsnTable.Row> rows;
    private final List<InsnTable.Row> possible;
    private final WordDecoder decoder;
    private final WordInsn insn;
    private final Map<InsnTable.Row, RowFields> fields = new HashMap<>();

    /// @param ignored what bits should be that do not count: 0 or 1
    protected WordSampler(ConformancePort port, RandomSource random, char ignored) {
        this.port = port;
        this.random = random;
        this.ignored = ignored;
        CpuModel model = port.model();
        decoder = (WordDecoder) port.architecture().decoder(model);
        insn = decoder.scratch();
        rows = port.table().rows();
        possible = rows.stream()
                .filter(row -> row.feature().isEmpty() || model.has(row.feature()))
                .toList();
    }

    /// Whether a word cannot be compared with any state.
    protected abstract boolean isExcluded(int word);

    /// The same of a random word, of which the row is known: null for no instruction.
    protected abstract boolean isExcluded(int word, @Nullable RowFields row);

    /// A value for a field of a row's word.
    protected abstract int value(RowFields.Field field, int word);

    /// A value for a field that is a number: at times a corner.
    protected final int corner(RowFields.Field field, int otherwise) {
        return switch (random.below(20)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1;
            case 3 -> 1 << field.width() - 1;
            case 4 -> (1 << field.width() - 1) - 1;
            default -> otherwise;
        };
    }

    /// Fills a vector, which has its code, with a state in which the word is worth trying; the row is
    /// null for a word that is no instruction.
    protected abstract void fill(TestVector vector, int word, InsnTable.@Nullable Row row);

    @Override
    public final void sample(InsnTable.Row row, TestVector to) {
        make(to, word(of(row)), row);
    }

    @Override
    public final boolean sampleBytes(TestVector to) {
        int word = (int) random.bits();
        if (!random.oneIn(UNIFORM)) {
            // A row's, with some bits that are not.
            RowFields row = of(possible.get(random.below(possible.size())));
            int free = 0;
            for (RowFields.Field field : row.fields()) {
                free = field.put(free, -1);
            }
            word = word & free | row.value();
            for (int n = random.below(3); n > 0; n--) {
                word ^= 1 << random.below(Integer.SIZE);
            }
        }
        InsnTable.Row decoded = row(word);
        if (isExcluded(word) || isExcluded(word, decoded == null ? null : of(decoded))) {
            return false;
        }
        make(to, word, decoded);
        return true;
    }

    private void make(TestVector to, int word, InsnTable.@Nullable Row row) {
        to.code = Words.bytes(port.byteOrder(), word);
        fill(to, word, row);
    }

    private RowFields of(InsnTable.Row row) {
        return fields.computeIfAbsent(row, key -> new RowFields(key, ignored));
    }

    private int word(RowFields row) {
        for (int i = 0; i < TRIES; i++) {
            int word = row.value();
            for (RowFields.Field field : row.fields()) {
                word = field.put(word, value(field, word));
            }
            if (row.row().equals(row(word)) && !isExcluded(word)) {
                return word;
            }
        }
        throw new IllegalStateException(
                "conformance: no word of the row " + row.row().text());
    }

    /// The row of a word; null if it is no instruction.
    private InsnTable.@Nullable Row row(int word) {
        decoder.decode(Words.bytes(port.byteOrder(), word), 0, Integer.BYTES, TestMemory.CODE, insn);
        return insn.row == null ? null : rows.get(insn.number);
    }
}
