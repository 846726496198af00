package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.NodeBody;

/// Writes how the effective address is formed.
final class AddressWriter {

    private final FormPlan plan;
    private final FormFields fields;
    private final ValueWriter values;
    private final NodeBody body;

    AddressWriter(FormPlan plan, FormFields fields, ValueWriter values, NodeBody body) {
        this.plan = plan;
        this.fields = fields;
        this.values = values;
        this.body = body;
    }

    void address(Meaning method) {
        boolean used = plan.form.addresses() && !body.isLocal("ea");
        if (!used) {
            return;
        }
        boolean reads = method.reads("ea") || method.reads("mem") || plan.readsOrWritesMemory();
        if (!reads) {
            return;
        }
        body.declare("ea");
        boolean offsetOnly = method.reads("ea") && !method.touchesMemory() && !method.isOpaque();
        String ea = fields.owner() + (offsetOnly ? "offset(cpu)" : "ea(cpu)");
        int bit = plan.bitOperand();
        if (bit >= 0) {
            values.need("b");
            int shift = plan.form.width(0) == 16 ? 4 : plan.form.width(0) == 32 ? 5 : 6;
            String moved = fields.owner() + "offset(cpu) + (b >> " + shift + " << " + (shift - 3) + ")";
            ea = plan.spec.glueName() + ".override(cpu, " + moved + ", " + fields.special() + ")";
        }
        body.line("long ea = " + ea + ";");
    }
}
