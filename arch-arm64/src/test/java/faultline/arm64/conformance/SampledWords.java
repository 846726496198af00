package faultline.arm64.conformance;

import faultline.core.conformance.RandomSource;
import faultline.core.isa.table.InsnTable;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Words to disassemble: any, those of rows, and those that differ from a row's in a few bits.
final class SampledWords {

    private final List<RowFields> rows;
    private final RandomSource random;

    SampledWords(List<InsnTable.Row> rows, long seed) {
        this.rows = rows.stream().map(RowFields::new).toList();
        random = new RandomSource(seed);
    }

    Stream<byte[]> uniform(long words) {
        return words(words, () -> (int) random.bits());
    }

    Stream<byte[]> ofRows(long words) {
        return words(words, this::row);
    }

    Stream<byte[]> near(long words) {
        return words(words, () -> row() ^ 1 << random.below(32) ^ (random.oneIn(2) ? 1 << random.below(32) : 0));
    }

    private static Stream<byte[]> words(long words, IntSupplier next) {
        return LongStream.range(0, words).mapToObj(_ -> Words.bytes(next.getAsInt()));
    }

    private int row() {
        RowFields row = rows.get(random.below(rows.size()));
        int word = row.value;
        for (RowFields.Field field : row.fields) {
            // Corners: what is left out of the text, registers with a name, the last shift.
            int value = random.oneIn(6) ? random.oneOf(0, -1, 1) : (int) random.bits();
            word = field.put(word, value);
        }
        return word;
    }
}
