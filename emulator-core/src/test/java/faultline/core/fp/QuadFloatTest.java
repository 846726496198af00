package faultline.core.fp;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.RandomSource;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every operation against integers without bounds, rounded as the standard says.
class QuadFloatTest {

    private static final int ROUNDS = 4_000;
    private static final int LEAST = -16382;

    /// The exponent of the last bit of the smallest numbers.
    private static final int SMALLEST = LEAST - 112;

    private static final long SIGN = Long.MIN_VALUE;

    /// More bits of quotients and roots than rounding asks for.
    private static final int EXTRA = 300;

    private final QuadFloat quad = new QuadFloat();

    /// A number `integer * 2^exponent`.
    private record Exact(BigInteger integer, int exponent) {

        static Exact of(long high, long low) {
            int biased = QuadFloat.biasedExponent(high);
            BigInteger fraction = word(high & (1L << 48) - 1).shiftLeft(64).add(word(low));
            BigInteger significand = biased == 0 ? fraction : fraction.setBit(112);
            return new Exact(high < 0 ? significand.negate() : significand, Math.max(biased, 1) - 16383 - 112);
        }

        private static BigInteger word(long bits) {
            return new BigInteger(Long.toUnsignedString(bits));
        }

        Exact plus(Exact other) {
            int least = Math.min(exponent, other.exponent);
            return new Exact(
                    integer.shiftLeft(exponent - least).add(other.integer.shiftLeft(other.exponent - least)), least);
        }

        Exact times(Exact other) {
            return new Exact(integer.multiply(other.integer), exponent + other.exponent);
        }

        /// With a last bit that says whether there is more.
        Exact over(Exact other) {
            BigInteger[] quotient = integer.abs().shiftLeft(EXTRA).divideAndRemainder(other.integer.abs());
            Exact magnitude = sticky(quotient[0], quotient[1].signum() != 0, exponent - other.exponent - EXTRA);
            return integer.signum() * other.integer.signum() < 0 ? magnitude.negated() : magnitude;
        }

        Exact root() {
            int shift = EXTRA + (exponent & 1);
            BigInteger[] root = integer.shiftLeft(shift).sqrtAndRemainder();
            return sticky(root[0], root[1].signum() != 0, exponent - shift >> 1);
        }

        Exact negated() {
            return new Exact(integer.negate(), exponent);
        }

        private static Exact sticky(BigInteger integer, boolean more, int exponent) {
            BigInteger doubled = integer.shiftLeft(1);
            return new Exact(more ? doubled.setBit(0) : doubled, exponent - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FloatRules.NEAREST, FloatRules.DOWN, FloatRules.UP, FloatRules.TRUNCATE, FloatRules.ODD})
    void roundsOnce(int mode) {
        RandomSource random = new RandomSource(11L + mode);
        for (int i = 0; i < ROUNDS; i++) {
            long[] a = number(random);
            long[] b = number(random);
            long[] c = number(random);
            Exact x = Exact.of(a[0], a[1]);
            Exact y = Exact.of(b[0], b[1]);
            under(mode).add(a[0], a[1], b[0], b[1]);
            expect(x.plus(y), mode);
            under(mode).multiply(a[0], a[1], b[0], b[1]);
            expect(x.times(y), mode);
            under(mode).multiplyAdd(a[0], a[1], b[0], b[1], c[0], c[1]);
            expect(x.times(y).plus(Exact.of(c[0], c[1])), mode);
            if (y.integer.signum() != 0) {
                under(mode).divide(a[0], a[1], b[0], b[1]);
                expect(x.over(y), mode);
            }
            under(mode).squareRoot(a[0] & ~SIGN, a[1]);
            expect(Exact.of(a[0] & ~SIGN, a[1]).root(), mode);
        }
    }

    @Test
    void enabledOverflowAndUnderflowMoveTheExponent() {
        long large = 0x7ffe0000L << 32;
        quad.under(FloatRules.NEAREST, true, true).multiply(large, 0, large, 0);
        assertThat(quad.high() >>> 48).isEqualTo(0x7ffe * 2 - 16383 - 24576);
        assertThat(quad.raised()).isEqualTo(FloatRules.OVERFLOW);
        long small = 0x00010000L << 32;
        quad.under(FloatRules.NEAREST, true, true).multiply(small, 0, small, 0);
        assertThat(quad.high() >>> 48).isEqualTo(2 - 16383 + 24576);
        assertThat(quad.raised()).isEqualTo(FloatRules.UNDERFLOW);
    }

