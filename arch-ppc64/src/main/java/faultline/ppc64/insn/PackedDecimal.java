package faultline.ppc64.insn;

import faultline.core.simd.Quadwords;
import faultline.ppc64.cpu.Ppc64State;

/// Signed packed decimals: 31 digits of four bits and a sign behind them (Power ISA Book I 6.17).
///
/// Methods give one part of what an instruction does: the low or the high half of the register, or
/// field 6 of CR.
final class PackedDecimal {

    /// Field 6, beside the halves 0 and 1.
    static final int FIELD = 2;

    /// Digits of what a half holds: 15 above the sign, and 16.
    private static final long LOW_DIGITS = 1_000_000_000_000_000L;

    private static final long HIGH_DIGITS = 10_000_000_000_000_000L;

    private static final long PLUS = 0xc;
    private static final long OTHER_PLUS = 0xf;
    private static final long MINUS = 0xd;
    private static final long OTHER_MINUS = 0xb;

    private PackedDecimal() {}

    // Digits and signs.

    /// Whether every nibble is a digit.
    static boolean isDigits(long nibbles) {
        long twoOrFour = nibbles >>> 1 | nibbles >>> 2;
        return (nibbles >>> 3 & twoOrFour & 0x1111111111111111L) == 0;
    }

    static boolean isValid(long low, long high) {
        return isDigits(high) && isDigits(low >>> 4) && (low & 15) > 9;
    }

    static boolean isNegative(long low) {
        return isMinus(low & 15);
    }

    static boolean isMinus(long sign) {
        return sign == MINUS || sign == OTHER_MINUS;
    }

    static boolean isZero(long low, long high) {
        return (low & -16 | high) == 0;
    }

    /// The preferred sign; there are two for positive numbers.
    static long sign(boolean negative, int ps) {
        return negative ? MINUS : ps == 0 ? PLUS : OTHER_PLUS;
    }

    /// The other sign.
    static long negated(long low) {
        return low & -16 | (isNegative(low) ? PLUS : (low & 15) > 9 ? MINUS : low & 15);
    }

    /// What field 6 says of a number.
    static long field(boolean negative, boolean zero, boolean overflow) {
        int order = zero ? Ppc64State.EQ : negative ? Ppc64State.LT : Ppc64State.GT;
        return order | (overflow ? Ppc64State.SO : 0);
    }

    /// Sixteen digits as a number.
    private static long binary(long digits) {
        long number = 0;
        for (int shift = 60; shift >= 0; shift -= 4) {
            number = 10 * number + (digits >>> shift & 15);
        }
        return number;
    }

    private static long digits(long binary) {
        long digits = 0;
        long rest = binary;
        for (int shift = 0; shift < 64; shift += 4) {
            digits |= rest % 10 << shift;
            rest /= 10;
        }
        return digits;
    }

    private static long packed(long high, long low, boolean negative, int ps, int part) {
        return part == 0 ? digits(low) << 4 | sign(negative, ps) : digits(high);
    }

    // Arithmetic.

    /// The sum. What is no number gives ones.
    static long sum(long aLo, long aHi, long bLo, long bHi, int ps, int part) {
        if (!isValid(aLo, aHi) || !isValid(bLo, bHi)) {
            return part == FIELD ? Ppc64State.SO : -1;
        }
        long high = binary(aHi);
        long low = binary(aLo >>> 4);
        long otherHigh = binary(bHi);
        long otherLow = binary(bLo >>> 4);
        boolean negative = isNegative(aLo);
        if (negative == isNegative(bLo)) {
            low += otherLow;
            high += otherHigh + low / LOW_DIGITS;
        } else if (high > otherHigh || high == otherHigh && low >= otherLow) {
            low -= otherLow;
            high -= otherHigh;
        } else {
            low = otherLow - low;
            high = otherHigh - high;
            negative = !negative;
        }
        high += low >> 63;
        low = Math.floorMod(low, LOW_DIGITS);
        negative &= (high | low) != 0;
        return part == FIELD
                ? field(negative, (high | low) == 0, high >= HIGH_DIGITS)
                : packed(high % HIGH_DIGITS, low, negative, ps, part);
    }

    // Between decimals and quadwords.

    /// A signed quadword as a decimal. What does not fit gives zeroes.
    static long ofQuadword(long low, long high, int ps, int part) {
        boolean negative = high < 0;
        long magnitudeLow = negative ? -low : low;
        long magnitudeHigh = negative ? ~high + (low == 0 ? 1 : 0) : high;
        boolean overflow = Long.compareUnsigned(magnitudeHigh, LOW_DIGITS) >= 0;
        long quotient = 0;
        long rest = magnitudeHigh;
        for (int shift = 56; shift >= 0 && !overflow; shift -= 8) {
            rest = rest << 8 | magnitudeLow >>> shift & 0xff;
            quotient = quotient << 8 | rest / LOW_DIGITS;
            rest %= LOW_DIGITS;
        }
        overflow |= Long.compareUnsigned(quotient, HIGH_DIGITS) >= 0;
        if (part == FIELD) {
            return field(negative, (low | high) == 0, overflow);
        }
        return overflow ? 0 : packed(quotient, rest, negative, ps, part);
    }

