package faultline.x86.fp;

import java.math.BigInteger;

/// The transcendental instructions of the x87, computed in fixed point with [#FRACTION] fraction bits and rounded
/// once: better than the one unit in the last place the manual promises (SDM volume 1, 8.3.10).
///
/// Trigonometric arguments are reduced by the 66-bit pi of the hardware (8.3.8), so that large arguments give the
/// hardware's results and not more exact ones. Slow on purpose: the tens of microseconds do not matter to programs
/// that still use these instructions.
public final class ExtendedFunctions {

    private static final int FRACTION = 192;

    /// Below this exponent a function is its first-order term to more than 64 bits.
    private static final int LINEAR = -70;

    private static final BigInteger ONE = BigInteger.ONE.shiftLeft(FRACTION);
    private static final BigInteger LN2 =
            new BigInteger("b17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d", 16).shiftRight(192 - FRACTION);
    private static final BigInteger PI =
            new BigInteger("3243f6a8885a308d313198a2e03707344a4093822299f31d0", 16).shiftRight(192 - FRACTION);

    /// The hardware's pi: 66 significant bits, as an integer over 2^64.
    private static final BigInteger HARDWARE_PI = new BigInteger("3243f6a8885a308d3", 16);

    private static final int HARDWARE_PI_FRACTION = 64;

    private final ExtendedUnit unit;

    public ExtendedFunctions(ExtendedUnit unit) {
        this.unit = unit;
        unit.ignorePrecisionControl();
    }

    /// F2XM1: 2^x - 1 for |x| <= 1; outside, the operand is returned as it is (the manual leaves it undefined).
    public void exponentialMinusOne(int se, long m) {
        if (isSpecial(se, m)) {
            unit.add(se, m, 0, 0);
            if (ExtendedUnit.isInfinite(se, m) && ExtendedUnit.negative(se)) {
                unit.set(0xbfff, ExtendedUnit.INTEGER_BIT);
            }
            return;
        }
        int exponent = ExtendedUnit.unbiasedExponent(se, m);
        if (m == 0 || exponent > 0) {
            unit.set(se, m);
            return;
        }
        noteDenormal(se, m);
        if (exponent < LINEAR) {
            scaled(se, m, LN2, FRACTION);
            return;
        }
        int precision = FRACTION - exponent;
        BigInteger x = fixed(se, m, precision).multiply(LN2).shiftRight(FRACTION);
        BigInteger sum = BigInteger.ZERO;
        BigInteger term = BigInteger.ONE.shiftLeft(precision);
        for (int n = 1; ; n++) {
            term = term.multiply(x).shiftRight(precision).divide(BigInteger.valueOf(n));
            if (isNegligible(term)) {
                break;
            }
            sum = sum.add(term);
        }
        round(sum, precision);
    }

    /// FYL2X: y * log2(x).
    public void logarithm(int yse, long ym, int xse, long xm) {
        if (anyNan(yse, ym, xse, xm)) {
            unit.add(yse, ym, xse, xm);
            return;
        }
        noteDenormal(xse, xm);
        noteDenormal(yse, ym);
        boolean xZero = xm == 0;
        if (ExtendedUnit.negative(xse) && !xZero) {
            refuse();
            return;
        }
        if (xZero) {
            if (ym == 0) {
                refuse();
            } else {
                if (!ExtendedUnit.isInfinite(yse, ym)) {
                    unit.flags = unit.flags & ~ExtendedUnit.DENORMAL | ExtendedUnit.ZERO_DIVIDE;
                }
                unit.set(~yse & 0x8000 | ExtendedUnit.MAX_EXPONENT, ExtendedUnit.INTEGER_BIT);
            }
            return;
        }
        boolean one = xse == ExtendedUnit.BIAS && xm == ExtendedUnit.INTEGER_BIT;
        boolean belowOne = ExtendedUnit.unbiasedExponent(xse, xm) < 0;
        if (ExtendedUnit.isInfinite(yse, ym) || ExtendedUnit.isInfinite(xse, xm)) {
            if (one || ym == 0) {
                refuse();
            } else {
                unit.set(
                        (yse ^ (belowOne ? 0x8000 : 0)) & 0x8000 | ExtendedUnit.MAX_EXPONENT, ExtendedUnit.INTEGER_BIT);
            }
            return;
        }
        if (one || ym == 0) {
            unit.set((yse ^ (belowOne ? 0x8000 : 0)) & 0x8000, 0);
            return;
        }
        int exponent = ExtendedUnit.unbiasedExponent(xse, xm);
        long significand = xm << Long.numberOfLeadingZeros(xm);
        BigInteger log = log2(unsigned(significand).shiftLeft(FRACTION - 63), FRACTION)
                .add(BigInteger.valueOf(exponent).shiftLeft(FRACTION));
        scaled(yse, ym, log, FRACTION);
    }

