package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a form does, before a line of it is written: the methods it calls, what they read, where
/// the results go.
final class Plan {

    /// The halves of a main result of 128 bits, for the effect's method.
    static final Set<String> RESULT_HALVES = Set.of("resultLo", "resultHi");

    /// Values that are no fields and no part of the state.
    static final Set<String> VALUES =
            Set.of("mem", "cpu", "ea", "pc", "next", "bits", "old", "result", "resultLo", "resultHi", "half");

    final WordSpec spec;
    final Form form;
    final Row row;
    final Effects effects;
    final Meaning main;
    private final Function<String, @Nullable Meaning> siblings;

    Plan(WordSpec spec, Form form, Function<String, @Nullable Meaning> siblings) {
        this.spec = spec;
        this.form = form;
        this.row = form.row();
        this.effects = row.effects();
        this.main = row.meaning();
        this.siblings = siblings;
    }

    /// A method of the class or of the shared one, or null. Fields come first.
    @Nullable
    Meaning find(String name) {
        if (row.encoding().has(name)) {
            return null;
        }
        Meaning method = siblings.apply(name);
        return method == null ? spec.sharedMethods().get(name) : method;
    }

    Meaning method(String name) {
        Meaning method = find(name);
        if (method == null) {
            throw new Refusal("method " + name + ": neither in this class nor in " + spec.sharedName());
        }
        return method;
    }

    /// The effect's method in the state class, or null where the form has none.
    @Nullable
    Meaning effect() {
        Effects.FlagRecord record = effects.record();
        return record == null || form.quiet() ? null : spec.stateMethods().get(record.kind());
    }

    /// What the effect's method takes for its parameters behind the CPU, in order, with their
    /// types.
    List<Meaning.Parameter> effectArguments(Meaning effect) {
        Effects.FlagRecord record = effects.record();
        List<Meaning.Parameter> arguments = new ArrayList<>();
        List<String> given = new ArrayList<>();
        if (record != null && record.x() != null) {
            given.add(record.x());
        }
        if (record != null && record.y() != null) {
            given.add(record.y());
        }
        for (Meaning.Parameter parameter : effect.parameters()) {
            boolean result = parameter.name().equals("result");
            if (!parameter.name().equals("cpu")) {
                String name = given.isEmpty() || result ? parameter.name() : given.removeFirst();
                arguments.add(new Meaning.Parameter(name, parameter.type()));
            }
        }
        return arguments;
    }

    /// The field whose register `vnLo` and `vnHi` are halves of, however wide the operand is; other
    /// names are themselves.
    String base(String name) {
        String base = name.endsWith("Lo") || name.endsWith("Hi") ? name.substring(0, name.length() - 2) : name;
        return isVector(base) ? base : name;
    }

    /// Whether a field numbers registers of 128 bits.
    boolean isVector(String field) {
        if (!row.encoding().has(field)) {
            return false;
        }
        File file = form.file(field);
        return file != null && file.halves();
    }

    /// Every method the form calls, but that of its effect.
    List<Meaning> called() {
        List<Meaning> called = new ArrayList<>();
        called.add(main);
        List<String> names = new ArrayList<>(row.bindings().values());
        for (Effects.Further further : effects.further()) {
            names.add(further.method());
            names.add(further.guard() == null ? "" : further.guard());
        }
        names.add(effects.guard() == null ? "" : effects.guard());
        for (String name : names) {
            Meaning method = find(name);
            if (method != null) {
                called.add(method);
            }
        }
        return called;
    }

    /// The names of all values that some method takes, in the order in which they are read.
    Set<String> reads() {
        Set<String> names = new LinkedHashSet<>();
        main.parameters().forEach(p -> names.add(p.name()));
        for (Effects.Further further : effects.further()) {
            names.addAll(taken(further.method()));
            if (further.guard() != null) {
                names.addAll(taken(further.guard()));
            }
        }
        if (effects.guard() != null) {
            names.addAll(taken(effects.guard()));
        }
        Meaning effect = effect();
        if (effect != null) {
            effectArguments(effect).forEach(p -> names.add(p.name()));
        }
        return names;
    }

    /// What a method takes, or the value itself if there is no such method.
    private List<String> taken(String value) {
        Meaning method = find(value);
        return method == null
                ? List.of(value)
                : method.parameters().stream().map(Meaning.Parameter::name).toList();
    }

    /// What is read in the end, through bindings too: fields, and parts of the state.
    Set<String> sources() {
        Set<String> sources = new LinkedHashSet<>();
        reads().forEach(name -> collect(name, null, sources));
        if (row.atomicWidth() != 0) {
            collect("ea", null, sources);
        }
        return sources;
    }

