package faultline.core.simd;

/// What instructions do to lanes of 8, 16, 32 or 64 bits of half a register.
///
/// `size` is the logarithm of the element's bytes. A method that is named after saturation says in
/// which lanes there was one: it is not 0 there.
public final class LaneArithmetic {

    private LaneArithmetic() {}

    public static long add(long a, long b, int size) {
        return Lanes.add(a, b, Lanes.tops(size));
    }

    public static long sub(long a, long b, int size) {
        return Lanes.sub(a, b, Lanes.tops(size));
    }

    /// Ones in each lane where a is greater, signed.
    public static long greater(long a, long b, int size) {
        return Lanes.spread(Lanes.greater(a, b, Lanes.tops(size)), size);
    }

    /// Ones in each lane where a is higher, unsigned.
    public static long higher(long a, long b, int size) {
        return Lanes.spread(Lanes.below(b, a, Lanes.tops(size)), size);
    }

    /// Ones in each lane that is equal.
    public static long equal(long a, long b, int size) {
        return Lanes.spread(Lanes.equal(a, b, Lanes.tops(size)), size);
    }

    public static long max(long a, long b, int size) {
        return Lanes.select(greater(a, b, size), a, b);
    }

    public static long min(long a, long b, int size) {
        return Lanes.select(greater(a, b, size), b, a);
    }

    public static long maxUnsigned(long a, long b, int size) {
        return Lanes.select(higher(a, b, size), a, b);
    }

    public static long minUnsigned(long a, long b, int size) {
        return Lanes.select(higher(a, b, size), b, a);
    }

    /// The absolute difference, which fits as an unsigned number.
    public static long distance(long a, long b, int size) {
        return sub(max(a, b, size), min(a, b, size), size);
    }

    public static long distanceUnsigned(long a, long b, int size) {
        return sub(maxUnsigned(a, b, size), minUnsigned(a, b, size), size);
    }

    public static long abs(long a, int size) {
        long negative = Lanes.spread(a, size);
        return sub(a ^ negative, negative, size);
    }

    /// How many bits are 0 before the first in each lane.
    public static long leadingZeros(long a, int size) {
        long counts = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            int zeros = Long.numberOfLeadingZeros(Lanes.unsigned(a, lane, size)) + (8 << size) - 64;
            counts |= Lanes.place(zeros, lane, size);
        }
        return counts;
    }

    // Halving: the carry is kept.

    public static long halfSumUnsigned(long a, long b, int size) {
        return (a & b) + (((a ^ b) & ~Lanes.ones(size)) >>> 1);
    }

    public static long halfSum(long a, long b, int size) {
        long tops = Lanes.tops(size);
        return halfSumUnsigned(a ^ tops, b ^ tops, size) ^ tops;
    }

    public static long roundedHalfSumUnsigned(long a, long b, int size) {
        return (a | b) - (((a ^ b) & ~Lanes.ones(size)) >>> 1);
    }

    public static long roundedHalfSum(long a, long b, int size) {
        long tops = Lanes.tops(size);
        return roundedHalfSumUnsigned(a ^ tops, b ^ tops, size) ^ tops;
    }

    public static long halfDifferenceUnsigned(long a, long b, int size) {
        return sub(((a ^ b) & ~Lanes.ones(size)) >>> 1, ~a & b, size);
    }

    public static long halfDifference(long a, long b, int size) {
        long tops = Lanes.tops(size);
        return halfDifferenceUnsigned(a ^ tops, b ^ tops, size);
    }

    // Multiplication.

    public static long multiply(long a, long b, int size) {
        long product = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            product |= Lanes.place(Lanes.unsigned(a, lane, size) * Lanes.unsigned(b, lane, size), lane, size);
        }
        return product;
    }

    /// The upper half of twice the product, rounded or not.
    public static long doubledHigh(long a, long b, int size, boolean rounded) {
        int width = 8 << size;
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long product = Lanes.signed(a, lane, size) * Lanes.signed(b, lane, size);
            long high = product + (rounded ? 1L << width - 2 : 0) >> width - 1;
            result |= Lanes.place(Math.min(high, Lanes.mask(size) >>> 1), lane, size);
        }
        return result;
    }

    /// Where both factors are the least number, twice whose product does not fit.
    public static long doubledSaturates(long a, long b, int size) {
        long tops = Lanes.tops(size);
        return equal(a, tops, size) & equal(b, tops, size);
    }

    // Saturating sums.

    public static long addOverflows(long a, long b, int size) {
        return ~(a ^ b) & (a ^ add(a, b, size)) & Lanes.tops(size);
    }

    public static long subOverflows(long a, long b, int size) {
        return (a ^ b) & (a ^ sub(a, b, size)) & Lanes.tops(size);
    }

    public static long addCarries(long a, long b, int size) {
        return (a & b | (a | b) & ~add(a, b, size)) & Lanes.tops(size);
    }

    public static long subBorrows(long a, long b, int size) {
        return Lanes.below(a, b, Lanes.tops(size));
    }

    public static long addSaturated(long a, long b, int size) {
        return Lanes.select(Lanes.spread(addOverflows(a, b, size), size), limit(a, size), add(a, b, size));
    }

    public static long subSaturated(long a, long b, int size) {
        return Lanes.select(Lanes.spread(subOverflows(a, b, size), size), limit(a, size), sub(a, b, size));
    }

    public static long addSaturatedUnsigned(long a, long b, int size) {
        return add(a, b, size) | Lanes.spread(addCarries(a, b, size), size);
    }

    public static long subSaturatedUnsigned(long a, long b, int size) {
        return sub(a, b, size) & ~Lanes.spread(subBorrows(a, b, size), size);
    }

    /// The greatest number, or the least where `a` is negative.
    public static long limit(long a, int size) {
        return ~Lanes.tops(size) ^ Lanes.spread(a, size);
    }
}
