package faultline.core.isa.processor.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The forms that are executed two at a time, and their classes.
///
/// A pair saves one dispatch, which costs more than most instructions. It stands where its first
/// half does; the node of the second half stays beside it, for those who branch there and for what
/// a page fault reports.
final class Pairs {

    private final Spec spec;

    /// `AddPairs.QuietR64ICmpR64IJne` by number; 0 is none.
    private final List<String> names = new ArrayList<>(List.of(""));

    /// Numbers by first and second form.
    private final Map<Integer, Map<Integer, Integer>> numbers = new TreeMap<>();

    /// Nested classes by name of the outer class.
    private final Map<String, Map<String, String>> classes = new TreeMap<>();

    Pairs(Spec spec) {
        this.spec = spec;
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
    void add(int first, ExecForm one, String firstName, int second, ExecForm two, String secondName) {
        if (!one.mayBeginPair() || one.isFused()) {
            throw new Refusal(firstName + ": cannot be a first half");
        }
        if (!two.mayEndPair()) {
            throw new Refusal(secondName + ": cannot be a second half");
        }
        String outer = firstName.substring(0, firstName.indexOf("Nodes.")) + "Pairs";
        String name = firstName.substring(firstName.indexOf('.') + 1) + secondName.replace("Nodes.", "");
        classes.computeIfAbsent(outer, key -> new LinkedHashMap<>()).put(name, write(name, one, two));
        numbers.computeIfAbsent(first, key -> new TreeMap<>()).put(second, names.size());
        names.add(outer + "." + name);
    }

    private String write(String name, ExecForm one, ExecForm two) {
        NodeBody first = one.body(Part.FIRST);
        NodeBody second = two.body(Part.SECOND);
        boolean both = one.mayFault() && two.mayFault();
        List<String> body = new ArrayList<>();
        if (both) {
            body.add("cpu.pc = pc;");
        }
        body.add("{");
        first.lines().forEach(line -> body.add("    " + line));
        body.add("}");
        if (both) {
            body.add("cpu.pc = next.pc;");
        }
        body.addAll(second.lines());
        Map<String, String> fields = new LinkedHashMap<>(first.fields());
        fields.putAll(second.fields());
        Map<String, String> overrides = new LinkedHashMap<>();
        String use = one.flagUse();
        if (use != null) {
            overrides.put("int flagUse()", use);
        }
        if (two.mayFault()) {
            overrides.put("long faultPc(Cpu cpu)", both ? "cpu.pc" : "next.pc");
        }
        return new NodeClass(
                        "`" + one.assembly() + "`, then `" + two.assembly() + "`",
                        name,
                        one.parent().name(),
                        "%1$s insn, %1$s second".formatted(spec.insnName()),
                        one.parent().arguments(),
                        fields,
                        body,
                        overrides)
                .text(spec.cpuName());
    }
}
