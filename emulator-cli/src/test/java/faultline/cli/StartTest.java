package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a start may not load, because Java makes it anew in each process or because there is very
/// much of it.
class StartTest {

    @TempDir
    private Path directory;

    @Test
    void loadsTheInstructionFormsAProgramHasAndNoOthers() throws Exception {
        List<String> forms = loaded("hello").stream()
                .filter(line -> line.matches(".*faultline\\.x86\\.insn\\.\\w+Nodes\\$\\w+ .*"))
                .toList();
        // Of some 1,900.
        assertThat(forms).hasSizeBetween(20, 200);
    }

    @Test
    void makesNoNativeCallAndLooksForNoProvider() throws Exception {
        assertThat(loaded("hello"))
                .anyMatch(line -> line.contains("faultline.core.mem.HostMapping "))
                .noneMatch(line -> line.contains("jdk.internal.foreign.abi.DowncallLinker"))
                .noneMatch(line -> line.contains("java.security.SecureRandom "))
                .noneMatch(line -> line.contains("java.lang.System$Logger "));
    }

    @Test
    void saysNothingAboutACacheItCannotUse() throws Exception {
        Path cache = directory.resolve("damaged.aot");
        Files.writeString(cache, "not a cache");
        FaultlineProcess.Result result =
                start(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"), "hello");
        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo("Hello from Faultline.\n");
        assertThat(result.err()).isEmpty();
    }

    /// The JVM's lines about the classes that a run of `program` loads.
    private List<String> loaded(String program) throws Exception {
        Path log = directory.resolve("classes.log");
        FaultlineProcess.Result result = start(List.of("-Xlog:class+load:file=" + log), program);
        assertThat(result.status()).as(result.err()).isZero();
        return Files.readAllLines(log);
    }

    private FaultlineProcess.Result start(List<String> options, String program) throws Exception {
        List<String> command = FaultlineProcess.command();
        command.addAll(1, options);
        command.addAll(List.of("run", program));
        return FaultlineProcess.execute(Path.of("").toAbsolutePath(), "", command);
    }
}
