package faultline.core.simd;

/// 128-bit numbers as two halves. What gives such a number gives the half that `half` says: 0 is the
/// low one.
public final class Quadwords {

    private Quadwords() {}

    // Sums.

    /// The carry out of the sum of two halves and a carry.
    public static long carry(long a, long b, long in) {
        return (a & b | (a | b) & ~(a + b + in)) >>> 63;
    }

    /// The carry out of the sum of two numbers and a carry.
    public static long carry(long aLo, long aHi, long bLo, long bHi, long in) {
        return carry(aHi, bHi, carry(aLo, bLo, in));
    }

    /// The sum of two numbers and a carry.
    public static long sum(long aLo, long aHi, long bLo, long bHi, long in, int half) {
        return half == 0 ? aLo + bLo + in : aHi + bHi + carry(aLo, bLo, in);
    }

    // Shifts, by less than 128 bits.

    public static long shiftedLeft(long low, long high, int bits, int half) {
        return window(low, high, 0, 0, bits, half);
    }

    public static long shiftedRight(long low, long high, int bits, int half) {
        return bits == 0 ? half == 0 ? low : high : window(0, 0, low, high, 128 - bits, half);
    }

    /// The 128 bits that begin `bits` bits below the top of `a`, with `b` behind it.
    public static long window(long aLo, long aHi, long bLo, long bHi, int bits, int half) {
        int first = (bits >>> 6) + 1 - half;
        long above = part(aLo, aHi, bLo, bHi, first);
        int inside = bits & 63;
        return inside == 0 ? above : above << inside | part(aLo, aHi, bLo, bHi, first + 1) >>> 64 - inside;
    }

    private static long part(long aLo, long aHi, long bLo, long bHi, int number) {
        return switch (number) {
            case 0 -> aHi;
            case 1 -> aLo;
            case 2 -> bHi;
            default -> bLo;
        };
    }
}
