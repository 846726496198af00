package faultline.core.simd;

/// The steps of an AES round (FIPS 197).
///
/// A register holds the state column by column, four bytes each from the lowest on. A half of the
/// result is two of its columns, and each column comes from one byte of every column of the state:
/// ShiftRows moves row *i* by *i* columns, to the left for encryption and to the right for
/// decryption.
public final class AesRounds {

    /// SubBytes, and its inverse: the multiplicative inverse in GF(2^8) under an affine map.
    private static final int[] SUB = new int[256];

    private static final int[] INVERSE_SUB = new int[256];

    static {
        int p = 1;
        int q = 1;
        do {
            // p runs through all of the field but 0 as powers of 3, q through their inverses.
            p = p ^ doubled(p);
            q ^= q << 1;
            q ^= q << 2;
            q ^= q << 4;
            q &= 0xff;
            q ^= (q & 0x80) != 0 ? 0x09 : 0;
            SUB[p] = affine(q);
        } while (p != 1);
        SUB[0] = affine(0);
        for (int i = 0; i < 256; i++) {
            INVERSE_SUB[SUB[i]] = i;
        }
    }

    private AesRounds() {}

    /// SubWord.
    public static int substituted(int word) {
        int r = 0;
        for (int i = 0; i < 4; i++) {
            r |= SUB[word >>> 8 * i & 0xff] << 8 * i;
        }
        return r;
    }

    /// ShiftRows and SubBytes, columns `column` and the next.
    public static long encrypted(long low, long high, int column) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            int from = column + (i >> 2) + (i & 3) & 3;
            r |= (long) SUB[Lanes.u8(from < 2 ? low : high, 4 * (from & 1) + (i & 3))] << 8 * i;
        }
        return r;
    }

    /// The inverses of ShiftRows and SubBytes.
    public static long decrypted(long low, long high, int column) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            int from = column + (i >> 2) - (i & 3) & 3;
            r |= (long) INVERSE_SUB[Lanes.u8(from < 2 ? low : high, 4 * (from & 1) + (i & 3))] << 8 * i;
        }
        return r;
    }

    /// MixColumns of two columns: each byte becomes 2, 3, 1 and 1 times itself and those below it.
    public static long mixed(long columns) {
        return doubled(columns) ^ down(columns ^ doubled(columns), 1) ^ down(columns, 2) ^ down(columns, 3);
    }

    /// Its inverse: 14, 11, 13 and 9 times.
    public static long unmixed(long columns) {
        long two = doubled(columns);
        long four = doubled(two);
        long eight = doubled(four);
        return eight
                ^ four
                ^ two
                ^ down(eight ^ two ^ columns, 1)
                ^ down(eight ^ four ^ columns, 2)
                ^ down(eight ^ columns, 3);
    }

    /// Rows moved up by `rows` in each of two columns.
    private static long down(long columns, int rows) {
        return Lanes.pair(
                Integer.rotateRight((int) columns, 8 * rows), Integer.rotateRight((int) (columns >>> 32), 8 * rows));
    }

    /// Twice each byte in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
    private static long doubled(long bytes) {
        return (bytes & ~Lanes.TOP8) << 1 ^ ((bytes & Lanes.TOP8) >>> 7) * 0x1b;
    }

    private static int doubled(int oneByte) {
        return (int) doubled((long) oneByte);
    }

    private static int affine(int x) {
        int r = x | x << 8;
        return (r ^ r >> 4 ^ r >> 5 ^ r >> 6 ^ r >> 7) & 0xff ^ 0x63;
    }
}
