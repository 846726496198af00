package faultline.core.fp;

/// An unsigned number of 256 bits that changes in place: what the significands of quadruple precision
/// and their products fit into.
final class Wide {

    static final int BITS = 256;

    // The most significant bits first.

    private long w3;
    private long w2;
    private long w1;
    private long w0;

    /// Becomes a number of 128 bits.
    void set(long high, long low) {
        w3 = 0;
        w2 = 0;
        w1 = high;
        w0 = low;
    }

    void set(Wide other) {
        w3 = other.w3;
        w2 = other.w2;
        w1 = other.w1;
        w0 = other.w0;
    }

    /// Becomes the product of two numbers of 128 bits.
    void setProduct(long aHigh, long aLow, long bHigh, long bLow) {
        w3 = Math.unsignedMultiplyHigh(aHigh, bHigh);
        w2 = aHigh * bHigh;
        w1 = Math.unsignedMultiplyHigh(aLow, bLow);
        w0 = aLow * bLow;
        addAtWord1(Math.unsignedMultiplyHigh(aHigh, bLow), aHigh * bLow);
        addAtWord1(Math.unsignedMultiplyHigh(aLow, bHigh), aLow * bHigh);
    }

    private void addAtWord1(long high, long low) {
        w1 += low;
        long carry = carry(w1, low);
        long sum = w2 + high;
        long over = carry(sum, high);
        w2 = sum + carry;
        w3 += over + carry(w2, carry);
    }

    /// 1 if a sum is less than what was added, so that it has overflowed.
    private static long carry(long sum, long added) {
        return Long.compareUnsigned(sum, added) < 0 ? 1 : 0;
    }

    boolean isZero() {
        return (w3 | w2 | w1 | w0) == 0;
    }

    /// The number of its first bit, or -1.
    int firstBit() {
        if (w3 != 0) {
            return 255 - Long.numberOfLeadingZeros(w3);
        }
        if (w2 != 0) {
            return 191 - Long.numberOfLeadingZeros(w2);
        }
        return w1 != 0 ? 127 - Long.numberOfLeadingZeros(w1) : 63 - Long.numberOfLeadingZeros(w0);
    }

    void shiftLeft(int by) {
        for (int left = by; left > 0; left -= Math.min(left, 63)) {
            int step = Math.min(left, 63);
            w3 = w3 << step | w2 >>> 64 - step;
            w2 = w2 << step | w1 >>> 64 - step;
            w1 = w1 << step | w0 >>> 64 - step;
            w0 <<= step;
        }
    }

    /// Shifts right; a one that is lost stays visible in the last bit.
    void shiftRight(int by) {
        if (by >= BITS) {
            set(0, isZero() ? 0 : 1);
            return;
        }
        boolean lost = false;
        for (int left = by; left > 0; left -= Math.min(left, 63)) {
            int step = Math.min(left, 63);
            lost |= w0 << 64 - step != 0;
            w0 = w0 >>> step | w1 << 64 - step;
            w1 = w1 >>> step | w2 << 64 - step;
            w2 = w2 >>> step | w3 << 64 - step;
            w3 >>>= step;
        }
        w0 |= lost ? 1 : 0;
    }

    /// The first two bits as a number.
    int topTwoBits() {
        return (int) (w3 >>> 62);
    }

    /// Shifts two bits away.
    void dropTwoBits() {
        w0 = w0 >>> 2 | w1 << 62;
        w1 = w1 >>> 2 | w2 << 62;
        w2 = w2 >>> 2 | w3 << 62;
        w3 >>>= 2;
    }

    void add(Wide other) {
        w0 += other.w0;
        long carry = carry(w0, other.w0);
        w1 = plus(w1, other.w1, carry);
        carry = carryOut(w1, other.w1, carry);
        w2 = plus(w2, other.w2, carry);
        carry = carryOut(w2, other.w2, carry);
        w3 = plus(w3, other.w3, carry);
    }

    private static long plus(long a, long b, long carry) {
        return a + b + carry;
    }

    private static long carryOut(long sum, long b, long carry) {
        int order = Long.compareUnsigned(sum, b);
        return order < 0 || carry != 0 && order == 0 ? 1 : 0;
    }

    /// Takes a number away that is not more.
    void subtract(Wide other) {
        long borrow = Long.compareUnsigned(w0, other.w0) < 0 ? 1 : 0;
        w0 -= other.w0;
        long out = borrowOut(w1, other.w1, borrow);
        w1 -= other.w1 + borrow;
        borrow = out;
        out = borrowOut(w2, other.w2, borrow);
        w2 -= other.w2 + borrow;
        w3 -= other.w3 + out;
    }

    private static long borrowOut(long a, long b, long borrow) {
        int order = Long.compareUnsigned(a, b);
        return order < 0 || borrow != 0 && order == 0 ? 1 : 0;
    }

    int compareTo(Wide other) {
        int order = Long.compareUnsigned(w3, other.w3);
        order = order != 0 ? order : Long.compareUnsigned(w2, other.w2);
        order = order != 0 ? order : Long.compareUnsigned(w1, other.w1);
        return order != 0 ? order : Long.compareUnsigned(w0, other.w0);
    }

    /// Bits 64 to 127.
    long high() {
        return w1;
    }

    /// The last 64 bits.
    long low() {
        return w0;
    }
}
