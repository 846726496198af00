package faultline.arm64.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.testing.CorpusContract;
import org.junit.jupiter.api.Test;

class CorpusTest extends CorpusContract {

    CorpusTest() {
        super(new Arm64Conformance());
    }

    @Test
    void filesHoldSignalsOfEveryKind() {
        assertThat(outcomes("sig")).contains(0L, 4L, 5L, 11L);
    }
}
