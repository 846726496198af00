package faultline.core.isa.table;

import faultline.core.arch.CpuModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The table as a Markdown document: what every CPU model executes, by manual chapter.
public final class InsnDocument {

    private final InsnTable table;
    private final List<CpuModel> models;
    private final StringBuilder text = new StringBuilder();

    private InsnDocument(InsnTable table, List<CpuModel> models) {
        this.table = table;
        this.models = models;
    }

    /// The document: `introduction`, a summary of models and features, and the chapters.
    public static String of(String introduction, InsnTable table, List<CpuModel> models) {
        InsnDocument document = new InsnDocument(table, models);
        document.text.append(introduction);
        document.models();
        document.features();
        document.chapters();
        return document.text.toString();
    }

    private void models() {
        text.append("\n## CPU models\n\n| `--cpu` | | rows |\n|---|---|---:|\n");
        for (CpuModel model : models) {
            line("`" + model.name() + "`", model.description(), count(model) + "");
        }
    }

    private long count(CpuModel model) {
        return table.rows().stream().filter(row -> has(model, row)).count();
    }

    private static boolean has(CpuModel model, InsnTable.Row row) {
        return row.feature().isEmpty() || model.has(row.feature());
    }

    private void features() {
        text.append("\nWhat they advertise; a feature without rows brings no instruction, or only ones that decode"
                + " without it.\n\n| feature | rows | models |\n|---|---:|---|\n");
        Map<String, Integer> rows = new TreeMap<>();
        models.forEach(model -> model.features().forEach(feature -> rows.put(feature, 0)));
        table.rows().stream()
                .filter(row -> !row.feature().isEmpty())
                .forEach(row -> rows.merge(row.feature(), 1, Integer::sum));
        rows.forEach((feature, count) -> line(feature, count == 0 ? "" : count + "", modelsWith(feature)));
    }

    private String modelsWith(String feature) {
        return models.stream()
                .filter(model -> model.has(feature))
                .map(CpuModel::name)
                .collect(Collectors.joining(", "));
    }

    private void chapters() {
        Map<String, List<InsnTable.Row>> chapters = new LinkedHashMap<>();
        table.rows()
                .forEach(row -> chapters.computeIfAbsent(row.chapter(), key -> new ArrayList<>())
                        .add(row));
        chapters.forEach((chapter, rows) -> {
            text.append("\n## ")
                    .append(chapter)
                    .append("\n\n")
                    .append(table.sentence(chapter))
                    .append("\n\n");
            text.append("| encoding | assembly | meaning | models |\n|---|---|---|---|\n");
            rows.forEach(this::row);
        });
    }

    private void row(InsnTable.Row row) {
        String sentence = table.sentence(row);
        String models = row.feature().isEmpty() ? "all" : row.feature() + ": " + modelsWith(row.feature());
        line("`" + row.bits() + "`", "`" + row.assembly() + "`", sentence, models);
    }

    private void line(String... cells) {
        String line = Stream.of(cells).map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | "));
        text.append("| ").append(line).append(" |\n");
    }
}
