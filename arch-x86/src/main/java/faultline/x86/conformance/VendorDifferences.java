package faultline.x86.conformance;

import static faultline.core.conformance.Difference.Treatment.NOT_COMPARED;
import static faultline.core.conformance.Difference.Treatment.NOT_TRIED;

import faultline.core.conformance.Difference;
import faultline.core.isa.OpcodeInsn;
import faultline.x86.cpu.X86Cpu;
import java.util.List;

/// Of what AMD's and Intel's processors make different things: the models do as Intel's, of which
/// `OtherProcessor.vectors` has records, unless the entry says AMD's, on which the corpus was taken.
final class VendorDifferences {

    static final List<Difference> LIST = List.of(
            new Difference("66 before a near branch", "ignored", "a 16-bit target", NOT_TRIED),
            new Difference(
                    "REX.W before LSS, LFS, LGS and far transfers", "a 64-bit offset", "a 32-bit offset", NOT_TRIED),
            new Difference("66 before MOVSXD", "reads 32 bits, as AMD's", "reads 16 bits", NOT_TRIED),
            new Difference(
                    "POP FS, POP GS of what is not a whole slot", "reads 64 bits, as AMD's", "16 bits", NOT_TRIED),
            new Difference("0F 0D with a register", "no operation", "`#UD`", NOT_TRIED),
            new Difference("LOCK before MOV CR0", "`#UD`", "CR8", NOT_TRIED),
            new Difference("LOCK before VERR, VERW", "`#UD`", "ignored", NOT_TRIED),
            new Difference(
                    "IRET to where no code can be, with a stack segment that there is not",
                    "not tried",
                    "the target's fault",
                    NOT_TRIED),
            new Difference("F3 90 with REX.B", "PAUSE", "an exchange", NOT_TRIED),
            new Difference(
                    "SHLD, SHRD of 16 bits with a count over 16",
                    "of the operands extended",
                    "otherwise",
                    NOT_COMPARED),
            new Difference("F2, F3 before LOOPcc", "ignored", "changes the condition", NOT_TRIED),
            new Difference(
                    "FS or GS base that makes an address canonical",
                    "only the sum counts",
                    "the offset must be canonical too",
                    NOT_TRIED),
            new Difference("an MMX store that faults", "TOP is 0 already", "TOP is as before", NOT_COMPARED),
            new Difference(
                    "x87 store with an unmasked exception to where it cannot store",
                    "the exception",
                    "the fault",
                    NOT_TRIED),
            new Difference(
                    "CMPS, SCAS that fault in the middle of a repetition",
                    "flags from before",
                    "flags of the last comparison",
                    NOT_COMPARED),
            new Difference(
                    "CMPS whose operands both fault",
                    "not tried",
                    "the fault of the second, of the first of REPE CMPSB on Zen 4, of all on Zen 5",
                    NOT_COMPARED),
            new Difference(
                    "upper halves of RCX, RSI, RDI where a string instruction with 67 does nothing, or faults",
                    "kept",
                    "zero",
                    NOT_COMPARED),
            new Difference(
                    "`#AC` and an operand that only ends where no address is canonical",
                    "`#GP`",
                    "either",
                    NOT_COMPARED),
            new Difference(
                    "FXSAVE, FXRSTOR at a multiple of 4 that is not one of 16, alignment checked",
                    "not tried",
                    "`#AC`, from Zen 4 on `#GP`",
                    NOT_COMPARED),
            new Difference(
                    "`#AC` for 16-byte operands that may lie anywhere, for MASKMOV, ENTER",
                    "never",
                    "always",
                    NOT_TRIED),
            new Difference(
                    "byte reported by FXSAVE, FNSAVE, MASKMOV over the end of a page",
                    "the first",
                    "first or last",
                    NOT_COMPARED),
            new Difference(
                    "an x87 operand of 80 bits that only ends where no address is canonical",
                    "`#GP` or `#SS`",
                    "either, or the page fault of what is below",
                    NOT_COMPARED),
            new Difference(
                    "MASKMOVDQU that only ends where no address is canonical",
                    "`#GP`",
                    "the page fault of what is below",
                    NOT_TRIED),
            new Difference(
                    "CALL with a target that is not canonical and a stack that cannot be written",
                    "not tried",
                    "the stack's fault",
                    NOT_TRIED),
            new Difference(
                    "DPPS, DPPD of several NaNs",
                    "each lane of the result adds in an order of its own",
                    "another order",
                    NOT_COMPARED),
            new Difference(
                    "last x87 instruction and operand in XSAVE's image, nothing pending", "kept", "0", NOT_COMPARED),
            new Difference("MXCSR bit 17", "reserved", "allows misaligned operands", NOT_TRIED));

    private static final int EXCEPTION_MASKS = 0x3f;
    private static final long CANONICAL_END = 1L << 47;

    /// #PF.
    private static final int PAGE_FAULT = 14;

    private VendorDifferences() {}

    /// Near branches are left without 66: AMD's processors make their operands 16 bits wide, Intel's
    /// do not.
    static boolean isNearBranch(RowEncoding row) {
        return row.row.chapter().equals("ControlTransfer") && row.hasEffect("f64");
    }

    /// Of 66 63 Intel's processors read 16 bits only.
    static boolean isSignExtensionOfWord(RowEncoding row) {
        return row.mnemonic().equals("movsxd");
    }

    /// Of a segment register on the stack Intel's processors read 16 bits, AMD's a slot: the same where the slot is
    /// all in one page and aligned.
    static long slot(long pointer) {
        return pointer & -Long.BYTES;
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

    /// Whether `#AC` or `#GP` says that an image is not aligned, where alignment is checked: SDM volume 2, FXRSTOR.
    static boolean isMisalignedImage(String mnemonic, long at, long[] before) {
        boolean image = switch (mnemonic) {
            case "fxsave", "fxsave64", "fxrstor", "fxrstor64" -> true;
            default -> false;
        };
        return image && (before[X86State.FLAGS] & RowState.AC) != 0 && (at & 15) != 0 && (at & 3) == 0;
    }

    /// Whether the fault that a comparison of strings ended with may be one of two, of which the other is reported
    /// elsewhere.
    static boolean isOneOfTwo(String mnemonic, OpcodeInsn insn, long[] after) {
        long second = after[X86Cpu.RDI] & ((insn.special & OpcodeInsn.ADDRESS_32) != 0 ? 0xffffffffL : -1L);
        boolean pageFaultOfSecond = after[X86State.TRAP] == PAGE_FAULT && after[X86State.CR2] == second;
        return mnemonic.equals("cmps") && !pageFaultOfSecond;
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
        return isOverCanonicalEnd(at, 16);
    }

    private static boolean isOverCanonicalEnd(long at, int bytes) {
        return at < CANONICAL_END && at + bytes > CANONICAL_END;
    }

    /// AMD's processors access 80 bits as 64 and 16: a fault of the first comes before the address of the second is
    /// looked at.
    static boolean isWideX87OverCanonicalEnd(String mnemonic, long at) {
        return switch (mnemonic) {
            case "fld", "fstp", "fbld", "fbstp" -> isOverCanonicalEnd(at, 10);
            default -> false;
        };
    }

    /// Which of two faults of an operand comes first, where alignment is checked and it ends beyond the canonical
    /// addresses.
    static boolean isMisalignedOverCanonicalEnd(long at, long[] before) {
        return (before[X86State.FLAGS] & RowState.AC) != 0 && isOverCanonicalEnd(at);
    }
}
