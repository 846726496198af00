package faultline.x86.fp;

/// Arithmetic on 80-bit extended-precision numbers, bit for bit as the x87 does it (SDM volume 1,
/// chapters 4 and 8).
///
/// A number is a significand `m` with an explicit integer bit and a 16-bit word `se` of sign and
/// biased exponent. An operation leaves its result in [#resultSe] and [#resultM], adds to the
/// exception [#flags] and sets [#roundedUp] (condition code C1). Nothing is allocated. One unit
/// belongs to one thread.
///
/// Responses are those of masked exceptions; for an unmasked overflow or underflow the result is
/// scaled by 2^±24576 as the SDM asks (8.5.4, 8.5.5), which the [#setMasks] bits decide.
public final class ExtendedUnit {

    public static final int INVALID = 0x01;
    public static final int DENORMAL = 0x02;
    public static final int ZERO_DIVIDE = 0x04;
    public static final int OVERFLOW = 0x08;
    public static final int UNDERFLOW = 0x10;
    public static final int PRECISION = 0x20;

    /// Rounding control, as the control word numbers it.
    public static final int TO_NEAREST = 0;

    public static final int DOWN = 1;
    public static final int UP = 2;
    public static final int TO_ZERO = 3;

    static final int BIAS = 16383;
    static final int MAX_EXPONENT = 0x7fff;
    static final long INTEGER_BIT = 1L << 63;
    private static final long QUIET_BIT = 1L << 62;
    private static final long INDEFINITE = 3L << 62;
    private static final int INDEFINITE_SE = 0xffff;

    /// What an unmasked overflow or underflow scales the exponent by, so that a handler can find
    /// the true value.
    private static final int EXPONENT_WRAP = 24576;

    /// Comparison results.
    public enum Order {
        LESS,
        EQUAL,
        GREATER,
        UNORDERED
    }

    public int resultSe;
    public long resultM;

    /// Exceptions raised since the caller last cleared them.
    public int flags;

    /// Whether the last rounding increased the magnitude.
    public boolean roundedUp;

    private int rounding = TO_NEAREST;
    private int precision = 64;
    private int masks = 0x3f;

    /// Sets rounding control (0-3) and the number of significand bits: 24, 53 or 64.
    public void setControl(int rounding, int precision) {
        this.rounding = rounding;
        this.precision = precision;
    }

    /// Sets the exception masks: a set bit means masked.
    public void setMasks(int masks) {
        this.masks = masks;
    }

    int rounding() {
        return rounding;
    }

    // Classes of numbers.

    static int exponent(int se) {
        return se & MAX_EXPONENT;
    }

    static boolean negative(int se) {
        return (se & 0x8000) != 0;
    }

    public static boolean isZero(int se, long m) {
        return exponent(se) == 0 && m == 0;
    }

    public static boolean isInfinite(int se, long m) {
        return exponent(se) == MAX_EXPONENT && m == INTEGER_BIT;
    }

    public static boolean isNan(int se, long m) {
        return exponent(se) == MAX_EXPONENT && m < 0 && m != INTEGER_BIT;
    }

    private static boolean isSignalling(int se, long m) {
        return isNan(se, m) && (m & QUIET_BIT) == 0;
    }

    /// Pseudo-NaN, pseudo-infinity or unnormal: encodings with a nonzero exponent and no integer
    /// bit.
    public static boolean isUnsupported(int se, long m) {
        return exponent(se) != 0 && m >= 0;
    }

    private static boolean isDenormal(int se, long m) {
        return exponent(se) == 0 && m != 0;
    }

    // Arithmetic.

    public void add(int ase, long am, int bse, long bm) {
        addSigned(ase, am, bse, bm, bse);
    }

    public void subtract(int ase, long am, int bse, long bm) {
        addSigned(ase, am, bse, bm, bse ^ 0x8000);
    }

