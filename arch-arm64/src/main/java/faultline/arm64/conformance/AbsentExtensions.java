package faultline.arm64.conformance;

import faultline.core.conformance.NamedEncodings;
import faultline.core.conformance.NamedEncodings.Encoding;
import org.jspecify.annotations.Nullable;

/// Extensions that no CPU model has, by the bits of their encodings (Arm ARM C4.1): such words are
/// undefined here, and executed or disassembled by others.
final class AbsentExtensions {

    private static final NamedEncodings ENCODINGS = new NamedEncodings(
            new Encoding("SME", 0x9e000000, 0x80000000),
            new Encoding("SME", 0xfffff0ff, 0xd503407f),
            new Encoding("SVE", 0x1e000000, 0x04000000),
            // Memory tags: data processing, then loads and stores.
            new Encoding("MTE", 0x1fc00000, 0x11800000),
            new Encoding("MTE", 0xffe0fc00, 0x9ac00000),
            new Encoding("MTE", 0xffe0fc00, 0xbac00000),
            new Encoding("MTE", 0xffe0f800, 0x9ac01000),
            new Encoding("MTE", 0xff200000, 0xd9200000),
            new Encoding("MTE", 0xfe400000, 0x68000000),
            // Signed pointers, except for hints.
            new Encoding("PAuth", 0xfe1ff800, 0xd61f0800),
            new Encoding("PAuth", 0x7fff0000, 0x5ac10000),
            new Encoding("PAuth", 0xffe0fc00, 0x9ac03000),
            new Encoding("PAuth", 0x3b200400, 0x38200400),
            new Encoding("CSSC", 0x1fc00000, 0x11c00000),
            new Encoding("CSSC", 0x7ffffc00, 0x5ac01800),
            new Encoding("CSSC", 0x7ffffc00, 0x5ac01c00),
            new Encoding("CSSC", 0x7ffffc00, 0x5ac02000),
            new Encoding("CSSC", 0x7fe0f000, 0x1ac06000),
            new Encoding("HBC", 0xff000010, 0x54000010),
            new Encoding("FlagM", 0xffe07c10, 0xba000400),
            new Encoding("FlagM", 0xffffbc1f, 0x3a00080d),
            new Encoding("FlagM", 0xffffff1f, 0xd500401f),
            new Encoding("NMI", 0xfffff0ff, 0xd501401f),
            new Encoding("WFxT", 0xffffffc0, 0xd5031000),
            new Encoding("XS", 0xfffff3ff, 0xd503323f),
            new Encoding("TME", 0xffffffe0, 0xd5233060),
            new Encoding("TME", 0xffffffe0, 0xd5233160),
            new Encoding("TME", 0xffffffff, 0xd503307f),
            new Encoding("TME", 0xffe0001f, 0xd4600000),
            new Encoding("LRCPC2", 0x3f200c00, 0x19000000),
            new Encoding("MOPS", 0x3b200c00, 0x19000400),
            new Encoding("LS64", 0xffe0fc00, 0xf8209000),
            new Encoding("LS64", 0xffe0ec00, 0xf820a000),
            new Encoding("LS64", 0xffe0fc00, 0xf820d000),
            new Encoding("SHA3, SHA512, SM3, SM4", 0xff000000, 0xce000000),
            // Three registers, by element, two registers.
            new Encoding("I8MM", 0xbfe0fc00, 0x0e809c00),
            new Encoding("I8MM", 0x9fe0fc00, 0x0e80a400),
            new Encoding("I8MM", 0xbfe0fc00, 0x0e80ac00),
            new Encoding("I8MM", 0xbf40f400, 0x0f00f000),
            new Encoding("BF16", 0xbfe0fc00, 0x2e40ec00),
            new Encoding("BF16", 0xbf60fc00, 0x2e40fc00),
            new Encoding("BF16", 0xbf40f400, 0x0f40f000),
            new Encoding("BF16", 0xbffffc00, 0x0ea16800),
            new Encoding("BF16", 0xfffffc00, 0x1e634000),
            new Encoding("FRINTTS", 0xffbe7c00, 0x1e284000),
            new Encoding("FRINTTS", 0x9fbfec00, 0x0e21e800),
            // MRS and MSR of process state (C5.2).
            new Encoding("DIT", 0xffdfffe0, 0xd51b42a0),
            new Encoding("SSBS", 0xffdfffe0, 0xd51b42c0),
            new Encoding("TCO", 0xffdfffe0, 0xd51b42e0));

    private AbsentExtensions() {}

    /// The extension a word belongs to, or null.
    static @Nullable String of(int word) {
        return ENCODINGS.of(word);
    }
}
