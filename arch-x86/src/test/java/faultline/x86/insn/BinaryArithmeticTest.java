package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.x86.cpu.X86Trap;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Divisions of 128 bits against arbitrary-precision arithmetic; all else is in the vectors of the host's CPU.
class BinaryArithmeticTest {

    private static final int ROUNDS = 200_000;
    private static final BigInteger TWO_64 = BigInteger.TWO.pow(64);

    private final SplittableRandom random = new SplittableRandom(42);

    @Test
    void unsignedDivisionOf128BitsIsExact() {
        for (int i = 0; i < ROUNDS; i++) {
            long high = number();
            long low = number();
            long divisor = number();
            if (Long.compareUnsigned(high, divisor) >= 0) {
                assertThatThrownBy(() -> BinaryArithmetic.div(high, low, divisor, 64))
                        .isSameAs(X86Trap.DE);
                continue;
            }
            BigInteger[] expected = unsigned(high, low).divideAndRemainder(unsigned(0, divisor));
            assertThat(BinaryArithmetic.div(high, low, divisor, 64)).isEqualTo(expected[0].longValue());
            assertThat(BinaryArithmetic.remainder(high, low, divisor, 64)).isEqualTo(expected[1].longValue());
        }
    }

    @Test
    void signedDivisionOf128BitsIsExactOrRaisesDivideError() {
        int quotients = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long divisor = number();
            long high = random.nextBoolean() ? number() >> random.nextInt(64) : divisor >> 1 + random.nextInt(4);
            long low = number();
            if (divisor == 0) {
                assertThatThrownBy(() -> BinaryArithmetic.idiv(high, low, 0, 64))
                        .isSameAs(X86Trap.DE);
                continue;
            }
            BigInteger dividend = BigInteger.valueOf(high).multiply(TWO_64).add(unsigned(0, low));
            BigInteger[] expected = dividend.divideAndRemainder(BigInteger.valueOf(divisor));
            if (expected[0].bitLength() > 63) {
                assertThatThrownBy(() -> BinaryArithmetic.idiv(high, low, divisor, 64))
                        .isSameAs(X86Trap.DE);
                continue;
            }
            quotients++;
            assertThat(BinaryArithmetic.idiv(high, low, divisor, 64)).isEqualTo(expected[0].longValue());
            assertThat(BinaryArithmetic.signedRemainder(high, low, divisor, 64)).isEqualTo(expected[1].longValue());
        }
        assertThat(quotients).isGreaterThan(ROUNDS / 10);
    }

    @Test
    void smallestDividendByMinusOneRaisesDivideErrorAtEveryWidth() {
        assertThatThrownBy(() -> BinaryArithmetic.idiv(-1, Long.MIN_VALUE, -1, 64))
                .isSameAs(X86Trap.DE);
        assertThatThrownBy(() -> BinaryArithmetic.idiv(-1, Integer.MIN_VALUE, -1, 32))
                .isSameAs(X86Trap.DE);
        assertThatThrownBy(() -> BinaryArithmetic.idiv(-1, Short.MIN_VALUE, -1, 16))
                .isSameAs(X86Trap.DE);
        assertThatThrownBy(() -> BinaryArithmetic.idivByte(-128, -1)).isSameAs(X86Trap.DE);
    }

    /// Numbers of every magnitude, with runs of ones and zeros.
    private long number() {
        long value = random.nextLong();
        return switch (random.nextInt(4)) {
            case 0 -> value >>> random.nextInt(64);
            case 1 -> -1L << random.nextInt(64);
            case 2 -> ~(value >>> random.nextInt(64));
            default -> value;
        };
    }

    private static BigInteger unsigned(long high, long low) {
        return new BigInteger(Long.toUnsignedString(high))
                .multiply(TWO_64)
                .add(new BigInteger(Long.toUnsignedString(low)));
    }
}
