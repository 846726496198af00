package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.isa.table.InsnTable;
import faultline.core.testing.InsnDocumentContract;
import faultline.x86.X86Architecture;
import org.junit.jupiter.api.Test;

class InsnDocumentTest extends InsnDocumentContract {

    private static final String NOTATION = """
            A row is an encoding in the manual's notation, its assembly with the opcode map's operand kinds (SDM volume
            2, appendix A; `qz` is a quadword that clears the other half of a register, `env` a state image), and
            the first sentence of its meaning, a method of the class in `faultline.x86.insn` that the chapter is named
            after; nothing where the mnemonic says it. A row that names a feature exists on the models that have it;
            without it the bytes fall to the next row, or are undefined. `NP` is no prefix of 66, F2 and F3, `NFx`
            neither F2 nor F3. What manuals leave open is in [x86-undefined.md](../x86-undefined.md).

            An encoding behind VEX is a row like any other: `VEX`, one of `NP 66 F3 F2` for the prefix it implies, the
            map, `L0` or `L1` for the length where it counts, `W0` or `W1`, and an operand `B` for the register that VEX
            names. The BMI rows are such; the decoder has three maps of them, and what no row matches is undefined. A
            256-bit operand (`qq`) and the upper halves of registers are what AVX has to bring.
            """;

    InsnDocumentTest() {
        super(new X86Architecture(), "x86", table(), "x86-64", NOTATION);
    }

    @Test
    void everyChapterNamesTheManual() {
        assertThat(table().chapters())
                .allSatisfy(chapter -> assertThat(table().sentence(chapter)).contains("SDM"));
    }

    private static InsnTable table() {
        return InsnTable.of(X86Decoder.class, "X86");
    }
}