    private void collect(String name, @Nullable String within, Set<String> sources) {
        String bound = name.equals(within) ? null : row.bindings().get(name);
        if (bound != null && Row.isNumber(bound)) {
            return;
        }
        StatePart chosen = bound == null ? null : StatePart.parse(bound);
        if (chosen != null) {
            sources.add(chosen.name());
            sources.addAll(chosen.fields());
            return;
        }
        if (bound != null) {
            for (String part : bound.split("\\+")) {
                taken(part).forEach(taken -> collect(taken, name, sources));
            }
        } else if (row.encoding().has(base(name))) {
            sources.add(base(name));
        } else if (name.equals("ea")) {
            row.assembly().operands().stream().filter(Assembly.Operand::address).forEach(o -> sources.add(o.field()));
        } else if (!VALUES.contains(name)) {
            sources.add(name);
        }
    }

    /// The fields whose registers are written.
    Set<String> fieldsWritten() {
        Set<String> fields = new LinkedHashSet<>();
        String destination = row.destination();
        if (destination != null && row.encoding().has(destination)) {
            fields.add(destination);
        }
        effects.further().stream()
                .map(Effects.Further::to)
                .filter(row.encoding()::has)
                .forEach(fields::add);
        return fields;
    }

    /// Whether the field of the node for a number may be an `int`: whoever takes it takes one.
    boolean isNarrow(String field) {
        boolean summed = row.bindings().values().stream()
                        .anyMatch(b -> List.of(b.split("\\+")).contains(field))
                || row.assembly().operands().stream()
                        .anyMatch(o -> o.address() && o.field().equals(field));
        return !summed && !takes(field, "long");
    }

    /// Whether some method has a parameter of that name and type.
    boolean takes(String name, String type) {
        List<Meaning.Parameter> parameters = new ArrayList<>();
        called().forEach(method -> parameters.addAll(method.parameters()));
        Meaning effect = effect();
        if (effect != null) {
            parameters.addAll(effectArguments(effect));
        }
        return parameters.contains(new Meaning.Parameter(name, type));
    }

    boolean isWide(String field) {
        return row.encoding().has(field) && form.file(field) != null && form.width(field) == 128;
    }

    /// Whether a method is called for each half of 128-bit operands: it takes one, or asks which
    /// half.
    boolean isLanewise(Meaning method) {
        return method.parameters().stream()
                .anyMatch(p -> p.name().equals("half")
                        || isWide(p.name()) && !row.bindings().containsKey(p.name()));
    }

    /// Whether what a method gives is the same for both halves of a result: it takes no vector.
    boolean isUniform(Meaning method) {
        return method.parameters().stream().noneMatch(p -> isVector(base(p.name())));
    }

    /// Whether what a method gives is lanes of the main result's width.
    boolean givesLanes(Meaning method) {
        return method.parameters().stream().anyMatch(p -> p.name().equals("half") || isVector(p.name()));
    }

    /// How wide the values are that the instruction works on: as its first register is.
    int operandWidth() {
        String first = row.firstRegister();
        return first == null ? form.bits() : form.width(first);
    }

    /// The width in bits that the main result is cut to.
    int resultWidth() {
        String destination = row.destination();
        if (row.atomicWidth() != 0) {
            return row.atomicWidth();
        }
        if (destination == null || "none".equals(destination)) {
            // What goes nowhere and takes halves of vectors is no vector itself.
            return isLanewise(main) ? operandWidth() : Math.min(operandWidth(), 64);
        }
        return row.encoding().has(destination) ? form.width(destination) : 64;
    }

    /// Whether the main result is a whole register of 128 bits.
    boolean isWideResult() {
        return resultWidth() == 128;
    }

    /// What the flags are to this form, as [faultline.core.engine.Node] calls it; null says that
    /// they may be seen.
    @Nullable
    String flagUse() {
        boolean plain = form.goesOn()
                && !form.mayFault()
                && sources().stream().allMatch(this::isHarmless)
                && effects.further().stream().allMatch(f -> row.encoding().has(f.to()) || f.to().equals("high"))
                && (main.isVoid()
                        || "none".equals(row.destination())
                        || fieldsWritten().contains(row.destination()));
        if (!plain) {
            return null;
        }
        Effects.FlagRecord record = effects.record();
        if (record == null || form.quiet()) {
            return "IGNORES_FLAGS";
        }
        return spec.records().contains(record.kind()) ? "OVERWRITES_FLAGS" : null;
    }

    /// Whether a source is no flag.
    private boolean isHarmless(String source) {
        return row.encoding().has(source) && !source.equals(Row.CONDITION);
    }
}
