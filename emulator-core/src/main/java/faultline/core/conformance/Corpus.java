package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The vectors that come with an architecture: one file a chapter of its manual, and one of random
/// bytes.
///
/// A file begins with lines `# …` that name the oracle. `row TEXT` says for which row of the table
/// the lines behind it were made; every other line is a vector ([VectorText]).
public final class Corpus {

    /// The file, and the subject, of vectors made of random bytes.
    public static final String RANDOM_BYTES = "RandomBytes";

    /// The file of vectors taken on another processor, which the oracle's does not agree with: where
    /// processors differ and the model does what the other one does.
    public static final String OTHER_PROCESSOR = "OtherProcessor";

    static final String ORACLE = "# oracle: ";
    static final String ROW = "row ";
    static final String SUFFIX = ".vectors";

    private final ConformancePort port;
    private final VectorText text;
    private String oracle = "";
    private final Set<String> unknown = new LinkedHashSet<>();

    public Corpus(ConformancePort port) {
        this.port = port;
        text = new VectorText(port.layout());
    }

    /// Which processor told the outcomes of the vectors read so far.
    public String oracle() {
        return oracle;
    }

    /// Rows for which the files read so far have vectors, and which the table no longer has.
    public Set<String> unknownRows() {
        return unknown;
    }

    /// The names of all files, whether they are there or not.
    public Set<String> files() {
        Set<String> files = new LinkedHashSet<>();
        port.table().rows().forEach(row -> files.add(row.chapter()));
        files.add(RANDOM_BYTES);
        files.add(OTHER_PROCESSOR);
        return files;
    }

    /// The vectors of a file; none if it is not there.
    public List<TestVector> read(String file) {
        InputStream in = port.open(file + SUFFIX);
        return in == null ? List.of() : read(file, in);
    }

    private List<TestVector> read(String file, InputStream from) {
        List<TestVector> vectors = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            InsnTable.Row row = null;
            int number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (line.startsWith(ORACLE)) {
                    oracle = file.equals(OTHER_PROCESSOR) ? oracle : line.substring(ORACLE.length());
                } else if (line.startsWith(ROW)) {
                    row = port.table().find(line.substring(ROW.length()));
                    if (row == null) {
                        unknown.add(line.substring(ROW.length()));
                    }
                } else if (!line.startsWith("#") && !line.isBlank()) {
                    vectors.add(vector(file, number, line, row));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return vectors;
    }

    private TestVector vector(String file, int number, String line, InsnTable.@Nullable Row row) {
        try {
            TestVector vector = text.parse(line);
            vector.row = row;
            return vector;
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("conformance: " + file + ":" + number + ": " + e.getMessage(), e);
        }
    }
}
