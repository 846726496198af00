package faultline.core.isa.processor.form;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One exec form: what becomes a class of its own.
///
/// A *quiet* form leaves out the flag record, for when the next instruction overwrites it unseen. A
/// *fused* one is a comparison together with the conditional branch behind it.
public interface ExecForm {

    DescribedRow row();

    /// The assembly column of the row.
    String assembly();

    /// Forms with equal keys are one class.
    String key();

    /// The shape of the operands, which names the class within its meaning.
    String shape();

    /// Whether this is a quiet form.
    boolean isQuiet();

    /// Whether this is a fused form.
    boolean isFused();

    /// Whether the row has a quiet variant.
    boolean mayBeQuiet();

    /// Whether the row has fused variants.
    boolean mayBeFused();

    /// The variant that records no flags.
    ExecForm quietly();

    /// The variant fused with a branch on a condition, by its number.
    ExecForm fusedWith(int condition);

    /// How many conditions there are.
    int conditions();

    default Meaning meaning() {
        return row().meaning();
    }

    /// The variant that records no flags, or null; a variant has none.
    default @Nullable ExecForm quiet() {
        return isQuiet() || isFused() || !mayBeQuiet() ? null : quietly();
    }

    /// The variants fused with a branch behind it, one for each condition; empty if there are none.
    default List<ExecForm> fused() {
        return isQuiet() || isFused() || !mayBeFused()
                ? List.of()
                : IntStream.range(0, conditions()).mapToObj(this::fusedWith).toList();
    }

    /// Whether it can be the first half of a pair: it does everything once and leads to the instruction behind.
    boolean mayBeginPair();

    /// Whether it can be the second half of a pair: it may branch, too.
    boolean mayEndPair();

    /// Whether executing it may end in a page fault or an exception.
    boolean mayFault();

    /// What the flags are to this form, as [faultline.core.engine.Node] calls it; null says that
    /// they may be seen.
    @Nullable
    String flagUse();

    /// The class that its class extends, alone or as the first half of a pair, and the arguments of
    /// that one's constructor.
    Parent parent();

    /// The statements, whole or as one half of a pair. Throws [Refusal].
    NodeBody body(Part part);

    /// A class that generated nodes extend, and the arguments of its constructor.
    record Parent(String name, String arguments) {}
}
