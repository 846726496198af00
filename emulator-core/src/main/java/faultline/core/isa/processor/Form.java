package faultline.core.isa.processor;

import java.util.List;

/// One exec form: a row at one operand size, with its operand in registers or memory, plain or locked.
record Form(Row row, int bits, boolean memory, boolean locked, int condition) {

    /// The shape of the operands, which names the class within its meaning.
    String shape(List<String> conditions) {
        StringBuilder name = new StringBuilder();
        if (locked) {
            name.append("Lock");
        }
        if (condition >= 0) {
            String suffix = conditions.get(condition);
            name.append(Character.toUpperCase(suffix.charAt(0))).append(suffix.substring(1));
        }
        boolean sized = false;
        for (Operand operand : row.operands()) {
            name.append(operand.shape(bits, memory));
            sized |= operand.width(bits) != 0;
        }
        if (!sized && condition < 0 && sizeMatters()) {
            name.append("Any").append(bits);
        }
        return name.isEmpty() ? "Plain" : name.toString();
    }

    /// Whether the operand size changes what the row does although no operand has it.
    private boolean sizeMatters() {
        return row.branches() ? false : Sizes.of(row) != Sizes.NONE;
    }

    /// Forms with equal keys are one class.
    String key(List<String> conditions) {
        return row.meaning().owner() + "." + row.meaning().name() + " " + shape(conditions) + " " + bitsKey() + " "
                + row.effects().key();
    }

    private String bitsKey() {
        return sizeMatters() ? String.valueOf(bits) : "";
    }

    int width(int operand) {
        return row.operands().get(operand).width(bits);
    }

    boolean inMemory(int operand) {
        return row.operands().get(operand).inMemory(memory);
    }

    /// Whether any operand is addressed through ModRM or an offset.
    boolean addresses() {
        return row.operands().stream().anyMatch(o -> o.inMemory(memory));
    }
}
