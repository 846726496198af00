package faultline.x86.conformance;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestVector;
import java.io.ByteArrayOutputStream;

/// One execution within a [BulkProgram]: its code, its operands, and the same alone.
interface BulkKernel {

    /// Writes the code of execution number `index`, whose record is at `[rbx + displacement]`.
    void emit(ByteArrayOutputStream out, int index, int displacement);

    /// Fills a record with operands and a control register.
    void operands(RandomSource random, byte[] records, int at);

    /// Makes a vector of the operation alone, its operands in registers; `displacement` is the
    /// record's.
    void alone(byte[] records, int index, int displacement, TestVector vector);
}
