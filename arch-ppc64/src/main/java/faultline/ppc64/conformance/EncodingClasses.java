package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

/// Classes of instructions by their bits (Power ISA Book I 1.6).
final class EncodingClasses {

    private EncodingClasses() {}

    /// `sc` and `scv`, or what an opcode of theirs may mean on other processors.
    static boolean isSystemCall(int word) {
        return field(word, 26, 6) == 17;
    }

    /// Whether it branches to itself, when it does.
    static boolean isLoop(int word) {
        return is(word, 0xfffffffe, 0x48000000) || is(word, 0xfc00fffe, 0x40000000);
    }

    /// `bcctr` and `bcctrl` that decrement CTR.
    static boolean isCountingBranch(int word) {
        return is(word, 0xfc8007fe, 0x4c000420);
    }

    /// `dst` and its kin without a base: an invalid form.
    static boolean isStreamWithoutBase(int word) {
        return is(word, 0xfc1f07be, 0x7c0002ac);
    }

    /// `mcrxr`.
    static boolean isMcrxr(int word) {
        return is(word, 0xfc0007fe, 0x7c000400);
    }
}