    /// Adds with the sign of b as in `signed`; NaNs keep the sign they came with.
    private void addSigned(int ase, long am, int bse, long bm, int signed) {
        if (special(ase, am, bse, bm)) {
            return;
        }
        boolean aNegative = negative(ase);
        boolean bNegative = negative(signed);
        if (isInfinite(ase, am) || isInfinite(bse, bm)) {
            if (isInfinite(ase, am) && isInfinite(bse, bm) && aNegative != bNegative) {
                invalid();
            } else {
                denormalOperands(ase, am, bse, bm);
                set(isInfinite(ase, am) ? ase : signed, INTEGER_BIT);
            }
            return;
        }
        denormalOperands(ase, am, bse, bm);
        if (am == 0 || bm == 0) {
            addZero(ase, am, signed, bm);
            return;
        }
        int aExponent = normalExponent(ase, am);
        int bExponent = normalExponent(bse, bm);
        long a = am << Long.numberOfLeadingZeros(am);
        long b = bm << Long.numberOfLeadingZeros(bm);
        boolean swap = bExponent > aExponent || (bExponent == aExponent && Long.compareUnsigned(b, a) > 0);
        long big = swap ? b : a;
        long small = swap ? a : b;
        int exponent = swap ? bExponent : aExponent;
        boolean sign = swap ? bNegative : aNegative;
        int shift = Math.abs(aExponent - bExponent);
        long smallHigh = shiftedHigh(small, shift);
        long smallLow = shiftedLow(small, shift);
        if (aNegative == bNegative) {
            sum(sign, exponent, big, smallHigh, smallLow);
        } else {
            difference(sign, exponent, big, smallHigh, smallLow);
        }
    }

    private void addZero(int ase, long am, int bse, long bm) {
        if (am == 0 && bm == 0) {
            boolean sign = negative(ase) == negative(bse) ? negative(ase) : rounding == DOWN;
            set(sign ? 0x8000 : 0, 0);
            roundedUp = false;
        } else if (am == 0) {
            roundPack(negative(bse), normalExponent(bse, bm), bm << Long.numberOfLeadingZeros(bm), 0, precision);
        } else {
            roundPack(negative(ase), normalExponent(ase, am), am << Long.numberOfLeadingZeros(am), 0, precision);
        }
    }

    private void sum(boolean sign, int exponent, long big, long smallHigh, long low) {
        long high = big + smallHigh;
        if (Long.compareUnsigned(high, big) < 0) {
            low = (low >>> 1) | (high << 63) | (low & 1);
            high = (high >>> 1) | INTEGER_BIT;
            exponent++;
        }
        roundPack(sign, exponent, high, low, precision);
    }

