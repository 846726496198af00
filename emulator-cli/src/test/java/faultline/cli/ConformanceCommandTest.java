package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `faultline conformance` with the vectors that come with it.
class ConformanceCommandTest {

    private record Result(int status, String out, String err) {}

    private static Result run(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int status = Main.execute(List.of(words));
            return new Result(
                    status, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void aChapterIsCoveredAndPasses() {
        Result result = run("conformance", "--chapter", "Aes");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("Aes").contains("all").contains("No differences.");
    }

    @Test
    void jsonHasEveryRow() {
        Result result = run("conformance", "--chapter", "Aes", "--json");
        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("{").contains("\"failed\" : 0").contains("aesenclast Vdq, Wdq");
    }

    @Test
    void aVectorThatIsWrongExitsWithOneAndSaysWhere() {
        // add eax, ebx: 1 + 2 is not 4.
        Result result = run("conformance", "--vector", "01d8 | rax=1 rbx=2 | rax=4");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("rax is 3 instead of 4");
        assertThat(run("conformance", "--vector", "01d8 | rax=1 rbx=2 | rax=3 fl=206")
                        .status())
                .isZero();
    }

    @Test
    void badInputIsOneLineAndTwo() {
        for (String[] words : new String[][] {
            {"conformance", "--arch", "z80"},
            {"conformance", "--row", "nosuchrow"},
            {"conformance", "--vector", "zz | |"},
            {"conformance", "--vector", "90 | nosuch=1 |"},
            {"conformance", "--vector", "90"},
            {"conformance", "--count", "-1", "--oracle", "true"},
        }) {
            Result result = run(words);
            assertThat(result.status()).as(String.join(" ", words)).isEqualTo(2);
            assertThat(result.err().lines()).hasSize(1);
        }
        Result missing = run("conformance", "--oracle", "./no-such-oracle");
        assertThat(missing.status()).isEqualTo(126);
        assertThat(missing.err().lines()).hasSize(1);
    }
}
