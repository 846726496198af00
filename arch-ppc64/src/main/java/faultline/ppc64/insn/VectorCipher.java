package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.AesRounds;
import faultline.core.simd.Lanes;
import faultline.core.simd.Polynomials;

/// Vector cryptographic instructions (Power ISA Book I 6.11): AES (FIPS 197), SHA-2 (FIPS 180-4) and
/// polynomials over GF(2).
final class VectorCipher {

    private VectorCipher() {}

    // AES. The first byte of the state is the most significant one, so that a half reversed is two columns.

    private static long encrypted(long low, long high, int half) {
        return AesRounds.encrypted(Long.reverseBytes(high), Long.reverseBytes(low), 2 - 2 * half);
    }

    private static long decrypted(long low, long high, int half) {
        return AesRounds.decrypted(Long.reverseBytes(high), Long.reverseBytes(low), 2 - 2 * half);
    }

    /// Vector AES cipher.
    @Insn("000100 vrt:5 vra:5 vrb:5 10100 001000 | vcipher vrt,vra,vrb")
    static long vcipher(long vraLo, long vraHi, long vrb, int half) {
        return Long.reverseBytes(AesRounds.mixed(encrypted(vraLo, vraHi, half))) ^ vrb;
    }

    /// Vector AES cipher last.
    @Insn("000100 vrt:5 vra:5 vrb:5 10100 001001 | vcipherlast vrt,vra,vrb")
    static long vcipherlast(long vraLo, long vraHi, long vrb, int half) {
        return Long.reverseBytes(encrypted(vraLo, vraHi, half)) ^ vrb;
    }

    /// Vector AES inverse cipher.
    @Insn("000100 vrt:5 vra:5 vrb:5 10101 001000 | vncipher vrt,vra,vrb")
    static long vncipher(long vraLo, long vraHi, long vrb, int half) {
        return Long.reverseBytes(AesRounds.unmixed(decrypted(vraLo, vraHi, half) ^ Long.reverseBytes(vrb)));
    }

    /// Vector AES inverse cipher last.
    @Insn("000100 vrt:5 vra:5 vrb:5 10101 001001 | vncipherlast vrt,vra,vrb")
    static long vncipherlast(long vraLo, long vraHi, long vrb, int half) {
        return Long.reverseBytes(decrypted(vraLo, vraHi, half)) ^ vrb;
    }

    /// Vector AES SubBytes.
    @Insn("000100 vrt:5 vra:5 ///// 10111 001000 | vsbox vrt,vra")
    static long vsbox(long vra) {
        return Lanes.pair(AesRounds.substituted((int) vra), AesRounds.substituted((int) (vra >>> 32)));
    }

    // SHA-2: lower-case sigma 0 and 1, upper-case sigma 0 and 1.

    /// Vector SHA-256 sigma; SIX has a bit for each word.
    @Insn("000100 vrt:5 vra:5 st:1 six:4 11010 000010 | vshasigmaw vrt,vra,st,six")
    static long vshasigmaw(long vra, int st, int six, int half) {
        int functions = six >>> 2 * half;
        return Lanes.pair(
                sigma((int) vra, 2 * st + (functions & 1)), sigma((int) (vra >>> 32), 2 * st + (functions >>> 1 & 1)));
    }

    private static int sigma(int x, int function) {
        return switch (function) {
            case 0 -> Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ x >>> 3;
            case 1 -> Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ x >>> 10;
            case 2 -> Integer.rotateRight(x, 2) ^ Integer.rotateRight(x, 13) ^ Integer.rotateRight(x, 22);
            default -> Integer.rotateRight(x, 6) ^ Integer.rotateRight(x, 11) ^ Integer.rotateRight(x, 25);
        };
    }

    /// Vector SHA-512 sigma; the first and the third bit of SIX are for the doublewords.
    @Insn("000100 vrt:5 vra:5 st:1 six:4 11011 000010 | vshasigmad vrt,vra,st,six")
    static long vshasigmad(long vra, int st, int six, int half) {
        return sigma(vra, 2 * st + (six >>> 1 + 2 * half & 1));
    }

    private static long sigma(long x, int function) {
        return switch (function) {
            case 0 -> Long.rotateRight(x, 1) ^ Long.rotateRight(x, 8) ^ x >>> 7;
            case 1 -> Long.rotateRight(x, 19) ^ Long.rotateRight(x, 61) ^ x >>> 6;
            case 2 -> Long.rotateRight(x, 28) ^ Long.rotateRight(x, 34) ^ Long.rotateRight(x, 39);
            default -> Long.rotateRight(x, 14) ^ Long.rotateRight(x, 18) ^ Long.rotateRight(x, 41);
        };
    }

    // Polynomials.

    /// Vector polynomial multiply-sum: the sums of the products of neighbours.
    @Insn("000100 vrt:5 vra:5 vrb:5 100 size:2 001000 size!=3 | vpmsum<size> vrt,vra,vrb")
    static long vpmsum(long vra, long vrb, int size) {
        long sums = 0;
        for (int lane = 0; lane < Lanes.count(size); lane += 2) {
            long sum = product(vra, vrb, lane, size) ^ product(vra, vrb, lane + 1, size);
            sums |= Lanes.place(sum, lane >> 1, size + 1);
        }
        return sums;
    }

    private static long product(long a, long b, int lane, int size) {
        return Polynomials.low(Lanes.unsigned(a, lane, size), Lanes.unsigned(b, lane, size));
    }

    /// Vector polynomial multiply-sum doubleword.
    @Insn("000100 vrt:5 vra:5 vrb:5 10011 001000 | vpmsumd vrt,vra,vrb")
    static long vpmsumd(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return half == 0
                ? Polynomials.low(vraLo, vrbLo) ^ Polynomials.low(vraHi, vrbHi)
                : Polynomials.high(vraLo, vrbLo) ^ Polynomials.high(vraHi, vrbHi);
    }

    /// Vector permute and exclusive-OR: a byte of each of two registers, whose numbers share a byte.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101101 | vpermxor vrt,vra,vrb,vrc")
    static long vpermxor(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrc) {
        long numbers = 0x0f0f0f0f0f0f0f0fL;
        return VectorPermute.permuted(vraLo, vraHi, vraLo, vraHi, vrc >>> 4 & numbers)
                ^ VectorPermute.permuted(vrbLo, vrbHi, vrbLo, vrbHi, vrc & numbers);
    }
}
