package faultline.ppc64.conformance;

import faultline.core.testing.DisassemblySurveyContract;
import java.util.stream.Stream;

class DisassemblySurveyTest extends DisassemblySurveyContract {

    private static final long SEED = 20;
    private static final int WORDS = 40_000;

    DisassemblySurveyTest() {
        super(Ppc64Survey.port());
    }

    @Override
    protected Stream<byte[]> samples() {
        return Ppc64Survey.words(WORDS, SEED);
    }
}
