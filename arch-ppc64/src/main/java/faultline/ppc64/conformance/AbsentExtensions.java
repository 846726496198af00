package faultline.ppc64.conformance;

import faultline.core.conformance.NamedEncodings;
import faultline.core.conformance.NamedEncodings.Encoding;
import org.jspecify.annotations.Nullable;

/// Facilities that no CPU model has, by the bits of their encodings: such words are no instructions
/// here, and executed or disassembled by others.
final class AbsentExtensions {

    private static final NamedEncodings ENCODINGS = new NamedEncodings(
            new Encoding("decimal floating point", 0xec00003c, 0xec000004),
            new Encoding("transactional memory", 0xfc00043e, 0x7c00041c),
            new Encoding("event-based branches and branch history", 0xfc0007fe, 0x4c000124),
            new Encoding("event-based branches and branch history", 0xfc0007fe, 0x7c00025c),
            new Encoding("event-based branches and branch history", 0xfc0007fe, 0x7c00035c),
            new Encoding("external control", 0xfc0006fe, 0x7c00026c),
            // ICSWX and PBT.
            new Encoding("coprocessors", 0xfc0007fe, 0x7c00032c),
            new Encoding("coprocessors", 0xfc0007fe, 0x7c000328),
            // COPY, PASTE and CPABORT.
            new Encoding("copies of cache blocks", 0xfc0007fe, 0x7c00060c),
            new Encoding("copies of cache blocks", 0xfc0007fe, 0x7c00070c),
            new Encoding("copies of cache blocks", 0xfc0007fe, 0x7c00068c),
            // HASHST, HASHCHK and those of the supervisor.
            new Encoding("checks of return addresses", 0xfc0007be, 0x7c0005a4),
            new Encoding("checks of return addresses", 0xfc0007be, 0x7c000524),
            // RFI, URFID; DCBI, TLBIA, SLBIEG, SLBIAG, MSGSYNC, MSGSNDU, MSGCLRU.
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x4c000064),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x4c000264),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0003ac),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0002e4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0003a4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0006a4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0006ec),
            new Encoding("instructions of other supervisors", 0xfc0007be, 0x7c00009c),
            // Segment registers, software TLBs, and what of SLBIA, SLBMFEE and SLBMFEV has more operands.
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0000a4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0000e4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0001a4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0001e4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0004a6),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c000526),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0007a4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0007e4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0003e4),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0006a6),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c000726),
            // ATTN, MTSLE, RMIEG.
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x00000200),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c000126),
            new Encoding("instructions of other supervisors", 0xfc0007fe, 0x7c0006e4),
            // SC and SCV with a level that Linux does not answer.
            new Encoding("calls of hypervisors and other vectors", 0xfc000000, 0x44000000));

    private AbsentExtensions() {}

    /// The facility a word belongs to, or null.
    static @Nullable String of(int word) {
        return ENCODINGS.of(word);
    }
}
