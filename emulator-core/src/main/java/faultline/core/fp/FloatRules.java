package faultline.core.fp;

/// What IEEE 754 leaves to an architecture, and rounding as that says.
///
/// A finite number is taken apart into sign, exponent and a significand with its first bit at bit
/// 62; results are computed with more bits than any format has, the last of which is set if a lower
/// one would be (*sticky*), and rounded once.
public abstract class FloatRules {

    // Exceptions.

    public static final int INVALID = 1;

    /// An operand is denormal, or was and counts as zero: which of them, an architecture says.
    public static final int DENORMAL = 1 << 1;

    public static final int ZERO_DIVIDE = 1 << 2;
    public static final int OVERFLOW = 1 << 3;
    public static final int UNDERFLOW = 1 << 4;
    public static final int PRECISION = 1 << 5;

    // Rounding modes.

    public static final int NEAREST = 0;
    public static final int DOWN = 1;
    public static final int UP = 2;
    public static final int TRUNCATE = 3;

    /// To nearest, ties away from zero.
    public static final int TIES_AWAY = 4;

    /// Truncates, and makes the last bit 1 of what is not exact, so that rounding again to fewer bits
    /// is right.
    public static final int ODD = 5;

    /// Where the first bit of a significand is.
    static final int TOP = 62;

    /// The exceptions of the operations so far.
    protected int raised;

    /// Whether the last rounding made a magnitude larger.
    protected boolean increased;

    protected FloatRules() {}

    // What an architecture decides.

    /// The rounding mode that the control register says.
    protected abstract int rounding();

    /// The operand as operations see it: a denormal may count as zero.
    protected abstract long operand(BinaryFormat format, long x);

    /// Notes that operands that are no NaNs are denormal, where that is an exception.
    protected void noteDenormals(BinaryFormat format, long a, long b) {}

    /// The result of operands of which one is a NaN, with its exception.
    protected abstract long nan(BinaryFormat format, long a, long b);

    /// The same of three; `invalid` says that the product is of zero and infinity.
    protected abstract long fusedNan(BinaryFormat format, long a, long b, long addend, boolean invalid);

    /// The NaN that invalid operations invent.
    protected abstract long defaultNan(BinaryFormat format);

    /// What a number becomes that an integer of that many bits cannot be; `negative` says on which
    /// side it is.
    protected abstract long unrepresentable(boolean nan, boolean negative, int bits, boolean signed);

    /// Whether a result is tiny that rounding to the precision, with an unbounded exponent, makes a
    /// normal number.
    protected abstract boolean isTinyBeforeRounding();

    /// Whether a tiny result becomes zero, and then its exceptions.
    protected abstract boolean flushes(BinaryFormat format, boolean inexact);

    /// Whether a result with this exception, overflow or underflow, keeps its significand and has its
    /// exponent moved by [#wrap], as trap handlers were to get it (IEEE 754-1985, 7.3 and 7.4).
    protected boolean wraps(int exception) {
        return false;
    }

    /// How far an exponent is moved back into range: three quarters of all there are.
    protected static int wrap(BinaryFormat format) {
        return (format.range.bias + 1) / 2 * 3;
    }

    /// The exceptions of a result that is too large.
    protected int overflowExceptions() {
        return OVERFLOW | PRECISION;
    }

    // Common results.

    protected final long invalid(BinaryFormat format) {
        raised |= INVALID;
        return defaultNan(format);
    }

    protected final void inexactIf(boolean inexact) {
        if (inexact) {
            raised |= PRECISION;
        }
    }

    // Rounding.

    /// Shifts right; a one that is lost stays visible in the last bit.
    static long shiftRight(long significand, int by) {
        if (by == 0) {
            return significand;
        }
        if (by > TOP + 1) {
            return significand == 0 ? 0 : 1;
        }
        return significand >>> by | (significand << 64 - by != 0 ? 1 : 0);
    }

