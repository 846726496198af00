package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// docs/conformance.md is what is generated. To write it:
///
/// ```
/// mvn -B -ntp -q test -pl emulator-cli -am -Dtest=ConformanceDocTest -Dsurefire.failIfNoSpecifiedTests=false \
///     -Dfaultline.write=true
/// ```
class ConformanceDocTest {

    private static final Path PAGE = Path.of("../docs/conformance.md");

    @Test
    void pageIsFresh() throws IOException {
        String generated = ConformanceDoc.generate();
        if (Boolean.getBoolean("faultline.write")) {
            Files.writeString(PAGE, generated);
        }
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("docs/conformance.md is stale: write it as this class says")
                .isEqualTo(generated);
    }
}
