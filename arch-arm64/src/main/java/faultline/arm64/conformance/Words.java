package faultline.arm64.conformance;

/// Instructions as words, and their classes by bits (Arm ARM C4.1).
final class Words {

    /// What stands behind a case's code: BRK with a number that no case has.
    static final int TRAP = 0xd4200000 | 0xfa17 << 5;

    private Words() {}

    static byte[] bytes(int... words) {
        byte[] bytes = new byte[4 * words.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 4] >>> 8 * (i % 4));
        }
        return bytes;
    }

    static int field(int word, int shift, int width) {
        return word >>> shift & (1 << width) - 1;
    }

    static int signedField(int word, int shift, int width) {
        return word << 32 - shift - width >> 32 - width;
    }

    static boolean is(int word, int mask, int value) {
        return (word & mask) == value;
    }

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

    /// HLT with the number that debuggers and emulators take for a call.
    static boolean isSemihosting(int word) {
        return is(word, 0xffffffff, 0xd4400000 | 0xf000 << 5);
    }

    /// Cache maintenance at address 0, which is never there: to the emulator it does not matter.
    static boolean isMaintenanceOfZero(int word) {
        return is(word, 0xfffff01f, 0xd50b701f);
    }

    /// Two-register operations and those across lanes of half precision, and pairwise ones of a reserved size: the
    /// emulator ends at those that are unallocated, or executes them.
    static boolean isTwoRegisterHalf(int word) {
        return is(word, 0x8f760c00, 0x0e700800) || is(word, 0xff7e0c00, 0x5e700800);
    }

    /// CASP of X30 and the zero register: the emulator takes the stack pointer for the second of the pair.
    static boolean isPairWithZero(int word) {
        return is(word, 0xbfa07c00, 0x08207c00) && (field(word, 16, 5) == 30 || field(word, 0, 5) == 30);
    }

    /// Whether it branches to itself, when it does.
    static boolean isLoop(int word) {
        return is(word, 0x7c000000, 0x14000000) && field(word, 0, 26) == 0
                || (is(word, 0xff000010, 0x54000000) || is(word, 0x7e000000, 0x34000000)) && field(word, 5, 19) == 0
                || is(word, 0x7e000000, 0x36000000) && field(word, 5, 14) == 0;
    }
}
