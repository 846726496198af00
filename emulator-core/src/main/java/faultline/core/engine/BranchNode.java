package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

/// A branch to a known address. A target in the same page is linked when the branch is first taken.
public abstract class BranchNode extends Node {

    /// Branches whatever the flags are.
    public static final int NO_CONDITION = -1;

    protected final long target;

    /// The number of the flag condition it tests, by which a comparison before it may be fused with it.
    public final int condition;

    /// The node at `target` once known, if it belongs to the same [CodePage]. Written through a data race: every
    /// writer writes the same node, whose fields are final.
    private @Nullable Node link;

    protected BranchNode(long pc, Node next, long target, int condition) {
        super(pc, next);
        this.target = target;
        this.condition = condition;
    }

    /// The branch is taken.
    public final @Nullable Node taken(Cpu cpu, Mem mem) {
        if (--cpu.budget >= 0) {
            Node to = link;
            if (to != null) {
                return to;
            }
            to = find(mem);
            if (to != null) {
                return to;
            }
        }
        cpu.pc = target;
        return null;
    }

    /// Looks the target up, and links it if this node and the target are in one page that is still current.
    private @Nullable Node find(Mem mem) {
        CodePage page = CodePage.of(mem, target);
        if (page == null) {
            return null;
        }
        Node to = page.at(target);
        if (to != null && page.covers(pc) && page.at(pc) == this) {
            link = to;
        }
        return to;
    }
}
