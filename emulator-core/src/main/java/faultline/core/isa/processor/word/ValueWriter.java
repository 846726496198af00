package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.Widths;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes how values are read: fields, registers, the effective address, parts of the state.
///
/// A register's value arrives sign-extended to 64 bits from its width.
final class ValueWriter {

    private final Plan plan;
    private final Encoding encoding;
    private final NodeBody body;

    ValueWriter(Plan plan, NodeBody body) {
        this.plan = plan;
        this.encoding = plan.row.encoding();
        this.body = body;
    }

    /// Declares what stands for a name where methods take it.
    void need(String name) {
        need(name, null);
    }

    /// The same while the binding of `within` is formed: there that name means the field.
    private void need(String name, @Nullable String within) {
        String bound = name.equals(within) ? null : plan.row.bindings().get(name);
        if (bound != null) {
            bind(name, bound);
        } else if (!plan.base(name).equals(name)) {
            halves(plan.base(name));
        } else if (encoding.has(name)) {
            field(name);
        } else if (name.equals("ea")) {
            address();
        } else if (!Plan.VALUES.contains(name)) {
            state(name);
        }
    }

    private void bind(String name, String bound) {
        String local = boundName(name);
        if (isConstant(bound) || !body.declare(local)) {
            return;
        }
        StatePart chosen = StatePart.parse(bound);
        if (chosen != null) {
            part(chosen, local);
            return;
        }
        Meaning method = plan.find(bound);
        if (method == null) {
            List<String> parts = List.of(bound.split("\\+"));
            parts.forEach(part -> need(part, name));
            String sum =
                    String.join(" + ", parts.stream().map(p -> read(p, name)).toList());
            body.line("long " + local + " = " + sum + ";");
        } else {
            method.parameters().forEach(p -> need(p.name(), name));
            boolean value = !method.isBoolean() && !name.equals("ea");
            String call = call(method, name);
            body.line(javaType(method) + " " + local + " = " + (value ? Widths.cast(call, plan.operandWidth()) : call)
                    + ";");
        }
    }

    /// Declares what a part of the state is that fields choose.
    private void part(StatePart part, String local) {
        Meaning method = part.method(plan.spec);
        StringBuilder call = new StringBuilder(plan.spec.stateName() + "." + method.name() + "(cpu");
        for (int i = 0; i < part.fields().size(); i++) {
            Meaning.Parameter parameter = method.parameters().get(i + 1);
            call.append(", ").append(constant(part.fields().get(i), parameter.type()));
        }
        body.line(javaType(method) + " " + local + " = " + call + ");");
    }

    /// Whether a binding says no more than that a name is a field that is a number.
    private boolean isConstant(String bound) {
        return Row.isNumber(bound) || encoding.has(bound) && plan.form.file(bound) == null;
    }

    private static String javaType(Meaning method) {
        return method.isBoolean() ? "boolean" : "long";
    }

    private static String boundName(String name) {
        return name.equals("ea") ? "ea" : name + "Bound";
    }

    private void field(String name) {
        File file = plan.form.file(name);
        if (file == null || plan.form.constants().containsKey(name)) {
            condition(name);
            return;
        }
        int width = plan.form.width(name);
        if (width == 128) {
            halves(name);
        } else if (isSpecialBase(name)) {
            specialBase(file, name);
        } else if (body.declare(name)) {
            body.line("long " + name + " = " + register(name, width) + ";");
        }
    }

    /// Whether a field is the base of an address that is known to be the special register.
    private boolean isSpecialBase(String field) {
        Assembly.Operand operand = plan.row.assembly().operand(field);
        return operand != null && plan.form.isSpecialBase(operand);
    }

    /// Declares the local of a base that a method gives.
    private void specialBase(File file, String field) {
        if (body.declare(field)) {
            body.line("long %s = %s.%s(cpu);".formatted(field, plan.spec.sharedName(), file.base()));
        }
    }

    /// The whole of a register of two elements.
    private void halves(String name) {
        File file = plan.form.file(name);
        if (file != null && body.declare(name + "Lo")) {
            String low = whole(file, name);
            body.line("long " + name + "Lo = cpu." + file.array() + "[" + low + "];");
            body.line("long " + name + "Hi = cpu." + file.array() + "[" + low + " + 1];");
        }
    }

    /// The low half's element, wherever narrower operands are.
    private String whole(File file, String field) {
        boolean moved = file.half() != 0 && plan.form.width(field) != 128;
        return element(field) + (moved ? " - " + file.half() : "");
    }

    /// `boolean cond` is whether the condition with that number holds.
    private void condition(String name) {
        if (!name.equals(Row.CONDITION) || !plan.takes(name, "boolean") || !body.declare("holds")) {
            return;
        }
        Integer number = plan.form.constants().get(name);
        String holds = number == null
                ? "cond(cpu, " + constant(name, "int") + ")"
                : plan.spec.conditions().get(number) + "(cpu)";
        body.line("boolean holds = " + plan.spec.stateName() + "." + holds + ";");
    }

    private String register(String name, int width) {
        File file = plan.form.file(name);
        String array = file == null ? "" : file.array();
        return Widths.cast("cpu." + array + "[" + element(name) + "]", width);
    }

