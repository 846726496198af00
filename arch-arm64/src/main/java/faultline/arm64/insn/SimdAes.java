package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.AesRounds;

/// Cryptographic AES (Arm ARM C4.1.90).
final class SimdAes {

    private SimdAes() {}

    /// AES single round encryption.
    @Insn("""
            0100 1110 00 10100 00100 10 vn:5 vd:5 ?AES | aese vd.16b, vn.16b
            """)
    static long aese(long vdLo, long vdHi, long vnLo, long vnHi, int half) {
        return AesRounds.encrypted(vdLo ^ vnLo, vdHi ^ vnHi, 2 * half);
    }

    /// AES single round decryption.
    @Insn("""
            0100 1110 00 10100 00101 10 vn:5 vd:5 ?AES | aesd vd.16b, vn.16b
            """)
    static long aesd(long vdLo, long vdHi, long vnLo, long vnHi, int half) {
        return AesRounds.decrypted(vdLo ^ vnLo, vdHi ^ vnHi, 2 * half);
    }

    /// AES mix columns.
    @Insn("""
            0100 1110 00 10100 00110 10 vn:5 vd:5 ?AES | aesmc vd.16b, vn.16b
            """)
    static long aesmc(long vn) {
        return AesRounds.mixed(vn);
    }

    /// AES inverse mix columns.
    @Insn("""
            0100 1110 00 10100 00111 10 vn:5 vd:5 ?AES | aesimc vd.16b, vn.16b
            """)
    static long aesimc(long vn) {
        return AesRounds.unmixed(vn);
    }
}
