package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the processor refuses beyond what parsing and writing find.
final class Checks {

    private static final Map<String, String> TYPES = Map.of(
            "mem", "faultline.core.mem.Mem", "ea", "long", "next", "long", "pc", "long", "bits", "int", "half", "int");

    private final WordSpec spec;
    private final Function<String, @Nullable Meaning> methods;

    Checks(WordSpec spec, Function<String, @Nullable Meaning> methods) {
        this.spec = spec;
        this.methods = methods;
    }

    void row(Row row) {
        Plan plan = new Plan(spec, new Form(spec, row, Map.of(), false, false, -1), methods);
        for (Meaning method : plan.called()) {
            method.parameters().forEach(p -> parameter(plan, p));
        }
        branch(row);
        base(row);
        results(plan);
        opaque(row);
        derived(row);
        fields(plan);
    }

    private void parameter(Plan plan, Meaning.Parameter parameter) {
        String name = parameter.name();
        String type = parameter.type();
        if (name.equals("cpu")) {
            expect(name, type, spec.cpu());
        } else if (name.equals("old") || name.equals("result")) {
            expect(name, type, "long");
        } else if (TYPES.containsKey(name)) {
            expect(name, type, TYPES.getOrDefault(name, ""));
        } else if (plan.row.encoding().has(plan.base(name))
                || plan.row.bindings().containsKey(name)) {
            boolean condition = name.equals(Row.CONDITION) && type.equals("boolean");
            boolean bound = plan.row.bindings().containsKey(name);
            if (!type.equals("long") && !type.equals("int") && !condition && !bound) {
                throw new Refusal("parameter " + name + ": is a long or an int, found " + type);
            }
        } else {
            Meaning state = spec.stateMethods().get(name);
            if (state == null || state.isVoid() || state.parameters().size() != 1) {
                throw new Refusal("parameter " + name + ": no field, value or part of the state has this name");
            }
            expect(name, type, state.result());
        }
    }

    private static void expect(String name, String found, String type) {
        if (!found.equals(type)) {
            throw new Refusal("parameter " + name + ": is a " + type + ", found " + found);
        }
    }

    private void results(Plan plan) {
        Meaning main = plan.main;
        Effects effects = plan.effects;
        for (Effects.Further further : effects.further()) {
            String value = further.method();
            boolean known = plan.find(value) != null
                    || plan.row.encoding().has(value)
                    || plan.row.bindings().containsKey(value)
                    || Plan.VALUES.contains(value);
            if (!known) {
                throw new Refusal("method " + value + ": neither in this class nor in " + spec.sharedName());
            }
        }
        plan.row.bindings().forEach((name, value) -> bound(plan, name, value));
        if (effects.destination() != null && main.isVoid()) {
            throw new Refusal("-> " + effects.destination() + ": the method is void");
        }
        if (!main.isVoid() && !main.isBoolean() && !main.result().equals("long")) {
            throw new Refusal("method " + main.name() + ": a value is a long, found " + main.result());
        }
        if (!main.isVoid() && !main.isBoolean() && plan.row.destination() == null) {
            throw new Refusal("method " + main.name() + ": its result goes nowhere; no operand is a register");
        }
        Effects.FlagRecord record = effects.record();
        if (record != null && record.ifCounted()) {
            throw new Refusal("effect " + record.kind() + "?: effects here are methods and say so themselves");
        }
        String main128 = plan.row.destination();
        boolean wide = main128 != null && plan.isWide(main128) && !main.isOpaque();
        boolean high = effects.further().stream().anyMatch(f -> f.to().equals("high"));
        if (wide && !plan.isLanewise(main) && !plan.isUniform(main) && !high) {
            throw new Refusal("a 128-bit result of a cross-lane method needs high=method");
        }
        Meaning effect = plan.effect();
        if (effect != null && !wide && takesHalves(plan, effect)) {
            throw new Refusal("effect " + effect.name() + ": takes the halves of a 128-bit result");
        }
    }

    private static boolean takesHalves(Plan plan, Meaning effect) {
        return plan.effectArguments(effect).stream()
                .map(Meaning.Parameter::name)
                .anyMatch(Plan.RESULT_HALVES::contains);
    }

    /// The method that gives a base of its own takes nothing but the CPU.
    private void base(Row row) {
        Assembly.Operand operand = row.specialBase();
        if (operand == null || operand.file() == null) {
            return;
        }
        String name = operand.file().base();
        Meaning method = spec.sharedMethods().get(name);
        if (method == null || !method.isOpaque() || method.parameters().size() != 1 || method.isVoid()) {
            throw new Refusal("base " + name + ": " + spec.sharedName() + " has no such method of the CPU");
        }
    }

    private void bound(Plan plan, String name, String value) {
        if (Row.isNumber(value)) {
            return;
        }
        StatePart chosen = StatePart.parse(value);
        if (chosen != null) {
            Meaning _ = chosen.method(spec);
            for (String field : chosen.fields()) {
                if (!plan.row.encoding().has(field)) {
                    throw new Refusal(name + ":=" + value + ": the encoding has no field " + field);
                }
            }
            return;
        }
        for (String part : value.split("\\+")) {
            boolean known = plan.find(part) != null || plan.row.encoding().has(part) || Plan.VALUES.contains(part);
            if (!known && !spec.stateMethods().containsKey(part)) {
                throw new Refusal(name + ":=" + value + ": no method, field or value " + part);
            }
        }
    }

