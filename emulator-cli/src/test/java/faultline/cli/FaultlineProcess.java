package faultline.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `faultline` as a process of its own: the guest writes to the real standard streams.
public final class FaultlineProcess {

    private static final long PATIENCE_SECONDS = 120;

    /// What a run left behind.
    public record Result(int status, String out, String err) {}

    private FaultlineProcess() {}

    /// Runs a command line with nothing on standard input.
    public static Result run(String... words) throws IOException, InterruptedException {
        return runIn(Path.of("").toAbsolutePath(), "", words);
    }

    /// Runs a command line in a directory with `input` on standard input.
    public static Result runIn(Path directory, String input, String... words) throws IOException, InterruptedException {
        List<String> command = command();
        command.addAll(List.of(words));
        return execute(directory, input, command);
    }

    /// Runs any program.
    public static Result execute(Path directory, String input, List<String> command)
            throws IOException, InterruptedException {
        Path in = Files.createTempFile("faultline-in", null);
        Path out = Files.createTempFile("faultline-out", null);
        Path err = Files.createTempFile("faultline-err", null);
        try {
            Files.writeString(in, input);
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end; it printed " + Files.readString(out));
            }
            return new Result(
                    process.exitValue(),
                    new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                    new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// The words that start `faultline` from the classes under test.
    public static List<String> command() {
        Pattern libraries = Pattern.compile(".*/(jline|picocli|jackson-|jspecify|HdrHistogram)[^/]*\\.jar");
        String path = Stream.of("jdk.module.path", "java.class.path")
                .flatMap(property ->
                        Arrays.stream(System.getProperty(property, "").split(File.pathSeparator)))
                .filter(entry -> Files.exists(Path.of(entry, "module-info.class"))
                        || libraries.matcher(entry).matches()
                        || entry.matches(".*/(emulator|kernel|arch|guest)-[^/]*\\.jar"))
                .filter(entry -> !entry.endsWith("-tests.jar"))
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=faultline.core,org.jline",
                "--module-path",
                path,
                "-m",
                "faultline.cli/faultline.cli.Main"));
    }
}
