package faultline.core.isa.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rows of an architecture's instructions, as the annotation processor leaves them in
/// `META-INF/isa`.
///
/// @param rows in the order of the chapters' classes
/// @param sentences what a chapter or a meaning is, by `chapter` or `chapter.meaning`
public record InsnTable(List<Row> rows, Map<String, String> sentences) {

    private static final String FEATURE_MARK = "?";

    public InsnTable {
        rows = List.copyOf(rows);
        sentences = Map.copyOf(sentences);
    }

    /// One encoding with its assembly; `feature` is what a CPU model needs for it, or empty.
    public record Row(
            String chapter, String meaning, String encoding, String assembly, String effects, String feature) {}

    /// Reads the lists of rows and of meanings.
    public static InsnTable read(InputStream rows, InputStream meanings) {
        List<Row> parsed = new ArrayList<>();
        for (String[] columns : lines(rows)) {
            parsed.add(row(columns));
        }
        Map<String, String> sentences = new HashMap<>();
        for (String[] columns : lines(meanings)) {
            String subject = columns[1].isEmpty() ? columns[0] : columns[0] + "." + columns[1];
            sentences.put(subject, columns[2]);
        }
        return new InsnTable(parsed, sentences);
    }

    private static Row row(String[] columns) {
        String feature = "";
        StringBuilder encoding = new StringBuilder();
        for (String token : columns[2].split(" ")) {
            if (token.startsWith(FEATURE_MARK)) {
                feature = token.substring(1);
            } else {
                encoding.append(encoding.isEmpty() ? "" : " ").append(token);
            }
        }
        return new Row(columns[0], columns[1], encoding.toString(), columns[3], columns[4], feature);
    }

    private static List<String[]> lines(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).map(line -> line.split("\t", -1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The chapters, in order.
    public Set<String> chapters() {
        Set<String> chapters = new LinkedHashSet<>();
        rows.forEach(row -> chapters.add(row.chapter()));
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
