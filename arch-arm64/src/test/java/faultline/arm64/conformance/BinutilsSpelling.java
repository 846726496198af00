package faultline.arm64.conformance;

import java.util.List;
import java.util.function.UnaryOperator;

/// A spelling in which binutils' text and ours differ: it rewrites binutils' into ours.
///
/// @param example a word that binutils spells so
/// @param theirs binutils' text of it at address 0
record BinutilsSpelling(String name, int example, String theirs, UnaryOperator<String> rule) {

    private static final String RELATIVE = "(?:b|bl|b\\.\\w\\w|cbn?z|tbn?z|adrp?|ldr|ldrsw|prfm)";

    /// All spellings, in the order in which they are applied.
    static final List<BinutilsSpelling> ALL = List.of(
            new BinutilsSpelling("comment", 0x52800020, "mov w0, #0x1 // #1", text -> text.replaceAll(" *//.*", "")),
            // With no symbols to name it, an address has a prefix.
            new BinutilsSpelling(
                    "target", 0x14000001, "b 0x4", text -> text.replaceAll("^(" + RELATIVE + " (?:.*, )?)0x", "$1")));

    /// Our text for binutils' text.
    static String ours(String theirs) {
        String text = theirs;
        for (BinutilsSpelling spelling : ALL) {
            text = spelling.rule().apply(text);
        }
        return text;
    }

    /// Whether the text is another without this spelling's rule.
    boolean matters(String text) {
        return !rule.apply(text).equals(text);
    }
}
