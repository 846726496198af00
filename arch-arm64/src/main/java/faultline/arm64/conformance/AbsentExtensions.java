package faultline.arm64.conformance;

import static faultline.arm64.conformance.Words.field;
import static faultline.arm64.conformance.Words.is;

import org.jspecify.annotations.Nullable;

/// Extensions that no CPU model has, by the bits of their encodings (Arm ARM C4.1): such words are
/// undefined here, and executed or disassembled by others.
final class AbsentExtensions {

    private record Class(String name, int mask, int value) {}

    private static final Class[] CLASSES = {
        new Class("SME", 0x9e000000, 0x80000000), new Class("SVE", 0x1e000000, 0x04000000),
    };

    private AbsentExtensions() {}

    /// The extension a word belongs to, or null.
    static @Nullable String of(int word) {
        for (Class one : CLASSES) {
            if (is(word, one.mask(), one.value())) {
                return one.name();
            }
        }
        return field(word, 25, 4) == 1 ? "unallocated" : null;
    }
}
