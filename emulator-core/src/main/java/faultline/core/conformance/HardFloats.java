package faultline.core.conformance;

/// Operands on which floating-point units go wrong, in a binary interchange format of IEEE 754:
/// zeros, denormals, ties, the ends of the range, NaNs with payloads of both kinds, and pairs of
/// numbers whose sum, product or quotient is any of these.
public final class HardFloats {

    public static final HardFloats HALF = new HardFloats(5, 10);
    public static final HardFloats SINGLE = new HardFloats(8, 23);
    public static final HardFloats DOUBLE = new HardFloats(11, 52);

    /// The upper half of a number of quadruple precision.
    public static final HardFloats QUAD_HIGH = new HardFloats(15, 48);

    private final int fractionBits;
    private final int exponentMask;
    private final int bias;
    private final long fractionMask;
    private final int width;

    private HardFloats(int exponentBits, int fractionBits) {
        this.fractionBits = fractionBits;
        this.exponentMask = (1 << exponentBits) - 1;
        this.bias = exponentMask >> 1;
        this.fractionMask = (1L << fractionBits) - 1;
        this.width = exponentBits + fractionBits + 1;
    }

    /// Bits of a number.
    public int width() {
        return width;
    }

    private long pack(boolean negative, long exponent, long fraction) {
        long bits = Math.clamp(exponent, 0, exponentMask) << fractionBits | fraction & fractionMask;
        return negative ? bits | 1L << width - 1 : bits;
    }

    /// A fraction with long runs of equal bits, few bits, or any.
    private long fraction(RandomSource random) {
        return switch (random.below(8)) {
            case 0 -> 0;
            case 1 -> fractionMask;
            case 2 -> 1;
            case 3 -> 1L << random.below(fractionBits);
            case 4 -> fractionMask << random.below(fractionBits);
            case 5 -> (random.bits() & 15) << Math.max(0, fractionBits - 4 - random.below(3));
            default -> random.bits();
        };
    }

    /// One operand.
    public long one(RandomSource random) {
        boolean negative = random.oneIn(2);
        long fraction = fraction(random);
        return switch (random.below(16)) {
                    case 0 -> pack(negative, 0, random.oneIn(2) ? 0 : fraction);
                    // Denormals of all magnitudes.
                    case 1 -> pack(negative, 0, (random.bits() & fractionMask) >>> random.below(fractionBits));
                    case 2 -> pack(negative, exponentMask, random.oneIn(2) ? 0 : fraction);
                    // Quiet and signalling.
                    case 3 -> pack(negative, exponentMask, random.bits() | 1L << fractionBits - 1);
                    case 4 -> pack(negative, exponentMask, random.bits() & fractionMask >>> 1 | 1);
                    case 5 -> pack(negative, exponentMask - 1L - random.below(3), fraction);
                    case 6 -> pack(negative, 1L + random.below(3), fraction);
                    // Neighbours of powers of two, and of the limits of integers.
                    case 7 -> pack(negative, bias + random.below(66), 0) + random.below(5) - 2;
                    case 8 -> pack(negative, bias + random.oneOf(6, 7, 14, 15, 30, 31, 62, 63), fraction);
                    // Halves and odd multiples: what rounding to an integer has to decide.
                    case 9 -> half(random, negative);
                    case 10 -> random.bits();
                    default -> pack(negative, bias - 4 + random.below(8), fraction);
                }
                & (width == 64 ? -1 : (1L << width) - 1);
    }

    private long half(RandomSource random, boolean negative) {
        int exponent = random.below(fractionBits);
        long unit = 1L << fractionBits - exponent;
        long whole = random.bits() & fractionMask & -unit;
        return pack(negative, bias + exponent, whole | unit >>> 1) + random.below(3) - 1;
    }

    /// An operand that goes with another: of neighbouring magnitude, or such that the product or
    /// the quotient lies at an end of the range.
    public long beside(RandomSource random, long other) {
        boolean negative = random.oneIn(2);
        long exponent = other >>> fractionBits & exponentMask;
        long fraction = fraction(random);
        return switch (random.below(10)) {
            case 0 -> other ^ (random.oneIn(2) ? 1L << width - 1 : 0);
            case 1 ->
                (other ^ (negative ? 1L << width - 1 : 0)) + random.below(5) - 2
                        & (width == 64 ? -1 : (1L << width) - 1);
            case 2 -> pack(negative, exponent - 3 + random.below(7), fraction);
            // A sum whose tie the smaller operand decides.
            case 3 -> pack(negative, exponent - fractionBits - 2 + random.below(4), fraction);
            case 4 -> pack(negative, bias + exponentMask - 1 - exponent - 2 + random.below(4), fraction);
            case 5 -> pack(negative, bias - exponent + random.below(4) - random.below(fractionBits + 3), fraction);
            case 6 -> pack(negative, exponent - exponentMask + bias + random.below(4), fraction);
            case 7 -> pack(negative, exponent + bias - random.below(4) + random.below(fractionBits + 3), fraction);
            default -> one(random);
        };
    }
}