    /// A decimal as a signed quadword.
    static long quadword(long low, long high, int part) {
        if (part == FIELD) {
            return field(isNegative(low), isZero(low, high), false);
        }
        long upper = binary(high);
        long lower = binary(low >>> 4);
        long product = upper * LOW_DIGITS;
        long sumHigh = Math.multiplyHigh(upper, LOW_DIGITS) + Quadwords.carry(product, lower, 0);
        return isNegative(low)
                ? Quadwords.sum(~(product + lower), ~sumHigh, 0, 0, 1, part)
                : part == 0 ? product + lower : sumHigh;
    }

    // Digits moved.

    /// Shifted by digits, to the right where `count` is negative. A digit that is shifted out at the right rounds.
    static long shifted(long low, long high, int count, int ps, boolean rounds, int part) {
        if (!isValid(low, high)) {
            return part == FIELD ? Ppc64State.SO : part == 0 ? low : high;
        }
        boolean negative = isNegative(low);
        int places = 4 * Math.clamp(count, -31, 31);
        long digits = low & -16;
        long newLow = moved(digits, high, places, 0);
        long newHigh = moved(digits, high, places, 1);
        if (rounds && (newLow & 15) >= 5) {
            long one = 1 << 4 | PLUS;
            long positive = newLow & -16 | PLUS;
            newLow = sum(positive, newHigh, one, 0, 0, 0);
            newHigh = sum(positive, newHigh, one, 0, 0, 1);
        }
        if (part == FIELD) {
            return field(negative, isZero(newLow, newHigh), isLost(digits, high, places));
        }
        return part == 0 ? newLow & -16 | sign(negative, ps) : newHigh;
    }

    /// The same of 32 digits without a sign.
    static long shiftedUnsigned(long low, long high, int count, int part) {
        if (!isDigits(low) || !isDigits(high)) {
            return part == FIELD ? Ppc64State.SO : part == 0 ? low : high;
        }
        boolean all = Math.abs(count) >= 32;
        int places = all ? 0 : 4 * count;
        long newLow = all ? 0 : moved(low, high, places, 0);
        long newHigh = all ? 0 : moved(low, high, places, 1);
        boolean overflow = all ? count > 0 && (low | high) != 0 : isLost(low, high, places);
        return part == FIELD ? field(false, (newLow | newHigh) == 0, overflow) : part == 0 ? newLow : newHigh;
    }

    private static long moved(long low, long high, int places, int half) {
        return places >= 0
                ? Quadwords.shiftedLeft(low, high, places, half)
                : Quadwords.shiftedRight(low, high, -places, half);
    }

    /// Whether digits other than 0 are shifted out at the left.
    private static boolean isLost(long low, long high, int places) {
        return places > 0
                && (Quadwords.shiftedRight(low, high, 128 - places, 0)
                                | Quadwords.shiftedRight(low, high, 128 - places, 1))
                        != 0;
    }

    /// The last `length` digits.
    static long truncated(long low, long high, int length, int ps, int part) {
        if (!isValid(low, high)) {
            return part == FIELD ? Ppc64State.SO : part == 0 ? low : high;
        }
        long newLow = low & lowMask(length + 1);
        long newHigh = high & highMask(length + 1);
        boolean negative = isNegative(low);
        if (part == FIELD) {
            return field(negative, isZero(newLow, newHigh), newLow != low || newHigh != high);
        }
        return part == 0 ? newLow & -16 | sign(negative, ps) : newHigh;
    }

    /// The same of digits without a sign.
    static long truncatedUnsigned(long low, long high, int length, int part) {
        if (!isDigits(low) || !isDigits(high)) {
            return part == FIELD ? Ppc64State.SO : part == 0 ? low : high;
        }
        long newLow = low & lowMask(length);
        long newHigh = high & highMask(length);
        if (part == FIELD) {
            return field(false, (newLow | newHigh) == 0, newLow != low || newHigh != high);
        }
        return part == 0 ? newLow : newHigh;
    }

    /// The last nibbles, in the low half.
    private static long lowMask(int nibbles) {
        return nibbles >= 16 ? -1 : (1L << 4 * nibbles) - 1;
    }

    private static long highMask(int nibbles) {
        return nibbles <= 16 ? 0 : lowMask(nibbles - 16);
    }
}
