package faultline.x86.insn;

import faultline.core.testing.DisassemblySurveyContract;
import java.util.stream.Stream;

/// Every seventeenth of the systematic strings, and random ones.
class DisassemblySurveyTest extends DisassemblySurveyContract {

    private static final long SEED = 20;
    private static final int STRIDE = 17;
    private static final int RANDOM = 20_000;

    DisassemblySurveyTest() {
        super(X86Survey.port());
    }

    @Override
    protected Stream<byte[]> samples() {
        Samples samples = new Samples(SEED);
        int[] count = new int[1];
        return Stream.of(
                        samples.systematic().filter(_ -> count[0]++ % STRIDE == 0),
                        samples.systematicVex(1),
                        samples.structured(RANDOM),
                        samples.uniform(RANDOM))
                .flatMap(kind -> kind);
    }
}
