package faultline.core.isa;

import faultline.core.engine.BranchNode;
import faultline.core.engine.Decoded;
import faultline.core.engine.Decoder;
import faultline.core.engine.Node;
import org.jspecify.annotations.Nullable;

/// The half of a generated decoder that is the same in every notation: nodes by form, and the
/// variant of a form that suits what follows.
public abstract class FormDecoder<I extends FormInsn> implements Decoder {

    /// Makes the node of a form.
    protected abstract Node make(int form, I insn, Node next);

    /// The variant of a form that records no flags, or 0.
    protected abstract int quiet(int form);

    /// The first of the variants of a form that are fused with a conditional branch behind it, or
    /// 0.
    protected abstract int fused(int form);

    /// The pair of two forms, or 0.
    protected abstract int pair(int first, int second);

    /// Makes the node of a pair; `next` is the node of the second instruction alone.
    protected abstract Node makePair(int pair, I insn, I second, Node next);

    @Override
    public abstract I scratch();

    @Override
    @SuppressWarnings("unchecked")
    public final Node node(Decoded from, @Nullable Decoded behind, Node next) {
        // Whoever decodes decodes into what scratch() returned.
        I insn = (I) from;
        insn.variant = variant(insn.form, next);
        I second = (I) behind;
        int pair = second == null ? 0 : pair(insn.variant, second.variant);
        return second == null || pair == 0 ? make(insn.variant, insn, next) : makePair(pair, insn, second, next);
    }

    private int variant(int form, Node next) {
        if (next instanceof BranchNode branch && branch.condition != BranchNode.NO_CONDITION) {
            int fused = fused(form);
            return fused == 0 ? form : fused + branch.condition;
        }
        int quiet = next.overwritesFlags() ? quiet(form) : 0;
        return quiet == 0 ? form : quiet;
    }
}
