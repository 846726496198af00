package faultline.core.isa.processor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gathers the rows of a package, gives exec forms their numbers and names, and writes every
/// generated source.
final class NodeWriter {

    private final OpcodeMapSpec spec;
    private final Function<String, Function<String, @Nullable Meaning>> methodsOf;

    /// Form numbers by key; 0 is the illegal instruction.
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /// `AddNodes.R32M32` by number.
    private final List<String> names = new ArrayList<>(List.of(""));

    /// Nested classes by name of the outer class.
    private final Map<String, Map<String, String>> nodes = new TreeMap<>();

    /// Rows with their form numbers, by map and opcode.
    private final Map<Integer, List<Row>> byOpcode = new TreeMap<>();

    /// The number of the quiet variant by form number.
    private final Map<Integer, Integer> quiet = new TreeMap<>();

    /// The first of sixteen fused variants by form number.
    private final Map<Integer, Integer> fused = new TreeMap<>();

    private final Map<Row, int[]> forms = new LinkedHashMap<>();

    /// What the numbers stand for; 0 is the illegal instruction.
    private final List<@Nullable Form> byNumber = new ArrayList<>(Collections.singletonList(null));

    private final Pairs pairs;

    NodeWriter(OpcodeMapSpec spec, Function<String, Function<String, @Nullable Meaning>> methodsOf) {
        this.spec = spec;
        this.methodsOf = methodsOf;
        this.pairs = new Pairs(spec, methodsOf);
    }

    /// Makes the forms of a row. Throws [Refusal].
    void add(Row row) {
        forms.put(row, row.isCondition() && row.branches() ? conditionForms(row) : sizedForms(row));
        for (int i = 0; i < row.opcodes(); i++) {
            byOpcode.computeIfAbsent(row.map() << 8 | row.opcode() + i, opcode -> new ArrayList<>())
                    .add(row);
        }
    }

    private int[] conditionForms(Row row) {
        int first = 0;
        for (int condition = 0; condition < 16; condition++) {
            int number = number(new Form(row, 64, false, false, condition));
            first = condition == 0 ? number : first;
        }
        return new int[] {first};
    }

    /// Indexed like the decoder does: by size (16, 32, 64) if the row has sizes, register or
    /// memory, plain or locked.
    private int[] sizedForms(Row row) {
        boolean sized = Sizes.of(row) != Sizes.NONE;
        int[] table = new int[sized ? 12 : 4];
        for (int bits : Sizes.list(row)) {
            int at = !sized ? 0 : bits == 16 ? 0 : bits == 32 ? 4 : 8;
            boolean modrm = row.operands().stream().anyMatch(Operand::mayBeMemory);
            boolean fixedMemory = row.operands().stream().anyMatch(o -> o.place() == 'M' || o.place() == 'O');
            boolean register = row.mod() != Row.Mod.MEMORY && !fixedMemory;
            boolean memory = row.mod() != Row.Mod.REGISTER;
            if (register || !modrm) {
                table[at] = number(new Form(row, bits, false, false, -1));
            }
            if (memory && modrm) {
                boolean always = row.effects().has("locked");
                boolean opaque = row.meaning().isOpaque();
                int plain = number(new Form(row, bits, true, always && !opaque, -1));
                table[at + 2] = plain;
                if (row.effects().has("lock") || always) {
                    table[at + 3] = opaque || always ? plain : number(new Form(row, bits, true, true, -1));
                }
            } else if (!modrm) {
                table[at + 2] = table[at];
            }
        }
        int length = table.length;
        while (length > 1 && table[length - 1] == 0) {
            length--;
        }
        return java.util.Arrays.copyOf(table, length);
    }

    private int number(Form form) {
        String key = form.key(spec.conditions());
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        Meaning main = form.row().meaning();
        String outer =
                Character.toUpperCase(main.name().charAt(0)) + main.name().substring(1) + "Nodes";
        Map<String, String> siblings = siblings(outer);
        String name = form.shape(spec.conditions());
        for (int n = 2; siblings.containsKey(name); n++) {
            name = form.shape(spec.conditions()) + "_" + n;
        }
        siblings.put(name, new FormWriter(spec, form, methodsOf.apply(main.owner())).write(name));
        int number = names.size();
        numbers.put(key, number);
        byNumber.add(form);
        names.add(outer + "." + name);
        variants(form, number);
        return number;
    }

    private Map<String, String> siblings(String outer) {
        nodes.putIfAbsent(outer, new LinkedHashMap<>());
        return Objects.requireNonNull(nodes.get(outer));
    }

    /// Adds the quiet variant of a form, and those fused with each condition of a branch.
    private void variants(Form form, int number) {
        if (form.quiet() || form.fused() >= 0) {
            return;
        }
        if (form.mayBeQuiet()) {
            quiet.put(number, number(form.quietly()));
        }
        if (form.mayBeFused(spec.fused())) {
            fused.put(number, names.size());
            for (int condition = 0; condition < spec.conditions().size(); condition++) {
                number(form.fusedWith(condition));
            }
        }
    }

    /// Adds the pairs of a line of [faultline.core.isa.OpcodeMap#pairs]. Every row is known by now.
    /// Throws [Refusal].
    void addPairs(String text) {
        String[] halves = text.split("\\+");
        if (halves.length != 2) {
            throw new Refusal("needs forms + forms");
        }
        for (int first : named(halves[0])) {
            for (int second : named(halves[1])) {
                Form one = Objects.requireNonNull(byNumber.get(first));
                Form two = Objects.requireNonNull(byNumber.get(second));
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

    /// Every generated source by simple class name.
    Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        nodes.forEach((outer, nested) -> sources.put(
                outer, outerClass(outer, nested, "The exec forms of one meaning. Generated from its table rows.")));
        pairs.classes()
                .forEach((outer, nested) -> sources.put(
                        outer,
                        outerClass(outer, nested, "Pairs of exec forms that begin with one meaning. Generated.")));
        sources.put(spec.name() + "MemoryNode", DecoderWriter.memoryNode(spec));
        sources.put(
                spec.name() + "Decoder", new DecoderWriter(spec, names, byOpcode, forms, quiet, fused, pairs).write());
        return sources;
    }

    private String outerClass(String outer, Map<String, String> nested, String what) {
        String text = String.join("\n", nested.values());
        StringBuilder source = new StringBuilder();
        source.append("package ").append(spec.packageName()).append(";\n\n");
        List<String> imports = new ArrayList<>(List.of(
                "faultline.core.cpu.Cpu",
                "faultline.core.isa.OpcodeInsn",
                "faultline.core.mem.Mem",
                "faultline.core.engine.Node"));
        if (text.contains("BranchNode")) {
            imports.add("faultline.core.engine.BranchNode");
        }
        if (text.contains(spec.cpuName() + " cpu")) {
            imports.add(spec.cpu());
        }
        if (text.contains(spec.flagsName() + ".")) {
            imports.add(spec.flags());
        }
        if (text.contains(spec.unitName() + " unit")) {
            imports.add(spec.unit());
        }
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

    /// The rows for the documentation: chapter, meaning, encoding, assembly, effects, separated by
    /// tabs.
    String table() {
        StringBuilder table = new StringBuilder("chapter\tmeaning\tencoding\tassembly\teffects\n");
        for (Row row : forms.keySet()) {
            String[] columns = row.text().split("\\|");
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
