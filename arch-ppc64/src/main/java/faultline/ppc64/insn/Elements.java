package faultline.ppc64.insn;

import faultline.core.simd.Lanes;
import faultline.core.simd.Quadwords;

/// Elements of vector registers by the manual's numbers: element 0 is the most significant, and so is
/// byte 0. `size` is the logarithm of an element's bytes.
final class Elements {

    private Elements() {}

    static long unsigned(long low, long high, int number, int size) {
        int count = Lanes.count(size);
        return Lanes.unsigned(number < count ? high : low, count - 1 - (number & count - 1), size);
    }

    /// The element of so many bytes that begins at a byte, and zeroes where it would end behind the register.
    static long from(long low, long high, int oneByte, int size) {
        int inHalf = oneByte & 7;
        long first = oneByte < 8 ? high : low;
        long second = oneByte < 8 ? low : 0;
        long doubleword = inHalf == 0 ? first : first << 8 * inHalf | second >>> 64 - 8 * inHalf;
        return doubleword >>> 64 - (8 << size);
    }

    /// The element of so many bytes that ends before the last `bytes` bytes, and zeroes where it would begin before
    /// the register.
    static long fromRight(long low, long high, int bytes, int size) {
        return Quadwords.shiftedRight(low, high, 8 * bytes, 0) & Lanes.mask(size);
    }

    /// A half of a register behind that an element has been put in at a byte.
    static long with(long value, long element, int oneByte, int half, int size) {
        int right = 128 - (8 << size) - 8 * oneByte - 64 * half;
        long mask = shifted(Lanes.mask(size), right);
        return value & ~mask | shifted(element, right) & mask;
    }

    /// Shifted left, or right where `left` is negative.
    private static long shifted(long value, int left) {
        if (left <= -64 || left >= 64) {
            return 0;
        }
        return left >= 0 ? value << left : value >>> -left;
    }
}
