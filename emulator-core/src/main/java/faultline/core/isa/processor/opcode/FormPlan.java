package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a form does, before a line of it is written: the methods it calls, what they read, where
/// the results go.
final class FormPlan {

    static final List<String> LETTERS = List.of("a", "b", "c", "d");
    static final List<String> REGISTERS = List.of("AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI");
    static final List<String> LOW_BYTES = List.of("AL", "CL", "DL", "BL");

    final OpcodeMapSpec spec;
    final Form form;
    final Row row;
    final Effects effects;
    final Meaning main;
    final Function<String, @Nullable Meaning> methods;

    FormPlan(OpcodeMapSpec spec, Form form, Function<String, @Nullable Meaning> methods) {
        this.spec = spec;
        this.form = form;
        this.row = form.row();
        this.effects = row.effects();
        this.main = row.meaning();
        this.methods = methods;
    }

    /// Every method the row calls, the main one first.
    List<Meaning> called() {
        List<Meaning> called = new ArrayList<>();
        called.add(main);
        for (Effects.Further further : effects.further()) {
            called.add(method(further.method()));
            if (further.guard() != null) {
                called.add(method(further.guard()));
            }
        }
        if (effects.guard() != null) {
            called.add(method(effects.guard()));
        }
        Effects.FlagRecord record = effects.record();
        if (record != null && !form.quiet()) {
            for (String argument : new String[] {record.x(), record.y()}) {
                Meaning method = argument == null ? null : methods.apply(argument);
                if (method != null) {
                    called.add(method);
                }
            }
        }
        return called;
    }

    Meaning method(String name) {
        Meaning method = methods.apply(name);
        if (method == null) {
            throw new Refusal("method " + name + ": not in this class");
        }
        return method;
    }

    /// Names of values that the flag record takes without a method asking for them.
    List<String> flagOperands() {
        List<String> names = new ArrayList<>();
        Effects.FlagRecord record = effects.record();
        if (record == null || form.quiet()) {
            return names;
        }
        if (spec.keepsCarry().contains(record.kind())) {
            names.add("cf");
        }
        for (String argument : new String[] {record.x(), record.y()}) {
            if (argument != null && methods.apply(argument) == null) {
                names.add(argument);
            }
        }
        return names;
    }

    /// Whether some method takes the operand's value.
    boolean isRead(int operand) {
        String letter = LETTERS.get(operand);
        for (Meaning method : called()) {
            if (method.reads(letter) || method.reads(letter + "Lo") || method.reads(letter + "Hi")) {
                return true;
            }
        }
        return flagOperands().contains(letter);
    }

    int bitOperand() {
        return form.memory()
                        && !row.operands().isEmpty()
                        && row.operands().getFirst().size().equals("bit")
                ? 0
                : -1;
    }

    boolean readsOrWritesMemory() {
        for (int i = 0; i < row.operands().size(); i++) {
            if (form.inMemory(i) && (isRead(i) || i == 0 && writesMemory() || writesBack(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean writesBack(int operand) {
        return effects.further().stream().anyMatch(f -> f.to().equals(LETTERS.get(operand)));
    }

    boolean writesMemory() {
        int index = destinationIndex();
        return index >= 0 && form.inMemory(index);
    }

    int mainWidth() {
        Operand first = row.operands().getFirst();
        return first.isImmediate() || first.place() == 'J' || first.place() == 's' ? form.bits() : form.width(0);
    }

    /// The width of `rAX` and its like: that of the first operand.
    int registerWidth() {
        return row.operands().isEmpty() || mainWidth() == 0 ? form.bits() : mainWidth();
    }

    boolean isWide(String name) {
        int operand = LETTERS.indexOf(name);
        return operand >= 0 && operand < row.operands().size() && form.width(operand) == 128;
    }

    boolean isLanewise() {
        return main.parameters().stream().anyMatch(p -> isWide(p.name()));
    }

    @Nullable
    Operand destinationOperand() {
        int index = destinationIndex();
        return index < 0 ? null : row.operands().get(index);
    }

    int destinationIndex() {
        if (main.isVoid() || main.isBoolean()) {
            return -1;
        }
        String to = effects.destination();
        int index = to == null ? 0 : LETTERS.indexOf(to);
        return index < row.operands().size() ? index : -1;
    }

    boolean destinationIsString() {
        Operand operand = destinationOperand();
        return operand != null && operand.isString();
    }

    int destinationWidth() {
        int index = destinationIndex();
        if (index >= 0) {
            Operand operand = row.operands().get(index);
            if (operand.isVector() && !form.inMemory(index) && operand.size().equals("d")) {
                return 32;
            }
            return form.width(index) == 0 ? 64 : form.width(index);
        }
        String to = effects.destination();
        if (to == null || to.equals("flags") || to.equals("rIP")) {
            return 64;
        }
        if (to.equals("none")) {
            return row.operands().isEmpty() ? form.bits() : form.width(0) == 0 ? 64 : form.width(0);
        }
        return namedWidth(to);
    }

    int namedWidth(String name) {
        if (LOW_BYTES.contains(name) || name.equals("AH")) {
            return 8;
        }
        if (REGISTERS.contains(name)) {
            return 16;
        }
        return switch (name.charAt(0)) {
            case 'R' -> 64;
            case 'E' -> 32;
            default -> registerWidth();
        };
    }
}
