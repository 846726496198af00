package faultline.cli;

import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.Corpus;
import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/// Writes docs/conformance.md from the corpus, the instruction tables and the files of results.
final class ConformanceDoc {

    /// A file for each architecture, `c-torture-x86.tsv`. Totals in lines that begin with [#TOTAL]; then columns:
    /// program, optimisation, verdict natively, verdict here, reason.
    private static final Path C_TORTURE = Path.of("../guest-programs/src/acceptance");

    private static final String RUNS = "runs.tsv";
    private static final String TOTAL = "# total\t";

    private static final String INTRODUCTION = """
            # Conformance

            What instructions do here is compared with what a processor does: with vectors that come with Faultline, and
            with random cases that a processor at hand executes. This page is generated; `ConformanceDocTest` says how.

            ```
            faultline conformance                      the vectors: coverage by chapter, failures
            faultline conformance --row 'fadd*'        only rows whose mnemonic or text matches
            faultline conformance --vector 'LINE'      one vector again, as a failure shows it

            emulator-core/src/oracle/build x86 oracle-x86
            faultline conformance --oracle ./oracle-x86 --count 2000000 --bytes 1000000 --bulk 1000000 --seed 1
            ```

            An **oracle** is a small C program that only executes: it takes code and a state, runs the code once, catches the
            signal and gives the state back. All choice is made in Java, from the rows of the instruction table: encodings
            with all addressing forms and prefixes, operands with corners, addresses at the ends of pages and where nothing
            is, modes, flags set before. `--count` cases are instructions of rows, each row as often as any other; `--bytes`
            cases are random byte strings, which are instructions or not; `--bulk` results are computed by every
            floating-point operation, many in one vector, in all rounding modes and precisions, on denormals, ties, the ends
            of the range, NaNs with payloads and, for the x87, formats it does not support. A packed operation of *n* lanes
            gives *n* results. Compared are general registers, RFLAGS, segment registers and bases, XMM registers, x87
            registers with all control, status and tag bits, MXCSR, memory, and for faults signal, `si_code`, `si_addr`,
            exception number, error code and CR2.

            What the manual leaves open is masked ([x86-undefined.md](x86-undefined.md) lists it), and so is what an oracle
            is known to do otherwise than the model, where it is tried at all: lists below. Where an oracle and the manual
            differ the manual wins. `faultline conformance --oracle … --count N --write DIR` makes the
            corpus; every row has vectors, or a reason below why not, and a test fails for one that has neither. The package
            `faultline.core.conformance` says what another architecture has to supply.
            """;

    private final StringBuilder text = new StringBuilder(INTRODUCTION);

    private ConformanceDoc() {}

    /// The whole page.
    static String generate() throws IOException {
        ConformanceDoc doc = new ConformanceDoc();
        List<ConformancePort> ports = new ArrayList<>();
        ServiceLoader.load(ConformancePort.class).forEach(ports::add);
        for (ConformancePort port : ports) {
            doc.architecture(port);
        }
        doc.torture(ports);
        return doc.text.toString();
    }

    private void architecture(ConformancePort port) throws IOException {
        Corpus corpus = new Corpus(port);
        Map<String, Integer> vectors = new HashMap<>();
        Map<InsnTable.Row, Integer> rows = new HashMap<>();
        for (String file : corpus.files()) {
            for (TestVector vector : corpus.read(file)) {
                vectors.merge(file, 1, Integer::sum);
                if (vector.row != null) {
                    rows.merge(vector.row, 1, Integer::sum);
                }
            }
        }
        line("");
        line("## " + port.architecture().name());
        line("");
        line("The vectors were taken on: " + corpus.oracle() + ". By chapters of the manual:");
        line("");
        line("| chapter | rows | with vectors | not compared | vectors |");
        line("|---|---:|---:|---:|---:|");
        chapters(port, vectors, rows);
        line("| random bytes | | | | " + vectors.getOrDefault(Corpus.RANDOM_BYTES, 0) + " |");
        line("| another processor, where it differs | | | | " + vectors.getOrDefault(Corpus.OTHER_PROCESSOR, 0) + " |");
        notCompared(port);
        differences(port);
        runs(port);
    }

