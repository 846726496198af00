package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import org.jspecify.annotations.Nullable;

/// One decoded instruction: its operands in fields, its effect in [#exec].
///
/// There is one final class per form of instruction, generated from the instruction tables, and one object per
/// instruction of a page; docs/interpreter.md has the measurements behind that shape. Links stay inside a page, so
/// that dropping the page drops them all. Fields are final: nodes reach other vCPUs through data races.
public abstract class Node {

    /// The instruction's address.
    public final long pc;

    /// The instruction behind it.
    protected final Node next;

    protected Node(long pc, @Nullable Node next) {
        this.pc = pc;
        this.next = next == null ? this : next;
    }

    /// Executes the instruction and returns the one to execute next, or null with `cpu.pc` set when the dispatcher
    /// has to find it. Throws a fault or trap having changed nothing (I1).
    public abstract @Nullable Node exec(Cpu cpu, Mem mem);
}
