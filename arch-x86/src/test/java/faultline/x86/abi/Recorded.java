package faultline.x86.abi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/// What the programs in `src/test/native` printed on a Linux machine, a list of words a line.
final class Recorded {

    private Recorded() {}

    static List<List<String>> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), US_ASCII)
                    .lines()
                    .map(line -> List.of(line.split(" ")))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(resource, e);
        }
    }

    /// A number as C's `%#lx` or `%lu` prints it; the upper half of the unsigned range too.
    static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
