package faultline.ppc64.insn;

import static faultline.ppc64.cpu.Ppc64State.EQ;
import static faultline.ppc64.cpu.Ppc64State.GT;
import static faultline.ppc64.cpu.Ppc64State.LT;
import static faultline.ppc64.cpu.Ppc64State.SO;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Packed decimals against numbers of any size.
class PackedDecimalTest {

    private static final BigInteger LIMIT = BigInteger.TEN.pow(31);

    /// A register's halves.
    private record Packed(long low, long high) {

        static Packed of(BigInteger number, char sign) {
            BigInteger nibbles = new BigInteger(number.abs() + String.valueOf(sign), 16);
            return new Packed(nibbles.longValue(), nibbles.shiftRight(64).longValue());
        }

        static Packed of(BigInteger number) {
            return of(number, number.signum() < 0 ? 'd' : 'c');
        }
    }

    private final Random random = new Random(1);

    private BigInteger number() {
        BigInteger digits = new BigInteger(104, random).mod(BigInteger.TEN.pow(1 + random.nextInt(31)));
        BigInteger number = random.nextInt(4) == 0 ? LIMIT.subtract(digits).mod(LIMIT) : digits;
        return random.nextBoolean() ? number : number.negate();
    }

    private static long order(BigInteger number) {
        return number.signum() < 0 ? LT : number.signum() > 0 ? GT : EQ;
    }

    private static Packed sum(Packed a, Packed b, int ps) {
        return new Packed(
                PackedDecimal.sum(a.low, a.high, b.low, b.high, ps, 0),
                PackedDecimal.sum(a.low, a.high, b.low, b.high, ps, 1));
    }

    private static long sumField(Packed a, Packed b) {
        return PackedDecimal.sum(a.low, a.high, b.low, b.high, 0, PackedDecimal.FIELD);
    }

    @Test
    void sumsAreThoseOfNumbers() {
        for (int round = 0; round < 20_000; round++) {
            BigInteger a = number();
            BigInteger b = random.nextInt(8) == 0 ? a.negate() : number();
            BigInteger sum = a.add(b);
            boolean overflows = sum.abs().compareTo(LIMIT) >= 0;
            assertThat(sum(Packed.of(a), Packed.of(b), 0))
                    .isEqualTo(Packed.of(sum.remainder(LIMIT), sum.signum() < 0 ? 'd' : 'c'));
            assertThat(sumField(Packed.of(a), Packed.of(b))).isEqualTo(order(sum) | (overflows ? SO : 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"a, false", "b, true", "c, false", "d, true", "e, false", "f, false"})
    void everySignCounts(char sign, boolean negative) {
        Packed one = Packed.of(BigInteger.ONE, sign);
        Packed two = Packed.of(BigInteger.TWO);
        assertThat(sum(one, two, 1)).isEqualTo(Packed.of(BigInteger.valueOf(negative ? 1 : 3), 'f'));
        long difference = PackedDecimal.negated(one.low);
        assertThat(sum(two, new Packed(difference, 0), 0)).isEqualTo(Packed.of(BigInteger.valueOf(negative ? 3 : 1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0, 0x19, 0xac, 0xa00000000000000cL, 0xfcL})
    void whatIsNoNumberIsSaidInTheField(long low) {
        Packed one = Packed.of(BigInteger.ONE);
        assertThat(sumField(one, new Packed(low, 0))).isEqualTo(SO);
        assertThat(sumField(new Packed(low, 0), one)).isEqualTo(SO);
    }

    @Test
    void quadwordsAreTheSameNumbers() {
        for (int round = 0; round < 20_000; round++) {
            BigInteger number = number();
            Packed packed = Packed.of(number);
            long low = number.longValue();
            long high = number.shiftRight(64).longValue();
            assertThat(PackedDecimal.quadword(packed.low, packed.high, 0)).isEqualTo(low);
            assertThat(PackedDecimal.quadword(packed.low, packed.high, 1)).isEqualTo(high);
            assertThat(PackedDecimal.ofQuadword(low, high, 0, 0)).isEqualTo(packed.low);
            assertThat(PackedDecimal.ofQuadword(low, high, 0, 1)).isEqualTo(packed.high);
            assertThat(PackedDecimal.ofQuadword(low, high, 0, PackedDecimal.FIELD))
                    .isEqualTo(order(number));
        }
    }

    @Test
    void aQuadwordOf32DigitsOverflows() {
        for (BigInteger number : new BigInteger[] {
            LIMIT, LIMIT.negate(), BigInteger.ONE.shiftLeft(127).negate()
        }) {
            long field = PackedDecimal.ofQuadword(
                    number.longValue(), number.shiftRight(64).longValue(), 0, PackedDecimal.FIELD);
            assertThat(field).isEqualTo(order(number) | SO);
        }
    }

    @Test
    void shiftsMultiplyAndDivideByPowersOfTen() {
        for (int round = 0; round < 20_000; round++) {
            BigInteger number = number();
            int count = random.nextInt(63) - 31;
            Packed packed = Packed.of(number);
            BigInteger power = BigInteger.TEN.pow(Math.abs(count));
            BigInteger wanted = count >= 0 ? number.multiply(power) : number.divide(power);
            Packed shifted = new Packed(
                    PackedDecimal.shifted(packed.low, packed.high, count, 0, false, 0),
                    PackedDecimal.shifted(packed.low, packed.high, count, 0, false, 1));
            assertThat(shifted).isEqualTo(Packed.of(wanted.remainder(LIMIT), number.signum() < 0 ? 'd' : 'c'));
            boolean lost = wanted.abs().compareTo(LIMIT) >= 0;
            assertThat(PackedDecimal.shifted(packed.low, packed.high, count, 0, false, PackedDecimal.FIELD))
                    .isEqualTo(order(wanted.remainder(LIMIT)) | (lost ? SO : 0));
        }
    }

    @Test
    void shiftsToTheRightMayRound() {
        Packed packed = Packed.of(new BigInteger("-9995"));
        assertThat(PackedDecimal.shifted(packed.low, packed.high, -1, 0, true, 0))
                .isEqualTo(0x1000dL);
        assertThat(PackedDecimal.shifted(packed.low, packed.high, -1, 0, false, 0))
                .isEqualTo(0x999dL);
        assertThat(PackedDecimal.shifted(packed.low, packed.high, 0, 0, true, 0))
                .isEqualTo(0x9995dL);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 5, 4", "15, 5, 4", "16, 5, 4"})
    void truncationKeepsTheLastDigits(int length, long low, long field) {
        Packed packed = new Packed(0x5cL, 0x10L);
        assertThat(PackedDecimal.truncated(packed.low, packed.high, length, 0, 0) >>> 4 & 15)
                .isEqualTo(low);
        assertThat(PackedDecimal.truncated(packed.low, packed.high, length, 0, PackedDecimal.FIELD) & 6)
                .isEqualTo(length == 0 ? EQ : field);
        assertThat(PackedDecimal.truncated(packed.low, packed.high, length, 0, PackedDecimal.FIELD) & SO)
                .isEqualTo(SO);
    }

    @Test
    void nothingIsLostOfANumberThatFits() {
        Packed packed = new Packed(0x5cL, 0x10L);
        for (int length : new int[] {17, 31, 32, 0xffff}) {
            assertThat(PackedDecimal.truncated(packed.low, packed.high, length, 0, 1))
                    .isEqualTo(0x10L);
            assertThat(PackedDecimal.truncated(packed.low, packed.high, length, 0, PackedDecimal.FIELD))
                    .isEqualTo(GT);
        }
    }
}
