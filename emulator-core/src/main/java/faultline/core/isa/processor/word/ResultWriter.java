package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.Widths;

/// Writes where results go: registers and parts of the state.
final class ResultWriter {

    private final Plan plan;
    private final ValueWriter values;
    private final NodeBody body;

    ResultWriter(Plan plan, ValueWriter values, NodeBody body) {
        this.plan = plan;
        this.values = values;
        this.body = body;
    }

    void further() {
        for (Effects.Further further : plan.effects.further()) {
            if (!further.to().equals("high")) {
                guarded(further.guard() == null ? "" : further.to() + "Written", further.to(), "new" + further.to());
            }
        }
    }

    void main() {
        String to = plan.row.destination();
        if (to == null || to.equals("none") || to.equals("pc") || plan.row.atomicWidth() != 0) {
            return;
        }
        guarded(plan.effects.guard() == null ? "" : "written", to, "result");
    }

    private void guarded(String guard, String to, String value) {
        if (guard.isEmpty()) {
            write(to, value, "");
            return;
        }
        body.line("if (" + guard + ") {");
        write(to, value, "    ");
        body.line("}");
    }

    /// Writes a value, which is sign-extended or wider than needed.
    private void write(String to, String value, String indent) {
        if (plan.row.encoding().has(to)) {
            register(to, value, indent);
            return;
        }
        String setter = "set" + Character.toUpperCase(to.charAt(0)) + to.substring(1);
        if (!plan.spec.stateMethods().containsKey(setter)) {
            throw new Refusal("result " + to + ": no field, and " + plan.spec.stateName() + " has no " + setter);
        }
        body.line(indent + plan.spec.stateName() + "." + setter + "(cpu, " + value + ");");
    }

    private void register(String field, String value, String indent) {
        String element = values.written(field);
        File file = plan.form.file(field);
        String array = "cpu." + (file == null ? "" : file.array());
        int width = plan.form.width(field);
        if (width == 128) {
            body.line(indent + array + "[" + element + "] = " + value + "Lo;");
            body.line(indent + array + "[" + element + " + 1] = " + value + "Hi;");
            return;
        }
        body.line(indent + array + "[" + element + "] = " + value + Widths.mask(width) + ";");
        if (file != null && file.halves() && file.zeroes()) {
            body.line(indent + array + "[" + element + (file.half() == 0 ? " + 1" : " - 1") + "] = 0;");
        }
    }
}
