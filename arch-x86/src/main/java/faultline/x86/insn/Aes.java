package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.AesRounds;
import faultline.core.simd.Lanes;

/// AESNI (SDM volume 1, 5.12; the steps are those of FIPS 197).
///
/// [AesRounds] has what they share with other architectures.
final class Aes {

    private Aes() {}

    /// One round of encryption.
    @Insn("66 0F 38 DC /r ?AES | aesenc Vdq, Wdq | high=aesencHigh")
    static long aesenc(long aLo, long aHi, long bLo) {
        return AesRounds.mixed(AesRounds.encrypted(aLo, aHi, 0)) ^ bLo;
    }

    static long aesencHigh(long aLo, long aHi, long bHi) {
        return AesRounds.mixed(AesRounds.encrypted(aLo, aHi, 2)) ^ bHi;
    }

    /// The last round of encryption, without MixColumns.
    @Insn("66 0F 38 DD /r ?AES | aesenclast Vdq, Wdq | high=aesenclastHigh")
    static long aesenclast(long aLo, long aHi, long bLo) {
        return AesRounds.encrypted(aLo, aHi, 0) ^ bLo;
    }

    static long aesenclastHigh(long aLo, long aHi, long bHi) {
        return AesRounds.encrypted(aLo, aHi, 2) ^ bHi;
    }

    /// One round of decryption by the equivalent inverse cipher.
    @Insn("66 0F 38 DE /r ?AES | aesdec Vdq, Wdq | high=aesdecHigh")
    static long aesdec(long aLo, long aHi, long bLo) {
        return AesRounds.unmixed(AesRounds.decrypted(aLo, aHi, 0)) ^ bLo;
    }

    static long aesdecHigh(long aLo, long aHi, long bHi) {
        return AesRounds.unmixed(AesRounds.decrypted(aLo, aHi, 2)) ^ bHi;
    }

    /// The last round of decryption.
    @Insn("66 0F 38 DF /r ?AES | aesdeclast Vdq, Wdq | high=aesdeclastHigh")
    static long aesdeclast(long aLo, long aHi, long bLo) {
        return AesRounds.decrypted(aLo, aHi, 0) ^ bLo;
    }

    static long aesdeclastHigh(long aLo, long aHi, long bHi) {
        return AesRounds.decrypted(aLo, aHi, 2) ^ bHi;
    }

    /// Inverse MixColumns of a round key.
    @Insn("66 0F 38 DB /r ?AES | aesimc Vdq, Wdq")
    static long aesimc(long b) {
        return AesRounds.unmixed(b);
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
        int word = AesRounds.substituted((int) (half >>> 32));
        return Lanes.pair(word, Integer.rotateRight(word, 8) ^ constant & 0xff);
    }
}
