package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import faultline.cli.FaultlineProcess.Result;
import faultline.cli.run.Exit;
import faultline.kernel.mm.fault.FaultDesigns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompareCommandTest {

    private static Result compare(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("compare"));
        command.addAll(List.of(words));
        return FaultlineProcess.run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2   | compare: which program? See faultline compare --help | --runs 1
            2   | --runs 0: expected a number from 1 to 10000          | --runs 0 hello
            2   | option --runs needs a value: N                       | --runs
            2   | --designs classic,classic: classic twice             | --designs classic,classic hello
            2   | unknown option --fault-design; see --help            | --fault-design classic hello
            2   | unknown option --stats; see --help                   | --stats hello
            2   | unknown option --desings; did you mean --designs?    | --desings classic hello
            """)
    void whatIsWrongIsSaidInOneLine(int status, String line, String words) throws Exception {
        assertThat(compare(words.split(" "))).isEqualTo(new Result(status, "", "faultline: " + line + "\n"));
    }

    @Test
    void aDesignThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
        String names = String.join(", ", FaultDesigns.accepted());
        for (String list : List.of("none", "classic,none", "none,")) {
            assertThat(compare("--designs", list, "hello"))
                    .isEqualTo(new Result(Exit.USAGE, "", "faultline: --designs none: there are " + names + "\n"));
        }
        assertThat(compare("no-such-guest").status()).isEqualTo(Exit.NOT_FOUND);
    }

    @Test
    void countsWhatTwoDesignsDoDifferently() throws Exception {
        Result result =
                compare("--json", "--runs", "2", "--designs", "classic,vma-lock:6.4", "page-fault1", "2", "256", "4");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        JsonNode all = JsonMapper.builder().build().readTree(result.out());
        assertThat(all.get("program").asText()).isEqualTo("page-fault1");
        assertThat(all.get("arguments")).hasSize(3);
        assertThat(all.get("runs").asInt()).isEqualTo(2);
        assertThat(all.get("differences")).isEmpty();
        assertThat(all.get("designs")).hasSize(2);

        JsonNode classic = all.get("designs").get(0);
        JsonNode vmaLock = all.get("designs").get(1);
        assertThat(classic.get("design").asText()).isEqualTo("classic");
        assertThat(vmaLock.get("design").asText()).isEqualTo("vma-lock:6.4");
        assertThat(classic.get("ratio").asDouble()).isEqualTo(1);
        int touched = 2 * 256 * 4;
        for (JsonNode design : List.of(classic, vmaLock)) {
            assertThat(design.get("seconds").asDouble()).isPositive();
            assertThat(design.get("faults").asLong()).isGreaterThanOrEqualTo(touched);
            assertThat(design.get("faultsPerSecond").asDouble()).isPositive();
            assertThat(design.get("minor").asLong()).isGreaterThanOrEqualTo(touched);
            assertThat(design.get("faultNanoseconds").get("p50").asLong()).isPositive();
            assertThat(design.get("faultNanoseconds").get("p99").asLong())
                    .isGreaterThanOrEqualTo(
                            design.get("faultNanoseconds").get("p50").asLong());
            assertThat(design.get("mmapLock").get("write").asLong()).isGreaterThanOrEqualTo(2 * 4 * 2);
            assertThat(design.get("guest").get("faults").asLong()).isGreaterThanOrEqualTo(touched);
            assertThat(design.get("guest").get("mappings").asLong()).isEqualTo(2 * 4);
            assertThat(design.has("shootdowns") && design.has("interrupts")).isTrue();
        }
        assertThat(classic.get("withoutMmapLock").asDouble()).isZero();
        assertThat(classic.get("setbacks")).isEmpty();
        assertThat(classic.get("mmapLock").get("read").asLong()).isGreaterThanOrEqualTo(touched);
        assertThat(vmaLock.get("withoutMmapLock").asDouble()).isBetween(0.9, 1.0);
        assertThat(vmaLock.get("setbacks").get("vma_lock_abort").asLong()).isPositive();
        assertThat(vmaLock.get("mmapLock").get("read").asLong()).isLessThan(touched / 2);
    }

    @Test
    void theTableHasAColumnForEachDesign() throws Exception {
        Result result = compare("--runs=1", "--arch=arm64", "--designs=vma-lock:6.4,classic", "pft", "2", "32", "1");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.getFirst()).matches("medians of 1 +vma-lock:6.4 +classic");
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSameSizeAs(lines.getFirst()));
        assertThat(lines).anyMatch(line -> line.matches("without mmap_lock, % +[0-9.]+ +0\\.0"));
        assertThat(lines).anyMatch(line -> line.matches(" {2}vma_lock_abort +[1-9][0-9]* +0"));
        assertThat(lines).anyMatch(line -> line.matches("guest faults_per_s +[0-9,]+ +[0-9,]+"));
        assertThat(lines).anyMatch(line -> line.matches(" {2}ratio +1\\.00 +[0-9.]+"));
    }

    @Test
    void aProgramThatPrintsSomethingElseEachTimeIsReported() throws Exception {
        Result result = compare("--runs", "1", "--designs", "classic,spf-mm", "clocks", "raw");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().filter(line -> line.startsWith("differs: ")))
                .hasSize(3)
                .allMatch(line -> line.matches(
                        "differs: (classic|spf-mm), round [01]: line 1 is \"cycles .*\" and was \"cycles .*\""))
                .first()
                .asString()
                .startsWith("differs: spf-mm, round 0: ");
    }

    @Test
    void aProgramThatAlwaysEndsTheSameWayGivesItsStatus() throws Exception {
        Result exits = compare("--runs", "1", "--designs", "classic,spf-mm", "hello", "a", "b");
        assertThat(exits.status()).isEqualTo(2);
        assertThat(exits.out()).doesNotContain("differs");
        Result killed = compare("--runs", "1", "--designs", "classic,spf-mm", "fault-kinds", "crash", "maperr-write");
        assertThat(killed.status()).isEqualTo(Exit.SIGNALED + 11);
        assertThat(killed.out()).doesNotContain("differs");
    }
}
