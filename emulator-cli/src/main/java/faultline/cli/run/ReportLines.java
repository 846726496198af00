package faultline.cli.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the lines of `--strace` or `--trace` go: into the file that was asked for, or where our own lines
/// go.
public final class ReportLines implements AutoCloseable {

    private final @Nullable PrintStream file;
    private final Consumer<String> ours;

    private ReportLines(@Nullable PrintStream file, Consumer<String> ours) {
        this.file = file;
        this.ours = ours;
    }

    /// Opens the file of `--strace`, if there is one.
    public static ReportLines ofStrace(RunOptions options, Consumer<String> ours) {
        return open("--strace=", options.straceFile, ours);
    }

    /// Opens the file of `--trace`, if there is one.
    public static ReportLines ofTrace(RunOptions options, Consumer<String> ours) {
        return open("--trace …:", options.trace.file(), ours);
    }

    private static ReportLines open(String option, @Nullable String name, Consumer<String> ours) {
        if (name == null) {
            return new ReportLines(null, ours);
        }
        try {
            return new ReportLines(new PrintStream(name, StandardCharsets.UTF_8), ours);
        } catch (IOException e) {
            throw Refusal.usage(option + name + ": " + HostErrors.reason(e));
        }
    }

    /// Takes one line.
    public void line(String text) {
        if (file == null) {
            ours.accept(text);
        } else {
            file.println(text);
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