    private static void opaque(Row row) {
        Effects effects = row.effects();
        if (row.meaning().isOpaque()
                && (effects.record() != null || !effects.further().isEmpty())) {
            throw new Refusal("a method that takes the CPU writes its own flags and results: no effects");
        }
        if (effects.has("ends") && !row.meaning().isOpaque()) {
            throw new Refusal("ends: only a method that takes the CPU can change what the dispatcher looks at");
        }
    }

    private static void branch(Row row) {
        boolean target = row.encoding().has(Row.TARGET);
        if (target != row.branches()) {
            throw new Refusal("a branch (" + Row.TARGET + ") has a boolean or void method");
        }
        if (row.meaning().isBoolean() && !target) {
            throw new Refusal("a boolean method is that of a branch, with a field " + Row.TARGET);
        }
    }

    /// Decode functions and conditions are of fields, and known.
    private void derived(Row row) {
        List<String> names = new ArrayList<>();
        Encoding encoding = row.encoding();
        for (Encoding.Field field : encoding.fields()) {
            if (field.from() != null) {
                decodes(field.from(), "long");
                names.addAll(field.from().arguments());
            }
        }
        for (Encoding.Condition condition : encoding.conditions()) {
            if (condition.call() != null) {
                decodes(condition.call(), "boolean");
                names.addAll(condition.call().arguments());
            } else if (!condition.right().matches("\\d+")) {
                names.add(condition.right());
            }
        }
        for (String name : names) {
            if (!encoding.has(name) && !name.matches("pc|bits|\\d+")) {
                throw new Refusal("field " + name + ": the encoding has none");
            }
        }
    }

    private void decodes(Encoding.Derivation from, String type) {
        if (from.method() == null) {
            return;
        }
        Meaning method = spec.sharedMethods().get(from.method());
        if (method == null) {
            throw new Refusal("decode function " + from.method() + ": " + spec.sharedName() + " has none");
        }
        if (!method.result().equals(type)) {
            throw new Refusal("decode function " + from.method() + ": gives a " + type + ", found " + method.result());
        }
        if (method.parameters().size() != from.arguments().size()) {
            throw new Refusal("decode function " + from.method() + ": has "
                    + method.parameters().size() + " parameters, not "
                    + from.arguments().size());
        }
    }

    /// Every field serves something, and every register in the assembly is read or written.
    private void fields(Plan plan) {
        Row row = plan.row;
        Set<String> used = new LinkedHashSet<>(plan.sources());
        used.addAll(plan.fieldsWritten());
        for (Assembly.Operand operand : row.assembly().operands()) {
            boolean idle = operand.file() != null && !used.contains(operand.field()) && !operand.address();
            if (idle && !row.meaning().isOpaque()) {
                throw new Refusal("operand " + operand.name() + ": neither read nor written");
            }
        }
        used.addAll(row.assembly().shown());
        for (Encoding.Field field : row.encoding().fields()) {
            if (!used.contains(field.name()) && !spec.isExpanded(field.name()) && !serves(row, field)) {
                throw new Refusal("field " + field.name() + ": nothing takes it; fields to ignore are written /");
            }
        }
    }

    private static boolean serves(Row row, Encoding.Field field) {
        String name = field.name();
        boolean fixed = field.from() == null
                && (row.encoding().mask() >>> field.shift() & (1L << field.width()) - 1) == (1L << field.width()) - 1;
        return fixed
                || row.branches() && name.equals(Row.TARGET)
                || row.encoding().fields().stream()
                        .anyMatch(f -> f.from() != null && f.from().arguments().contains(name))
                || row.encoding().conditions().stream()
                        .anyMatch(c -> c.left().equals(name)
                                || c.right().equals(name)
                                || c.call() != null && c.call().arguments().contains(name));
    }

    /// Two rows that match the same words: one of them, or a third that is exactly what both match,
    /// is tried first.
    static @Nullable String conflict(Row row, List<Row> before, List<Row> all) {
        for (Row other : before) {
            if (row.encoding().overlaps(other.encoding()) && !isOrdered(row, other) && !isMet(row, other, all)) {
                return "matches the same words as `" + other.text().strip() + "`, and neither is more specific";
            }
        }
        return null;
    }

    private static boolean isOrdered(Row one, Row two) {
        Encoding first = one.encoding();
        Encoding second = two.encoding();
        if (first.mask() == second.mask()) {
            boolean sameClass = one.meaning().owner().equals(two.meaning().owner());
            return first.isConditional() != second.isConditional() || first.isConditional() && sameClass;
        }
        return first.isWithin(second) || second.isWithin(first);
    }

    private static boolean isMet(Row one, Row two, List<Row> others) {
        int mask = one.encoding().mask() | two.encoding().mask();
        int value = one.encoding().value() | two.encoding().value();
        Set<String> hold = new LinkedHashSet<>(one.encoding().conditionTexts());
        hold.addAll(two.encoding().conditionTexts());
        return others.stream()
                .map(Row::encoding)
                .anyMatch(e -> e.mask() == mask
                        && e.value() == value
                        && e.feature() == null
                        && hold.containsAll(e.conditionTexts()));
    }
}