    /// FYL2XP1: y * log2(x + 1), exact for small x where adding 1 would lose it.
    public void logarithmPlusOne(int yse, long ym, int xse, long xm) {
        if (anyNan(yse, ym, xse, xm)) {
            unit.add(yse, ym, xse, xm);
            return;
        }
        noteDenormal(xse, xm);
        noteDenormal(yse, ym);
        if (ExtendedUnit.isInfinite(xse, xm) || ExtendedUnit.isInfinite(yse, ym)) {
            if (xm == 0 || ym == 0 || (ExtendedUnit.isInfinite(xse, xm) && ExtendedUnit.negative(xse))) {
                refuse();
            } else {
                unit.set((xse ^ yse) & 0x8000 | ExtendedUnit.MAX_EXPONENT, ExtendedUnit.INTEGER_BIT);
            }
            return;
        }
        if (xm == 0 || ym == 0) {
            unit.set((xse ^ yse) & 0x8000, 0);
            return;
        }
        int exponent = ExtendedUnit.unbiasedExponent(xse, xm);
        if (exponent >= 0 && ExtendedUnit.negative(xse)) {
            refuse();
            return;
        }
        if (exponent < LINEAR) {
            // x / ln 2: the factor is y / ln 2, an exponent's difference below the argument's.
            BigInteger slope = ONE.shiftLeft(FRACTION).divide(LN2);
            BigInteger product = unsigned(xm << Long.numberOfLeadingZeros(xm)).multiply(slope);
            scaled(yse ^ xse & 0x8000, ym, product, FRACTION + 63 - exponent);
            return;
        }
        int precision = FRACTION + Math.max(0, -exponent);
        BigInteger x = fixed(xse, xm, precision).add(BigInteger.ONE.shiftLeft(precision));
        scaled(yse, ym, log2(x, precision), precision);
    }

    /// FPATAN: the angle of the point (x, y), in (-pi, pi].
    public void arcTangent(int yse, long ym, int xse, long xm) {
        if (anyNan(yse, ym, xse, xm)) {
            unit.add(yse, ym, xse, xm);
            return;
        }
        noteDenormal(xse, xm);
        noteDenormal(yse, ym);
        boolean left = ExtendedUnit.negative(xse);
        boolean below = ExtendedUnit.negative(yse);
        boolean yInfinite = ExtendedUnit.isInfinite(yse, ym);
        boolean xInfinite = ExtendedUnit.isInfinite(xse, xm);
        if (ym == 0 || (xInfinite && !yInfinite)) {
            if (left) {
                round(below ? PI.negate() : PI, FRACTION);
            } else {
                unit.set(yse & 0x8000, 0);
            }
            return;
        }
        if (xm == 0 || yInfinite) {
            // An eighth of a turn per axis: infinite y and finite x is straight up.
            BigInteger angle = PI.shiftRight(1);
            if (yInfinite && xInfinite) {
                angle = left ? PI.subtract(PI.shiftRight(2)) : PI.shiftRight(2);
            }
            round(below ? angle.negate() : angle, FRACTION);
            return;
        }
        finiteArcTangent(yse, ym, xse, xm, left, below);
    }

    private void finiteArcTangent(int yse, long ym, int xse, long xm, boolean left, boolean below) {
        int distance = ExtendedUnit.unbiasedExponent(yse, ym) - ExtendedUnit.unbiasedExponent(xse, xm);
        if (distance < LINEAR && !left) {
            unit.divide(yse, ym, xse & 0x7fff, xm);
            return;
        }
        BigInteger y = unsigned(ym << Long.numberOfLeadingZeros(ym));
        BigInteger x = unsigned(xm << Long.numberOfLeadingZeros(xm));
        int precision = FRACTION + Math.min(80, Math.abs(distance));
        BigInteger angle;
        if (distance > 100) {
            angle = PI.shiftRight(1).shiftLeft(precision - FRACTION);
        } else if (distance < -100) {
            angle = BigInteger.ZERO;
        } else {
            BigInteger numerator = distance >= 0 ? y.shiftLeft(distance) : y;
            BigInteger denominator = distance >= 0 ? x : x.shiftLeft(-distance);
            boolean steep = numerator.compareTo(denominator) > 0;
            BigInteger ratio = steep
                    ? denominator.shiftLeft(precision).divide(numerator)
                    : numerator.shiftLeft(precision).divide(denominator);
            angle = atan(ratio, precision);
            if (steep) {
                angle = PI.shiftRight(1).shiftLeft(precision - FRACTION).subtract(angle);
            }
        }
        if (left) {
            angle = PI.shiftLeft(precision - FRACTION).subtract(angle);
        }
        round(below ? angle.negate() : angle, precision);
    }

