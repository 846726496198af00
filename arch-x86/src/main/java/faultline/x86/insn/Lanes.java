package faultline.x86.insn;

/// Arithmetic on the 8-, 16- and 32-bit lanes of one 64-bit half of a vector register, all lanes at
/// once.
///
/// Lane sums use the usual trick: add without the top bits, then put the top bits' sum back with
/// exclusive or, so that no carry crosses a lane.
final class Lanes {

    static final long TOP8 = 0x8080808080808080L;
    static final long TOP16 = 0x8000800080008000L;
    static final long TOP32 = 0x8000000080000000L;
    static final long ONE8 = 0x0101010101010101L;
    static final long ONE16 = 0x0001000100010001L;

    private Lanes() {}

    static long add(long a, long b, long top) {
        return ((a & ~top) + (b & ~top)) ^ ((a ^ b) & top);
    }

    static long sub(long a, long b, long top) {
        return ((a | top) - (b & ~top)) ^ ((a ^ ~b) & top);
    }

    /// Spreads each lane's top bit over the whole lane: 8-bit lanes.
    static long spread8(long tops) {
        return ((tops & TOP8) >>> 7) * 0xff;
    }

    static long spread16(long tops) {
        return ((tops & TOP16) >>> 15) * 0xffff;
    }

    static long spread32(long tops) {
        return ((tops & TOP32) >>> 31) * 0xffffffffL;
    }

    /// The top bit of each lane where a and b differ nowhere.
    static long equal(long a, long b, long top) {
        long x = a ^ b;
        return ~(((x & ~top) + ~top) | x) & top;
    }

    /// The top bit of each lane where a is below b, unsigned: the borrow out of a - b.
    static long below(long a, long b, long top) {
        long difference = sub(a, b, top);
        return ((~a & b) | (~(a ^ b) & difference)) & top;
    }

    /// The top bit of each lane where a is greater than b, signed.
    static long greater(long a, long b, long top) {
        return below(b ^ top, a ^ top, top);
    }

    /// Picks a where `mask` has ones, else b.
    static long select(long mask, long a, long b) {
        return (a & mask) | (b & ~mask);
    }

    static int s8(long a, int lane) {
        return (byte) (a >>> (8 * lane));
    }

    static int u8(long a, int lane) {
        return (int) (a >>> (8 * lane)) & 0xff;
    }

    static int s16(long a, int lane) {
        return (short) (a >>> (16 * lane));
    }

    static int u16(long a, int lane) {
        return (int) (a >>> (16 * lane)) & 0xffff;
    }

    static int s32(long a, int lane) {
        return (int) (a >>> (32 * lane));
    }

    static long u32(long a, int lane) {
        return (a >>> (32 * lane)) & 0xffffffffL;
    }

    /// One of the four 32-bit lanes of a whole register.
    static long pick32(long low, long high, long lane) {
        return u32((lane & 2) == 0 ? low : high, (int) lane & 1);
    }

    /// The low 32 bits of `low` and `high` side by side, as the halves of a result.
    static long pair(long low, long high) {
        return (low & 0xffffffffL) | (high << 32);
    }

    static int saturateS8(int x) {
        return Math.clamp(x, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }

    static int saturateU8(int x) {
        return Math.clamp(x, 0, 0xff);
    }

    static int saturateS16(int x) {
        return Math.clamp(x, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    static int saturateU16(int x) {
        return Math.clamp(x, 0, 0xffff);
    }
}
