package faultline.cli.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the lines of `--strace` go: into the file that was asked for, or where our own lines go.
public final class StraceLines implements AutoCloseable {

    private final @Nullable PrintStream file;
    private final Consumer<String> ours;

    private StraceLines(@Nullable PrintStream file, Consumer<String> ours) {
        this.file = file;
        this.ours = ours;
    }

    /// Opens the file, if there is one.
    public static StraceLines open(RunOptions options, Consumer<String> ours) {
        String name = options.straceFile;
        if (name == null) {
            return new StraceLines(null, ours);
        }
        try {
            return new StraceLines(new PrintStream(name, StandardCharsets.UTF_8), ours);
        } catch (IOException e) {
            throw Refusal.usage("--strace=" + name + ": " + HostErrors.reason(e));
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
