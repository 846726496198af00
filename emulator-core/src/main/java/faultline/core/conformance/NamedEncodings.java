package faultline.core.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Words of 32 bits that belong to something with a name, such as an extension, by their bits.
public final class NamedEncodings {

    /// The words that have `value` in the bits of `mask`.
    public record Encoding(String name, int mask, int value) {}

    private final List<Encoding> encodings;

    public NamedEncodings(Encoding... encodings) {
        this.encodings = List.of(encodings);
    }

    /// The name of what a word belongs to, or null.
    public @Nullable String of(int word) {
        for (Encoding encoding : encodings) {
            if (Words.is(word, encoding.mask(), encoding.value())) {
                return encoding.name();
            }
        }
        return null;
    }
}
