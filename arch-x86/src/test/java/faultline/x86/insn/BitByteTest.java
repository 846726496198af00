package faultline.x86.insn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BitByteTest {

    /// The instruction leaves the initial and final inversion to the program.
    @Test
    void crc32AccumulatesTheCastagnoliChecksum() {
        byte[] text = "123456789".getBytes(US_ASCII);
        CRC32C reference = new CRC32C();
        reference.update(text, 0, text.length);

        long crc = 0xffffffffL;
        for (byte b : text) {
            crc = BitByte.crc32(crc, b, 8);
        }
        assertThat(crc ^ 0xffffffffL).isEqualTo(reference.getValue());
    }

    @Test
    void wideCrc32EqualsItsBytes() {
        long data = 0x8899aabbccddeeffL;
        long bytewise = 0x1234;
        for (int i = 0; i < 8; i++) {
            bytewise = BitByte.crc32(bytewise, (byte) (data >>> 8 * i), 8);
        }
        assertThat(BitByte.crc32(0x1234, data, 64)).isEqualTo(bytewise);
    }
}
