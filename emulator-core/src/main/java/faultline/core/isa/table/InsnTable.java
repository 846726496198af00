package faultline.core.isa.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of an architecture's instructions, as the annotation processor leaves them in
/// `META-INF/isa`: in the order of the chapters' classes, and by their text.
public final class InsnTable {

    private static final String FOLDER = "/META-INF/isa/";
    private static final String FEATURE_MARK = "?";

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, String> sentences = new HashMap<>();

    /// One encoding with its assembly and effects: the manual's chapter, the meaning's method, and
    /// the three parts of the row.
    public record Row(String chapter, String meaning, String encoding, String assembly, String effects) {

        /// The row as it is written in the table.
        public String text() {
            return encoding + " | " + assembly;
        }

        public String mnemonic() {
            int space = assembly.indexOf(' ');
            return space < 0 ? assembly : assembly.substring(0, space);
        }

        /// What a CPU model needs for it, or empty.
        public String feature() {
            return tokens().filter(token -> token.startsWith(FEATURE_MARK))
                    .map(token -> token.substring(FEATURE_MARK.length()))
                    .collect(Collectors.joining());
        }

        /// The encoding without the feature.
        public String bits() {
            return tokens().filter(token -> !token.startsWith(FEATURE_MARK)).collect(Collectors.joining(" "));
        }

        private Stream<String> tokens() {
            return Stream.of(encoding.split(" "));
        }
    }

    /// Reads the lists of rows and of meanings; closes them.
    public InsnTable(InputStream rows, InputStream meanings) {
        for (String[] columns : lines(rows)) {
            Row row = new Row(columns[0], columns[1], columns[2], columns[3], columns[4]);
            this.rows.put(row.text(), row);
        }
        for (String[] columns : lines(meanings)) {
            String subject = columns[1].isEmpty() ? columns[0] : columns[0] + "." + columns[1];
            sentences.put(subject, columns[2]);
        }
    }

    /// The table that the processor has written under that name into the module of a class.
    public static InsnTable of(Class<?> module, String name) {
        return new InsnTable(list(module, name + ".tsv"), list(module, name + "-meanings.tsv"));
    }

    private static InputStream list(Class<?> module, String file) {
        return Objects.requireNonNull(module.getResourceAsStream(FOLDER + file), file);
    }

    private static List<String[]> lines(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).map(line -> line.split("\t", -1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Row> rows() {
        return List.copyOf(rows.values());
    }

    /// The row of that text, or null.
    public @Nullable Row find(String text) {
        return rows.get(text);
    }

    /// The chapters, in order.
    public Set<String> chapters() {
        Set<String> chapters = new LinkedHashSet<>();
        rows.values().forEach(row -> chapters.add(row.chapter()));
        return chapters;
    }

    /// What a chapter is.
    public String sentence(String chapter) {
        return sentences.getOrDefault(chapter, "");
    }

    /// What a row's meaning is.
    public String sentence(Row row) {
        return sentences.getOrDefault(row.chapter() + "." + row.meaning(), "");
    }
}
