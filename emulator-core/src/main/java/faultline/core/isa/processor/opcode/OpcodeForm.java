package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.ExecForm;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A [Form] with what is needed to write it.
record OpcodeForm(OpcodeMapSpec spec, Form form, Function<String, @Nullable Meaning> methods) implements ExecForm {

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
    public boolean mayBeQuiet() {
        return form.mayBeQuiet();
    }

    @Override
    public boolean mayBeFused() {
        return form.mayBeFused(spec.fused());
    }

    @Override
    public ExecForm quietly() {
        return new OpcodeForm(spec, form.quietly(), methods);
    }

    @Override
    public ExecForm fusedWith(int condition) {
        return new OpcodeForm(spec, form.fusedWith(condition), methods);
    }

    @Override
    public int conditions() {
        return spec.conditions().size();
    }

    @Override
    public boolean mayBeginPair() {
        return form.mayBeginPair();
    }

    @Override
    public boolean mayEndPair() {
        return form.mayBeginPair() || form.isPureBranch();
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
