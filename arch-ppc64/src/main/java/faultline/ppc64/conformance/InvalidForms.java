package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;

import faultline.core.conformance.Words;

/// Words that are invalid forms of an instruction because of the registers they name, and have a
/// meaning here (Power ISA Book I 1.8.2): processors may do several things with them, so that they are
/// not tried.
final class InvalidForms {

    private static final int REGISTERS = 32;
    private static final int WORD_BYTES = 4;

    /// The most registers that a string fills whose length stands in XER, as the sampler chooses it.
    private static final int LONGEST_STRING = 8;

    private InvalidForms() {}

    static boolean is(int word) {
        int rt = field(word, 21, 5);
        int ra = field(word, 16, 5);
        int rb = field(word, 11, 5);
        if (Words.is(word, 0xfc000000, 0xb8000000)) {
            // LMW
            return ra >= rt;
        }
        if (Words.is(word, 0xfc0007fe, 0x7c0004aa)) {
            // LSWI
            int bytes = rb == 0 ? REGISTERS : rb;
            return isAmong(ra, rt, (bytes + WORD_BYTES - 1) / WORD_BYTES);
        }
        // LSWX
        return Words.is(word, 0xfc0007fe, 0x7c00042a)
                && (isAmong(ra, rt, LONGEST_STRING) || isAmong(rb, rt, LONGEST_STRING));
    }

    /// Whether a register is one of so many from the first on, which wrap round behind the last.
    private static boolean isAmong(int register, int first, int count) {
        return (register - first & REGISTERS - 1) < count;
    }
}
