package faultline.core.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// 128-bit numbers by halves against numbers of any size.
class QuadwordsTest {

    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    private final Random random = new Random(1);

    /// Random bits, or many equal ones: carries go far.
    private long half() {
        return switch (random.nextInt(4)) {
            case 0 -> -1;
            case 1 -> 0;
            default -> random.nextLong();
        };
    }

    private static BigInteger number(long low, long high) {
        return unsigned(high).shiftLeft(64).add(unsigned(low));
    }

    private static BigInteger unsigned(long half) {
        return new BigInteger(Long.toUnsignedString(half));
    }

    @Test
    void sumsAndTheirCarriesAreThoseOfNumbers() {
        for (int round = 0; round < 10_000; round++) {
            long aLo = half();
            long aHi = half();
            long bLo = half();
            long bHi = half();
            long in = random.nextInt(2);
            BigInteger sum = number(aLo, aHi).add(number(bLo, bHi)).add(BigInteger.valueOf(in));
            assertThat(number(Quadwords.sum(aLo, aHi, bLo, bHi, in, 0), Quadwords.sum(aLo, aHi, bLo, bHi, in, 1)))
                    .isEqualTo(sum.mod(MODULUS));
            assertThat(Quadwords.carry(aLo, aHi, bLo, bHi, in))
                    .isEqualTo(sum.shiftRight(128).longValue());
        }
    }

    @Test
    void shiftsAreThoseOfNumbers() {
        for (int bits = 0; bits < 128; bits++) {
            long low = random.nextLong();
            long high = random.nextLong();
            BigInteger number = number(low, high);
            assertThat(number(Quadwords.shiftedLeft(low, high, bits, 0), Quadwords.shiftedLeft(low, high, bits, 1)))
                    .isEqualTo(number.shiftLeft(bits).mod(MODULUS));
            assertThat(number(Quadwords.shiftedRight(low, high, bits, 0), Quadwords.shiftedRight(low, high, bits, 1)))
                    .isEqualTo(number.shiftRight(bits));
        }
    }

    @Test
    void aWindowLooksAtTwoNumbers() {
        for (int bits = 0; bits < 128; bits++) {
            long aLo = random.nextLong();
            long aHi = random.nextLong();
            long bLo = random.nextLong();
            long bHi = random.nextLong();
            BigInteger both = number(aLo, aHi).shiftLeft(128).add(number(bLo, bHi));
            assertThat(number(
                            Quadwords.window(aLo, aHi, bLo, bHi, bits, 0),
                            Quadwords.window(aLo, aHi, bLo, bHi, bits, 1)))
                    .isEqualTo(both.shiftRight(128 - bits).mod(MODULUS));
        }
    }
}
