package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// AESNI (SDM volume 1, 5.12; the steps are those of FIPS 197).
///
/// A register holds the state column by column, four bytes each from the lowest on. A half of the
/// result is two of its columns, and each column comes from one byte of every column of the state:
/// ShiftRows moves row *i* by *i* columns, to the left for encryption and to the right for
/// decryption.
final class Aes {

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

    private Aes() {}

    /// One round of encryption.
    @Insn("66 0F 38 DC /r ?AES | aesenc Vdq, Wdq | high=aesencHigh")
    static long aesenc(long aLo, long aHi, long bLo) {
        return mixed(encrypted(aLo, aHi, 0)) ^ bLo;
    }

    static long aesencHigh(long aLo, long aHi, long bHi) {
        return mixed(encrypted(aLo, aHi, 2)) ^ bHi;
    }

    /// The last round of encryption, without MixColumns.
    @Insn("66 0F 38 DD /r ?AES | aesenclast Vdq, Wdq | high=aesenclastHigh")
    static long aesenclast(long aLo, long aHi, long bLo) {
        return encrypted(aLo, aHi, 0) ^ bLo;
    }

    static long aesenclastHigh(long aLo, long aHi, long bHi) {
        return encrypted(aLo, aHi, 2) ^ bHi;
    }

    /// One round of decryption by the equivalent inverse cipher.
    @Insn("66 0F 38 DE /r ?AES | aesdec Vdq, Wdq | high=aesdecHigh")
    static long aesdec(long aLo, long aHi, long bLo) {
        return unmixed(decrypted(aLo, aHi, 0)) ^ bLo;
    }

    static long aesdecHigh(long aLo, long aHi, long bHi) {
        return unmixed(decrypted(aLo, aHi, 2)) ^ bHi;
    }

    /// The last round of decryption.
    @Insn("66 0F 38 DF /r ?AES | aesdeclast Vdq, Wdq | high=aesdeclastHigh")
    static long aesdeclast(long aLo, long aHi, long bLo) {
        return decrypted(aLo, aHi, 0) ^ bLo;
    }

    static long aesdeclastHigh(long aLo, long aHi, long bHi) {
        return decrypted(aLo, aHi, 2) ^ bHi;
    }

    /// Inverse MixColumns of a round key.
    @Insn("66 0F 38 DB /r ?AES | aesimc Vdq, Wdq")
    static long aesimc(long b) {
        return unmixed(b);
    }

    /// Assist in the generation of round keys.
    @Insn("66 0F 3A DF /r ib ?AES | aeskeygenassist Vdq, Wdq, Ib | high=aeskeygenassistHigh")
    static long aeskeygenassist(long bLo, long c) {
        return keys(bLo, c);
    }

    static long aeskeygenassistHigh(long bHi, long c) {
        return keys(bHi, c);
    }

    /// SubWord of the odd word, and that rotated with the round constant.
    private static long keys(long half, long constant) {
        int word = 0;
        for (int i = 0; i < 4; i++) {
            word |= SUB[Lanes.u8(half, 4 + i)] << 8 * i;
        }
        return Lanes.pair(word, Integer.rotateRight(word, 8) ^ constant & 0xff);
    }

    /// ShiftRows and SubBytes, columns `column` and the next.
    private static long encrypted(long low, long high, int column) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            int from = column + (i >> 2) + (i & 3) & 3;
            r |= (long) SUB[Lanes.u8(from < 2 ? low : high, 4 * (from & 1) + (i & 3))] << 8 * i;
        }
        return r;
    }

    /// The inverses of ShiftRows and SubBytes.
    private static long decrypted(long low, long high, int column) {
        long r = 0;
        for (int i = 0; i < 8; i++) {
            int from = column + (i >> 2) - (i & 3) & 3;
            r |= (long) INVERSE_SUB[Lanes.u8(from < 2 ? low : high, 4 * (from & 1) + (i & 3))] << 8 * i;
        }
        return r;
    }

    /// MixColumns of two columns: each byte becomes 2, 3, 1 and 1 times itself and those below it.
    private static long mixed(long columns) {
        return doubled(columns) ^ down(columns ^ doubled(columns), 1) ^ down(columns, 2) ^ down(columns, 3);
    }

    /// Its inverse: 14, 11, 13 and 9 times.
    private static long unmixed(long columns) {
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
