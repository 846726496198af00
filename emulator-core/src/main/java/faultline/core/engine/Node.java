package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

/// One decoded instruction: its operands in fields, its effect in [#exec].
///
/// There is one final class per form of instruction, generated from the instruction tables, and one
/// object per instruction of a page; docs/interpreter.md has the measurements behind that shape.
/// Links stay inside a page, so that dropping the page drops them all. Fields are final: nodes
/// reach other vCPUs through data races.
public abstract class Node {

    /// Nodes looked at for one that overwrites flags: most blocks are shorter.
    private static final int LOOK_AHEAD = 8;

    /// The instruction's address.
    public final long pc;

    /// The instruction behind it; null only in nodes of the engine's own, which do not fall
    /// through.
    public final @Nullable Node next;

    protected Node(long pc, @Nullable Node next) {
        this.pc = pc;
        this.next = next;
    }

    /// Executes the instruction and returns the one to execute next, or null with `cpu.pc` set when
    /// the dispatcher has to find it. Throws a fault or trap having changed nothing (I1).
    public abstract @Nullable Node exec(Cpu cpu, Mem mem);

    /// The address of the instruction that has just faulted or trapped: nodes that execute two know
    /// which.
    public long faultPc(Cpu cpu) {
        return pc;
    }

    /// What the flags are to a node: they may be seen, by it or by a handler of its fault or trap.
    public static final int OBSERVES_FLAGS = 0;

    /// Neither reads nor writes them, and neither leaves nor faults.
    public static final int IGNORES_FLAGS = 1;

    /// Writes all of them without having looked, and cannot fault.
    public static final int OVERWRITES_FLAGS = 2;

    /// One of the constants above.
    public int flagUse() {
        return OBSERVES_FLAGS;
    }

    /// Whether flags set before this node are overwritten before anything can see them.
    public final boolean overwritesFlags() {
        Node node = this;
        int use = flagUse();
        for (int i = 0; use == IGNORES_FLAGS && i < LOOK_AHEAD && node.next != null; i++) {
            node = node.next;
            use = node.flagUse();
        }
        return use == OVERWRITES_FLAGS;
    }

    /// A taken branch to anywhere: counts the budget down and finds the decoded instruction at
    /// `to`.
    protected static @Nullable Node jump(Cpu cpu, Mem mem, long to) {
        if (--cpu.budget >= 0) {
            Node node = CodePage.find(mem, to);
            if (node != null) {
                return node;
            }
        }
        cpu.pc = to;
        return null;
    }

    /// Executes this instruction again, as a repeated string instruction does: a taken branch to
    /// itself.
    protected final @Nullable Node again(Cpu cpu) {
        if (--cpu.budget >= 0) {
            return this;
        }
        cpu.pc = pc;
        return null;
    }

    /// Leaves to the kernel's system-call entry; the instruction behind this one is next.
    protected static @Nullable Node systemCall(Cpu cpu, long end) {
        cpu.pc = end;
        cpu.systemCall = true;
        return null;
    }
}
