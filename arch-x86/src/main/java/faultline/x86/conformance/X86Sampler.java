package faultline.x86.conformance;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.Sampler;
import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import java.util.HashMap;
import java.util.Map;

/// Random cases of x86-64: of a row by [RowCase], of bytes by [ByteCase].
final class X86Sampler implements Sampler {

    private final RandomSource random;
    private final ByteCase bytes;
    private final Map<InsnTable.Row, RowEncoding> encodings = new HashMap<>();

    X86Sampler(RandomSource random) {
        this.random = random;
        bytes = new ByteCase(random);
    }

    @Override
    public void sample(InsnTable.Row row, TestVector to) {
        new RowCase(encodings.computeIfAbsent(row, RowEncoding::new), random, to).make();
    }

    @Override
    public boolean sampleBytes(TestVector to) {
        return bytes.make(to);
    }
}
