package faultline.cli.debug;

import faultline.cli.run.HostErrors;
import faultline.cli.run.Words;
import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The words behind `run`: the program's arguments, and where its standard streams lead, as a shell
/// writes it: `< FILE`, `> FILE`, `>> FILE`, `2> FILE`, `2>&1`. Files are the host's.
record Redirections(
        List<String> arguments,
        @Nullable String input,
        @Nullable Target output,
        @Nullable Target error) {

    /// A file to write to; `path` null is standard output itself.
    record Target(@Nullable String path, boolean append) {}

    static final Redirections NONE = new Redirections(List.of(), null, null, null);

    private static final List<String> OPERATORS = List.of("2>&1", "2>>", "2>", ">>", ">", "<");

    static Redirections parse(String text) {
        List<String> words = words(text);
        List<String> arguments = new ArrayList<>();
        String input = null;
        Target output = null;
        Target error = null;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String operator =
                    OPERATORS.stream().filter(word::startsWith).findFirst().orElse("");
            if (operator.isEmpty()) {
                arguments.add(word);
                continue;
            }
            if (operator.equals("2>&1")) {
                error = new Target(null, false);
                continue;
            }
            String file = word.substring(operator.length());
            if (file.isEmpty()) {
                if (++i == words.size()) {
                    throw new CommandError("run: which file behind " + operator + "?");
                }
                file = words.get(i);
            }
            switch (operator) {
                case "<" -> input = file;
                case ">", ">>" -> output = new Target(file, operator.equals(">>"));
                default -> error = new Target(file, operator.equals("2>>"));
            }
        }
        return new Redirections(List.copyOf(arguments), input, output, error);
    }

    private static List<String> words(String text) {
        try {
            return Words.split(text);
        } catch (IllegalArgumentException e) {
            throw new CommandError("run: " + e.getMessage());
        }
    }

    /// The streams with files in place of those that are redirected.
    Streams over(Streams streams) {
        HostStream in = input == null ? streams.input() : open(0, input, StandardOpenOption.READ);
        HostStream out = output == null ? streams.output() : open(1, output);
        HostStream err = streams.error();
        if (error != null) {
            err = error.path() == null ? out : open(2, error);
        }
        return new Streams(in, out, err, streams.terminal());
    }

    private static HostStream open(int number, Target target) {
        return open(
                number,
                String.valueOf(target.path()),
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                target.append() ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static HostStream open(int number, String file, OpenOption... how) {
        try {
            return HostStream.file(number, Path.of(file), how);
        } catch (IOException e) {
            throw new CommandError(file + ": " + HostErrors.reason(e));
        }
    }
}
