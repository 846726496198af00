package faultline.ppc64.fp;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.RandomSource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/// FR and FI are worked out when FPSCR is read; here against arithmetic without bounds.
class RoundingStatusTest {

    private static final int ROUNDS = 20_000;
    private static final long SEED = 3;

    private interface Instruction {
        long run(FpUnit fp, long a, long b);
    }

    @Test
    void sumsSayWhetherAndWhereTheyWereRounded() {
        check(FpUnit::add, BigDecimal::add);
    }

    @Test
    void differencesSayWhetherAndWhereTheyWereRounded() {
        check(FpUnit::subtract, BigDecimal::subtract);
    }

    @Test
    void productsSayWhetherAndWhereTheyWereRounded() {
        check(FpUnit::multiply, BigDecimal::multiply);
    }

    @Test
    void fusedProductsSayWhetherAndWhereTheyWereRounded() {
        check((fp, a, b) -> fp.multiplyAdd(a, b, a), (a, b) -> a.multiply(b).add(a));
    }

    @Test
    void negativeFusedProductsRoundBeforeTheyAreNegated() {
        check(
                (fp, a, b) -> fp.negativeMultiplyAdd(a, b, a),
                (a, b) -> a.multiply(b).add(a).negate());
    }

    @Test
    void singlesSayWhetherAndWhereTheyWereRounded() {
        check((fp, a, _) -> fp.roundToSingle(a), (a, _) -> a);
        check(FpUnit::addSingle, BigDecimal::add);
        check(FpUnit::multiplySingle, BigDecimal::multiply);
    }

    @Test
    void integersSayWhetherAndWhereTheyWereRounded() {
        RandomSource random = new RandomSource(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            FpUnit fp = unit(random);
            long b = HardFloats.DOUBLE.one(random);
            long result = fp.toInteger(b, 64, true, FpUnit.CURRENT);
            if ((fp.fpscr() & Fpscr.VXCVI) == 0 && isFinite(b)) {
                expect(fp, new BigDecimal(BigInteger.valueOf(result)), exact(b));
            }
        }
    }

    @Test
    void comparisonsLeaveTheRoundingOfTheLastResult() {
        FpUnit fp = new FpUnit();
        long third = fp.divide(bits(1), bits(3));
        long after = fp.fpscr();
        assertThat(after & Fpscr.FI).isNotZero();
        assertThat(fp.divide(bits(1), bits(3))).isEqualTo(third);
        assertThat(fp.compare(bits(2), bits(1))).isEqualTo(4);
        assertThat(fp.fpscr()).isEqualTo(after & ~(long) Fpscr.FPCC | 4L << Fpscr.FPRF_SHIFT);
    }

    @Test
    void anInvalidOperationThatIsEnabledLeavesTheClassOfTheLastResult() {
        FpUnit fp = new FpUnit();
        fp.setFpscr(Fpscr.VE);
        assertThat(fp.subtract(bits(1), bits(2))).isEqualTo(bits(-1));
        long _ = fp.divide(0, 0);
        assertThat(fp.completes()).isFalse();
        assertThat(fp.takeEvent()).isTrue();
        assertThat(fp.completes()).isTrue();
        long expected = Fpscr.VE | 8L << Fpscr.FPRF_SHIFT | Fpscr.VXZDZ | Fpscr.VX | Fpscr.FEX;
        assertThat(fp.fpscr()).isEqualTo(expected | 1L << 31);
    }

    @Test
    void enabledOverflowMovesTheExponent() {
        FpUnit fp = new FpUnit();
        fp.setFpscr(Fpscr.OE);
        long large = bits(0x1p1000);
        assertThat(fp.multiply(large, large)).isEqualTo(bits(0x1p464));
        assertThat(fp.completes()).isTrue();
        assertThat(fp.fpscr() & (Fpscr.OX | Fpscr.XX)).isEqualTo(Fpscr.OX);
        assertThat(fp.multiplySingle(bits(0x1p100), bits(0x1p100))).isEqualTo(bits(0x1p8));
    }

    @Test
    void enabledUnderflowMovesTheExponentOfAnExactResultToo() {
        FpUnit fp = new FpUnit();
        fp.setFpscr(Fpscr.UE);
        assertThat(fp.multiply(bits(0x1p-1000), bits(0x1p-40))).isEqualTo(bits(0x1p496));
        assertThat(fp.fpscr() & (Fpscr.UX | Fpscr.XX)).isEqualTo(Fpscr.UX);
    }

    private static void check(Instruction instruction, BinaryOperator<BigDecimal> arithmetic) {
        RandomSource random = new RandomSource(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            FpUnit fp = unit(random);
            long a = HardFloats.DOUBLE.one(random);
            long b = HardFloats.DOUBLE.one(random);
            long result = instruction.run(fp, a, b);
            if (isFinite(a) && isFinite(b) && isFinite(result) && (fp.fpscr() & Fpscr.OX) == 0) {
                expect(fp, exact(result), arithmetic.apply(exact(a), exact(b)));
            }
        }
    }

    private static void expect(FpUnit fp, BigDecimal rounded, BigDecimal exact) {
        boolean inexact = rounded.compareTo(exact) != 0;
        boolean larger = rounded.abs().compareTo(exact.abs()) > 0;
        assertThat(fp.fpscr() & (Fpscr.FR | Fpscr.FI))
                .as("%s rounded to %s", exact, rounded)
                .isEqualTo((inexact ? Fpscr.FI : 0) | (larger ? Fpscr.FR : 0));
    }

    /// Half of them have seen an inexact result before, after which the host computes alone.
    private static FpUnit unit(RandomSource random) {
        FpUnit fp = new FpUnit();
        fp.setFpscr((random.oneIn(2) ? 0 : random.below(4)) | (random.oneIn(2) ? Fpscr.XX : 0));
        return fp;
    }

    private static boolean isFinite(long x) {
        return Double.isFinite(Double.longBitsToDouble(x));
    }

    private static BigDecimal exact(long x) {
        return new BigDecimal(Double.longBitsToDouble(x));
    }

    private static long bits(double x) {
        return Double.doubleToRawLongBits(x);
    }
}
