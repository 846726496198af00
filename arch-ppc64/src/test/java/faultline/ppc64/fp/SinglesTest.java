package faultline.ppc64.fp;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.RandomSource;
import org.junit.jupiter.api.Test;

class SinglesTest {

    private static final int ROUNDS = 100_000;

    @Test
    void everySingleComesBackFromItsDouble() {
        RandomSource random = new RandomSource(1);
        for (int i = 0; i < ROUNDS; i++) {
            int single = (int) HardFloats.SINGLE.one(random);
            assertThat(Singles.toSingle(Singles.toDouble(single))).isEqualTo(single);
        }
    }

    @Test
    void theDoubleIsTheSameNumber() {
        RandomSource random = new RandomSource(2);
        for (int i = 0; i < ROUNDS; i++) {
            float single = Float.intBitsToFloat((int) HardFloats.SINGLE.one(random));
            if (!Float.isNaN(single)) {
                assertThat(Singles.toDouble(Float.floatToRawIntBits(single)))
                        .isEqualTo(Double.doubleToRawLongBits(single));
            }
        }
    }

    @Test
    void signallingNansStaySo() {
        assertThat(Singles.toDouble(0xff800001)).isEqualTo(0xfff0000020000000L);
    }

    @Test
    void whatIsBelowADenormalLosesBits() {
        assertThat(Singles.toSingle(Double.doubleToRawLongBits(-0x1.fffffp-148)))
                .isEqualTo(0x80000003);
        assertThat(Singles.toSingle(Double.doubleToRawLongBits(0x1p-150))).isZero();
    }
}