    /// What [#reduce] found: the quarter turns taken off, modulo 4.
    private int quadrant;

    /// FSIN. False when the argument is 2^63 or more and nothing was done (C2).
    public boolean sine(int se, long m) {
        if (!trigonometric(se, m)) {
            return !isOutOfRange(se, m);
        }
        if (ExtendedUnit.unbiasedExponent(se, m) < LINEAR / 2) {
            tiny(se, m);
            return true;
        }
        int precision = precisionFor(se, m);
        BigInteger rest = reduce(se, m, precision);
        round(quadrantValue(rest, precision, quadrant), precision);
        return true;
    }

    /// FCOS. False when the argument is out of range.
    public boolean cosine(int se, long m) {
        if (m == 0 && ExtendedUnit.exponent(se) == 0) {
            unit.set(ExtendedUnit.BIAS, ExtendedUnit.INTEGER_BIT);
            return true;
        }
        if (!trigonometric(se, m)) {
            return !isOutOfRange(se, m);
        }
        int precision = precisionFor(se, m);
        BigInteger rest = reduce(se, m, precision);
        round(quadrantValue(rest, precision, quadrant + 1), precision);
        return true;
    }

    /// FPTAN without its push of 1. False when the argument is out of range.
    public boolean tangent(int se, long m) {
        if (!trigonometric(se, m)) {
            return !isOutOfRange(se, m);
        }
        if (ExtendedUnit.unbiasedExponent(se, m) < LINEAR / 2) {
            tiny(se, m);
            return true;
        }
        int precision = precisionFor(se, m);
        BigInteger rest = reduce(se, m, precision);
        BigInteger sine = quadrantValue(rest, precision, quadrant);
        BigInteger cosine = quadrantValue(rest, precision, quadrant + 1);
        round(sine.shiftLeft(precision).divide(cosine), precision);
        return true;
    }

    private static boolean isOutOfRange(int se, long m) {
        return !isSpecial(se, m) && ExtendedUnit.unbiasedExponent(se, m) >= 63;
    }

    /// Deals with zeros, NaNs and infinities; false when there is nothing left to compute.
    private boolean trigonometric(int se, long m) {
        if (ExtendedUnit.isInfinite(se, m)) {
            refuse();
            return false;
        }
        if (isSpecial(se, m)) {
            unit.add(se, m, 0, 0);
            return false;
        }
        if (m == 0 || isOutOfRange(se, m)) {
            unit.set(se, m);
            return false;
        }
        noteDenormal(se, m);
        return true;
    }

    /// sin x and tan x of a small x: x, rounded as a value a little smaller or larger.
    private void tiny(int se, long m) {
        int exponent = ExtendedUnit.normalExponent(se, m);
        unit.roundPack(ExtendedUnit.negative(se), exponent, m << Long.numberOfLeadingZeros(m), 1, 64);
    }

    private static int precisionFor(int se, long m) {
        return FRACTION + Math.max(0, -ExtendedUnit.unbiasedExponent(se, m));
    }

    /// Subtracts the nearest multiple of half the hardware's pi, exactly.
    private BigInteger reduce(int se, long m, int precision) {
        BigInteger x = fixed(se, m, precision);
        BigInteger half = HARDWARE_PI.shiftLeft(precision - HARDWARE_PI_FRACTION - 1);
        BigInteger turns = x.shiftLeft(1).add(half.multiply(BigInteger.valueOf(x.signum())));
        turns = turns.divide(half.shiftLeft(1));
        quadrant = turns.intValue() & 3;
        return x.subtract(turns.multiply(half));
    }

    /// sin(rest + n * pi / 2).
    private static BigInteger quadrantValue(BigInteger rest, int precision, int n) {
        BigInteger value = (n & 1) == 0 ? sineOf(rest, precision) : cosineOf(rest, precision);
        return (n & 2) == 0 ? value : value.negate();
    }

    private static BigInteger sineOf(BigInteger x, int precision) {
        return alternating(x, x, precision, 1);
    }

    private static BigInteger cosineOf(BigInteger x, int precision) {
        return alternating(BigInteger.ONE.shiftLeft(precision), x, precision, 0);
    }

    /// The Taylor series that starts with `term` and goes on by `-x^2 / ((n + 1) (n + 2))`.
    private static BigInteger alternating(BigInteger term, BigInteger x, int precision, int n) {
        BigInteger square = x.multiply(x).shiftRight(precision);
        BigInteger sum = BigInteger.ZERO;
        while (!isNegligible(term)) {
            sum = sum.add(term);
            term = term.multiply(square).shiftRight(precision).negate();
            term = term.divide(BigInteger.valueOf((n + 1L) * (n + 2L)));
            n += 2;
        }
        return sum;
    }

