package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One exec form: a row at one operand size, with its operand in registers or memory, plain or
/// locked.
///
/// A *quiet* form leaves out the flag record, for when the next instruction overwrites it unseen. A
/// *fused* one (`fused` is the condition, else -1) is a comparison together with the conditional
/// branch behind it.
record Form(Row row, int bits, boolean memory, boolean locked, int condition, boolean quiet, int fused) {

    private static final Set<String> FLAG_PARAMETERS = Set.of("cf", "cond", "flags", "rflags");

    Form(Row row, int bits, boolean memory, boolean locked, int condition) {
        this(row, bits, memory, locked, condition, false, -1);
    }

    Form quietly() {
        return new Form(row, bits, memory, locked, condition, true, -1);
    }

    Form fusedWith(int branch) {
        return new Form(row, bits, memory, locked, condition, false, branch);
    }

    /// Whether there is a quiet variant. It may fault: then the flags are still those from before.
    boolean mayBeQuiet() {
        Effects effects = row.effects();
        return effects.record() != null
                && !locked
                && !row.repeats()
                && !"none".equals(effects.destination())
                && !row.meaning().isOpaque()
                && row.operands().stream().noneMatch(o -> o.isString() || o.isVector() || o.isMmx() || o.place() == 'J')
                && width(0) >= 32;
    }

    /// Whether there is a variant for each condition of a branch behind it: comparisons, and the
    /// register forms of the meanings named.
    boolean mayBeFused(Set<String> meanings) {
        Effects effects = row.effects();
        return effects.record() != null
                && effects.further().isEmpty()
                && !row.repeats()
                && row.operands().stream().noneMatch(o -> o.isVector() || o.isMmx())
                && width(0) != 16
                && ("none".equals(effects.destination())
                        || !memory && meanings.contains(row.meaning().name()));
    }

    /// Whether executing it may end in a page fault or an exception.
    boolean mayFault() {
        return accessesMemory() || mayThrow() || row.meaning().reads("unit");
    }

    /// Whether it can be the first half of a pair: it does one thing and goes on behind it.
    boolean mayBeginPair() {
        return goesOn() && !locked && !row.branches() && !row.effects().has("ends");
    }

    /// Whether a pure method and the further effects say all about a branch.
    boolean isPureBranch() {
        Effects effects = row.effects();
        return !row.meaning().isOpaque()
                && (row.branches() || "rIP".equals(effects.destination()))
                && !row.repeats()
                && !effects.has("ends")
                && !effects.has("syscall");
    }

    /// Whether a pure method does everything once and leads to the instruction behind.
    private boolean goesOn() {
        Effects effects = row.effects();
        Meaning main = row.meaning();
        return !main.isOpaque()
                && !main.isBoolean()
                && !row.repeats()
                && !effects.has("syscall")
                && !"rIP".equals(effects.destination())
                && row.operands().stream().noneMatch(o -> o.isString() || o.place() == 'x' || o.place() == 'J');
    }

    private boolean accessesMemory() {
        Meaning main = row.meaning();
        boolean onlyAddress = main.reads("ea") && !main.touchesMemory() && !main.isOpaque();
        return main.touchesMemory() || addresses() && !onlyAddress;
    }

    /// What the flags are to this form, as [faultline.core.engine.Node] calls it; null says that
    /// they may be seen.
    @Nullable
    String flagUse(Set<String> keepsCarry) {
        Effects effects = row.effects();
        Meaning main = row.meaning();
        boolean plain = goesOn()
                && !accessesMemory()
                && effects.further().isEmpty()
                && !"flags".equals(effects.destination())
                && !main.isVoid()
                && !main.reads("unit")
                && row.operands().stream().noneMatch(Operand::isMmx)
                && FLAG_PARAMETERS.stream().noneMatch(main::reads);
        if (!plain || mayThrow()) {
            return null;
        }
        if (effects.record() == null || quiet) {
            return "IGNORES_FLAGS";
        }
        return effects.record().ifCounted()
                        || keepsCarry.contains(effects.record().kind())
                ? null
                : "OVERWRITES_FLAGS";
    }

    /// Whether the method may raise an exception: only those that the processor knows not to are
    /// trusted, because they have a record or are a move.
    private boolean mayThrow() {
        return row.effects().record() == null
                && row.operands().stream()
                        .anyMatch(o -> !o.isGeneralRegister(memory) && !o.isImmediate() && !o.inMemory(memory));
    }

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
        if (quiet) {
            name.append("Quiet");
        }
        boolean sized = false;
        for (Operand operand : row.operands()) {
            name.append(operand.shape(bits, memory));
            sized |= operand.width(bits) != 0;
        }
        if (!sized && condition < 0 && sizeMatters()) {
            name.append("Any").append(bits);
        }
        if (fused >= 0) {
            name.append('J').append(conditions.get(fused));
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
                + row.effectsKey();
    }

    private String bitsKey() {
        return sizeMatters() ? String.valueOf(bits) : "";
    }

    /// Whether an operand is in an MMX register.
    boolean usesMmx() {
        return row.operands().stream().anyMatch(o -> o.isMmx() && !o.inMemory(memory));
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
