package faultline.x86.conformance;

import faultline.core.conformance.RandomSource;

/// Hard operands in the x87's 80-bit format, those among them that the manual calls unsupported:
/// explicit integer bits that are missing, NaNs and infinities without one.
final class ExtendedOperands {

    private static final int BIAS = 0x3fff;
    private static final int EXPONENT = 0x7fff;
    private static final long INTEGER_BIT = 1L << 63;

    /// Significand, and sign with exponent.
    long m;

    int se;

    /// Chooses one.
    void one(RandomSource random) {
        int sign = random.below(2) << 15;
        m = significand(random);
        se = sign
                | switch (random.below(16)) {
                    case 0 -> {
                        m = 0;
                        yield 0;
                    }
                    // Denormals, and what is called pseudo-denormal: integer bit set, exponent 0.
                    case 1 -> {
                        m >>>= random.below(64);
                        yield 0;
                    }
                    case 2 -> {
                        m = INTEGER_BIT;
                        yield EXPONENT;
                    }
                    case 3 -> {
                        m |= 3L << 62;
                        yield EXPONENT;
                    }
                    case 4 -> {
                        m = m & ~(1L << 62) | 1;
                        yield EXPONENT;
                    }
                    // Unsupported.
                    case 5 -> {
                        m &= ~INTEGER_BIT;
                        yield random.below(EXPONENT) + 1;
                    }
                    case 6 -> 1 + random.below(70);
                    case 7 -> EXPONENT - 1 - random.below(70);
                    // At the ends of the narrower formats, and of the integers.
                    case 8 -> BIAS + random.oneOf(-149, -126, 127, 128, -1074, -1022, 1023, 1024) + random.below(3) - 1;
                    case 9 -> BIAS + random.oneOf(13, 14, 15, 16, 30, 31, 32, 62, 63, 64);
                    case 10 -> half(random);
                    case 11 -> random.below(EXPONENT);
                    default -> BIAS - 8 + random.below(16);
                };
    }

    private static long significand(RandomSource random) {
        return INTEGER_BIT
                | switch (random.below(9)) {
                    case 0 -> 0;
                    case 1 -> -1;
                    case 2 -> 1L << random.below(63);
                    case 3 -> -1L << random.below(63);
                    case 4 -> (random.bits() & 15) << 59 - random.below(4);
                    // Ties and their neighbours when rounded to 53 or 24 bits.
                    case 5 -> random.bits() << 11 | (1L << 10) + random.below(3) - 1;
                    case 6 -> random.bits() << 40 | (1L << 39) + random.below(3) - 1;
                    default -> random.bits();
                };
    }

    /// An odd multiple of one half, or just beside.
    private int half(RandomSource random) {
        int exponent = random.below(62);
        long unit = 1L << 63 - exponent;
        m = (m & -unit | unit >>> 1) + random.below(3) - 1 | INTEGER_BIT;
        return BIAS + exponent;
    }

    /// Chooses one that goes with another: of neighbouring magnitude, or such that product or
    /// quotient lie at an end of the range.
    void beside(RandomSource random, int otherSe, long otherM) {
        int other = otherSe & EXPONENT;
        one(random);
        int sign = random.below(2) << 15;
        switch (random.below(9)) {
            case 0 -> set(sign | other, otherM);
            case 1 -> set(sign | other, otherM + random.below(5) - 2);
            case 2 -> set(sign | other - 3 + random.below(7) & EXPONENT, m);
            case 3 -> set(sign | other - 67 + random.below(6) & EXPONENT, m);
            case 4 -> set(sign | EXPONENT + BIAS - 3 - other + random.below(4) & EXPONENT, m);
            case 5 -> set(sign | BIAS - other + random.below(4) - random.below(66) & EXPONENT, m);
            case 6 -> set(sign | other - BIAS + random.below(4) & EXPONENT, m);
            case 7 -> set(sign | other + BIAS - random.below(4) + random.below(66) & EXPONENT, m);
            default -> {}
        }
    }

    private void set(int newSe, long newM) {
        se = newSe;
        m = newM;
    }
}
