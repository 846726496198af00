package faultline.core.cpu;

/// Thrown, without a stack trace, by an instruction that raises an exception other than a page fault: divide
/// error, undefined opcode, breakpoint, misaligned operand.
///
/// Architectures make one constant per exception; `vector` and `code` are the manual's numbers.
public final class GuestTrap extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int vector;
    private final long code;

    public GuestTrap(String name, int vector, long code) {
        super(name, null, false, false);
        this.vector = vector;
        this.code = code;
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
