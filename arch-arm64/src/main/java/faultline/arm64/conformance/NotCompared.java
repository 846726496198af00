package faultline.arm64.conformance;

import static faultline.arm64.conformance.Words.is;

import java.util.Map;

/// Rows that have no vectors, and why; and the same of random words.
final class NotCompared {

    static final Map<String, String> ROWS =
            Map.ofEntries(Map.entry("11010100 000 imm:16 000 01 | svc #0x<imm>", "enters the kernel"));

    private NotCompared() {}

    /// System registers and instructions: the emulator's have more names than a model here.
    static boolean isWord(int word) {
        return is(word, 0xffc00000, 0xd5000000) && !is(word, 0xfffff01f, 0xd503201f);
    }
}
