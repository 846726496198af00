package faultline.core.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All rows of an architecture, in the manual's order, and by their text.
public final class InstructionTable {

    private final Map<String, TableRow> rows = new LinkedHashMap<>();

    /// Reads the list that the annotation processor writes; closes it.
    public InstructionTable(InputStream list) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            in.lines().skip(1).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        String[] columns = line.split("\t", -1);
        TableRow row =
                new TableRow(columns[0], columns[1], columns[2], columns[3], columns.length > 4 ? columns[4] : "");
        rows.put(row.text(), row);
    }

    public List<TableRow> rows() {
        return new ArrayList<>(rows.values());
    }

    /// The row of that text, or null.
    public @Nullable TableRow find(String text) {
        return rows.get(text);
    }
}