    /// What rounding adds to the last bit kept, of which `odd` is the value; `rest` are the `bits`
    /// below it.
    static int increment(boolean negative, long odd, long rest, int bits, int rounding) {
        if (rest == 0) {
            return 0;
        }
        long half = 1L << bits - 1;
        boolean up = switch (rounding) {
            case NEAREST -> rest > half || rest == half && odd != 0;
            case DOWN -> negative;
            case UP -> !negative;
            case TIES_AWAY -> rest >= half;
            case ODD -> odd == 0;
            default -> false;
        };
        return up ? 1 : 0;
    }

    /// Rounds a number once and packs it, with the exceptions that come of it.
    protected final long round(BinaryFormat format, boolean negative, int exponent, long significand) {
        return round(format, negative, exponent, significand, rounding());
    }

    protected final long round(BinaryFormat format, boolean negative, int exponent, long significand, int rounding) {
        BinaryFormat range = format.range;
        int drop = TOP + 1 - range.precision;
        long rest = significand & (1L << drop) - 1;
        long kept = significand >>> drop;
        int increment = increment(negative, kept & 1, rest, drop, rounding);
        kept += increment;
        int top = exponent + (int) (kept >>> range.precision);
        if ((isTinyBeforeRounding() ? exponent : top) < range.least) {
            if (wraps(UNDERFLOW)) {
                raised |= UNDERFLOW | (rest != 0 ? PRECISION : 0);
                increased = increment != 0;
                return wrapped(format, negative, exponent + wrap(format), kept);
            }
            return flushes(format, rest != 0)
                    ? format.zero(negative)
                    : tiny(format, negative, exponent, significand, rounding);
        }
        if (exponent < range.least) {
            // The rounding alone made it a normal number; so does the coarser one of a denormal.
            raised |= PRECISION;
            return denormal(format, negative, exponent, significand, rounding);
        }
        if (top > range.greatest && !format.hasInfinities) {
            raised |= INVALID;
            return format.largest(negative);
        }
        increased = increment != 0;
        if (top > range.greatest && wraps(OVERFLOW)) {
            raised |= OVERFLOW | (rest != 0 ? PRECISION : 0);
            return wrapped(format, negative, exponent - wrap(format), kept);
        }
        if (rest != 0) {
            raised |= PRECISION;
        }
        if (top > range.greatest) {
            return overflow(format, negative, rounding);
        }
        return format.packRounded(negative, exponent, kept);
    }

    /// A result whose exponent has been moved; where that was not enough, the end it is beyond.
    private static long wrapped(BinaryFormat format, boolean negative, int exponent, long kept) {
        if (exponent > format.greatest) {
            return format.infinity(negative);
        }
        return exponent < format.least ? format.zero(negative) : format.packRounded(negative, exponent, kept);
    }

    private long overflow(BinaryFormat format, boolean negative, int rounding) {
        raised |= overflowExceptions();
        increased = toInfinity(negative, rounding);
        return increased ? format.infinity(negative) : format.largest(negative);
    }

    /// Whether what is too large becomes infinity.
    protected static boolean toInfinity(boolean negative, int rounding) {
        return switch (rounding) {
            case NEAREST, TIES_AWAY -> true;
            case DOWN -> negative;
            case UP -> !negative;
            default -> false;
        };
    }

    private long tiny(BinaryFormat format, boolean negative, int exponent, long significand, int rounding) {
        int before = raised;
        raised &= ~PRECISION;
        long result = denormal(format, negative, exponent, significand, rounding);
        raised |= (raised & PRECISION) != 0 ? before | UNDERFLOW : before;
        return result;
    }

    private long denormal(BinaryFormat format, boolean negative, int exponent, long significand, int rounding) {
        int drop = TOP + 1 - format.range.precision;
        long shifted = shiftRight(significand, format.range.least - exponent);
        long rest = shifted & (1L << drop) - 1;
        long kept = shifted >>> drop;
        if (rest != 0) {
            raised |= PRECISION;
        }
        int increment = increment(negative, kept & 1, rest, drop, rounding);
        increased = increment != 0;
        return format.packDenormal(negative, kept + increment);
    }
}
