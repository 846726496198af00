package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.List;

/// Executes the vectors of the corpus: what every build must agree with, without any oracle.
public final class CorpusRun {

    private final ConformancePort port;
    private final Selection selection;
    private final Progress progress;

    public CorpusRun(ConformancePort port, Selection selection, Progress progress) {
        this.port = port;
        this.selection = selection;
        this.progress = progress;
    }

    public ConformanceReport run() {
        ConformanceReport report = new ConformanceReport(new Coverage(selection.of(port.table()), port.notCompared()));
        VectorMachine machine = new VectorMachine(port);
        VectorText text = new VectorText(port.layout());
        Corpus corpus = new Corpus(port);
        int done = 0;
        for (String file : corpus.files()) {
            for (TestVector vector : corpus.read(file)) {
                InsnTable.Row row = vector.row;
                if (row == null ? !selection.isEverything() : !selection.has(row)) {
                    continue;
                }
                Coverage.Tally tally = row == null
                        ? report.coverage().of(file)
                        : report.coverage().of(row);
                List<String> differences = machine.differences(vector);
                tally.add(1, differences.isEmpty());
                if (!differences.isEmpty()) {
                    report.fail(row == null ? file : row.text(), text.format(vector), differences);
                }
                done++;
            }
            progress.at(done, 0, report.failed());
        }
        report.setOracle(corpus.oracle());
        return report;
    }
}
