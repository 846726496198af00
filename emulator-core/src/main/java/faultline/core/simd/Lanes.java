package faultline.core.simd;

/// Arithmetic on the 8-, 16- and 32-bit lanes of one 64-bit half of a vector register, all lanes at
/// once.
///
/// An element size `size` is the logarithm of its bytes: 0 to 3.
///
/// Lane sums use the usual trick: add without the top bits, then put the top bits' sum back with
/// exclusive or, so that no carry crosses a lane.
public final class Lanes {

    public static final long TOP8 = 0x8080808080808080L;
    public static final long TOP16 = 0x8000800080008000L;
    public static final long TOP32 = 0x8000000080000000L;
    public static final long ONE8 = 0x0101010101010101L;
    public static final long ONE16 = 0x0001000100010001L;

    private Lanes() {}

    // By element size. A size that is known to the compiler leaves nothing of the choice.

    /// The top bit of each lane.
    public static long tops(int size) {
        return switch (size) {
            case 0 -> TOP8;
            case 1 -> TOP16;
            case 2 -> TOP32;
            default -> Long.MIN_VALUE;
        };
    }

    /// The bits of the lowest lane.
    public static long mask(int size) {
        return -1L >>> 64 - (8 << size);
    }

    /// The lowest bit of each lane.
    public static long ones(int size) {
        return tops(size) >>> (8 << size) - 1;
    }

    /// The low bits of a value in each lane.
    public static long replicate(long value, int size) {
        return (value & mask(size)) * ones(size);
    }

    /// Spreads each lane's top bit over the whole lane.
    public static long spread(long tops, int size) {
        long bits = tops & tops(size);
        return (bits << 1) - (bits >>> (8 << size) - 1);
    }

    /// The lane with that number, zero-extended.
    public static long unsigned(long a, int lane, int size) {
        return a >>> (lane * 8 << size) & mask(size);
    }

    /// The lane with that number, sign-extended.
    public static long signed(long a, int lane, int size) {
        int unused = 64 - (8 << size);
        return a << unused - (lane * 8 << size) >> unused;
    }

    /// A value cut to a lane, in the place of the lane with that number.
    public static long place(long value, int lane, int size) {
        return (value & mask(size)) << (lane * 8 << size);
    }

    /// The lanes in reverse order.
    public static long reversed(long a, int size) {
        long bytes = Long.reverseBytes(a);
        return switch (size) {
            case 0 -> bytes;
            case 1 -> (bytes & 0x00ff00ff00ff00ffL) << 8 | bytes >>> 8 & 0x00ff00ff00ff00ffL;
            case 2 -> Long.rotateLeft(a, 32);
            default -> a;
        };
    }

    /// How many lanes are in 64 bits.
    public static int count(int size) {
        return 8 >> size;
    }

    // By top bits.

    public static long add(long a, long b, long top) {
        return ((a & ~top) + (b & ~top)) ^ ((a ^ b) & top);
    }

    public static long sub(long a, long b, long top) {
        return ((a | top) - (b & ~top)) ^ ((a ^ ~b) & top);
    }

    /// Spreads each lane's top bit over the whole lane: 8-bit lanes.
    public static long spread8(long tops) {
        return ((tops & TOP8) >>> 7) * 0xff;
    }

    public static long spread16(long tops) {
        return ((tops & TOP16) >>> 15) * 0xffff;
    }

    public static long spread32(long tops) {
        return ((tops & TOP32) >>> 31) * 0xffffffffL;
    }

    /// The top bit of each lane where a and b differ nowhere.
    public static long equal(long a, long b, long top) {
        long x = a ^ b;
        return ~(((x & ~top) + ~top) | x) & top;
    }

    /// The top bit of each lane where a is below b, unsigned: the borrow out of a - b.
    public static long below(long a, long b, long top) {
        long difference = sub(a, b, top);
        return ((~a & b) | (~(a ^ b) & difference)) & top;
    }

    /// The top bit of each lane where a is greater than b, signed.
    public static long greater(long a, long b, long top) {
        return below(b ^ top, a ^ top, top);
    }

    /// Picks a where `mask` has ones, else b.
    public static long select(long mask, long a, long b) {
        return (a & mask) | (b & ~mask);
    }

    public static int s8(long a, int lane) {
        return (byte) (a >>> (8 * lane));
    }

    public static int u8(long a, int lane) {
        return (int) (a >>> (8 * lane)) & 0xff;
    }

    public static int s16(long a, int lane) {
        return (short) (a >>> (16 * lane));
    }

    public static int u16(long a, int lane) {
        return (int) (a >>> (16 * lane)) & 0xffff;
    }

    public static int s32(long a, int lane) {
        return (int) (a >>> (32 * lane));
    }

    public static long u32(long a, int lane) {
        return (a >>> (32 * lane)) & 0xffffffffL;
    }

    /// One of the four 32-bit lanes of a whole register.
    public static long pick32(long low, long high, long lane) {
        return u32((lane & 2) == 0 ? low : high, (int) lane & 1);
    }

    /// The low 32 bits of `low` and `high` side by side, as the halves of a result.
    public static long pair(long low, long high) {
        return (low & 0xffffffffL) | (high << 32);
    }

    public static int saturateS8(int x) {
        return Math.clamp(x, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }

    public static int saturateU8(int x) {
        return Math.clamp(x, 0, 0xff);
    }

    public static int saturateS16(int x) {
        return Math.clamp(x, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    public static int saturateU16(int x) {
        return Math.clamp(x, 0, 0xffff);
    }
}
