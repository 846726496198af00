package faultline.core.conformance;

/// A floating-point operation of which one vector executes many, each with operands, rounding and
/// flags of its own: the code loads them from memory and stores result and flags there.
public interface BulkOperation {

    /// The operation's name: its mnemonic, and the operand's width where that decides.
    String name();

    /// How many results one vector yields: executions times lanes.
    int casesInVector();

    /// Makes a vector with fresh operands. The code is the same every time.
    void fill(RandomSource random, TestVector to);

    /// The vector that tries execution number `index` of one alone, its operands in registers.
    TestVector alone(TestVector bulk, int index);

    /// The execution to which a byte of memory belongs.
    int executionAt(long address);
}
