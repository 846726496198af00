package faultline.core.cpu;

/// Thrown, without a stack trace, by an instruction that raises an exception other than a page fault: divide
/// error, undefined opcode, breakpoint, misaligned operand.
///
/// Architectures make one constant per exception; `vector` and `code` are the manual's numbers.
public final class GuestTrap extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int vector;
    private final long code;
    private final boolean afterInstruction;

    /// An exception that reports the instruction that raised it: the manuals' *fault*.
    public GuestTrap(String name, int vector, long code) {
        this(name, vector, code, false);
    }

    /// With `afterInstruction`, an exception that reports the instruction behind the one that raised it, which has
    /// completed: what x86 calls a *trap* (breakpoints, single step).
    public GuestTrap(String name, int vector, long code, boolean afterInstruction) {
        super(name, null, false, false);
        this.vector = vector;
        this.code = code;
        this.afterInstruction = afterInstruction;
    }

    /// Whether `pc` is left behind the instruction.
    public boolean afterInstruction() {
        return afterInstruction;
    }

    /// The architecture's exception number.
    public int vector() {
        return vector;
    }

    /// The error code the hardware would push or latch; 0 where it has none.
    public long code() {
        return code;
    }
}
