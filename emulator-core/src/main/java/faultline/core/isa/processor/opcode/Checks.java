package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the processor refuses beyond what parsing and writing find.
final class Checks {

    private static final List<String> LETTERS = List.of("a", "b", "c", "d");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("mem", "faultline.core.mem.Mem"),
            Map.entry("cf", "boolean"),
            Map.entry("cond", "boolean"),
            Map.entry("bits", "int"),
            Map.entry("bits2", "int"),
            Map.entry("bits3", "int"),
            Map.entry("special", "int"),
            Map.entry("sti", "int"));

    private final OpcodeMapSpec spec;
    private final Function<String, @Nullable Meaning> methods;

    Checks(OpcodeMapSpec spec, Function<String, @Nullable Meaning> methods) {
        this.spec = spec;
        this.methods = methods;
    }

    void row(Row row) {
        Meaning main = row.meaning();
        Effects effects = row.effects();
        main.parameters().forEach(p -> parameter(row, p));
        for (Effects.Further further : effects.further()) {
            Meaning method = methods.apply(further.method());
            if (method == null) {
                throw new Refusal("method " + further.method() + ": not in this class");
            }
            method.parameters().forEach(p -> parameter(row, p));
        }
        if (main.isOpaque() && (effects.record() != null || !effects.further().isEmpty())) {
            throw new Refusal("a method that takes the CPU writes its own flags and results: no effects");
        }
        if (effects.has("ends") && !main.isOpaque()) {
            throw new Refusal("ends: only a method that takes the CPU can change what the dispatcher looks at");
        }
        if (effects.destination() != null && main.isVoid()) {
            throw new Refusal("-> " + effects.destination() + ": the method is void");
        }
        if (row.branches() && !main.isVoid() && !main.isBoolean()) {
            throw new Refusal("a branch (J) has a boolean or void method");
        }
        lock(row);
        crossLane(row);
        oneStore(row);
        if (!main.isOpaque()
                && !(main.isVoid()
                        && main.parameters().isEmpty()
                        && effects.further().isEmpty())) {
            operands(row);
        }
        if (!main.isVoid() && !main.isBoolean() && !main.result().equals("long")) {
            throw new Refusal("method " + main.name() + ": a value is a long, found " + main.result());
        }
    }

    private void parameter(Row row, Meaning.Parameter parameter) {
        String name = parameter.name();
        if (name.equals("cpu")) {
            if (!parameter.type().equals(spec.cpu())) {
                throw new Refusal("parameter cpu: is a " + spec.cpu() + ", found " + parameter.type());
            }
            return;
        }
        if (name.equals("unit")) {
            if (!parameter.type().equals(spec.unit())) {
                throw new Refusal("parameter unit: is a " + spec.unit() + ", found " + parameter.type());
            }
            return;
        }
        String base = name.replaceFirst("(Lo|Hi)$", "");
        int operand = LETTERS.indexOf(base);
        if (operand >= row.operands().size()) {
            throw new Refusal(
                    "parameter " + name + ": the row has " + row.operands().size() + " operands");
        }
        String type = TYPES.getOrDefault(name, "long");
        if (!parameter.type().equals(type)) {
            throw new Refusal("parameter " + name + ": is a " + type + ", found " + parameter.type());
        }
    }

    private static void lock(Row row) {
        boolean lock = row.effects().has("lock") || row.effects().has("locked");
        boolean memory =
                !row.operands().isEmpty() && row.operands().getFirst().mayBeMemory() && row.mod() != Row.Mod.REGISTER;
        if (lock && !memory) {
            throw new Refusal("lock: the first operand cannot be memory");
        }
    }

    private void crossLane(Row row) {
        Meaning main = row.meaning();
        boolean wide = !row.operands().isEmpty()
                && row.operands().getFirst().size().equals("dq")
                && row.effects().destination() == null;
        for (int i = 0; i < row.operands().size(); i++) {
            String letter = LETTERS.get(i);
            boolean half = main.reads(letter + "Lo") || main.reads(letter + "Hi");
            if (half && main.reads(letter)) {
                throw new Refusal("operand " + letter + ": a method takes it whole or by halves, not both");
            }
        }
        boolean lanewise = false;
        for (int i = 0; i < row.operands().size(); i++) {
            lanewise |= row.operands().get(i).size().equals("dq") && main.reads(LETTERS.get(i));
        }
        boolean high = row.effects().further().stream().anyMatch(f -> f.to().equals("high"));
        if (wide && !main.isVoid() && !main.isOpaque() && !lanewise && !high) {
            throw new Refusal("a 128-bit result of a cross-lane method needs high=method");
        }
        if (wide && lanewise && high) {
            throw new Refusal("high=: the method is lane-wise and already called for both halves");
        }
    }

    private void oneStore(Row row) {
        int memories = row.meaning().touchesMemory() ? 1 : 0;
        for (Effects.Further further : row.effects().further()) {
            Meaning method = methods.apply(further.method());
            memories += method != null && method.touchesMemory() ? 1 : 0;
        }
        if (memories > 1) {
            throw new Refusal("two methods take Mem: which stores last?");
        }
    }

    private void operands(Row row) {
        FormPlan probe = new FormPlan(
                spec, new Form(row, Sizes.list(row).getFirst(), row.mod() != Row.Mod.REGISTER, false, -1), methods);
        boolean memory = touches(row);
        for (int i = 0; i < row.operands().size(); i++) {
            Operand operand = row.operands().get(i);
            boolean written = i == 0 && writesFirst(row) || isWritten(row, LETTERS.get(i));
            boolean special = operand.place() == 'J'
                    || operand.place() == 'x'
                    || operand.isString() && memory
                    || operand.place() == '1'
                    || operand.place() == 't'
                    || operand.inMemory(true) && reads(row, "ea");
            if (!written && !special && !probe.isRead(i)) {
                throw new Refusal("operand " + operand.text() + ": neither read nor written");
            }
        }
    }

    private boolean reads(Row row, String name) {
        return row.meaning().reads(name)
                || row.effects().further().stream().anyMatch(f -> {
                    Meaning method = methods.apply(f.method());
                    return method != null && method.reads(name);
                });
    }

    private boolean touches(Row row) {
        return reads(row, "mem");
    }

    private static boolean writesFirst(Row row) {
        return row.effects().destination() == null && !row.meaning().isVoid();
    }

    private static boolean isWritten(Row row, String letter) {
        return letter.equals(row.effects().destination())
                || row.effects().further().stream().anyMatch(f -> f.to().equals(letter));
    }

    /// Rows of one table that match the same bytes with none more specific, and rows beside a
    /// mandatory prefix that do not say what becomes of it.
    static @Nullable String conflict(Row row, List<Row> others, Set<Row> seen) {
        for (Row other : others) {
            if (seen.contains(other) || !row.overlaps(other)) {
                continue;
            }
            if (row.rank() == other.rank() && sameFeature(row, other)) {
                return "matches the same bytes as `" + other.text().strip() + "`, and neither is more specific";
            }
            String silent = silentPrefix(row, other);
            if (silent != null) {
                return silent;
            }
        }
        return null;
    }

    private static boolean sameFeature(Row row, Row other) {
        return (row.feature() == null) == (other.feature() == null);
    }

    private static @Nullable String silentPrefix(Row one, Row two) {
        Row bare = one.prefix() == Row.Prefix.ANY ? one : two;
        Row prefixed = bare == one ? two : one;
        boolean mandatory = prefixed.prefix().isMandatory();
        if (bare.prefix() != Row.Prefix.ANY || !mandatory || bare.map() == 0) {
            return null;
        }
        // A row that depends on the CPU model, or names one exact byte, leaves the rest to the general row.
        if (prefixed.feature() != null || prefixed.exact() >= 0) {
            return null;
        }
        return "`" + bare.text().strip() + "` beside `" + prefixed.text().strip()
                + "`: say NP if 66, F2 and F3 are #UD there";
    }
}
