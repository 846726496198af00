package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.NodeBody;
import faultline.core.isa.processor.form.Part;
import java.util.Locale;

/// The fields of a node that hold its operands.
final class FormFields {

    private final FormPlan plan;
    private final NodeBody body;

    FormFields(FormPlan plan, NodeBody body) {
        this.plan = plan;
        this.body = body;
    }

    /// Says whose address is meant: that of this node or that of the node behind it.
    String owner() {
        if (body.part() != Part.SECOND) {
            return "";
        }
        String type = plan.spec.name() + "MemoryNode";
        return body.link(type + " alone", "(" + type + ") next") + ".";
    }

    String special() {
        return plan.form.addresses() ? owner() + "special" : body.field("int special", "insn.special");
    }

    String number(int index) {
        String letter = FormPlan.LETTERS.get(index).toUpperCase(Locale.ROOT);
        return body.field("int reg" + letter, "insn.reg[" + index + "]");
    }

    /// The index of a vector register's low half.
    String register(int index) {
        String letter = FormPlan.LETTERS.get(index).toUpperCase(Locale.ROOT);
        return body.field("int vec" + letter, "2 * insn.reg[" + index + "]");
    }

    String shift(int index) {
        String letter = FormPlan.LETTERS.get(index).toUpperCase(Locale.ROOT);
        return body.field("int shift" + letter, "insn.shift[" + index + "]");
    }

    String immediate(int index) {
        String letter = FormPlan.LETTERS.get(index).toUpperCase(Locale.ROOT);
        return body.field("long imm" + letter, "insn.imm[" + index + "]");
    }
}
