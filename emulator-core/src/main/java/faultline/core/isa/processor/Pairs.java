package faultline.core.isa.processor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The forms that are executed two at a time, and their classes.
///
/// A pair saves one dispatch, which costs more than most instructions. It stands where its first
/// half does; the node of the second half stays beside it, for those who branch there and for what
/// a page fault reports.
final class Pairs {

    private final OpcodeMapSpec spec;
    private final Function<String, Function<String, @Nullable Meaning>> methodsOf;

    /// `AddPairs.QuietR64ICmpR64IJne` by number; 0 is none.
    private final List<String> names = new ArrayList<>(List.of(""));

    /// Numbers by first and second form.
    private final Map<Integer, Map<Integer, Integer>> numbers = new TreeMap<>();

    /// Nested classes by name of the outer class.
    private final Map<String, Map<String, String>> classes = new TreeMap<>();

    Pairs(OpcodeMapSpec spec, Function<String, Function<String, @Nullable Meaning>> methodsOf) {
        this.spec = spec;
        this.methodsOf = methodsOf;
    }

    List<String> names() {
        return names;
    }

    Map<Integer, Map<Integer, Integer>> numbers() {
        return numbers;
    }

    Map<String, Map<String, String>> classes() {
        return classes;
    }

    /// Adds a pair of forms with their numbers and names. Throws [Refusal].
    void add(int first, Form one, String firstName, int second, Form two, String secondName) {
        if (!one.mayBePaired() || one.fused() >= 0) {
            throw new Refusal(firstName + ": cannot be a first half");
        }
        if (!two.mayBePaired()) {
            throw new Refusal(secondName + ": cannot be a second half");
        }
        String outer = firstName.substring(0, firstName.indexOf("Nodes.")) + "Pairs";
        String name = firstName.substring(firstName.indexOf('.') + 1) + secondName.replace("Nodes.", "");
        classes.computeIfAbsent(outer, key -> new LinkedHashMap<>()).put(name, write(name, one, two));
        numbers.computeIfAbsent(first, key -> new TreeMap<>()).put(second, names.size());
        names.add(outer + "." + name);
    }

    private String write(String name, Form one, Form two) {
        FormWriter first = half(one, FormWriter.Part.FIRST);
        FormWriter second = half(two, FormWriter.Part.SECOND);
        List<String> firstBody = first.half();
        List<String> secondBody = second.half();
        Map<String, String> fields = new LinkedHashMap<>(first.fields());
        fields.putAll(second.fields());
        boolean addresses = one.addresses();
        StringBuilder text = new StringBuilder();
        text.append("    /// `")
                .append(assembly(one))
                .append("`, then `")
                .append(assembly(two))
                .append("`\n");
        text.append("    static final class ").append(name).append(" extends ");
        text.append(addresses ? spec.name() + "MemoryNode" : "Node").append(" {\n");
        fields.keySet()
                .forEach(field ->
                        text.append("        private final ").append(field).append(";\n"));
        text.append("\n        ").append(name).append("(OpcodeInsn insn, OpcodeInsn second, Node next) {\n");
        text.append(addresses ? "            super(insn, next);\n" : "            super(insn.pc, next);\n");
        fields.forEach((field, value) -> text.append("            ")
                .append(field.substring(field.indexOf(' ') + 1))
                .append(" = ")
                .append(value)
                .append(";\n"));
        text.append("        }\n\n        @Override\n        public Node exec(Cpu thread, Mem mem) {\n");
        text.append("            %1$s cpu = (%1$s) thread;%n".formatted(spec.cpuName()));
        boolean both = one.mayFault() && two.mayFault();
        if (both) {
            text.append("            cpu.pc = pc;\n");
        }
        text.append("            {\n");
        firstBody.forEach(line -> text.append("                ").append(line).append('\n'));
        text.append("            }\n");
        if (both) {
            text.append("            cpu.pc = next.pc;\n");
        }
        secondBody.forEach(line -> text.append("            ").append(line).append('\n'));
        text.append("        }\n");
        String use = one.flagUse(spec.keepsCarry());
        if (use != null) {
            method(text, "int flagUse()", use);
        }
        if (two.mayFault()) {
            method(text, "long faultPc(Cpu cpu)", both ? "cpu.pc" : "next.pc");
        }
        return text.append("    }\n").toString();
    }

    private static void method(StringBuilder text, String head, String result) {
        text.append("\n        @Override\n        public ").append(head).append(" {\n            return ");
        text.append(result).append(";\n        }\n");
    }

    private FormWriter half(Form form, FormWriter.Part part) {
        return new FormWriter(
                spec, form, part, methodsOf.apply(form.row().meaning().owner()));
    }

    private static String assembly(Form form) {
        return form.row().assembly();
    }
}
