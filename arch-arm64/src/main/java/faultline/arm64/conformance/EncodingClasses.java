package faultline.arm64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

/// Classes of instructions by their bits (Arm ARM C4.1).
final class EncodingClasses {

    /// What stands behind a case's code: BRK with a number that no case has.
    static final int TRAP = 0xd4200000 | 0xfa17 << 5;

    private EncodingClasses() {}

    /// Loads and stores (Arm ARM C4.1.88).
    static boolean isLoadStore(int word) {
        return is(word, 0x0a000000, 0x08000000);
    }

    /// Data processing of scalar floating point and Advanced SIMD (Arm ARM C4.1.90).
    static boolean isVector(int word) {
        return is(word, 0x0e000000, 0x0e000000);
    }

    /// SVC.
    static boolean isSystemCall(int word) {
        return is(word, 0xffe0001f, 0xd4000001);
    }

    /// Whether it branches to itself, when it does.
    static boolean isLoop(int word) {
        return is(word, 0x7c000000, 0x14000000) && field(word, 0, 26) == 0
                || (is(word, 0xff000010, 0x54000000) || is(word, 0x7e000000, 0x34000000)) && field(word, 5, 19) == 0
                || is(word, 0x7e000000, 0x36000000) && field(word, 5, 14) == 0;
    }
}
