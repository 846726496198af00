package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.Widths;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes how values are read: operands, implicit registers, flags.
///
/// A value arrives sign-extended to 64 bits from its width.
final class ValueWriter {

    private final FormPlan plan;
    private final FormFields fields;
    private final NodeBody body;

    ValueWriter(FormPlan plan, FormFields fields, NodeBody body) {
        this.plan = plan;
        this.fields = fields;
        this.body = body;
    }

    /// Declares the local that a parameter name is bound to.
    void need(String name) {
        if (body.isLocal(name)) {
            return;
        }
        String base = name.endsWith("Lo") || name.endsWith("Hi") ? name.substring(0, name.length() - 2) : name;
        int operand = FormPlan.LETTERS.indexOf(base);
        if (operand >= 0 && operand < plan.row.operands().size()) {
            if (plan.form.width(operand) == 128) {
                wide(operand, base, name);
            } else {
                body.declare(name);
                String value = read(operand);
                if (value != null) {
                    body.line("long " + name + " = " + value + ";");
                }
            }
            return;
        }
        if (name.equals("result") || expression(name) != null) {
            return;
        }
        String value = captured(name);
        if (value == null) {
            throw new Refusal("parameter " + name + ": no operand, register or value has this name");
        }
        body.declare(name);
        body.line((name.equals("cf") || name.equals("cond") ? "boolean " : "long ") + name + " = " + value + ";");
    }

    private void wide(int operand, String base, String name) {
        // In memory the low half is always read, because a fault reports where the operand begins.
        boolean both = name.equals(base) || plan.form.inMemory(operand);
        List<String> halves = both ? List.of("Lo", "Hi") : List.of(name.substring(base.length()));
        if (plan.form.inMemory(operand) && !body.isLocal(base + "Lo") && !body.isLocal(base + "Hi")) {
            checkAligned();
        }
        for (String half : halves) {
            if (!body.declare(base + half)) {
                continue;
            }
            boolean low = half.equals("Lo");
            String load = plan.effects.has("unaligned")
                    ? (low ? "loadLowHalf(ea)" : "loadHighHalf(ea)")
                    : (low ? "load64(ea)" : "load64(ea + 8)");
            String value = plan.form.inMemory(operand)
                    ? "mem." + load
                    : "cpu.v[" + fields.register(operand) + (low ? "" : " + 1") + "]";
            body.line("long " + base + half + " = " + value + ";");
        }
    }

    void checkAligned() {
        if (!plan.effects.has("unaligned") && body.declare("aligned")) {
            body.line("if ((ea & 15) != 0) {");
            body.line("    throw " + plan.spec.glueName() + ".MISALIGNED;");
            body.line("}");
        }
    }

    /// The expression that reads an operand's value, sign-extended; null for one that is a field
    /// already.
    private @Nullable String read(int index) {
        Operand operand = plan.row.operands().get(index);
        int width = plan.form.width(index);
        if (operand.isImmediate()) {
            fields.immediate(index);
            return null;
        }
        if (plan.form.inMemory(index)) {
            boolean forWrite = index == 0 && plan.writesMemory();
            return "mem.load" + width + (forWrite ? "ForWrite" : "") + "(ea)";
        }
        return switch (operand.place()) {
            case 'X' -> "mem.load" + width + "(" + plan.spec.glueName() + ".source(cpu, " + fields.special() + "))";
            case 'Y' ->
                "mem.load" + width + "(" + plan.spec.glueName() + ".destination(cpu, " + fields.special() + "))";
            case 'V', 'W', 'U', 'v' -> "cpu.v[" + fields.register(index) + "]";
            case 'T', 'S' -> fields.number(index);
            case 't' -> "0";
            case 's' -> "cpu." + operand.text().toLowerCase(Locale.ROOT);
            case 'P', 'Q', 'N' ->
                (width == 32 ? "(int) " : "") + plan.spec.glueName() + ".mmx(cpu, " + fields.number(index) + ")";
            case 'x' -> "mem.load8(" + plan.spec.glueName() + ".table(cpu, " + fields.special() + "))";
            default -> general(index, width);
        };
    }

