package faultline.x86.conformance;

/// Rows of which AMD's and Intel's processors make different things in some encodings or states,
/// which therefore are not tried. docs/x86-undefined.md has them in a table.
final class VendorDifferences {

    private static final int EXCEPTION_MASKS = 0x3f;
    private static final long CANONICAL_END = 1L << 47;

    private VendorDifferences() {}

    /// Near branches are left without 66: AMD's processors make their operands 16 bits wide, Intel's
    /// do not.
    static boolean isNearBranch(RowEncoding row) {
        return row.row.chapter().equals("ControlTransfer") && row.hasEffect("f64");
    }

    /// 0F 0D is a prefetch to AMD, which refuses its register form, and a no-operation to Intel.
    static boolean isPrefetch(RowEncoding row) {
        return row.map == 1 && row.opcode == 0x0d;
    }

    /// Whether AC concerns 16-byte operands that need no alignment, and masked stores; what Linux
    /// does in an instruction's place it does not concern.
    static boolean underAlignmentCheck(RowEncoding row) {
        return row.operands.stream().anyMatch(operand -> operand.size().equals("dq"))
                || row.mnemonic().startsWith("maskmov")
                || row.mnemonic().equals("enter")
                || isEmulated(row);
    }

    /// Whether Linux may do it in the processor's place.
    static boolean isEmulated(RowEncoding row) {
        return row.row.chapter().equals("SystemInstructions");
    }

    /// With an x87 exception unmasked, Intel's processors do not get to look at where the result
    /// would go; AMD's look first.
    static boolean inOrderOfStore(RowEncoding row, long[] words) {
        String name = row.mnemonic();
        boolean stores = name.startsWith("fst") || name.startsWith("fist") || name.equals("fbstp");
        return row.isX87() && stores && (words[X86State.CONTROL] & EXCEPTION_MASKS) != EXCEPTION_MASKS;
    }

    /// Where a masked store of 16 bytes begins below the end of the canonical addresses and ends beyond,
    /// AMD's processors report the page fault of the part that is below.
    static boolean isOverCanonicalEnd(long at) {
        return at < CANONICAL_END && at + 15 >= CANONICAL_END;
    }
}
