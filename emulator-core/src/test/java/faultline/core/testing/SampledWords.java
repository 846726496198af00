package faultline.core.testing;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.RowFields;
import faultline.core.conformance.Words;
import faultline.core.isa.table.InsnTable;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Words of 32 bits to disassemble: any, those of rows, and those that differ from a row's in a few
/// bits.
public final class SampledWords {

    private final List<RowFields> rows;
    private final ByteOrder order;
    private final RandomSource random;

    /// @param ignored what bits should be that do not count: 0 or 1
    public SampledWords(List<InsnTable.Row> rows, char ignored, ByteOrder order, long seed) {
        this.rows = rows.stream().map(row -> new RowFields(row, ignored)).toList();
        this.order = order;
        random = new RandomSource(seed);
    }

    /// So many of each kind.
    public Stream<byte[]> ofEachKind(long words) {
        return Stream.of(uniform(words), near(words), words(words, this::row)).flatMap(kind -> kind);
    }

    private Stream<byte[]> uniform(long words) {
        return words(words, () -> (int) random.bits());
    }

    private Stream<byte[]> near(long words) {
        return words(words, () -> row() ^ 1 << random.below(32) ^ (random.oneIn(2) ? 1 << random.below(32) : 0));
    }

    private Stream<byte[]> words(long words, IntSupplier next) {
        return LongStream.range(0, words).mapToObj(_ -> Words.bytes(order, next.getAsInt()));
    }

    private int row() {
        RowFields row = rows.get(random.below(rows.size()));
        int word = row.value();
        for (RowFields.Field field : row.fields()) {
            // Corners: what is left out of the text, registers with a name, the last shift.
            int value = random.oneIn(6) ? random.oneOf(0, -1, 1) : (int) random.bits();
            word = field.put(word, value);
        }
        return word;
    }
}