    private String general(int index, int width) {
        String r = "cpu.r[" + fields.number(index) + "]";
        return switch (width) {
            case 8 -> "(byte) (" + r + " >> " + fields.shift(index) + ")";
            case 16 -> "(short) " + r;
            case 32 -> "(int) " + r;
            default -> r;
        };
    }

    /// An expression for names that need no local.
    @Nullable
    String expression(String name) {
        int operand = FormPlan.LETTERS.indexOf(name);
        if (operand >= 0 && operand < plan.row.operands().size()) {
            if (plan.row.operands().get(operand).isImmediate()) {
                return fields.immediate(operand);
            }
            if (plan.row.operands().get(operand).place() == 'V' && plan.form.width(operand) == 32) {
                return "(int) " + name;
            }
            return null;
        }
        return switch (name) {
            case "mem", "cpu", "ea", "result", "unit" -> name;
            case "next" -> body.field("long end", "insn.end()");
            case "here" -> "pc";
            case "bits" ->
                String.valueOf(
                        plan.row.operands().isEmpty() || plan.mainWidth() == 0 ? plan.form.bits() : plan.mainWidth());
            case "bits2" -> String.valueOf(plan.form.width(1));
            case "bits3" -> String.valueOf(plan.form.width(2));
            case "special" -> fields.special();
            case "sti" -> body.field("int sti", "insn.rm()");
            default -> null;
        };
    }

    /// The expression for an implicit register or flag.
    private @Nullable String captured(String name) {
        int low = FormPlan.LOW_BYTES.indexOf(name);
        if (low >= 0) {
            return "(byte) cpu.r[" + low + "]";
        }
        if (FormPlan.REGISTERS.contains(name)) {
            return "(short) cpu.r[" + FormPlan.REGISTERS.indexOf(name) + "]";
        }
        if (name.length() == 3 && FormPlan.REGISTERS.contains(name.substring(1))) {
            String r = "cpu.r[" + FormPlan.REGISTERS.indexOf(name.substring(1)) + "]";
            return switch (name.charAt(0)) {
                case 'R' -> r;
                case 'E' -> "(int) " + r;
                case 'a' -> plan.spec.glueName() + ".count(cpu, " + fields.special() + ")";
                default -> Widths.cast(r, plan.registerWidth());
            };
        }
        return switch (name) {
            case "AH" -> "(byte) (cpu.r[0] >> 8)";
            case "cf" -> plan.spec.flagsName() + ".cf(cpu)";
            case "cond" -> condition();
            case "flags" -> plan.spec.flagsName() + ".image(cpu)";
            case "rflags" -> "cpu.flags()";
            case "segbase" -> plan.spec.glueName() + ".segment(cpu, " + fields.special() + ")";
            default -> null;
        };
    }

    private String condition() {
        if (plan.form.condition() >= 0) {
            return plan.spec.flagsName() + "." + plan.spec.conditions().get(plan.form.condition()) + "(cpu)";
        }
        return plan.spec.flagsName() + ".cond(cpu, " + body.field("int condition", "insn.condition") + ")";
    }

    String call(Meaning method, Function<String, String> rename) {
        StringBuilder text = new StringBuilder();
        text.append(method.owner()).append('.').append(method.name()).append('(');
        String separator = "";
        for (Meaning.Parameter parameter : method.parameters()) {
            text.append(separator).append(argument(parameter, rename));
            separator = ", ";
        }
        return text.append(')').toString();
    }

    private String argument(Meaning.Parameter parameter, Function<String, String> rename) {
        String name = rename.apply(parameter.name());
        String expression = expression(name);
        String value = expression == null ? name : expression;
        boolean widened = body.isLocal(name) && !name.equals("cf") && !name.equals("cond") && !name.equals("ea");
        return parameter.type().equals("int") && widened ? "(int) " + value : value;
    }
}
