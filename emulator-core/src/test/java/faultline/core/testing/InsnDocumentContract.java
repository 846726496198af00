package faultline.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Architecture;
import faultline.core.isa.table.InsnDocument;
import faultline.core.isa.table.InsnTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/isa/ARCH.md` is what an architecture's table says.
public abstract class InsnDocumentContract {

    private static final String WRITE = "faultline.writeDocuments";

    private final InsnTable table;
    private final String text;
    private final Path file;

    /// @param module what the architecture's module is called, behind `arch-`
    /// @param title what the architecture is called in text
    /// @param notation how a row of its table is read
    protected InsnDocumentContract(
            Architecture architecture, String module, InsnTable table, String title, String notation) {
        this.table = table;
        file = Path.of("..", "docs", "isa", module + ".md");
        text = InsnDocument.of(introduction(title, module, notation), table, architecture.models());
    }

    private static String introduction(String title, String module, String notation) {
        return """
                # %s: what is described

                Generated from the instruction table; do not edit. `mvn -pl arch-%s -am test -Dtest=InsnDocumentTest
                -Dsurefire.failIfNoSpecifiedTests=false -D%s=true` writes it anew.

                %s""".formatted(title, module, WRITE, notation);
    }

    @Test
    void theDocumentIsWhatTheTableSays() throws IOException {
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        assertThat(file)
                .as(file.getFileName() + ": its first lines say how to write it anew")
                .hasContent(text);
    }

    @Test
    void everyChapterSaysWhatItIs() {
        assertThat(table.chapters())
                .allSatisfy(chapter ->
                        assertThat(table.sentence(chapter)).as(chapter).isNotEmpty());
    }
}