    private void chapters(ConformancePort port, Map<String, Integer> vectors, Map<InsnTable.Row, Integer> reached) {
        Map<String, int[]> chapters = new LinkedHashMap<>();
        for (InsnTable.Row row : port.table().rows()) {
            int[] sums = chapters.computeIfAbsent(row.chapter(), _ -> new int[3]);
            sums[0]++;
            sums[1] += reached.containsKey(row) ? 1 : 0;
            sums[2] += port.notCompared().containsKey(row.text()) ? 1 : 0;
        }
        int[] all = new int[3];
        int allVectors = 0;
        for (Map.Entry<String, int[]> chapter : chapters.entrySet()) {
            int[] sums = chapter.getValue();
            int count = vectors.getOrDefault(chapter.getKey(), 0);
            line("| " + chapter.getKey() + " | " + sums[0] + " | " + sums[1] + " | " + sums[2] + " | " + count + " |");
            for (int i = 0; i < all.length; i++) {
                all[i] += sums[i];
            }
            allVectors += count;
        }
        line("| all | " + all[0] + " | " + all[1] + " | " + all[2] + " | " + allVectors + " |");
    }

    private void notCompared(ConformancePort port) {
        line("");
        line("Not compared:");
        line("");
        line("| row | why |");
        line("|---|---|");
        new TreeMap<>(port.notCompared())
                .forEach((row, why) -> line("| `" + row.replace("|", "\\|") + "` | " + why + " |"));
    }

    private void differences(ConformancePort port) {
        line("");
        line("Where the oracle does otherwise:");
        line("");
        line("| case | here | there | |");
        line("|---|---|---|---|");
        port.differences()
                .forEach(difference -> line(row(List.of(
                        difference.what(),
                        difference.here(),
                        difference.there(),
                        difference.treatment().toString()))));
    }

    private void runs(ConformancePort port) throws IOException {
        InputStream in = port.open(RUNS);
        if (in == null) {
            return;
        }
        line("");
        line("Runs against the oracle:");
        line("");
        line("| what | options of `faultline conformance` | cases | differences |");
        line("|---|---|---:|---:|");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().skip(1).forEach(run -> {
                String[] columns = run.split("\t", -1);
                line("| " + columns[0] + " | `" + columns[1] + "` | " + columns[2] + " | " + columns[3] + " |");
            });
        }
    }

    /// gcc's own programs: totals by architecture, directory and optimisation, and every one that passes natively
    /// and not here, with the reason.
    private void torture(List<ConformancePort> ports) throws IOException {
        line("");
        line("## gcc's own programs");
        line("");
        line("What passes natively is tried here. For another machine than the host, qemu-user is what is native.");
        line("");
        line("| architecture | programs | optimisation | all | not applicable | not compiled | pass natively"
                + " | not on this CPU model | pass here |");
        line("|---|---|---|---:|---:|---:|---:|---:|---:|");
        List<String> failures = new ArrayList<>();
        for (ConformancePort port : ports) {
            String architecture = port.architecture().name();
            Path results = C_TORTURE.resolve("c-torture-" + architecture + ".tsv");
            if (Files.exists(results)) {
                totals(architecture, Files.readAllLines(results), failures);
            }
        }
        line("");
        if (failures.isEmpty()) {
            line("Every program that passes natively passes here, unless it needs instructions that no model has.");
            return;
        }
        line("| architecture | program | optimisation | natively | here | why |");
        line("|---|---|---|---|---|---|");
        failures.forEach(this::line);
    }

    private void totals(String architecture, List<String> lines, List<String> failures) {
        for (String line : lines) {
            String[] columns = line.split("\t", -1);
            if (line.startsWith(TOTAL) && !columns[1].equals("directory")) {
                line("| " + architecture + " " + row(List.of(columns).subList(1, columns.length)));
            } else if (!line.startsWith("#") && !columns[0].equals("program")) {
                failures.add("| " + architecture + " " + row(List.of(columns)));
            }
        }
    }

    private static String row(List<String> columns) {
        return "| " + String.join(" | ", columns) + " |";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
