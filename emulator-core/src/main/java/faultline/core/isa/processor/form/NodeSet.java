package faultline.core.isa.processor.form;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The exec forms of a package, with their numbers and names, and the sources of their classes.
public final class NodeSet {

    private final Spec spec;

    /// Form numbers by key; 0 is the illegal instruction.
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /// `AddNodes.R32M32` by number.
    private final List<String> names = new ArrayList<>(List.of(""));

    /// Nested classes by name of the outer class.
    private final Map<String, Map<String, String>> nodes = new TreeMap<>();

    /// The number of the quiet variant by form number.
    private final Map<Integer, Integer> quiet = new TreeMap<>();

    /// The first of the fused variants by form number.
    private final Map<Integer, Integer> fused = new TreeMap<>();

    /// What the numbers stand for; 0 is the illegal instruction.
    private final List<@Nullable ExecForm> byNumber = new ArrayList<>(Collections.singletonList(null));

    private final Pairs pairs;

    public NodeSet(Spec spec) {
        this.spec = spec;
        this.pairs = new Pairs(spec);
    }

    List<String> names() {
        return names;
    }

    Map<Integer, Integer> quiet() {
        return quiet;
    }

    Map<Integer, Integer> fused() {
        return fused;
    }

    Pairs pairs() {
        return pairs;
    }

    /// The number of a form, which is written now if its like was not before. Throws [Refusal].
    public int number(ExecForm form) {
        String key = form.key();
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        Meaning main = form.meaning();
        String outer =
                Character.toUpperCase(main.name().charAt(0)) + main.name().substring(1) + "Nodes";
        Map<String, String> siblings = siblings(outer);
        String name = form.shape();
        for (int n = 2; siblings.containsKey(name); n++) {
            name = form.shape() + "_" + n;
        }
        siblings.put(name, write(form, name));
        int number = names.size();
        numbers.put(key, number);
        byNumber.add(form);
        names.add(outer + "." + name);
        variants(form, number);
        return number;
    }

    /// The nested class of a form, indented once.
    private String write(ExecForm form, String name) {
        NodeBody body = form.body(Part.ALONE);
        String use = form.flagUse();
        return new NodeClass(
                        "`" + form.row().text().strip().replaceAll("\\s+", " ") + "`",
                        name,
                        form.parent().name(),
                        spec.insnName() + " insn",
                        form.parent().arguments(),
                        body.fields(),
                        body.lines(),
                        use == null ? Map.of() : Map.of("int flagUse()", use))
                .text(spec.cpuName());
    }

    private Map<String, String> siblings(String outer) {
        nodes.putIfAbsent(outer, new LinkedHashMap<>());
        return Objects.requireNonNull(nodes.get(outer));
    }

    /// Adds the quiet variant of a form, and those fused with each condition of a branch.
    private void variants(ExecForm form, int number) {
        ExecForm silent = form.quiet();
        if (silent != null) {
            quiet.put(number, number(silent));
        }
        List<ExecForm> withBranch = form.fused();
        if (!withBranch.isEmpty()) {
            fused.put(number, names.size());
            withBranch.forEach(this::number);
        }
    }

    /// Adds the pairs of a line of the annotation's `pairs`. Every row is known by now. Throws
    /// [Refusal].
    public void addPairs(String text) {
        String[] halves = text.split("\\+");
        if (halves.length != 2) {
            throw new Refusal("needs forms + forms");
        }
        for (int first : named(halves[0])) {
            for (int second : named(halves[1])) {
                ExecForm one = Objects.requireNonNull(byNumber.get(first));
                ExecForm two = Objects.requireNonNull(byNumber.get(second));
                pairs.add(first, one, names.get(first), second, two, names.get(second));
            }
        }
    }

    /// The forms that the names of a list stand for.
    private List<Integer> named(String list) {
        List<Integer> found = new ArrayList<>();
        for (String name : list.strip().split("\\s+")) {
            String pattern =
                    Character.toUpperCase(name.charAt(0)) + name.substring(1).replaceFirst("\\.", "Nodes.");
            String start = pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : null;
            int before = found.size();
            for (int number = 1; number < names.size(); number++) {
                String generated = names.get(number);
                if (start == null ? generated.equals(pattern) : generated.startsWith(start)) {
                    found.add(number);
                }
            }
            if (found.size() == before) {
                throw new Refusal("form " + name + ": there is none");
            }
        }
        return found;
    }

    /// The sources of all node classes by simple class name.
    public Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        nodes.forEach((outer, nested) -> sources.put(
                outer, outerClass(outer, nested, "The exec forms of one meaning. Generated from its table rows.")));
        pairs.classes()
                .forEach((outer, nested) -> sources.put(
                        outer,
                        outerClass(outer, nested, "Pairs of exec forms that begin with one meaning. Generated.")));
        return sources;
    }

    private String outerClass(String outer, Map<String, String> nested, String what) {
        String text = String.join("\n", nested.values());
        StringBuilder source = new StringBuilder();
        source.append("package ").append(spec.packageName()).append(";\n\n");
        List<String> imports = new ArrayList<>(List.of(
                "faultline.core.cpu.Cpu",
                "faultline.core.isa." + spec.insnName(),
                "faultline.core.mem.Mem",
                "faultline.core.engine.Node"));
        if (text.contains("BranchNode")) {
            imports.add("faultline.core.engine.BranchNode");
        }
        spec.imports().forEach((marker, imported) -> {
            if (text.contains(marker) && !imported.equals(spec.packageName() + "." + Spec.simple(imported))) {
                imports.add(imported);
            }
        });
        imports.sort(null);
        imports.forEach(i -> source.append("import ").append(i).append(";\n"));
        source.append("\n/// ").append(what).append('\n');
        source.append("@SuppressWarnings(\"cast\")\nfinal class ").append(outer).append(" {\n\n");
        source.append("    private ")
                .append(outer)
                .append("() {}\n\n")
                .append(text)
                .append("}\n");
        return source.toString();
    }
}
