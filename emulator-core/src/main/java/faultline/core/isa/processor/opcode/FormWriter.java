package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import faultline.core.isa.processor.form.Widths;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Writes the statements of one exec form.
///
/// The order inside is always: read everything, call every method, store to memory, write further
/// results, write the main result, record flags, go on. That order is invariant I1: nothing changes
/// before the last possible fault.
final class FormWriter {

    private final FormPlan plan;
    private final NodeBody body;
    private final FormFields fields;
    private final ValueWriter values;
    private final AddressWriter addresses;
    private final ResultWriter results;
    private final FlagWriter flags;
    private final RepeatWriter repeats;

    private FormWriter(FormPlan plan, NodeBody body) {
        this.plan = plan;
        this.body = body;
        this.fields = new FormFields(plan, body);
        this.values = new ValueWriter(plan, fields, body);
        this.addresses = new AddressWriter(plan, fields, values, body);
        this.results = new ResultWriter(plan, fields, values, body);
        this.flags = new FlagWriter(plan, values, body);
        this.repeats = new RepeatWriter(plan, fields, values, body);
    }

    /// The statements of a form, whole or as half of a pair.
    static NodeBody body(FormPlan plan, Part part) {
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
        if (plan.effects.has("waits") || plan.effects.has("x87")) {
            body.line(plan.spec.glueName() + ".waitForX87(cpu);");
        }
        addresses.address(plan.main);
        List<Meaning.Parameter> parameters = plan.main.parameters();
        parameters.forEach(p -> values.need(p.name()));
        if (plan.effects.guard() != null) {
            plan.method(plan.effects.guard()).parameters().forEach(p -> values.need(p.name()));
        }
        body.line("cpu.pc = " + end + ";");
        if (plan.main.isVoid()) {
            body.line(values.call(plan.main, Function.identity()) + ";");
        } else {
            body.line("long result = "
                    + Widths.cast(values.call(plan.main, Function.identity()), plan.destinationWidth()) + ";");
            if (plan.effects.guard() != null) {
                body.line("boolean written = " + values.call(plan.method(plan.effects.guard()), Function.identity())
                        + ";");
            }
            if (!plan.row.operands().isEmpty() && plan.form.inMemory(0)) {
                results.store();
            }
            results.mainResult();
        }
        if (plan.effects.has("x87")) {
            String operand = body.isLocal("ea") ? "ea" : plan.spec.glueName() + ".NO_OPERAND";
            String opcode = body.field("int opcode", "insn.stackOpcode()");
            body.line(plan.spec.glueName() + ".completeX87(cpu, pc, " + opcode + ", " + operand + ", "
                    + fields.special() + ");");
        }
        if (plan.effects.has("syscall")) {
            body.line("return systemCall(cpu, " + end + ");");
            return;
        }
        if (plan.effects.has("ends")) {
            body.line("return null;");
            return;
        }
        body.line("return cpu.pc == " + end + " ? next : jump(cpu, mem, cpu.pc);");
    }

    private void pure() {
        if (plan.row.repeats()) {
            repeats.repeatHead();
        }
        if (plan.form.usesMmx()) {
            body.line(plan.spec.glueName() + ".beginMmx(cpu);");
        }
        for (Meaning method : plan.called()) {
            addresses.address(method);
        }
        boolean unit = plan.called().stream().anyMatch(m -> m.reads("unit"));
        if (unit) {
            body.line(plan.spec.unitName() + " unit = " + plan.spec.glueName() + ".unit(cpu);");
        }
        if (plan.form.locked()) {
            lockedLoop();
        } else {
            readAll();
            if (plan.form.usesMmx()) {
                body.line(plan.spec.glueName() + ".enterMmx(cpu);");
                if (!plan.writesMemory()) {
                    body.line(plan.spec.glueName() + ".fillMmx(cpu);");
                }
            }
            callAll();
            if (unit) {
                body.line("unit.settle();");
            }
            if (plan.writesMemory()) {
                results.store();
                if (plan.form.usesMmx()) {
                    body.line(plan.spec.glueName() + ".fillMmx(cpu);");
                }
            }
        }
        results.furtherResults();
        if (plan.row.repeats()) {
            repeats.advance();
        }
        results.mainResult();
        if (plan.row.repeats()) {
            repeats.repeatTail();
        }
        flags.flagRecord();
        leave();
    }

