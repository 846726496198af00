package faultline.cli.debug;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Where commands come from.
interface LineSource {

    /// The next line, or null at the end.
    @Nullable
    String next() throws IOException;

    /// Whether somebody sits there: then an empty line repeats.
    default boolean isInteractive() {
        return false;
    }

    /// Asks before something is lost. Where nobody sits the answer is yes.
    default boolean confirms(String question) {
        return true;
    }

    /// Lines of a list.
    static LineSource of(Iterable<String> lines) {
        Iterator<String> iterator = lines.iterator();
        return () -> iterator.hasNext() ? iterator.next() : null;
    }

    /// Lines of a reader.
    static LineSource of(BufferedReader reader) {
        return reader::readLine;
    }
}
