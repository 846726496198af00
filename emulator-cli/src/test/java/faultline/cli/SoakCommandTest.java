package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import faultline.cli.FaultlineProcess.Result;
import faultline.cli.run.Exit;
import faultline.kernel.mm.fault.FaultDesigns;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rounds of many programs at a time, a design each.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class SoakCommandTest {

    private static Result soak(String... words) throws Exception {
        String[] all = new String[words.length + 1];
        all[0] = "soak";
        System.arraycopy(words, 0, all, 1, words.length);
        return FaultlineProcess.run(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "ppc64"})
    void eachDesignHasItsRound(String architecture) throws Exception {
        Result result =
                soak("--arch", architecture, "--time", "4s", "--round", "2s", "--designs", "spf-vma,spf-mm", "--json");
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(2);
        for (int round = 0; round < 2; round++) {
            JsonNode object = new ObjectMapper().readTree(lines.get(round));
            assertThat(object.get("round").asInt()).isEqualTo(round);
            assertThat(object.get("design").asText())
                    .isEqualTo(List.of("spf-vma", "spf-mm").get(round));
            assertThat(object.get("wrong")).isEmpty();
            assertThat(object.get("verdict").asText()).isEqualTo("exit 0");
            assertThat(object.get("counts").get("pgfault").asLong()).isGreaterThan(1000);
        }
    }

    @Test
    void refusesWhatItCannotDo() throws Exception {
        assertThat(soak("--designs", "none")).isEqualTo(refusal("--designs none: there are "));
        assertThat(soak("--round", "0s").status()).isEqualTo(Exit.USAGE);
        assertThat(soak("--arch", "vax").status()).isEqualTo(Exit.USAGE);
    }

    private static Result refusal(String line) {
        return new Result(Exit.USAGE, "", "faultline: " + line + String.join(", ", FaultDesigns.accepted()) + "\n");
    }
}
