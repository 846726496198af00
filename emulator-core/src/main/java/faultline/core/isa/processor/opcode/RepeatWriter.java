package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Widths;
import java.util.function.Function;

/// Writes what string instructions have around their meaning: one element per execution, registers
/// exact after each.
final class RepeatWriter {

    private final FormPlan plan;
    private final FormFields fields;
    private final ValueWriter values;
    private final NodeBody body;

    RepeatWriter(FormPlan plan, FormFields fields, ValueWriter values, NodeBody body) {
        this.plan = plan;
        this.fields = fields;
        this.values = values;
        this.body = body;
    }

    void repeatHead() {
        String repeat = body.field("int repeat", "insn.repeat");
        body.line(
                "if (" + repeat + " != 0 && " + plan.spec.glueName() + ".count(cpu, " + fields.special() + ") == 0) {");
        body.line("    return next;");
        body.line("}");
        if (plan.effects.bulk() != null) {
            Meaning bulk = plan.method(plan.effects.bulk());
            body.declare("ea");
            body.line("if (" + repeat + " != 0 && " + values.call(bulk, Function.identity()) + ") {");
            body.line("    return " + plan.spec.glueName() + ".count(cpu, " + fields.special()
                    + ") == 0 ? next : again(cpu);");
            body.line("}");
            body.forget("ea");
        }
    }

    void advance() {
        Operand destination = plan.destinationOperand();
        if (destination != null && destination.isString()) {
            int width = plan.form.width(plan.destinationIndex());
            String cast = width == 64 ? "" : "(" + Widths.type(width) + ") ";
            body.line("mem.store" + width + "(" + plan.spec.glueName() + ".destination(cpu, " + fields.special() + "), "
                    + cast + "result);");
        }
        for (int i = 0; i < plan.row.operands().size(); i++) {
            Operand operand = plan.row.operands().get(i);
            if (operand.isString()) {
                int number = operand.place() == 'X' ? 6 : 7;
                int bytes = plan.form.width(i) / 8;
                body.line(plan.spec.glueName() + ".advance(cpu, " + number + ", " + bytes + ", " + fields.special()
                        + ");");
            }
        }
    }

    /// Goes on with the next element. Flags are recorded behind the last one only: a fault on the
    /// way leaves those from before the instruction (SDM volume 2, REP).
    void repeatTail() {
        String repeat = body.field("int repeat", "insn.repeat");
        String glue = plan.spec.glueName();
        String more = plan.effects.has("repz") ? " && (result == 0) == (" + repeat + " == OpcodeInsn.REPEAT)" : "";
        body.line("if (" + repeat + " != 0) {");
        body.line("    long left = " + glue + ".count(cpu, " + fields.special() + ") - 1;");
        body.line("    " + glue + ".setCount(cpu, left, " + fields.special() + ");");
        body.line("    if (left != 0" + more + ") {");
        body.line("        return again(cpu);");
        body.line("    }");
        body.line("}");
    }
}