    @Test
    void convertsIntegersAndDoublesThereAndBack() {
        RandomSource random = new RandomSource(5);
        for (int i = 0; i < ROUNDS; i++) {
            long integer = random.bits() >> random.below(63);
            under(FloatRules.NEAREST).fromInteger(integer, true);
            long high = quad.high();
            long low = quad.low();
            assertThat(under(FloatRules.TRUNCATE).toInteger(high, low, 64, true))
                    .isTrue();
            assertThat(quad.low()).isEqualTo(integer);
            assertThat(quad.raised()).isZero();
            double number = integer * 0x1p-40;
            quad.fromDouble(Double.doubleToRawLongBits(number));
            Exact exact = Exact.of(quad.high(), quad.low());
            assertThat(exact.integer.doubleValue() * Math.pow(2, exact.exponent))
                    .isEqualTo(number);
        }
    }

    private QuadFloat under(int mode) {
        return quad.under(mode, false, false);
    }

    /// Rounds a number to 113 bits, or to as many as a denormal one has, and compares.
    private void expect(Exact exact, int mode) {
        BigInteger magnitude = exact.integer.abs();
        boolean negative = exact.integer.signum() < 0;
        int last = Math.max(exact.exponent + magnitude.bitLength() - 113, SMALLEST);
        int drop = last - exact.exponent;
        BigInteger kept = drop <= 0 ? magnitude.shiftLeft(-drop) : magnitude.shiftRight(drop);
        BigInteger rest = drop <= 0 ? BigInteger.ZERO : magnitude.subtract(kept.shiftLeft(drop));
        boolean up = rest.signum() != 0 && isUp(mode, negative, kept, rest, drop);
        BigInteger rounded = up ? kept.add(BigInteger.ONE) : kept;
        boolean inexact = rest.signum() != 0;
        if (rounded.bitLength() + last - 1 > 16383) {
            assertThat(quad.raised()).isEqualTo(FloatRules.OVERFLOW | FloatRules.PRECISION);
            return;
        }
        Exact found = Exact.of(quad.high(), quad.low());
        Exact difference = found.plus(new Exact(negative ? rounded : rounded.negate(), last));
        assertThat(difference.integer.signum()).as("%s under %s", exact, mode).isZero();
        boolean tiny = magnitude.signum() != 0 && exact.exponent + magnitude.bitLength() - 1 < LEAST;
        int raised = inexact ? FloatRules.PRECISION | (tiny ? FloatRules.UNDERFLOW : 0) : 0;
        assertThat(quad.raised()).as("exceptions of %s", exact).isEqualTo(raised);
        assertThat(quad.isIncreased()).isEqualTo(up);
    }

    private static boolean isUp(int mode, boolean negative, BigInteger kept, BigInteger rest, int drop) {
        int half = rest.shiftLeft(1).compareTo(BigInteger.ONE.shiftLeft(drop));
        return switch (mode) {
            case FloatRules.NEAREST -> half > 0 || half == 0 && kept.testBit(0);
            case FloatRules.DOWN -> negative;
            case FloatRules.UP -> !negative;
            case FloatRules.ODD -> !kept.testBit(0);
            default -> false;
        };
    }

    /// Finite numbers whose sums cancel, whose products are tiny or too large, denormal ones.
    private static long[] number(RandomSource random) {
        long exponent = switch (random.below(6)) {
            case 0 -> 0;
            case 1 -> 1L + random.below(120);
            case 2 -> 32766L - random.below(3);
            case 3 -> 16383L / 2 + random.below(200);
            default -> 16383L - 60 + random.below(120);
        };
        long high = bits(random) & (1L << 48) - 1;
        return new long[] {(random.oneIn(2) ? SIGN : 0) | exponent << 48 | high, bits(random)};
    }

    private static long bits(RandomSource random) {
        return switch (random.below(5)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> -1L << random.below(64);
            case 3 -> 1L << random.below(64);
            default -> random.bits();
        };
    }
}
