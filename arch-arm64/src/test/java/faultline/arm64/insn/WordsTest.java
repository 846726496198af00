package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Disassembler;
import faultline.core.isa.WordDisassembler;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Words of every instruction that is described, and what objdump makes of them.
class WordsTest {

    @ParameterizedTest
    @ValueSource(strings = {"words.txt", "simd-words.txt"})
    void haveTheTextOfObjdump(String table) {
        Disassembler disassembler =
                new WordDisassembler(new A64Decoder(A64Machine.MODEL, ByteOrder.LITTLE_ENDIAN), new A64Names());
        List<String> lines = Lines.of(table);
        assertThat(lines).hasSizeGreaterThan(250);
        assertThat(lines).allSatisfy(line -> {
            String[] columns = line.split(" ", 3);
            int word = Integer.parseUnsignedInt(columns[1], 16);
            byte[] bytes = {(byte) word, (byte) (word >> 8), (byte) (word >> 16), (byte) (word >> 24)};
            Disassembler.Line ours = disassembler.disassemble(bytes, 0, 4, Long.parseLong(columns[0], 16));
            assertThat((ours.mnemonic() + " " + ours.operands()).strip()).isEqualTo(columns[2]);
        });
    }
}
