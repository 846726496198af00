package faultline.ppc64.conformance;

import faultline.core.isa.survey.Spelling;
import faultline.core.isa.survey.Spellings;
import java.util.List;

/// The spellings in which binutils' text and ours differ.
final class BinutilsSpellings {

    private static final String BRANCH = "(b\\w*[-+]? (?:.*,)?)";

    static final Spellings ALL = new Spellings(List.of(
            // With no symbols to name it, an address has a prefix.
            new Spelling("target", "48000010", "b 0x10", text -> text.replaceAll("^" + BRANCH + "0x", "$1")),
            new Spelling(
                    "distant target",
                    "4bfffff2",
                    "ba 0xfffffff0",
                    text -> text.replaceAll("^" + BRANCH + "(f[0-9a-f]{7})$", "$1ffffffff$2")),
            new Spelling(
                    "no base", "7c6026aa", "lbzcix r3,0,r4", text -> text.replaceAll("^(\\w+cix \\w+),0,", "$1,r0,"))));

    private BinutilsSpellings() {}
}
