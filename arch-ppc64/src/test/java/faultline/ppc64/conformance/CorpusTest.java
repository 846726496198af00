package faultline.ppc64.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.testing.CorpusContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CorpusTest {

    @Nested
    class LittleEndian extends CorpusContract {

        LittleEndian() {
            super(new Ppc64Conformance.LittleEndian());
        }

        @Test
        void filesHoldSignalsOfEveryKind() {
            assertThat(outcomes("sig")).contains(0L, 4L, 5L, 8L, 11L);
        }
    }

    @Nested
    class BigEndian extends CorpusContract {

        BigEndian() {
            super(new Ppc64Conformance.BigEndian());
        }
    }
}
