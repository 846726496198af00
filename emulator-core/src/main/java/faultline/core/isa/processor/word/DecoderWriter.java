package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.FactoryWriter;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeSet;
import faultline.core.isa.processor.form.Spec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Writes the decoder: the tree that finds a word's row, the rows, and what they derive from their
/// fields, in methods well below the size that the JVM's compilers refuse.
final class DecoderWriter {

    /// A row is about 100 bytes of code.
    private static final int ROWS_PER_METHOD = 32;

    private static final Comparator<Row> MOST_SPECIFIC_FIRST =
            Comparator.comparingInt(Row::rank).reversed();

    private final WordSpec spec;
    private final NodeSet nodes;

    /// Rows by number.
    private final List<Row> rows;

    private final Map<Row, Integer> numbers = new LinkedHashMap<>();
    private final Map<Row, WordGrammar.Numbers> forms;
    private final StringBuilder text = new StringBuilder();

    /// Numbers of generated methods by their text.
    private final Map<String, Integer> finders = new LinkedHashMap<>();

    DecoderWriter(WordSpec spec, NodeSet nodes, Map<Row, WordGrammar.Numbers> forms) {
        this.spec = spec;
        this.nodes = nodes;
        this.forms = forms;
        this.rows = new ArrayList<>(forms.keySet());
        rows.forEach(row -> numbers.put(row, numbers.size()));
    }

    String write() {
        String name = spec.name() + "Decoder";
        text.append("package ").append(spec.packageName()).append(";\n\n");
        List<String> imports = new ArrayList<>(List.of(
                "faultline.core.arch.CpuModel",
                "faultline.core.cpu.Cpu",
                "faultline.core.engine.Node",
                "faultline.core.isa.WordDecoder",
                "faultline.core.isa.WordInsn",
                "faultline.core.isa.WordRow",
                "faultline.core.mem.Mem",
                "java.nio.ByteOrder",
                spec.state(),
                spec.shared()));
        imports.removeIf(i -> i.equals(spec.packageName() + "." + Spec.simple(i)));
        imports.forEach(i -> text.append("import ").append(i).append(";\n"));
        text.append("\n/// The decoder: rows by word and nodes by form. Generated from the table rows.\n");
        text.append("public final class ").append(name).append(" extends WordDecoder {\n\n");
        text.append("    public %s(CpuModel model, ByteOrder order) {%n        super(model, order, %d);%n    }%n"
                .formatted(name, rows.size()));
        tree();
        grouped("WordRow", "row", "(int number)", "number", this::newRow, "throw new IllegalArgumentException()");
        grouped("boolean", "complete", "(int number, WordInsn insn)", "number", this::completion, "true");
        text.append(FactoryWriter.methods(nodes, spec.insnName()));
        illegal();
        return text.append("}\n").toString();
    }

    // The tree.

    private void tree() {
        List<Row> sorted = new ArrayList<>(rows);
        sorted.sort(MOST_SPECIFIC_FIRST);
        String root = finder(DecisionTree.of(sorted));
        text.append("\n    @Override\n    protected boolean find(WordInsn insn) {\n");
        text.append("        int word = insn.word;\n        return ")
                .append(root)
                .append(";\n    }\n");
        finders.forEach((body, number) -> text.append(
                "\n    private boolean find%d(WordInsn insn, int word) {%n%s    }%n".formatted(number, body)));
    }

    /// The expression that goes on with a tree.
    private String finder(DecisionTree tree) {
        String body = switch (tree) {
            case DecisionTree.Leaf leaf -> leaf(leaf);
            case DecisionTree.Choice choice -> choice(choice);
        };
        Integer number = finders.get(body);
        if (number == null) {
            number = finders.size();
            finders.put(body, number);
        }
        return "find%d(insn, word)".formatted(number);
    }

    private String leaf(DecisionTree.Leaf leaf) {
        StringBuilder body = new StringBuilder();
        String lead = "        return ";
        for (Row row : leaf.rows()) {
            body.append(lead)
                    .append("(word & 0x%08x) == 0x%08x && take(insn, %d)"
                            .formatted(row.encoding().mask(), row.encoding().value(), numbers.get(row)));
            lead = "\n                || ";
        }
        return body.append(";\n").toString();
    }

