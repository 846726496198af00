package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.ExecForm;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A [Form] with what is needed to write it.
record OpcodeForm(OpcodeMapSpec spec, Form form, Function<String, @Nullable Meaning> methods) implements ExecForm {

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
        return form.row().assembly();
    }

    @Override
    public String key() {
        return form.key(spec.conditions());
    }

    @Override
    public String shape() {
        return form.shape(spec.conditions());
    }

    @Override
    public @Nullable ExecForm quiet() {
        return isVariant() || !form.mayBeQuiet() ? null : with(form.quietly());
    }

    @Override
    public List<? extends ExecForm> fused() {
        if (isVariant() || !form.mayBeFused(spec.fused())) {
            return List.of();
        }
        return IntStream.range(0, spec.conditions().size())
                .mapToObj(condition -> with(form.fusedWith(condition)))
                .toList();
    }

    private boolean isVariant() {
        return form.quiet() || isFused();
    }

    private OpcodeForm with(Form variant) {
        return new OpcodeForm(spec, variant, methods);
    }

    @Override
    public boolean mayBePaired() {
        return form.mayBePaired();
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
        return form.flagUse(spec.keepsCarry());
    }

    @Override
    public Parent parent() {
        if (form.row().branches()) {
            String condition = form.row().isCondition() ? "insn.condition" : "NO_CONDITION";
            return new Parent("BranchNode", "insn.pc, next, insn.target, " + condition);
        }
        return form.addresses()
                ? new Parent(spec.name() + "MemoryNode", "insn, next")
                : new Parent("Node", "insn.pc, next");
    }

    @Override
    public NodeBody body(Part part) {
        return FormWriter.body(new FormPlan(spec, form, methods), part);
    }
}
