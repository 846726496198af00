package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.Widths;
import org.jspecify.annotations.Nullable;

/// Writes where results go: memory, registers, the image of the flags.
final class ResultWriter {

    private final FormPlan plan;
    private final FormFields fields;
    private final ValueWriter values;
    private final NodeBody body;

    ResultWriter(FormPlan plan, FormFields fields, ValueWriter values, NodeBody body) {
        this.plan = plan;
        this.fields = fields;
        this.values = values;
        this.body = body;
    }

    void store() {
        int index = plan.destinationIndex();
        int width = plan.form.width(index);
        if (width == 128) {
            values.checkAligned();
            body.line("mem.store128(ea, resultLo, resultHi);");
            return;
        }
        String cast = width == 64 ? "" : "(" + Widths.type(width) + ") ";
        body.line("mem.store" + width + "(ea, " + cast + "result);");
    }

    void furtherResults() {
        for (Effects.Further further : plan.effects.further()) {
            if (further.to().equals("high")) {
                continue;
            }
            boolean guarded = further.guard() != null;
            if (guarded) {
                body.line("if (" + further.to() + "Written) {");
            }
            write(further.to(), "new" + further.to(), guarded ? "    " : "");
            if (guarded) {
                body.line("}");
            }
        }
    }

    void mainResult() {
        if (plan.main.isVoid() || plan.main.isBoolean() || plan.row.repeats() && plan.destinationIsString()) {
            return;
        }
        String to = plan.effects.destination() == null ? "a" : plan.effects.destination();
        if (to.equals("none") || to.equals("rIP") || plan.writesMemory()) {
            return;
        }
        if (plan.destinationIsString()) {
            return;
        }
        boolean guarded = plan.effects.guard() != null;
        if (guarded) {
            body.line("if (written) {");
        }
        write(to, "result", guarded ? "    " : "");
        if (guarded) {
            body.line("}");
        }
    }

    /// Writes a value, which is sign-extended or wider than needed, to a register, operand or the
    /// flags.
    private void write(String to, String value, String indent) {
        int operand = FormPlan.LETTERS.indexOf(to);
        if (operand >= 0) {
            writeOperand(operand, value, indent);
            return;
        }
        if (to.equals("flags")) {
            body.line(indent + plan.spec.flagsName() + ".setImage(cpu, " + value + ");");
            return;
        }
        if (to.equals("aCX")) {
            body.line(indent + plan.spec.glueName() + ".setCount(cpu, " + value + ", " + fields.special() + ");");
            return;
        }
        if (to.equals("AH")) {
            body.line(indent + "cpu.r[0] = cpu.r[0] & ~0xff00L | (" + value + " & 0xff) << 8;");
            return;
        }
        int number = FormPlan.LOW_BYTES.contains(to)
                ? FormPlan.LOW_BYTES.indexOf(to)
                : FormPlan.REGISTERS.indexOf(to.length() == 3 ? to.substring(1) : to);
        if (number < 0) {
            throw new Refusal("result " + to + ": no such register");
        }
        general(String.valueOf(number), null, plan.namedWidth(to), value, indent);
    }

    private void writeOperand(int index, String value, String indent) {
        Operand operand = plan.row.operands().get(index);
        int width = plan.form.width(index);
        if (operand.isVector() && !plan.form.inMemory(index)) {
            vector(index, operand, value, indent);
        } else if (operand.isMmx() && !plan.form.inMemory(index)) {
            body.line(indent + plan.spec.glueName() + ".setMmx(cpu, " + fields.number(index) + ", " + value + ");");
        } else if (operand.isGeneralRegister(plan.form.memory())) {
            general(fields.number(index), width == 8 ? fields.shift(index) : null, width, value, indent);
        } else if (plan.form.inMemory(index)) {
            throw new Refusal(
                    "result to operand " + FormPlan.LETTERS.get(index) + ": memory is written by the main result");
        } else {
            throw new Refusal("operand " + operand.text() + ": cannot be written");
        }
    }

    private void vector(int index, Operand operand, String value, String indent) {
        String low = "cpu.v[" + fields.register(index) + "]";
        String high = "cpu.v[" + fields.register(index) + " + 1]";
        switch (operand.size()) {
            case "dq" -> {
                body.line(indent + low + " = " + value + "Lo;");
                body.line(indent + high + " = " + value + "Hi;");
            }
            case "qz" -> {
                body.line(indent + low + " = " + value + ";");
                body.line(indent + high + " = 0;");
            }
            case "d" -> body.line(indent + low + " = " + low + " & ~0xffffffffL | " + value + " & 0xffffffffL;");
            default -> body.line(indent + low + " = " + value + ";");
        }
    }

    private void general(String number, @Nullable String shift, int width, String value, String indent) {
        String r = "cpu.r[" + number + "]";
        switch (width) {
            case 8 -> {
                String by = shift == null ? "" : " << " + shift;
                String mask = shift == null ? "~0xffL" : "~(0xffL" + by + ")";
                body.line(indent + r + " = " + r + " & " + mask + " | (" + value + " & 0xff)" + by + ";");
            }
            case 16 -> body.line(indent + r + " = " + r + " & ~0xffffL | " + value + " & 0xffff;");
            case 32 -> body.line(indent + r + " = " + value + " & 0xffffffffL;");
            default -> body.line(indent + r + " = " + value + ";");
        }
    }
}
