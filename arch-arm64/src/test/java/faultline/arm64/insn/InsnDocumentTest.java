package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.CpuModels;
import faultline.core.isa.table.InsnDocument;
import faultline.core.isa.table.InsnTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/isa/arm64.md` is what the table says.
final class InsnDocumentTest {

    private static final Path FILE = Path.of("..", "docs", "isa", "arm64.md");
    private static final String WRITE = "faultline.writeDocuments";

    private static final String INTRODUCTION = """
            # arm64: what is described

            Generated from the instruction table; do not edit. `mvn -pl arch-arm64 -am test -Dtest=InsnDocumentTest
            -Dsurefire.failIfNoSpecifiedTests=false -DfaultlineWRITE=true` writes it anew.

            A row is a word in the notation of [how an instruction is described](../instructions.md), with the manual's
            field names, its assembly, and the first sentence of its meaning, a method of the class in
            `faultline.arm64.insn` that the chapter is named after. A row that names a feature exists on the models that
            have it; without it the word falls to another row, or is undefined. Aliases are rows of their own.
            """.replace("faultlineWRITE", WRITE);

    @Test
    void theDocumentIsWhatTheTableSays() throws IOException {
        String text = InsnDocument.of(INTRODUCTION, table(), CpuModels.all());
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, text);
        }
        assertThat(FILE)
                .as("docs/isa/arm64.md: its first lines say how to write it anew")
                .hasContent(text);
    }

    @Test
    void everyChapterSaysWhatItIs() {
        InsnTable table = table();
        assertThat(table.chapters())
                .allSatisfy(chapter ->
                        assertThat(table.sentence(chapter)).as(chapter).isNotEmpty());
    }

    private static InsnTable table() {
        return InsnTable.of(A64Decoder.class, "A64");
    }
}
