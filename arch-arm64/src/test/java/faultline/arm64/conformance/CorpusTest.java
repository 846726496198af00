package faultline.arm64.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.Corpus;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.VectorMachine;
import faultline.core.conformance.VectorText;
import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The vectors that come with the architecture: what the emulator they were taken on did, this does
/// too.
class CorpusTest {

    private final Arm64Conformance port = new Arm64Conformance();

    @TestFactory
    Stream<DynamicTest> chaptersDoWhatTheOracleDid() {
        VectorMachine machine = new VectorMachine(port);
        Corpus corpus = new Corpus(port);
        return corpus.files().stream()
                .map(file -> DynamicTest.dynamicTest(
                        file,
                        () -> assertThat(failures(machine, corpus.read(file))).isEmpty()));
    }

    private List<String> failures(VectorMachine machine, List<TestVector> vectors) {
        VectorText text = new VectorText(port.layout());
        List<String> failures = new ArrayList<>();
        for (TestVector vector : vectors) {
            List<String> differences = machine.differences(vector);
            if (!differences.isEmpty()) {
                failures.add(text.format(vector) + ": " + String.join(", ", differences));
            }
        }
        return failures;
    }

    /// Fails for a new row, too: its vectors are made as docs/conformance.md says.
    @Test
    void everyRowHasVectorsOrAReason() {
        Corpus corpus = new Corpus(port);
        Set<InsnTable.Row> missing = new HashSet<>(port.table().rows());
        missing.removeIf(row -> port.notCompared().containsKey(row.text()));
        corpus.files().forEach(file -> corpus.read(file).forEach(vector -> missing.remove(vector.row)));
        assertThat(missing).isEmpty();
        assertThat(corpus.unknownRows()).isEmpty();
        assertThat(corpus.oracle()).isNotEmpty();
    }

    @Test
    void linesReadAsTheyWereWritten() {
        VectorText text = new VectorText(port.layout());
        Corpus corpus = new Corpus(port);
        for (String file : corpus.files()) {
            for (TestVector vector : corpus.read(file)) {
                String line = text.format(vector);
                assertThat(text.format(text.parse(line))).isEqualTo(line);
            }
        }
    }

    @Test
    void filesHoldSignalsOfEveryKind() {
        Set<Long> signals = new HashSet<>();
        Corpus corpus = new Corpus(port);
        for (String file : corpus.files()) {
            corpus.read(file).forEach(vector -> signals.add(vector.after[A64State.SIGNAL]));
        }
        assertThat(signals).contains(0L, 4L, 5L, 11L);
    }

    /// ADDS as the corpus has it, and with a result that is wrong.
    @Test
    void aWrongResultIsADifference() {
        VectorText text = new VectorText(port.layout());
        VectorMachine machine = new VectorMachine(port);
        assertThat(machine.differences(text.parse("200002ab | x1=1 x2=2 | x0=3")))
                .isEmpty();
        assertThat(machine.differences(text.parse("200002ab | x1=1 x2=2 | x0=4")))
                .containsExactly("x0 is 3 instead of 4");
    }
}
