package faultline.core.isa.processor.form;

import java.util.List;

/// The rows as a table for the documentation.
public final class RowTable {

    private RowTable() {}

    /// Chapter, meaning, encoding, assembly, effects, separated by tabs.
    public static String text(List<? extends DescribedRow> rows) {
        StringBuilder table = new StringBuilder("chapter\tmeaning\tencoding\tassembly\teffects\n");
        for (DescribedRow row : rows) {
            String[] columns = row.text().split("\\s\\|");
            table.append(row.meaning().owner())
                    .append('\t')
                    .append(row.meaning().name());
            for (int i = 0; i < 3; i++) {
                table.append('\t').append(i < columns.length ? columns[i].strip() : "");
            }
            table.append('\n');
        }
        return table.toString();
    }
}
