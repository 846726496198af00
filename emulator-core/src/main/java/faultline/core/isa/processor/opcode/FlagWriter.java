package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Widths;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes the flag record: kind, operands, result.
final class FlagWriter {

    private final FormPlan plan;
    private final ValueWriter values;
    private final NodeBody body;

    FlagWriter(FormPlan plan, ValueWriter values, NodeBody body) {
        this.plan = plan;
        this.values = values;
        this.body = body;
    }

    void flagCalls() {
        Effects.FlagRecord record = plan.effects.record();
        if (record == null || plan.form.quiet()) {
            return;
        }
        int n = 0;
        for (String argument : new String[] {record.x(), record.y()}) {
            Meaning method = argument == null ? null : plan.methods.apply(argument);
            if (method != null) {
                body.line("long flag" + (n == 0 ? "X" : "Y") + " = " + values.call(method, Function.identity()) + ";");
            }
            n++;
        }
    }

    void flagRecord() {
        Effects.FlagRecord record = plan.effects.record();
        if (record == null || plan.form.quiet()) {
            return;
        }
        String kind = record.kind();
        String constant = plan.spec.flagsName() + "." + kind.toUpperCase(Locale.ROOT);
        String a = flagValue(record.x(), "flagX", 0);
        String b = plan.spec.keepsCarry().contains(kind) ? "cf ? 1 : 0" : flagValue(record.y(), "flagY", 1);
        String result = "result";
        if (record.y() != null) {
            String own = plan.spec.flagsName() + "." + kind + "(" + a + ", " + b + ")";
            result = Widths.cast(own, plan.form.width(0));
        }
        String indent = "";
        if (record.ifCounted()) {
            body.line("long counted = " + plan.spec.glueName() + ".masked(" + b + ", " + plan.form.width(0) + ");");
            body.line("if (counted != 0) {");
            b = "counted";
            indent = "    ";
        }
        body.line(indent + "cpu.flagKind = " + constant + ";");
        if (!plan.spec.resultOnly().contains(kind)) {
            body.line(indent + "cpu.flagA = " + a + ";");
            body.line(indent + "cpu.flagB = " + b + ";");
        }
        body.line(indent + "cpu.flagResult = " + result + ";");
        if (record.ifCounted()) {
            body.line("}");
        }
    }

    private String flagValue(@Nullable String argument, String local, int position) {
        if (argument != null) {
            if (plan.methods.apply(argument) != null) {
                return local;
            }
            String expression = values.expression(argument);
            return expression == null ? argument : expression;
        }
        String letter = FormPlan.LETTERS.get(position);
        if (plan.main.reads(letter)) {
            String expression = values.expression(letter);
            return expression == null ? letter : expression;
        }
        List<String> read = plan.main.parameters().stream()
                .map(Meaning.Parameter::name)
                .filter(n -> body.isLocal(n) && !n.equals("ea") && !n.equals("cf") && !n.equals("flags"))
                .toList();
        return position < read.size() && !read.get(position).equals("a") && !plan.main.reads("a") && position == 0
                ? read.get(position)
                : "0";
    }
}
