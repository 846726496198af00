package faultline.core.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// Text files beside tests.
public final class Lines {

    private Lines() {}

    /// All lines of the file `name` beside a class.
    ///
    /// @param in what the class itself opened: a module shows its files to nobody else
    public static List<String> of(String name, InputStream in) {
        Objects.requireNonNull(in, name);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
