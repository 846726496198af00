package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.Widths;
import java.util.List;

/// Writes the statements of one exec form.
///
/// The order inside is always: read everything, call every method (one that may store is the last),
/// write further results, write the main result, record flags, go on. That order is invariant I1:
/// nothing changes before the last possible fault.
final class FormWriter {

    private final Plan plan;
    private final NodeBody body;
    private final ValueWriter values;
    private final ResultWriter results;

    private FormWriter(Plan plan, NodeBody body) {
        this.plan = plan;
        this.body = body;
        this.values = new ValueWriter(plan, body);
        this.results = new ResultWriter(plan, values, body);
    }

    /// The statements of a form, whole or as half of a pair.
    static NodeBody body(Plan plan, Part part) {
        FormWriter writer = new FormWriter(plan, new NodeBody(part));
        if (plan.main.isOpaque()) {
            writer.opaque();
        } else {
            writer.pure();
        }
        return writer.body;
    }

    /// An opaque method does everything itself.
    private void opaque() {
        String end = body.field("long end", "insn.end()");
        readAll();
        body.line("cpu.pc = " + end + ";");
        if (plan.main.isVoid()) {
            body.line(values.call(plan.main, null) + ";");
        } else {
            result();
            results.main();
        }
        if (plan.effects.has("syscall")) {
            body.line("return systemCall(cpu, " + end + ");");
        } else if (plan.effects.has("ends")) {
            body.line("return null;");
        } else {
            body.line("return cpu.pc == " + end + " ? next : jump(cpu, mem, cpu.pc);");
        }
    }

    private void pure() {
        readAll();
        if (plan.row.atomicWidth() != 0) {
            atomic();
        } else {
            callAll();
        }
        results.further();
        results.main();
        effect();
        leave();
    }

    private void readAll() {
        plan.reads().forEach(values::need);
    }

    private void callAll() {
        boolean mainLast = plan.main.touchesMemory() && plan.main.isVoid();
        if (!mainLast) {
            mainCall();
        }
        plan.effects.further().forEach(this::furtherCall);
        if (plan.effects.guard() != null) {
            body.line("boolean written = " + values.call(plan.method(plan.effects.guard()), null) + ";");
        }
        if (mainLast) {
            mainCall();
        }
    }

    private void mainCall() {
        if (plan.main.isVoid()) {
            if (!plan.row.branches()) {
                body.line(values.call(plan.main, null) + ";");
            }
        } else if (plan.main.isBoolean()) {
            body.line("boolean taken = " + values.call(plan.main, null) + ";");
        } else if (plan.isWideResult() && plan.isLanewise(plan.main)) {
            halves(plan.main, "result");
        } else if (plan.isWideResult()) {
            body.line("long resultLo = " + values.call(plan.main, null) + ";");
            if (plan.effects.further().stream().noneMatch(f -> f.to().equals("high"))) {
                body.line("long resultHi = resultLo;");
            }
        } else {
            result();
        }
    }

    /// Calls a method for each half of a result.
    private void halves(Meaning method, String local) {
        for (Half half : List.of(Half.LOW, Half.HIGH)) {
            body.line("long " + local + half.suffix + " = " + values.call(method, null, half) + ";");
        }
    }

    private void result() {
        body.line("long result = " + Widths.cast(values.call(plan.main, null), plan.resultWidth()) + ";");
    }

    private void furtherCall(Effects.Further further) {
        if (further.guard() != null) {
            body.line("boolean " + further.to() + "Written = " + values.call(plan.method(further.guard()), null) + ";");
        }
        if (further.to().equals("high") && plan.resultWidth() != 128) {
            return;
        }
        Meaning method = plan.find(further.method());
        if (method == null) {
            values.need(further.method());
            body.line("long new" + further.to() + " = " + values.read(further.method(), null) + ";");
            return;
        }
        String local = further.to().equals("high") ? "resultHi" : "new" + further.to();
        if (plan.isWide(further.to()) && plan.isLanewise(method)) {
            halves(method, local);
        } else if (plan.isWide(further.to())) {
            same(method, local);
        } else if (!plan.row.encoding().has(further.to()) && !further.to().equals("high") && plan.givesLanes(method)) {
            body.line("long " + local + " = " + lanes(method) + ";");
        } else {
            String type = method.isBoolean() ? "boolean" : "long";
            body.line(type + " " + local + " = " + values.call(method, null) + ";");
        }
    }

    private void same(Meaning method, String local) {
        if (!plan.isUniform(method)) {
            throw new Refusal("method " + method.name() + ": gives no 128 bits; it takes no half");
        }
        body.line("long " + local + "Lo = " + values.call(method, null) + ";");
        body.line("long " + local + "Hi = " + local + "Lo;");
    }

    /// What a lane-wise method says about all lanes of the result: those of both halves together,
    /// none but those that exist.
    private String lanes(Meaning method) {
        if (plan.isWideResult()) {
            return values.call(method, null, Half.LOW) + " | " + values.call(method, null, Half.HIGH);
        }
        String mask = Widths.mask(plan.resultWidth());
        return values.call(method, null) + mask;
    }

    /// The same pure method inside a compare-and-set loop.
    private void atomic() {
        values.need("ea");
        int width = plan.row.atomicWidth();
        String cast = width == 64 ? "" : "(" + Widths.type(width) + ") ";
        body.line("long old;");
        body.line("long result;");
        body.line("do {");
        body.line("    old = mem.load" + width + "ForWrite(ea);");
        body.line("    result = " + Widths.cast(values.call(plan.main, null), width) + ";");
        body.line("} while (!mem.cas" + width + "(ea, " + cast + "old, " + cast + "result));");
        plan.effects.further().forEach(this::furtherCall);
    }

    private void effect() {
        Meaning effect = plan.effect();
        if (effect != null) {
            StringBuilder call = new StringBuilder(plan.spec.stateName() + "." + effect.name() + "(cpu");
            for (Meaning.Parameter argument : plan.effectArguments(effect)) {
                call.append(", ").append(values.read(argument));
            }
            body.line(call + ");");
        }
    }

    private void leave() {
        if (plan.form.fused() >= 0) {
            String condition = plan.spec.conditions().get(plan.form.fused());
            body.branchBehind(plan.spec.stateName() + "." + condition + "(cpu)");
        } else if (plan.row.branches()) {
            body.branch(plan.main.isBoolean() ? "taken" : null);
        } else if ("pc".equals(plan.effects.destination())) {
            String jump = "jump(cpu, mem, result)";
            body.line("return " + (plan.effects.guard() == null ? jump : "written ? " + jump + " : next") + ";");
        } else {
            body.goOn();
        }
    }
}
