package faultline.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess;
import faultline.cli.FaultlineProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bounded run of each kind of hostile input; `faultline fuzz` runs as many cases as one likes.
final class FuzzerTest {

    @TempDir
    private Path directory;

    private Result fuzz(String... words) throws Exception {
        List<String> command = new ArrayList<>(FaultlineProcess.command());
        command.add("fuzz");
        command.addAll(List.of(words));
        return FaultlineProcess.execute(directory, "", command);
    }

    private void survives(String... words) throws Exception {
        Result result = fuzz(words);
        assertThat(result.out()).endsWith(" 0 failed\n");
        assertThat(result.out().lines()).hasSize(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @Test
    void damagedFilesAreRunOrRefused() throws Exception {
        survives("elf", "--seed", "7", "--cases", "150", "--timeout", "0.2", "-j", "2");
    }

    @Test
    void randomSystemCallsAreAnswered() throws Exception {
        survives("calls", "--seed", "7", "--cases", "6", "-j", "2");
    }

    @Test
    void randomCodeRunsOrDies() throws Exception {
        survives("code", "--seed", "7", "--cases", "150", "--timeout", "0.1", "-j", "2");
    }

    @Test
    void aCaseFollowsFromSeedAndNumber() throws Exception {
        for (String kind : List.of("elf", "code")) {
            fuzz(kind, "--seed", "3", "--first", "5", "--cases", "2", "--keep", "one");
            fuzz(kind, "--seed", "3", "--first", "6", "--cases", "1", "--keep", "two");
            assertThat(Files.readAllBytes(directory.resolve("two/" + kind + "-3-6")))
                    .isEqualTo(Files.readAllBytes(directory.resolve("one/" + kind + "-3-6")))
                    .isNotEqualTo(Files.readAllBytes(directory.resolve("one/" + kind + "-3-5")));
        }
    }

    @Test
    void wrongWordsAreRefused() throws Exception {
        assertThat(fuzz("nonsense"))
                .isEqualTo(new Result(2, "", "faultline: fuzz nonsense: there are elf, calls, code\n"));
        Result refused = fuzz("elf", "--arch", "vax");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("faultline: --arch vax: there are ")
                .contains("x86", "arm64");
    }
}