    private void difference(boolean sign, int exponent, long big, long smallHigh, long smallLow) {
        long low = -smallLow;
        long high = big - smallHigh - (smallLow != 0 ? 1 : 0);
        if ((high | low) == 0) {
            set(rounding == DOWN ? 0x8000 : 0, 0);
            roundedUp = false;
            return;
        }
        if (high == 0) {
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        if (shift != 0) {
            high = (high << shift) | (low >>> (64 - shift));
            low <<= shift;
        }
        roundPack(sign, exponent - shift, high, low, precision);
    }

    public void multiply(int ase, long am, int bse, long bm) {
        if (special(ase, am, bse, bm)) {
            return;
        }
        int sign = (ase ^ bse) & 0x8000;
        if (isInfinite(ase, am) || isInfinite(bse, bm)) {
            if (isZero(ase, am) || isZero(bse, bm)) {
                invalid();
            } else {
                denormalOperands(ase, am, bse, bm);
                set(sign | MAX_EXPONENT, INTEGER_BIT);
            }
            return;
        }
        denormalOperands(ase, am, bse, bm);
        if (am == 0 || bm == 0) {
            set(sign, 0);
            return;
        }
        long a = am << Long.numberOfLeadingZeros(am);
        long b = bm << Long.numberOfLeadingZeros(bm);
        int exponent = normalExponent(ase, am) + normalExponent(bse, bm) - BIAS + 1;
        long high = Math.unsignedMultiplyHigh(a, b);
        long low = a * b;
        if (high >= 0) {
            high = (high << 1) | (low >>> 63);
            low <<= 1;
            exponent--;
        }
        roundPack(sign != 0, exponent, high, low, precision);
    }

    public void divide(int ase, long am, int bse, long bm) {
        if (special(ase, am, bse, bm)) {
            return;
        }
        int sign = (ase ^ bse) & 0x8000;
        boolean aInfinite = isInfinite(ase, am);
        boolean bInfinite = isInfinite(bse, bm);
        if ((aInfinite && bInfinite) || (isZero(ase, am) && isZero(bse, bm))) {
            invalid();
            return;
        }
        if (isZero(bse, bm) && !aInfinite) {
            flags |= ZERO_DIVIDE;
            set(sign | MAX_EXPONENT, INTEGER_BIT);
            return;
        }
        denormalOperands(ase, am, bse, bm);
        if (aInfinite) {
            set(sign | MAX_EXPONENT, INTEGER_BIT);
            return;
        }
        if (bInfinite || am == 0) {
            set(sign, 0);
            return;
        }
        long a = am << Long.numberOfLeadingZeros(am);
        long b = bm << Long.numberOfLeadingZeros(bm);
        int exponent = normalExponent(ase, am) - normalExponent(bse, bm) + BIAS;
        long high;
        long remainder;
        if (Long.compareUnsigned(a, b) >= 0) {
            // a / b is in [1, 2): 63 fraction bits, the integer bit is known.
            high = quotient(a - b, b);
            remainder = -high * b;
            long low = quotient(remainder, b);
            boolean sticky = low * b != 0 || remainder != 0;
            low = (low >>> 1) | (high << 63) | (sticky ? 1 : 0);
            high = (high >>> 1) | INTEGER_BIT;
            roundPack(sign != 0, exponent, high, low, precision);
        } else {
            // Both have their top bit set, so the quotient is at least one half and its top bit is set too.
            high = quotient(a, b);
            remainder = -high * b;
            long low = quotient(remainder, b) | (remainder != 0 ? 1 : 0);
            roundPack(sign != 0, exponent - 1, high, low, precision);
        }
    }

    public void squareRoot(int se, long m) {
        if (special(se, m, se, m)) {
            return;
        }
        if (isZero(se, m)) {
            set(se, m);
            return;
        }
        if (negative(se)) {
            invalid();
            return;
        }
        if (isInfinite(se, m)) {
            set(se, m);
            return;
        }
        denormalOperands(se, m, se, m);
        int exponent = normalExponent(se, m) - BIAS;
        long radicand = m << Long.numberOfLeadingZeros(m);
        // root^2 = radicand * 2^(63 or 64); an odd exponent leaves the radicand where it is, an even one halves it.
        boolean odd = (exponent & 1) != 0;
        rootPack((exponent >> 1) + BIAS, odd ? radicand : radicand >>> 1, odd ? 0 : radicand << 63);
    }

    /// Digit-by-digit square root of the 128-bit `high:low` into 64 bits, then rounding by what is
    /// left.
    private void rootPack(int exponent, long high, long low) {
        long root = 0;
        long restHigh = 0;
        long restLow = 0;
        for (int i = 0; i < 64; i++) {
            restHigh = (restHigh << 2) | (restLow >>> 62);
            restLow = (restLow << 2) | (high >>> 62);
            high = (high << 2) | (low >>> 62);
            low <<= 2;
            // The trial subtrahend is 4 * root + 1, up to 66 bits.
            long trialHigh = root >>> 62;
            long trialLow = (root << 2) | 1;
            root <<= 1;
            if (compare(restHigh, restLow, trialHigh, trialLow) >= 0) {
                long borrow = Long.compareUnsigned(restLow, trialLow) < 0 ? 1 : 0;
                restLow -= trialLow;
                restHigh -= trialHigh + borrow;
                root |= 1;
            }
        }
        // The remainder decides the rounding: over the root it is above one half of the last place.
        long rest = 0;
        if ((restHigh | restLow) != 0) {
            rest = compare(restHigh, restLow, 0, root) > 0 ? INTEGER_BIT | 1 : 1;
        }
        roundPack(false, exponent, root, rest, precision);
    }

    /// Compares two numbers. A quiet NaN is an invalid operation unless `quiet`; a signalling one
    /// always is.
    public Order compare(int ase, long am, int bse, long bm, boolean quiet) {
        if (isUnsupported(ase, am) || isUnsupported(bse, bm)) {
            flags |= INVALID;
            return Order.UNORDERED;
        }
        if (isNan(ase, am) || isNan(bse, bm)) {
            if (!quiet || isSignalling(ase, am) || isSignalling(bse, bm)) {
                flags |= INVALID;
            }
            return Order.UNORDERED;
        }
        denormalOperands(ase, am, bse, bm);
        if (am == 0 && bm == 0) {
            return Order.EQUAL;
        }
        if (negative(ase) != negative(bse)) {
            return negative(ase) ? Order.LESS : Order.GREATER;
        }
        int byMagnitude = exponent(ase) != exponent(bse)
                ? Integer.compare(effectiveExponent(ase), effectiveExponent(bse))
                : Long.compareUnsigned(am, bm);
        if (byMagnitude == 0) {
            byMagnitude = Long.compareUnsigned(am, bm);
        }
        if (byMagnitude == 0) {
            return Order.EQUAL;
        }
        return (byMagnitude < 0) != negative(ase) ? Order.LESS : Order.GREATER;
    }

    /// Rounds to an integral value in the current rounding mode (FRNDINT).
    public void roundToIntegral(int se, long m) {
        if (special(se, m, se, m)) {
            return;
        }
        denormalOperands(se, m, se, m);
        int fractionBits = BIAS + 63 - exponent(se);
        if (m == 0 || fractionBits <= 0 || exponent(se) == MAX_EXPONENT) {
            set(se, m);
            roundedUp = false;
            return;
        }
        boolean sign = negative(se);
        long whole = shiftedHigh(m, fractionBits);
        long rest = shiftedLow(m, fractionBits);
        boolean up = roundsUp(sign, (whole & 1) != 0, rest);
        if (rest != 0) {
            flags |= PRECISION;
        }
        roundedUp = up;
        // A carry out of 64 bits cannot happen: at least one bit is a fraction bit.
        fromMagnitude(sign, whole + (up ? 1 : 0));
    }

    private void fromMagnitude(boolean sign, long magnitude) {
        int signBit = sign ? 0x8000 : 0;
        if (magnitude == 0) {
            set(signBit, 0);
        } else {
            int shift = Long.numberOfLeadingZeros(magnitude);
            set(signBit | (BIAS + 63 - shift), magnitude << shift);
        }
    }

    // Conversions in.

    public void fromLong(long value) {
        fromMagnitude(value < 0, Math.abs(value));
    }

    /// Results have 64 bits, whatever precision control says: it concerns the basic operations only
    /// (SDM volume 1, 8.1.5.2).
    void ignorePrecisionControl() {
        precision = 64;
    }

    /// As an operand of arithmetic or comparison: a signalling NaN still signals.
    public void fromDoubleOperand(long bits) {
        fromDouble(bits);
        keepSignalling();
    }

    public void fromFloatOperand(int bits) {
        fromFloat(bits);
        keepSignalling();
    }

    private void keepSignalling() {
        if ((flags & INVALID) != 0) {
            flags &= ~INVALID;
            resultM &= ~QUIET_BIT;
        }
    }

    public void fromDouble(long bits) {
        int exponent = (int) (bits >>> 52) & 0x7ff;
        unpack((int) (bits >>> 63), exponent, bits << 12, exponent == 0x7ff, 1023);
    }

    public void fromFloat(int bits) {
        int exponent = (bits >>> 23) & 0xff;
        unpack(bits >>> 31, exponent, (long) bits << 41, exponent == 0xff, 127);
    }

    /// `fraction` stands left-justified, without its integer bit.
    private void unpack(int sign, int exponent, long fraction, boolean highest, int bias) {
        int signBit = sign << 15;
        if (highest) {
            long m = INTEGER_BIT | (fraction >>> 1);
            if (fraction != 0 && (m & QUIET_BIT) == 0) {
                flags |= INVALID;
                m |= QUIET_BIT;
            }
            set(signBit | MAX_EXPONENT, m);
        } else if (exponent != 0) {
            set(signBit | (exponent - bias + BIAS), INTEGER_BIT | (fraction >>> 1));
        } else if (fraction == 0) {
            set(signBit, 0);
        } else {
            flags |= DENORMAL;
            int shift = Long.numberOfLeadingZeros(fraction);
            set(signBit | (BIAS - bias - shift), fraction << shift);
        }
    }

    // Conversions out.

    /// The nearest double in the current rounding mode.
    public long toDouble(int se, long m) {
        return toFormat(se, m, 53, 11);
    }

    /// The nearest float in the current rounding mode.
    public int toFloat(int se, long m) {
        return (int) toFormat(se, m, 24, 8);
    }

    private long toFormat(int se, long m, int bits, int exponentBits) {
        long sign = negative(se) ? 1L << (bits - 1 + exponentBits) : 0;
        int highest = (1 << exponentBits) - 1;
        long infinity = (long) highest << (bits - 1);
        if (isUnsupported(se, m)) {
            flags |= INVALID;
            return (1L << (bits - 1 + exponentBits)) | infinity | (1L << (bits - 2));
        }
        if (exponent(se) == MAX_EXPONENT) {
            if (m == INTEGER_BIT) {
                return sign | infinity;
            }
            if ((m & QUIET_BIT) == 0) {
                flags |= INVALID;
            }
            return sign | infinity | (((m | QUIET_BIT) << 1) >>> (65 - bits));
        }
        if (m == 0) {
            return sign;
        }
        long normal = m << Long.numberOfLeadingZeros(m);
        int exponent = normalExponent(se, m) - BIAS + (highest >> 1);
        return sign | roundToFormat(negative(se), exponent, normal, bits, highest);
    }

    private long roundToFormat(boolean sign, int exponent, long m, int bits, int highest) {
        int drop = 64 - bits;
        boolean tiny = exponent < 0 || (exponent == 0 && !carries(sign, m, drop));
        if (exponent <= 0) {
            drop += 1 - exponent;
        }
        long whole = shiftedHigh(m, drop);
        long rest = shiftedLow(m, drop);
        boolean up = roundsUp(sign, (whole & 1) != 0, rest);
        roundedUp = up;
        if (up) {
            whole++;
        }
        if (tiny && (rest != 0 || (masks & UNDERFLOW) == 0)) {
            flags |= UNDERFLOW;
        }
        if (rest != 0) {
            flags |= PRECISION;
        }
        // The integer bit adds one to the exponent field; so does a rounding carry.
        long encoded = exponent <= 0 ? whole : ((long) (exponent - 1) << (bits - 1)) + whole;
        if (exponent >= highest || (exponent > 0 && (encoded >>> (bits - 1)) >= highest)) {
            flags |= OVERFLOW | PRECISION;
            boolean toInfinity = overflowsToInfinity(sign);
            roundedUp = toInfinity;
            return ((long) highest << (bits - 1)) - (toInfinity ? 0 : 1);
        }
        return encoded;
    }

    /// Whether rounding away the low `drop` bits of a normal significand carries into the next
    /// binade.
    private boolean carries(boolean sign, long m, int drop) {
        long whole = m >>> drop;
        long rest = m << (64 - drop);
        return roundsUp(sign, (whole & 1) != 0, rest) && whole == (-1L >>> drop);
    }

    /// Converts to a signed integer of `bits` bits. What does not fit is the integer indefinite,
    /// and invalid.
    public long toInteger(int se, long m, int bits, boolean truncate) {
        long indefinite = -1L << (bits - 1);
        roundedUp = false;
        if (isUnsupported(se, m) || exponent(se) == MAX_EXPONENT) {
            flags |= INVALID;
            return indefinite;
        }
        if (m == 0) {
            return 0;
        }
        int drop = BIAS + 63 - effectiveExponent(se);
        if (drop < 0) {
            flags |= INVALID;
            return indefinite;
        }
        boolean sign = negative(se);
        long whole = shiftedHigh(m, drop);
        long rest = shiftedLow(m, drop);
        boolean up = !truncate && roundsUp(sign, (whole & 1) != 0, rest);
        long rounded = whole + (up ? 1 : 0);
        boolean wrapped = up && rounded == 0;
        long limit = 1L << (bits - 1);
        int overLimit = Long.compareUnsigned(rounded, limit);
        if (wrapped || overLimit > 0 || (overLimit == 0 && !sign)) {
            flags |= INVALID;
            return indefinite;
        }
        if (rest != 0) {
            flags |= PRECISION;
            roundedUp = up;
        }
        return sign ? -rounded : rounded;
    }

    // Remainder, scaling, parts.

    /// FPREM (`nearest` false) and FPREM1 (true): leaves the partial remainder as the result.
    /// Returns the low three bits of the quotient, or -1 when the reduction is incomplete (C2).
    public int remainder(int ase, long am, int bse, long bm, boolean nearest) {
        if (special(ase, am, bse, bm)) {
            return 0;
        }
        if (isInfinite(ase, am) || isZero(bse, bm)) {
            invalid();
            return 0;
        }
        denormalOperands(ase, am, bse, bm);
        if (isInfinite(bse, bm)) {
            pack(negative(ase), effectiveExponent(ase), am);
            return 0;
        }
        if (isZero(ase, am)) {
            set(ase, am);
            return 0;
        }
        int aExponent = normalExponent(ase, am);
        int bExponent = normalExponent(bse, bm);
        long a = am << Long.numberOfLeadingZeros(am);
        long b = bm << Long.numberOfLeadingZeros(bm);
        int distance = aExponent - bExponent;
        if (distance < (nearest ? -1 : 0)) {
            roundPack(negative(ase), aExponent, a, 0, 64);
            return 0;
        }
        if (distance >= 64) {
            // At most 63 quotient bits a step, and a distance that shrinks by 32 at least.
            int bits = 32 + (distance & 31);
            long rest = reduce(a, b, bits);
            pack(negative(ase), bExponent + distance - bits, rest);
            return -1;
        }
        return finishRemainder(ase, a, b, bExponent, distance, nearest);
    }

    private int finishRemainder(int ase, long a, long b, int bExponent, int distance, boolean nearest) {
        boolean sign = negative(ase);
        long quotient = 0;
        long rest = a;
        boolean halved = distance < 0;
        if (!halved) {
            rest = reduce(a, b, distance);
            quotient = reducedQuotient;
        }
        if (!nearest) {
            pack(sign, bExponent, rest);
            return (int) quotient & 7;
        }
        // Twice the rest against b decides; with distance -1 the rest itself is half of a.
        int order;
        if (halved) {
            order = Long.compareUnsigned(rest, b);
        } else {
            order = rest < 0 ? 1 : Long.compareUnsigned(rest << 1, b);
        }
        if (order > 0 || (order == 0 && (quotient & 1) != 0)) {
            quotient++;
            if (halved) {
                // 2b - a in units of half the last place of b; a > b, so it fits.
                pack(!sign, bExponent - 1, (b << 1) - rest);
            } else {
                pack(!sign, bExponent, b - rest);
            }
        } else {
            pack(sign, halved ? bExponent - 1 : bExponent, rest);
        }
        return (int) quotient & 7;
    }

    private long reducedQuotient;

    /// `a * 2^bits mod b` for normal a and b; the quotient's low bits go to [#reducedQuotient].
    private long reduce(long a, long b, int bits) {
        long quotient = 0;
        long rest = a;
        if (Long.compareUnsigned(rest, b) >= 0) {
            rest -= b;
            quotient = 1;
        }
        for (int i = 0; i < bits; i++) {
            boolean carry = rest < 0;
            rest <<= 1;
            quotient <<= 1;
            if (carry || Long.compareUnsigned(rest, b) >= 0) {
                rest -= b;
                quotient |= 1;
            }
        }
        reducedQuotient = quotient;
        return rest;
    }

    /// Packs an exact value `m * 2^(exponent - BIAS - 63)`.
    private void pack(boolean sign, int exponent, long m) {
        if (m == 0) {
            set(sign ? 0x8000 : 0, 0);
        } else {
            int shift = Long.numberOfLeadingZeros(m);
            roundPack(sign, exponent - shift, m << shift, 0, 64);
        }
    }

    /// FSCALE: `a * 2^trunc(b)`.
    public void scale(int ase, long am, int bse, long bm) {
        if (special(ase, am, bse, bm)) {
            return;
        }
        if (isInfinite(bse, bm)) {
            boolean shrink = negative(bse);
            if (shrink ? isInfinite(ase, am) : isZero(ase, am)) {
                invalid();
                return;
            }
            denormalOperands(ase, am, bse, bm);
            int sign = ase & 0x8000;
            if (shrink) {
                set(sign, 0);
            } else {
                set(sign | MAX_EXPONENT, INTEGER_BIT);
            }
            return;
        }
        denormalOperands(ase, am, bse, bm);
        if (isZero(ase, am) || isInfinite(ase, am)) {
            set(ase, am);
            return;
        }
        int exponent = normalExponent(ase, am) + truncatedPower(bse, bm);
        if (!massive(ase & 0x8000, exponent)) {
            roundPack(negative(ase), exponent, am << Long.numberOfLeadingZeros(am), 0, 64);
        }
    }

    /// Whether a result is too large or too small even for the biased exponent that an unmasked
    /// exception gives it; then it is an infinity or a zero (SDM volume 1, 8.5.4 and 8.5.5).
    private boolean massive(int sign, int exponent) {
        if ((masks & OVERFLOW) == 0 && exponent - EXPONENT_WRAP >= MAX_EXPONENT) {
            flags |= OVERFLOW | PRECISION;
            roundedUp = true;
            set(sign | MAX_EXPONENT, INTEGER_BIT);
            return true;
        }
        if ((masks & UNDERFLOW) == 0 && exponent + EXPONENT_WRAP <= 0) {
            flags |= UNDERFLOW | PRECISION;
            roundedUp = false;
            set(sign, 0);
            return true;
        }
        return false;
    }

    private static int truncatedPower(int se, long m) {
        int drop = BIAS + 63 - effectiveExponent(se);
        long whole = drop <= 0 ? Long.MAX_VALUE : shiftedHigh(m, drop);
        // Beyond twice the exponent range everything overflows or vanishes alike.
        int power = whole < 0 || whole > 0x10000 ? 0x10000 : (int) whole;
        return negative(se) ? -power : power;
    }

    /// The unbiased exponent of a finite nonzero number, as FXTRACT splits it off.
    public static int unbiasedExponent(int se, long m) {
        return normalExponent(se, m) - BIAS;
    }

    /// The second result of [#extract].
    public int significandSe;

    public long significandM;

    /// FXTRACT: leaves the unbiased exponent as the result and the significand, scaled to [1, 2), beside it.
    public void extract(int se, long m) {
        if (special(se, m, se, m)) {
            significandSe = resultSe;
            significandM = resultM;
            return;
        }
        significandSe = se;
        significandM = m;
        if (m == 0) {
            flags |= ZERO_DIVIDE;
            set(0x8000 | MAX_EXPONENT, INTEGER_BIT);
        } else if (isInfinite(se, m)) {
            set(MAX_EXPONENT, INTEGER_BIT);
        } else {
            denormalOperands(se, m, se, m);
            significandSe = se & 0x8000 | BIAS;
            significandM = m << Long.numberOfLeadingZeros(m);
            fromLong(unbiasedExponent(se, m));
        }
    }

    // Shared parts.

    /// Deals with unsupported encodings and NaNs; true when the result is set.
    private boolean special(int ase, long am, int bse, long bm) {
        roundedUp = false;
        if (isUnsupported(ase, am) || isUnsupported(bse, bm)) {
            invalid();
            return true;
        }
        boolean aNan = isNan(ase, am);
        boolean bNan = isNan(bse, bm);
        if (!aNan && !bNan) {
            return false;
        }
        if (isSignalling(ase, am) || isSignalling(bse, bm)) {
            flags |= INVALID;
        }
        chooseNan(ase, am, aNan, bse, bm, bNan);
        return true;
    }

    /// SDM volume 1, table 4-7: the quiet operand before the signalling one, else the larger
    /// significand.
    private void chooseNan(int ase, long am, boolean aNan, int bse, long bm, boolean bNan) {
        boolean takeA;
        if (aNan && bNan) {
            boolean aSignals = isSignalling(ase, am);
            if (aSignals != isSignalling(bse, bm)) {
                takeA = !aSignals;
            } else {
                int order = Long.compareUnsigned(am, bm);
                takeA = order > 0 || (order == 0 && !negative(ase));
            }
        } else {
            takeA = aNan;
        }
        set(takeA ? ase : bse, (takeA ? am : bm) | QUIET_BIT);
    }

    private void denormalOperands(int ase, long am, int bse, long bm) {
        if (isDenormal(ase, am) || isDenormal(bse, bm)) {
            flags |= DENORMAL;
        }
    }

    /// The default response to an invalid operation: the real indefinite.
    void invalid() {
        flags |= INVALID;
        set(INDEFINITE_SE, INDEFINITE);
    }

    void set(int se, long m) {
        resultSe = se;
        resultM = m;
    }

    private static int effectiveExponent(int se) {
        return Math.max(1, exponent(se));
    }

    /// The exponent a number would have with its significand shifted until the integer bit is set.
    static int normalExponent(int se, long m) {
        return effectiveExponent(se) - Long.numberOfLeadingZeros(m);
    }

    /// `m >>> shift` for any shift, the bits above the point.
    private static long shiftedHigh(long m, int shift) {
        return shift >= 64 ? 0 : m >>> shift;
    }

    /// What falls below the point, left-justified, with everything beyond 64 bits folded into bit
    /// 0.
    private static long shiftedLow(long m, int shift) {
        if (shift == 0) {
            return 0;
        }
        if (shift < 64) {
            return m << (64 - shift);
        }
        if (shift == 64) {
            return m;
        }
        if (shift >= 128) {
            return m != 0 ? 1 : 0;
        }
        return (m >>> (shift - 64)) | ((m << (128 - shift)) != 0 ? 1 : 0);
    }

    private boolean roundsUp(boolean sign, boolean odd, long rest) {
        return switch (rounding) {
            case TO_NEAREST -> rest < 0 && (rest != INTEGER_BIT || odd);
            case DOWN -> sign && rest != 0;
            case UP -> !sign && rest != 0;
            default -> false;
        };
    }

    private boolean overflowsToInfinity(boolean sign) {
        return switch (rounding) {
            case TO_NEAREST -> true;
            case DOWN -> sign;
            case UP -> !sign;
            default -> false;
        };
    }

    /// Rounds `high:low`, normal, with biased exponent `exponent` of any size, to `bits` bits and
    /// packs it.
    void roundPack(boolean sign, int exponent, long high, long low, int bits) {
        int signBit = sign ? 0x8000 : 0;
        if (exponent <= 0) {
            roundTiny(sign, exponent, high, low, bits);
            return;
        }
        long kept = round(sign, high, low, bits);
        if (carried) {
            exponent++;
        }
        if (exponent >= MAX_EXPONENT) {
            overflow(sign, exponent, kept, bits);
        } else {
            set(signBit | exponent, kept);
        }
    }

    private void overflow(boolean sign, int exponent, long m, int bits) {
        int signBit = sign ? 0x8000 : 0;
        flags |= OVERFLOW;
        if ((masks & OVERFLOW) == 0) {
            set(signBit | Math.min(exponent - EXPONENT_WRAP, MAX_EXPONENT) & MAX_EXPONENT, m);
            return;
        }
        flags |= PRECISION;
        roundedUp = overflowsToInfinity(sign);
        if (roundedUp) {
            set(signBit | MAX_EXPONENT, INTEGER_BIT);
        } else {
            set(signBit | (MAX_EXPONENT - 1), -1L << (64 - bits));
        }
    }

    /// A result below the normal range: tininess is judged after rounding with unbounded exponent
    /// (x86's rule).
    private void roundTiny(boolean sign, int exponent, long high, long low, int bits) {
        int signBit = sign ? 0x8000 : 0;
        int before = flags;
        long unbounded = round(sign, high, low, bits);
        boolean tiny = exponent < 0 || !carried;
        if (tiny && (masks & UNDERFLOW) == 0) {
            flags |= UNDERFLOW;
            set(signBit | ((exponent + (carried ? 1 : 0) + EXPONENT_WRAP) & MAX_EXPONENT), unbounded);
            return;
        }
        flags = before;
        int shift = 1 - exponent;
        long shifted = shiftedHigh(high, shift);
        long rest = shiftedLow(high, shift) | (low != 0 ? 1 : 0);
        if (shift < 64) {
            // The bits of `low` that still lie above the sticky bit.
            rest = shiftedLow(high, shift) | (low >>> shift) | (low << (64 - shift) != 0 ? 1 : 0);
        }
        long kept = round(sign, shifted, rest, bits);
        if (tiny && inexact) {
            flags |= UNDERFLOW;
        }
        // A carry into the integer bit makes it the smallest normal number.
        set(signBit | (kept < 0 ? 1 : 0), kept);
    }

    private boolean carried;
    private boolean inexact;

    /// Rounds `high:low` to the top `bits` bits of `high`; sets [#carried] when that overflowed to
    /// the next power of two (the returned significand is then normal again).
    private long round(boolean sign, long high, long low, int bits) {
        int drop = 64 - bits;
        long kept = drop == 0 ? high : high & (-1L << drop);
        long rest = drop == 0 ? low : (high << bits) | (low != 0 ? 1 : 0);
        long unit = 1L << drop;
        inexact = rest != 0;
        roundedUp = roundsUp(sign, (kept & unit) != 0, rest);
        if (inexact) {
            flags |= PRECISION;
        }
        carried = false;
        if (roundedUp) {
            kept += unit;
            if (kept == 0) {
                kept = INTEGER_BIT;
                carried = true;
            }
        }
        return kept;
    }

    private static int compare(long aHigh, long aLow, long bHigh, long bLow) {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) : Long.compareUnsigned(aLow, bLow);
    }

    /// `floor(a * 2^64 / b)` for `a < b` and b with its top bit set: two 32-bit digits, each
    /// estimated from b's high half and corrected at most twice.
    private static long quotient(long a, long b) {
        long bHigh = b >>> 32;
        long bLow = b & 0xffffffffL;
        long first = digit(a, 0, bHigh, bLow);
        long rest = (a << 32) - first * b;
        long second = digit(rest, 0, bHigh, bLow);
        return (first << 32) + second;
    }

    /// One 32-bit digit of `(a * 2^32 + next) / b`.
    private static long digit(long a, long next, long bHigh, long bLow) {
        long estimate = Long.divideUnsigned(a, bHigh);
        long rest = a - estimate * bHigh;
        while (estimate >>> 32 != 0 || Long.compareUnsigned(estimate * bLow, (rest << 32) | next) > 0) {
            estimate--;
            rest += bHigh;
            if (rest >>> 32 != 0) {
                break;
            }
        }
        return estimate;
    }
}