    private String choice(DecisionTree.Choice choice) {
        Map<String, List<Integer>> cases = new LinkedHashMap<>();
        choice.branches()
                .forEach((value, branch) -> cases.computeIfAbsent(finder(branch), f -> new ArrayList<>())
                        .add(value));
        StringBuilder body = new StringBuilder();
        body.append(
                "        return switch (word >>> %d & 0x%x) {%n".formatted(choice.shift(), (1 << choice.width()) - 1));
        cases.forEach((finder, values) -> body.append("            case %s -> %s;%n"
                .formatted(values.stream().map(v -> "0x%x".formatted(v)).collect(Collectors.joining(", ")), finder)));
        return body.append("            default -> false;\n        };\n").toString();
    }

    // Rows.

    /// What is written for a row, or null where the default does.
    private interface Case {
        @Nullable
        String of(Row row);
    }

    private void grouped(String type, String name, String parameters, String key, Case written, String otherwise) {
        Map<Integer, StringBuilder> groups = new TreeMap<>();
        for (int n = 0; n < rows.size(); n++) {
            String one = written.of(rows.get(n));
            if (one != null) {
                groups.computeIfAbsent(n / ROWS_PER_METHOD, g -> new StringBuilder())
                        .append("            // ")
                        .append(rows.get(n).text().strip())
                        .append("\n            case %d -> %s%n".formatted(n, one));
            }
        }
        String arguments = parameters.replaceAll("\\w+ (\\w+)", "$1");
        text.append("\n    @Override\n    protected %s %s%s {%n".formatted(type, name, parameters));
        text.append("        return switch (%s / %d) {%n".formatted(key, ROWS_PER_METHOD));
        groups.keySet().forEach(g -> text.append("            case %d -> %s%d%s;%n".formatted(g, name, g, arguments)));
        text.append("            default -> %s;%n        };%n    }%n".formatted(otherwise));
        groups.forEach((g, cases) -> {
            text.append("\n    private static %s %s%d%s {%n".formatted(type, name, g, parameters));
            text.append("        return switch (%s) {%n%s".formatted(key, cases));
            text.append("            default -> %s;%n        };%n    }%n".formatted(otherwise));
        });
    }

