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
        boolean both = one.mayFault() && two.mayFault();
        List<String> body = new ArrayList<>();
        if (both) {
            body.add("cpu.pc = pc;");
        }
        body.add("{");
        first.half().forEach(line -> body.add("    " + line));
        body.add("}");
        if (both) {
            body.add("cpu.pc = next.pc;");
        }
        body.addAll(second.half());
        Map<String, String> fields = new LinkedHashMap<>(first.fields());
        fields.putAll(second.fields());
        Map<String, String> overrides = new LinkedHashMap<>();
        String use = one.flagUse(spec.keepsCarry());
        if (use != null) {
            overrides.put("int flagUse()", use);
        }
        if (two.mayFault()) {
            overrides.put("long faultPc(Cpu cpu)", both ? "cpu.pc" : "next.pc");
        }
        return new NodeClass(
                        "`" + one.row().assembly() + "`, then `" + two.row().assembly() + "`",
                        name,
                        one.addresses() ? spec.name() + "MemoryNode" : "Node",
                        "OpcodeInsn insn, OpcodeInsn second",
                        one.addresses() ? "insn, next" : "insn.pc, next",
                        fields,
                        body,
                        overrides)
                .text(spec.cpuName());
    }

    private FormWriter half(Form form, FormWriter.Part part) {
        return new FormWriter(
                spec, form, part, methodsOf.apply(form.row().meaning().owner()));
    }
}
