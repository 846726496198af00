package faultline.x86.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PageFaultCodeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0x00; 0: read of a not-present page by the kernel",
                "0x04; U: read of a not-present page from user mode",
                "0x06; W|U: write to a not-present page from user mode",
                "0x07; P|W|U: write to a read-only page from user mode",
                "0x15; P|U|I: instruction fetch from a no-execute page from user mode",
                "0x25; P|U|PK: read of a page whose protection key is denied from user mode",
                "0x0d; P|U|RSVD: read of a page with reserved bits set in its tables from user mode",
            })
    void isPutIntoWords(String code, String words) {
        assertThat(PageFaultCode.describe(Long.decode(code))).isEqualTo(words);
    }
}
