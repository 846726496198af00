package faultline.core.isa.processor.form;

import java.util.List;
import java.util.Map;

/// The text of one generated node class, indented once.
///
/// @param parameters what its constructor takes before `Node next`
/// @param parentArguments what the constructor gives to its parent's
/// @param fields declarations and their initialisers
/// @param body the statements of `exec`
/// @param overrides heads of further methods and the expressions that they return
public record NodeClass(
        String comment,
        String name,
        String parent,
        String parameters,
        String parentArguments,
        Map<String, String> fields,
        List<String> body,
        Map<String, String> overrides) {

    public String text(String cpuName) {
        StringBuilder text = new StringBuilder();
        text.append("    /// ").append(comment).append('\n');
        text.append("    static final class %s extends %s {%n".formatted(name, parent));
        fields.keySet().forEach(field -> text.append("        private final %s;%n".formatted(field)));
        text.append("%n        %s(%s, Node next) {%n".formatted(name, parameters));
        text.append("            super(%s);%n".formatted(parentArguments));
        fields.forEach((field, value) ->
                text.append("            %s = %s;%n".formatted(field.substring(field.indexOf(' ') + 1), value)));
        text.append("        }\n\n        @Override\n        public Node exec(Cpu thread, Mem mem) {\n");
        if (body.stream().anyMatch(line -> line.matches(".*\\bcpu\\b.*"))) {
            text.append("            %1$s cpu = (%1$s) thread;%n".formatted(cpuName));
        }
        body.forEach(line -> text.append("            ").append(line).append('\n'));
        text.append("        }\n");
        overrides.forEach((head, result) ->
                text.append("%n        @Override%n        public %s {%n            return %s;%n        }%n"
                        .formatted(head, result)));
        return text.append("    }\n").toString();
    }
}
