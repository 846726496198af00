package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.ExecForm;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A [Form] with what is needed to write it.
record WordForm(Form form, Function<String, @Nullable Meaning> methods) implements ExecForm {

    private Plan plan() {
        return new Plan(form.spec(), form, methods);
    }

    @Override
    public Meaning meaning() {
        return form.row().meaning();
    }

    @Override
    public String text() {
        return form.row().text();
    }

    @Override
    public String assembly() {
        return form.row().assembly().source();
    }

    /// Rows of one meaning share a form if it reads and writes the same fields in the same way.
    @Override
    public String key() {
        Plan plan = plan();
        Map<String, String> fields = new TreeMap<>();
        plan.sources().forEach(field -> fields.put(field, place(field)));
        plan.fieldsWritten().forEach(field -> fields.put(field, place(field)));
        if (form.row().branches()) {
            fields.put(Row.TARGET, place(Row.TARGET));
        }
        Row row = form.row();
        return String.join(
                " ",
                meaning().owner() + "." + meaning().name(),
                fields.toString(),
                row.bindings().toString(),
                row.effects().text(),
                String.valueOf(row.destination()),
                String.valueOf(form.bits()),
                form.quiet() + "/" + form.fused());
    }

    private String place(String field) {
        Integer constant = form.constants().get(field);
        Assembly.Operand operand = form.row().assembly().operand(field);
        return constant != null
                ? "=" + constant
                : form.row().encoding().indexOf(field) + ":"
                        + (operand == null ? "" : operand.name() + operand.address()) + form.width(field);
    }

    @Override
    public String shape() {
        return form.shape();
    }

    @Override
    public @Nullable ExecForm quiet() {
        Effects.FlagRecord record = form.row().effects().record();
        boolean may = record != null
                && form.spec().records().contains(record.kind())
                && !"none".equals(form.row().destination())
                && !form.row().meaning().isOpaque();
        return isVariant() || !may ? null : new WordForm(form.quietly(), methods);
    }

    @Override
    public List<? extends ExecForm> fused() {
        Effects effects = form.row().effects();
        boolean may = effects.record() != null
                && form.spec().records().contains(effects.record().kind())
                && effects.further().isEmpty()
                && form.goesOn()
                && ("none".equals(form.row().destination())
                        || form.spec().fused().contains(meaning().name()));
        if (isVariant() || !may) {
            return List.of();
        }
        return IntStream.range(0, form.spec().conditions().size())
                .mapToObj(condition -> new WordForm(form.fusedWith(condition), methods))
                .toList();
    }

    private boolean isVariant() {
        return form.quiet() || isFused();
    }

    @Override
    public boolean mayBePaired() {
        return form.goesOn() && form.row().atomicWidth() == 0;
    }

    @Override
    public boolean isFused() {
        return form.fused() >= 0;
    }

    @Override
    public boolean mayFault() {
        return form.mayFault();
    }

    @Override
    public @Nullable String flagUse() {
        return plan().flagUse();
    }

    @Override
    public Parent parent() {
        if (!form.row().branches()) {
            return new Parent("Node", "insn.pc, next");
        }
        String condition = form.row().isConditional() ? "insn.condition" : "NO_CONDITION";
        return new Parent("BranchNode", "insn.pc, next, insn.target, " + condition);
    }

    @Override
    public NodeBody body(Part part) {
        return FormWriter.body(plan(), part);
    }
}
