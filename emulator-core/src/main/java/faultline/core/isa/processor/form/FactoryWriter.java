package faultline.core.isa.processor.form;

import java.util.List;
import java.util.Map;

/// Writes what every generated decoder has: the factory of the nodes and the tables of variants, in
/// methods well below the size that the JVM's compilers refuse.
public final class FactoryWriter {

    /// A case of the factory is about 15 bytes of code.
    private static final int FORMS_PER_METHOD = 128;

    private final NodeSet nodes;
    private final String insn;
    private final StringBuilder text = new StringBuilder();

    private FactoryWriter(NodeSet nodes, String insn) {
        this.nodes = nodes;
        this.insn = insn;
    }

    /// The methods `make`, `makePair`, `quiet`, `fused` and `pair`; `insn` is the class of decoded
    /// instructions.
    public static String methods(NodeSet nodes, String insn) {
        FactoryWriter writer = new FactoryWriter(nodes, insn);
        writer.factory("make", "", nodes.names());
        writer.factory("makePair", insn + " second, ", nodes.pairs().names());
        writer.variants("quiet", nodes.quiet());
        writer.variants("fused", nodes.fused());
        writer.pairs();
        return writer.text.toString();
    }

    /// The groups return `Object`, each form in a statement of its own: to check that each class is
    /// a node, as it must where a `switch` expression's values meet, the JVM's verifier would load
    /// them all before the first instruction runs.
    private void factory(String name, String second, List<String> names) {
        int groups = (names.size() + FORMS_PER_METHOD - 1) / FORMS_PER_METHOD;
        String parameters = "(int form, " + insn + " insn, " + second + "Node next)";
        String arguments = "(form, insn, " + (second.isEmpty() ? "" : "second, ") + "next)";
        text.append("\n    @Override\n    protected Node ")
                .append(name)
                .append(parameters)
                .append(" {\n");
        text.append("        return (Node) switch (form / ")
                .append(FORMS_PER_METHOD)
                .append(") {\n");
        for (int g = 0; g < groups - 1; g++) {
            text.append("            case %d -> %s%d%s;%n".formatted(g, name, g, arguments));
        }
        text.append("            default -> %s%d%s;%n        };%n    }%n".formatted(name, groups - 1, arguments));
        for (int g = 0; g < groups; g++) {
            text.append("\n    private static Object %s%d%s {%n".formatted(name, g, parameters));
            text.append("        switch (form) {\n");
            int end = Math.min(names.size(), (g + 1) * FORMS_PER_METHOD);
            for (int n = Math.max(1, g * FORMS_PER_METHOD); n < end; n++) {
                text.append("            case %d: return new %s%s;%n"
                        .formatted(n, names.get(n), arguments.replace("form, ", "")));
            }
            text.append("            default: return new Illegal(insn, next);\n        }\n    }\n");
        }
    }

    /// The table of one kind of variant, as a method.
    private void variants(String name, Map<Integer, Integer> table) {
        text.append("\n    @Override\n    protected int ").append(name).append("(int form) {\n");
        text.append("        return switch (form) {\n");
        table.forEach((form, variant) -> text.append("            case %d -> %d;%n".formatted(form, variant)));
        text.append("            default -> 0;\n        };\n    }\n");
    }

    /// The numbers of pairs, one method for each first half.
    private void pairs() {
        Map<Integer, Map<Integer, Integer>> numbers = nodes.pairs().numbers();
        text.append("\n    @Override\n    protected int pair(int first, int second) {\n");
        text.append("        return switch (first) {\n");
        numbers.keySet()
                .forEach(first -> text.append("            case %d -> pair%d(second);%n".formatted(first, first)));
        text.append("            default -> 0;\n        };\n    }\n");
        numbers.forEach((first, seconds) -> {
            text.append("\n    /// Behind ").append(nodes.names().get(first)).append(".\n");
            text.append(
                    "    private static int pair%d(int second) {%n        return switch (second) {%n".formatted(first));
            seconds.forEach((second, number) -> text.append("            case %d -> %d;%n".formatted(second, number)));
            text.append("            default -> 0;\n        };\n    }\n");
        });
    }
}