    /// The node's field with the element that a register is read from; of a whole register of 128
    /// bits the low half.
    private String element(String field) {
        File file = plan.form.file(field);
        if (file == null) {
            return "";
        }
        return isSpecialBase(field)
                ? String.valueOf(file.reads())
                : body.field("int " + joined("reg", field), elementOf(file, field, false));
    }

    /// The node's field with the element that a register is written to.
    String written(String field) {
        File file = plan.form.file(field);
        if (file == null) {
            throw new Refusal("result " + field + ": is no register");
        }
        if (!file.writesElsewhere()) {
            return element(field);
        }
        return body.field("int " + joined("to", field), elementOf(file, field, true));
    }

    private String elementOf(File file, String field, boolean written) {
        boolean whole = plan.form.width(field) == 128;
        String element = file.element(encoding.indexOf(field), written);
        return whole && file.half() != 0 ? element + " - " + file.half() : element;
    }

    /// The effective address: the sum of what is in the memory operand, unless the row binds it.
    void address() {
        if (plan.row.bindings().containsKey("ea")) {
            bind("ea", plan.row.bindings().getOrDefault("ea", ""));
            return;
        }
        if (!body.declare("ea")) {
            return;
        }
        List<String> parts = plan.row.assembly().operands().stream()
                .filter(Assembly.Operand::address)
                .map(this::part)
                .toList();
        if (parts.isEmpty()) {
            throw new Refusal("ea: the assembly has no memory operand, and the row binds no ea");
        }
        body.line("long ea = " + String.join(" + ", parts) + ";");
    }

    private String part(Assembly.Operand operand) {
        File file = operand.file();
        if (file == null) {
            return constant(operand.field(), "long");
        }
        if (operand.width() != 64) {
            throw new Refusal("operand " + operand.name() + ": an address has 64 bits; bind ea");
        }
        if (isSpecialBase(operand.field())) {
            specialBase(file, operand.field());
            return operand.field();
        }
        boolean only = operand.equals(plan.row.assembly().operand(operand.field()));
        String element = body.field(
                "int " + joined(only ? "reg" : "base", operand.field()),
                file.element(encoding.indexOf(operand.field()), false));
        return "cpu." + file.array() + "[" + element + "]";
    }

    private void state(String name) {
        Meaning method = plan.spec.stateMethods().get(name);
        if (method == null || method.isVoid() || method.parameters().size() != 1) {
            throw new Refusal("parameter " + name + ": no field, value or part of the state has this name");
        }
        if (body.declare(name)) {
            body.line(method.result() + " " + name + " = " + plan.spec.stateName() + "." + name + "(cpu);");
        }
    }

    /// The expression for the value that methods take by a name, which is declared if it needs to
    /// be.
    String read(String name, @Nullable String within) {
        return read(new Meaning.Parameter(name, "long"), within, Half.WHOLE);
    }

    /// The same for a parameter, cut to its type.
    String read(Meaning.Parameter parameter) {
        return read(parameter, null, Half.WHOLE);
    }

    private String read(Meaning.Parameter parameter, @Nullable String within, Half half) {
        String name = parameter.name();
        boolean narrow = parameter.type().equals("int");
        String bound = name.equals(within) ? null : plan.row.bindings().get(name);
        if (bound != null) {
            return isConstant(bound) ? constant(bound, parameter.type()) : (narrow ? "(int) " : "") + boundName(name);
        }
        if (encoding.has(name)) {
            if (parameter.type().equals("boolean") && name.equals(Row.CONDITION)) {
                return "holds";
            }
            boolean register = plan.form.file(name) != null;
            String local = plan.isWide(name) ? name + half.suffix : name;
            return register ? (narrow ? "(int) " : "") + local : constant(name, parameter.type());
        }
        return switch (name) {
            case "next" -> body.field("long end", "insn.end()");
            case "bits" -> String.valueOf(plan.form.bits());
            case "pc" -> "pc";
            case "old" -> (narrow ? "(int) " : "") + name;
            case "half" -> String.valueOf(half.number);
            case "result" -> name + half.suffix;
            default -> name;
        };
    }

    /// The value of a field that is a number.
    private String constant(String field, String type) {
        if (Row.isNumber(field)) {
            return field;
        }
        Integer known = plan.form.constants().get(field);
        if (known != null) {
            return String.valueOf(known);
        }
        String value = "insn.value[" + encoding.indexOf(field) + "]";
        if (plan.isNarrow(field)) {
            return body.field("int " + field, "(int) " + value);
        }
        return (type.equals("int") ? "(int) " : "") + body.field("long " + field, value);
    }

    String call(Meaning method, @Nullable String within) {
        return call(method, within, Half.WHOLE);
    }

    /// A call for one half of 128-bit operands.
    String call(Meaning method, @Nullable String within, Half half) {
        List<String> arguments =
                method.parameters().stream().map(p -> read(p, within, half)).toList();
        return method.owner() + "." + method.name() + "(" + String.join(", ", arguments) + ")";
    }

    /// `regRn` of `reg` and `rn`.
    private static String joined(String prefix, String name) {
        return prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