    /// log2 of a positive fixed-point number: of its significand, 2 atanh((x - 1) / (x + 1)) / ln 2,
    /// and its exponent; far from 1 the series would not end.
    private static BigInteger log2(BigInteger x, int precision) {
        int exponent = x.bitLength() - 1 - precision;
        if (exponent < -1 || exponent > 0) {
            BigInteger significand = exponent > 0 ? x.shiftRight(exponent) : x.shiftLeft(-exponent);
            return log2(significand, precision).add(BigInteger.valueOf(exponent).shiftLeft(precision));
        }
        BigInteger one = BigInteger.ONE.shiftLeft(precision);
        BigInteger z = x.subtract(one).shiftLeft(precision).divide(x.add(one));
        BigInteger square = z.multiply(z).shiftRight(precision);
        BigInteger power = z;
        BigInteger sum = BigInteger.ZERO;
        for (long n = 1; !isNegligible(power); n += 2) {
            sum = sum.add(power.divide(BigInteger.valueOf(n)));
            power = power.multiply(square).shiftRight(precision);
        }
        return sum.shiftLeft(1 + FRACTION).divide(LN2);
    }

    /// The arc tangent of a ratio in [0, 1]: halves the angle three times, then the Taylor series.
    private static BigInteger atan(BigInteger t, int precision) {
        BigInteger one = BigInteger.ONE.shiftLeft(precision);
        for (int i = 0; i < 3; i++) {
            BigInteger root = one.add(t.multiply(t).shiftRight(precision))
                    .shiftLeft(precision)
                    .sqrt();
            t = t.shiftLeft(precision).divide(one.add(root));
        }
        BigInteger square = t.multiply(t).shiftRight(precision);
        BigInteger power = t;
        BigInteger sum = BigInteger.ZERO;
        for (long n = 1; !isNegligible(power); n += 2) {
            sum = sum.add(power.divide(BigInteger.valueOf(n)));
            power = power.multiply(square).shiftRight(precision).negate();
        }
        return sum.shiftLeft(3);
    }

    /// A term that an arithmetic shift has worn down to nothing: a negative one ends at -1.
    private static boolean isNegligible(BigInteger term) {
        return term.bitLength() <= 1;
    }

    // Between numbers and fixed point.

    private static boolean isSpecial(int se, long m) {
        return ExtendedUnit.exponent(se) == ExtendedUnit.MAX_EXPONENT || ExtendedUnit.isUnsupported(se, m);
    }

    private static boolean anyNan(int ase, long am, int bse, long bm) {
        return ExtendedUnit.isNan(ase, am)
                || ExtendedUnit.isNan(bse, bm)
                || ExtendedUnit.isUnsupported(ase, am)
                || ExtendedUnit.isUnsupported(bse, bm);
    }

    /// An invalid operation goes before a denormal operand.
    private void refuse() {
        unit.flags &= ~ExtendedUnit.DENORMAL;
        unit.invalid();
    }

    private void noteDenormal(int se, long m) {
        if (ExtendedUnit.exponent(se) == 0 && m != 0) {
            unit.flags |= ExtendedUnit.DENORMAL;
        }
    }

    private static BigInteger unsigned(long m) {
        BigInteger value = BigInteger.valueOf(m & Long.MAX_VALUE);
        return m < 0 ? value.setBit(63) : value;
    }

    private static BigInteger fixed(int se, long m, int precision) {
        int shift = ExtendedUnit.unbiasedExponent(se, m) - 63 + precision;
        BigInteger value = unsigned(m << Long.numberOfLeadingZeros(m));
        value = shift >= 0 ? value.shiftLeft(shift) : value.shiftRight(-shift);
        return ExtendedUnit.negative(se) ? value.negate() : value;
    }

    /// Rounds `y * factor / 2^precision`.
    private void scaled(int yse, long ym, BigInteger factor, int precision) {
        BigInteger product = unsigned(ym << Long.numberOfLeadingZeros(ym)).multiply(factor);
        int exponent = ExtendedUnit.unbiasedExponent(yse, ym);
        round(ExtendedUnit.negative(yse) ? product.negate() : product, precision + 63 - exponent);
    }

    /// Rounds `value / 2^precision`, taken as inexact: transcendental results nearly always are.
    private void round(BigInteger value, int precision) {
        if (value.signum() == 0) {
            unit.set(0, 0);
            return;
        }
        BigInteger magnitude = value.abs();
        int bits = magnitude.bitLength();
        BigInteger top = bits >= 128 ? magnitude.shiftRight(bits - 128) : magnitude.shiftLeft(128 - bits);
        long low = top.longValue() | 1;
        long high = top.shiftRight(64).longValue();
        unit.roundPack(value.signum() < 0, bits - 1 - precision + ExtendedUnit.BIAS, high, low, 64);
    }
}
