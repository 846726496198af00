package faultline.x86.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.ConformanceReport;
import faultline.core.conformance.ConformanceReport.Failure;
import faultline.core.conformance.Corpus;
import faultline.core.conformance.CorpusRun;
import faultline.core.conformance.Selection;
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

/// The vectors that come with the architecture: what the processor they were taken on did, this
/// does too.
class CorpusTest {

    private final X86Conformance port = new X86Conformance();

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
        Corpus corpus = new Corpus(port);
        Set<InsnTable.Row> missing = new HashSet<>(port.table().rows());
        missing.removeIf(row -> port.notCompared().containsKey(row.text()));
        corpus.files().forEach(file -> corpus.read(file).forEach(vector -> missing.remove(vector.row)));
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
        Corpus corpus = new Corpus(port);
        for (String file : corpus.files()) {
            for (TestVector vector : corpus.read(file)) {
                String line = text.format(vector);
                assertThat(text.format(text.parse(line))).isEqualTo(line);
            }
        }
    }

    @Test
    void filesHoldFaultsOfEveryKind() {
        Set<Long> traps = new HashSet<>();
        Set<Long> signals = new HashSet<>();
        Corpus corpus = new Corpus(port);
        for (String file : corpus.files()) {
            for (TestVector vector : corpus.read(file)) {
                traps.add(vector.after[X86State.TRAP]);
                signals.add(vector.after[X86State.SIGNAL]);
            }
        }
        // #DE, #BP, #OF, #UD, #SS, #GP, #PF, #MF, #AC, #XM; 0 is also no trap at all.
        assertThat(traps).contains(0L, 3L, 4L, 6L, 12L, 13L, 14L, 16L, 17L, 19L);
        assertThat(signals).contains(0L, 4L, 5L, 7L, 8L, 11L);
    }

    @Test
    void aBrokenMeaningIsReportedWithALineThatShowsItAgain() {
        BrokenPort broken = new BrokenPort(port);
        ConformanceReport report = new CorpusRun(broken, new Selection(null, null), (_, _, _) -> {}).run();

        assertThat(report.failures()).extracting(Failure::subject).contains("F7 /3 | neg Ev");
        assertThat(report.failures())
                .filteredOn(failure -> !failure.subject().equals(Corpus.RANDOM_BYTES))
                .allMatch(failure -> failure.subject().startsWith("F7 /"));
        String line = report.failures().getFirst().vector();
        TestVector again = new VectorText(broken.layout()).parse(line);
        assertThat(new VectorMachine(broken).differences(again)).isNotEmpty();
        assertThat(new VectorMachine(port).differences(again)).isEmpty();
    }
}
