package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
/// Fills vectors with random cases: an encoding, and a state in which it is worth trying.

public interface Sampler {

    /// Makes a case of a row: registers, addressing form, prefixes and immediates are chosen, and
    /// state for them.
    void sample(InsnTable.Row row, TestVector to);

    /// Makes a case of random bytes. Returns false if the bytes must not be executed, such as a
    /// system call.
    boolean sampleBytes(TestVector to);
}
