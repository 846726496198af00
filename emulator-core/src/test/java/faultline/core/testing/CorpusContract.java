package faultline.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.Corpus;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.VectorMachine;
import faultline.core.conformance.VectorText;
import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The vectors that come with an architecture: what the processor they were taken on did, this does
/// too.
public abstract class CorpusContract {

    private final ConformancePort port;

    protected CorpusContract(ConformancePort port) {
        this.port = port;
    }

    @TestFactory
    Stream<DynamicTest> chaptersDoWhatTheProcessorDid() {
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
        Set<InsnTable.Row> missing = new HashSet<>(port.table().rows());
        missing.removeIf(row -> port.notCompared().containsKey(row.text()));
        Corpus corpus = forEach(vector -> missing.remove(vector.row));
        assertThat(missing).isEmpty();
        assertThat(corpus.unknownRows()).isEmpty();
        assertThat(corpus.oracle()).isNotEmpty();
    }

    @Test
    void everyReasonIsForARowThatThereIs() {
        assertThat(port.notCompared().keySet()).allMatch(text -> port.table().find(text) != null);
    }

    @Test
    void linesReadAsTheyWereWritten() {
        VectorText text = new VectorText(port.layout());
        forEach(vector -> {
            String line = text.format(vector);
            assertThat(text.format(text.parse(line))).isEqualTo(line);
        });
    }

    /// A vector whose first general register that it changes is expected to hold something else.
    @Test
    void aWrongResultIsADifference() {
        VectorMachine machine = new VectorMachine(port);
        for (String file : new Corpus(port).files()) {
            for (TestVector vector : new Corpus(port).read(file)) {
                if (vector.after[0] != vector.before[0] && vector.undefined[0] == 0) {
                    vector.after[0]++;
                    assertThat(machine.differences(vector))
                            .hasSize(1)
                            .first()
                            .asString()
                            .startsWith(port.layout().name(0) + " is ");
                    return;
                }
            }
        }
        throw new AssertionError("no vector changes " + port.layout().name(0));
    }

    /// Calls for every vector of every file.
    private Corpus forEach(Consumer<TestVector> vectors) {
        Corpus corpus = new Corpus(port);
        corpus.files().forEach(file -> corpus.read(file).forEach(vectors));
        return corpus;
    }

    /// What a word of the state holds afterwards, over all vectors.
    protected final Set<Long> outcomes(String word) {
        Set<Long> outcomes = new HashSet<>();
        int index = port.layout().index(word);
        forEach(vector -> outcomes.add(vector.after[index]));
        return outcomes;
    }
}
