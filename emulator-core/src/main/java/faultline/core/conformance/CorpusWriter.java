package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a corpus as [Corpus] reads it.
public final class CorpusWriter {

    private final ConformancePort port;
    private final VectorText text;
    private final Map<String, List<String>> lines = new LinkedHashMap<>();

    public CorpusWriter(ConformancePort port) {
        this.port = port;
        text = new VectorText(port.layout());
    }

    void add(TestVector vector) {
        InsnTable.Row row = vector.row;
        lines.computeIfAbsent(row == null ? "" : row.text(), _ -> new ArrayList<>())
                .add(text.format(vector));
    }

    /// Writes the files that have vectors into a directory. `command` is how they were made.
    public void write(Path directory, String processor, String command) throws IOException {
        Files.createDirectories(directory);
        Map<String, List<InsnTable.Row>> chapters = new LinkedHashMap<>();
        port.table().rows().stream()
                .filter(row -> lines.containsKey(row.text()))
                .forEach(row -> chapters.computeIfAbsent(row.chapter(), _ -> new ArrayList<>())
                        .add(row));
        for (Map.Entry<String, List<InsnTable.Row>> chapter : chapters.entrySet()) {
            try (BufferedWriter out = open(directory, chapter.getKey(), processor, command)) {
                for (InsnTable.Row row : chapter.getValue()) {
                    out.write(Corpus.ROW + row.text() + "\n");
                    write(out, row.text());
                }
            }
        }
        if (lines.containsKey("")) {
            try (BufferedWriter out = open(directory, Corpus.RANDOM_BYTES, processor, command)) {
                write(out, "");
            }
        }
    }

    private static BufferedWriter open(Path directory, String file, String processor, String command)
            throws IOException {
        BufferedWriter out = Files.newBufferedWriter(directory.resolve(file + Corpus.SUFFIX));
        out.write(Corpus.ORACLE + processor + "\n");
        out.write("# made by: " + command + "\n");
        return out;
    }

    private void write(BufferedWriter out, String key) throws IOException {
        for (String line : lines.getOrDefault(key, List.of())) {
            out.write(line + "\n");
        }
    }
}
