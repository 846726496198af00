package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One exec form: a row with the values of its expanded fields.
///
/// @param constants by field
/// @param special whether its address is based on the special register of its file
/// @param fused the condition of the branch behind it, or -1
record Form(WordSpec spec, Row row, Map<String, Integer> constants, boolean special, boolean quiet, int fused) {

    Form quietly() {
        return new Form(spec, row, constants, special, true, -1);
    }

    Form fusedWith(int condition) {
        return new Form(spec, row, constants, special, false, condition);
    }

    /// How wide the instruction's operands are.
    int bits() {
        return constants.getOrDefault(spec.width(), 1) == 0 ? 32 : 64;
    }

    /// How wide the register is that an operand or a field names.
    int width(String field) {
        Assembly.Operand operand = row.assembly().operand(field);
        if (operand != null && operand.chosen() != null) {
            return operand.chosen()
                    .widths()
                    .get(constants.getOrDefault(String.valueOf(operand.chosen().chooser()), 0));
        }
        int width = operand == null ? 0 : operand.width();
        if (width != 0) {
            return width;
        }
        File file = file(field);
        if (file != null && file.bits() != 0) {
            return file.bits();
        }
        if (file != null && file.halves()) {
            return constants.getOrDefault(spec.vectorWidth(), 1) == 0 ? 64 : 128;
        }
        return bits();
    }

    /// The file of the register that a field numbers, or null where it is a number.
    @Nullable
    File file(String field) {
        Assembly.Operand operand = row.assembly().operand(field);
        return operand == null ? spec.file(field) : operand.file();
    }

    /// Whether an operand is the base of an address and known to be the special register.
    boolean isSpecialBase(Assembly.Operand operand) {
        return special && operand.equals(row.specialBase());
    }

    /// The name of its class within its meaning: operands with their widths, constants.
    String shape() {
        StringBuilder name = new StringBuilder(quiet ? "Quiet" : "");
        for (Assembly.Operand operand : row.assembly().operands()) {
            File file = operand.file();
            if (file == null) {
                boolean plain = operand.field().equals(Row.TARGET) || constants.containsKey(operand.field());
                name.append(plain ? "" : "I");
            } else {
                name.append(letters(operand, file));
            }
        }
        constants.forEach((field, value) -> {
            if (field.equals(Row.CONDITION) && !spec.conditions().isEmpty()) {
                String condition = spec.conditions().get(value);
                name.append(Character.toUpperCase(condition.charAt(0))).append(condition.substring(1));
            } else if (spec.expanded().contains(field)) {
                name.append(Character.toUpperCase(field.charAt(0)))
                        .append(field.substring(1))
                        .append(value);
            }
        });
        if (fused >= 0) {
            name.append('J').append(spec.conditions().get(fused));
        }
        return name.isEmpty() ? "Plain" : name.toString();
    }

    /// `X64`, or `M` in an address; of a special base its file's suffix.
    private String letters(Assembly.Operand operand, File file) {
        if (isSpecialBase(operand)) {
            String suffix = operand.name().substring(operand.name().indexOf('|') + 1);
            return Character.toUpperCase(suffix.charAt(0)) + suffix.substring(1);
        }
        return operand.address() ? "M" : Character.toUpperCase(file.array().charAt(0)) + "" + width(operand.field());
    }

    /// Whether executing it may end in a page fault or an exception.
    boolean mayFault() {
        Meaning main = row.meaning();
        return special
                || main.touchesMemory()
                || row.atomicWidth() != 0
                || row.effects().has("traps")
                || main.isOpaque();
    }

    /// Whether it does everything once and leads to the instruction behind.
    boolean goesOn() {
        return !row.meaning().isOpaque()
                && !row.branches()
                && !row.effects().has("ends")
                && !row.effects().has("syscall")
                && !"pc".equals(row.effects().destination());
    }

    /// Whether a pure method and the further effects say all about a branch.
    boolean isPureBranch() {
        Effects effects = row.effects();
        return !row.meaning().isOpaque()
                && (row.branches() || "pc".equals(effects.destination()))
                && effects.guard() == null
                && !effects.has("ends")
                && !effects.has("syscall");
    }
}
