package faultline.arm64.conformance;

import faultline.core.isa.survey.Spelling;
import faultline.core.isa.survey.Spellings;
import java.util.List;

/// The spellings in which binutils' text and ours differ.
final class BinutilsSpellings {

    private static final String RELATIVE = "(?:b|bl|b\\.\\w\\w|cbn?z|tbn?z|adrp?|ldr|ldrsw|prfm)";

    static final Spellings ALL = new Spellings(List.of(
            new Spelling("comment", "20008052", "mov w0, #0x1 // #1", text -> text.replaceAll(" *//.*", "")),
            // With no symbols to name it, an address has a prefix.
            new Spelling(
                    "target", "01000014", "b 0x4", text -> text.replaceAll("^(" + RELATIVE + " (?:.*, )?)0x", "$1"))));

    private BinutilsSpellings() {}
}
