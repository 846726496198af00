package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.ExecForm;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A [Form] with what is needed to write it.
record WordForm(Form form, Function<String, @Nullable Meaning> methods) implements ExecForm {

    private Plan plan() {
        return new Plan(form.spec(), form, methods);
    }

    @Override
    public Row row() {
        return form.row();
    }

    @Override
    public boolean isQuiet() {
        return form.quiet();
    }

    @Override
    public boolean isFused() {
        return form.fused() >= 0;
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
                form.special() + "/" + form.quiet() + "/" + form.fused());
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
    public boolean mayBeQuiet() {
        return records()
                && !"none".equals(form.row().destination())
                && !meaning().isOpaque();
    }

    @Override
    public boolean mayBeFused() {
        return records()
                && form.row().effects().further().isEmpty()
                && form.goesOn()
                && ("none".equals(form.row().destination())
                        || form.spec().fused().contains(meaning().name()));
    }

    /// Whether flags are written down, and not computed.
    private boolean records() {
        Effects.FlagRecord record = form.row().effects().record();
        return record != null && form.spec().records().contains(record.kind());
    }

    @Override
    public ExecForm quietly() {
        return new WordForm(form.quietly(), methods);
    }

    @Override
    public ExecForm fusedWith(int condition) {
        return new WordForm(form.fusedWith(condition), methods);
    }

    @Override
    public int conditions() {
        return form.spec().conditions().size();
    }

    @Override
    public boolean mayBeginPair() {
        return form.goesOn() && form.row().atomicWidth() == 0;
    }

    @Override
    public boolean mayEndPair() {
        return mayBeginPair() || form.isPureBranch();
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