    private void leave() {
        if (plan.form.fused() >= 0) {
            String condition = plan.spec.conditions().get(plan.form.fused());
            body.branchBehind(plan.spec.flagsName() + "." + condition + "(cpu)");
        } else if (plan.row.repeats()) {
            body.goOn();
        } else if (plan.row.branches()) {
            body.branch(plan.main.isBoolean() ? "taken" : null);
        } else if ("rIP".equals(plan.effects.destination())) {
            body.line("return jump(cpu, mem, result);");
        } else {
            body.goOn();
        }
    }

    private void readAll() {
        for (Meaning method : plan.called()) {
            for (Meaning.Parameter parameter : method.parameters()) {
                if (!parameter.name().equals("result")) {
                    values.need(parameter.name());
                }
            }
        }
        plan.flagOperands().forEach(values::need);
    }

    private void callAll() {
        List<Meaning> rest = new ArrayList<>(plan.called());
        rest.removeFirst();
        boolean mainLast = plan.main.touchesMemory() && rest.stream().noneMatch(m -> m.reads("result"));
        if (!mainLast) {
            mainCall();
        }
        plan.effects.further().stream()
                .filter(f -> !plan.method(f.method()).touchesMemory())
                .forEach(this::furtherCall);
        if (plan.effects.guard() != null) {
            body.line("boolean written = " + values.call(plan.method(plan.effects.guard()), Function.identity()) + ";");
        }
        flags.flagCalls();
        plan.effects.further().stream()
                .filter(f -> plan.method(f.method()).touchesMemory())
                .forEach(this::furtherCall);
        if (mainLast) {
            mainCall();
        }
    }

    private void mainCall() {
        if (plan.main.isVoid()) {
            if (!plan.row.branches()) {
                body.line(values.call(plan.main, Function.identity()) + ";");
            }
        } else if (plan.main.isBoolean()) {
            body.line("boolean taken = " + values.call(plan.main, Function.identity()) + ";");
        } else if (plan.isLanewise()) {
            body.line("long resultLo = " + values.call(plan.main, n -> plan.isWide(n) ? n + "Lo" : n) + ";");
            body.line("long resultHi = " + values.call(plan.main, n -> plan.isWide(n) ? n + "Hi" : n) + ";");
        } else if (plan.destinationWidth() == 128) {
            body.line("long resultLo = " + values.call(plan.main, Function.identity()) + ";");
        } else {
            body.line("long result = "
                    + Widths.cast(values.call(plan.main, Function.identity()), plan.destinationWidth()) + ";");
        }
    }

    private void furtherCall(Effects.Further further) {
        Meaning method = plan.method(further.method());
        if (further.guard() != null) {
            String guard = values.call(plan.method(further.guard()), Function.identity());
            body.line("boolean " + further.to() + "Written = " + guard + ";");
        }
        String value = values.call(method, Function.identity());
        if (further.to().equals("high")) {
            body.line("long resultHi = " + value + ";");
        } else {
            body.line("long new" + further.to() + " = " + value + ";");
        }
    }

    /// LOCK: the same pure method inside a compare-and-set loop.
    private void lockedLoop() {
        for (Meaning method : plan.called()) {
            for (Meaning.Parameter parameter : method.parameters()) {
                if (!parameter.name().equals("a") && !parameter.name().equals("result")) {
                    values.need(parameter.name());
                }
            }
        }
        plan.flagOperands().stream().filter(n -> !n.equals("a")).forEach(values::need);
        int width = plan.form.width(0);
        String type = Widths.type(width);
        body.line("long a;");
        body.line("long result;");
        body.declare("a");
        body.line("do {");
        body.line("    a = mem.load" + width + "ForWrite(ea);");
        body.line("    result = " + Widths.cast(values.call(plan.main, Function.identity()), width) + ";");
        String cast = width == 64 ? "" : "(" + type + ") ";
        body.line("} while (!mem.cas" + width + "(ea, " + cast + "a, " + cast + "result));");
        plan.effects.further().forEach(this::furtherCall);
        flags.flagCalls();
    }
}
