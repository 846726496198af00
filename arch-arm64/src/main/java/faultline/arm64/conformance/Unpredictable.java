package faultline.arm64.conformance;

import static faultline.core.conformance.Words.field;

import faultline.core.conformance.Words;

/// Words whose behaviour is CONSTRAINED UNPREDICTABLE because of the registers they name (Arm ARM
/// K1.2): processors may do several things with them, so that they are not tried.
final class Unpredictable {

    private static final int ZERO_OR_SP = 31;

    private Unpredictable() {}

    static boolean is(int word) {
        int t = field(word, 0, 5);
        int n = field(word, 5, 5);
        int t2 = field(word, 10, 5);
        int s = field(word, 16, 5);
        boolean vector = field(word, 26, 1) != 0;
        if (Words.is(word, 0x3a000000, 0x28000000)) {
            boolean writesBack = field(word, 23, 1) != 0;
            boolean loads = field(word, 22, 1) != 0;
            return loads && t == t2 || !vector && writesBack && n != ZERO_OR_SP && (t == n || t2 == n);
        }
        if (Words.is(word, 0x3b200400, 0x38000400)) {
            return !vector && n != ZERO_OR_SP && t == n;
        }
        if (Words.is(word, 0x3fc00000, 0x08000000) && !Words.is(word, 0xbfa00000, 0x08200000)) {
            // Exclusive stores: the status register is no other operand.
            boolean pair = field(word, 21, 1) != 0;
            return s == t || pair && s == t2 || s == n && n != ZERO_OR_SP;
        }
        if (Words.is(word, 0x3fa00000, 0x08800000)) {
            // Ordered accesses: fields of registers that they do not have should be ones.
            return s != ZERO_OR_SP || t2 != ZERO_OR_SP;
        }
        return Words.is(word, 0xbf600000, 0x88600000) && t == t2;
    }
}
