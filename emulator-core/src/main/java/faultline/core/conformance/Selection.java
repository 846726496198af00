package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which rows of a table a run is about: chapters and rows by patterns in which `*` stands for
/// anything and `?` for one character. A row is known by its mnemonic, its assembly or its text.
public final class Selection {

    private final Predicate<String> chapters;
    private final Predicate<String> rows;
    private final boolean everything;

    public Selection(@Nullable String chapterPattern, @Nullable String rowPattern) {
        chapters = matcher(chapterPattern);
        rows = matcher(rowPattern);
        everything = chapterPattern == null && rowPattern == null;
    }

    private static Predicate<String> matcher(@Nullable String glob) {
        if (glob == null) {
            return _ -> true;
        }
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(pattern.toString()).asMatchPredicate();
    }

    /// Whether nothing is left out.
    boolean isEverything() {
        return everything;
    }

    boolean has(InsnTable.Row row) {
        return chapters.test(row.chapter())
                && (rows.test(row.mnemonic()) || rows.test(row.assembly()) || rows.test(row.text()));
    }

    /// Whether it has a bulk operation, by its name.
    public boolean hasOperation(String name) {
        return rows.test(name);
    }

    /// The table's rows it has.
    public List<InsnTable.Row> of(InsnTable table) {
        return table.rows().stream().filter(this::has).toList();
    }
}