    private String newRow(Row row) {
        Encoding encoding = row.encoding();
        String fields = encoding.fields().stream()
                .filter(f -> f.from() == null)
                .map(f -> "WordRow.field(%d, %d, %b, %d, %b)"
                        .formatted(f.shift(), f.width(), f.signed(), f.scale(), f.relative()))
                .collect(Collectors.joining(", "));
        List<String> expanded = WordGrammar.expanded(spec, row);
        WordGrammar.Numbers found = Objects.requireNonNull(forms.get(row));
        List<String> choices = new ArrayList<>(expanded.stream()
                .map(f -> "WordRow.value(%d, %d)"
                        .formatted(encoding.indexOf(f), WordGrammar.width(spec, encoding.field(f))))
                .toList());
        Assembly.Operand base = row.specialBase();
        if (found.hasBase() && base != null && base.file() != null) {
            choices.add("WordRow.equal(%d, %d)"
                    .formatted(encoding.indexOf(base.field()), base.file().special()));
        }
        String choice = String.join(", ", choices);
        String numbers = IntStream.of(found.forms()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return "new WordRow(\"%s\", %s, %s, %s, %s, %s, new int[] {%s}, new int[] {%s}, %s);"
                .formatted(
                        row.assembly().text().replace("\\", "\\\\"),
                        row.endsBlock() ? "WordRow.ENDS_BLOCK" : "0",
                        encoding.feature() == null ? "null" : '"' + encoding.feature() + '"',
                        row.branches() ? number(encoding, Row.TARGET) : "WordRow.NONE",
                        row.isConditional() ? number(encoding, Row.CONDITION) : "WordRow.NONE",
                        number(encoding, spec.width()),
                        fields,
                        choice,
                        numbers);
    }

    private static String number(Encoding encoding, String field) {
        return encoding.has(field) ? String.valueOf(encoding.indexOf(field)) : "WordRow.NONE";
    }

    /// Derives fields and tests conditions, in the order of the row; null where there is neither.
    private @Nullable String completion(Row row) {
        Encoding encoding = row.encoding();
        boolean derives = encoding.fields().stream().anyMatch(f -> f.from() != null);
        if (!derives) {
            String holds = conditions(encoding, 0, Integer.MAX_VALUE);
            return holds.isEmpty() ? null : holds + ";";
        }
        StringBuilder code = new StringBuilder("{\n");
        int tested = 0;
        for (int i = 0; i < encoding.fields().size(); i++) {
            Encoding.Derivation from = encoding.fields().get(i).from();
            if (from == null) {
                continue;
            }
            String before = conditions(encoding, tested, i + 1);
            if (!before.isEmpty()) {
                code.append("                if (!(%s)) {%n                    yield false;%n                }%n"
                        .formatted(before));
            }
            tested = i + 1;
            code.append("                insn.value[%d] = %s;%n"
                    .formatted(i, value(encoding, encoding.fields().get(i), from)));
        }
        String rest = conditions(encoding, tested, Integer.MAX_VALUE);
        return code + "                yield " + (rest.isEmpty() ? "true" : rest) + ";\n            }";
    }

    /// The conditions that stand behind at least `first` fields and less than `end`.
    private String conditions(Encoding encoding, int first, int end) {
        return encoding.conditions().stream()
                .filter(c -> c.behind() >= first && c.behind() < end)
                .map(c -> condition(encoding, c))
                .collect(Collectors.joining(" && "));
    }

    private String value(Encoding encoding, Encoding.Field field, Encoding.Derivation from) {
        String value = derived(encoding, from);
        String scaled = field.scale() == 0 ? value : "(" + value + ") << " + field.scale();
        return field.relative() ? "(" + scaled + ") + insn.pc" : scaled;
    }

    private String derived(Encoding encoding, Encoding.Derivation from) {
        if (from.method() != null) {
            return call(encoding, from);
        }
        StringBuilder joined = new StringBuilder();
        int behind = 0;
        for (int i = from.arguments().size() - 1; i >= 0; i--) {
            String part = value(encoding, from.arguments().get(i));
            joined.insert(0, behind == 0 ? part : part + " << " + behind + " | ");
            behind += encoding.field(from.arguments().get(i)).width();
        }
        return joined.toString();
    }

    private String call(Encoding encoding, Encoding.Derivation from) {
        Meaning method = Objects.requireNonNull(spec.sharedMethods().get(from.method()));
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < from.arguments().size(); i++) {
            String argument = from.arguments().get(i);
            boolean narrow =
                    encoding.has(argument) && method.parameters().get(i).type().equals("int");
            arguments.add((narrow ? "(int) " : "") + value(encoding, argument));
        }
        return spec.sharedName() + "." + from.method() + "(" + String.join(", ", arguments) + ")";
    }

    private String value(Encoding encoding, String name) {
        if (encoding.has(name)) {
            return "insn.value[" + encoding.indexOf(name) + "]";
        }
        if (name.equals("bits")) {
            return encoding.has(spec.width())
                    ? "(insn.value[" + encoding.indexOf(spec.width()) + "] == 0 ? 32 : 64)"
                    : "64";
        }
        return name.equals("pc") ? "insn.pc" : name;
    }

    private String condition(Encoding encoding, Encoding.Condition condition) {
        return condition.call() != null
                ? call(encoding, condition.call())
                : value(encoding, condition.left()) + " " + condition.operator() + " "
                        + value(encoding, condition.right());
    }

    private void illegal() {
        text.append("""

                    /// A word that no row matches.
                    private static final class Illegal extends Node {

                        Illegal(WordInsn insn, Node next) {
                            super(insn.pc, next);
                        }

                        @Override
                        public Node exec(Cpu thread, Mem mem) {
                            throw %s.UNDEFINED;
                        }
                    }
                """.formatted(spec.stateName()).indent(0));
    }
}
