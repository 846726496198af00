package faultline.ppc64.conformance;

import static faultline.core.conformance.Difference.Treatment.NOT_COMPARED;
import static faultline.core.conformance.Difference.Treatment.NOT_TRIED;
import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;
import static faultline.ppc64.conformance.PowerState.CR;
import static faultline.ppc64.conformance.PowerState.FPSCR;
import static faultline.ppc64.conformance.PowerState.GENERAL;
import static faultline.ppc64.conformance.PowerState.SIGNAL;
import static faultline.ppc64.conformance.PowerState.SIGNAL_ADDRESS;
import static faultline.ppc64.conformance.PowerState.SIGNAL_CODE;
import static faultline.ppc64.conformance.PowerState.VSR;
import static faultline.ppc64.conformance.PowerState.XER;
import static faultline.ppc64.conformance.Signals.SIGILL;
import static faultline.ppc64.conformance.Signals.SIGSEGV;

import faultline.core.conformance.Difference;
import faultline.core.conformance.RowFields;
import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import faultline.ppc64.insn.Operands;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What qemu-ppc64le and qemu-ppc64 7.2 do otherwise than the manual, or than Linux where a kernel
/// decides: all of it, in the order of [#LIST], and how it is kept out of the results. Whole rows that
/// cannot be compared are in [NotCompared].
final class EmulatorDifferences {

    /// Bytes of a cache block.
    private static final long BLOCK = 128;

    /// Instructions that raise an alignment interrupt.
    private static final Pattern ALIGNED = Pattern.compile("l[bhwdq]arx|st[bhwdq]cx\\.|(?:l|st)[wd]at|lq|stq");

    private static final Pattern ATOMIC = Pattern.compile("(?:l|st)[wd]at");

    /// By their numbers.
    private static final int LOAD_FUNCTIONS = 0x130101ff;

    private static final int STORE_FUNCTIONS = 0x010000ff;

    private static final long NOT_STEPPED = 0xffffffff80000000L;

    // SO, OV and OV32; what is neither a flag nor the length of strings.

    private static final long XER_OVERFLOW = 0xc0080000L;
    private static final long XER_RESERVED = 0x1ff3ff80L;

    private static final Pattern UNSIGNED = Pattern.compile("bcdu(?:s|trunc)\\.");
    private static final long SIGN = 15;
    private static final Pattern TRUNCATION = Pattern.compile("bcdu?trunc\\.");
    private static final long NEGATIVE_LENGTH = 0x8000;

    private static final int VECTORS = 4;
    private static final int VSX = 60;

    private static final long FIELD_6 = 0xf0;
    private static final long CR0_SO = 0x10000000L;

    static final List<Difference> LIST = List.of(
            // Words that are not tried.
            new Difference(
                    "reserved fields that are not 0",
                    "ignored (Book I 1.3.3)",
                    "in some instructions an illegal instruction",
                    NOT_TRIED),
            new Difference(
                    "ADDEX with a CY other than 0",
                    "as with 0 (a reserved value, Book I 1.3.3: boundedly undefined)",
                    "an illegal instruction",
                    NOT_TRIED),
            new Difference(
                    "LWAT and LDAT that decrement bounded",
                    "the neighbour before the operand is compared (Book II 4.5.1)",
                    "the one behind it",
                    NOT_TRIED),
            new Difference(
                    "BCDCPSGN. and BCDCTSQ. whose target is VRB",
                    "as with another target (Book I 6.17)",
                    "VRB is read after the target is written",
                    NOT_TRIED),
            new Difference(
                    "words of opcodes 4, 19, 57, 60 and 61, of MFTB and of conditional stores, that are no instructions",
                    "illegal (Book I 1.3.3)",
                    "at times an instruction whose extended opcode is similar",
                    NOT_TRIED),
            new Difference(
                    "MCRXR",
                    "illegal: no server processor has it (Linux executes it for programs)",
                    "executed",
                    NOT_TRIED),
            // States that are not tried.
            new Difference(
                    "an address that is not aligned, of an instruction that wants it aligned",
                    "alignment interrupt (Book III 6.5.8)",
                    "the emulator ends",
                    NOT_TRIED),
            new Difference(
                    "a conditional store without a reservation, to where it cannot store",
                    "the fault, or only the status (Book II 4.6.2.2 leaves it open)",
                    "only the status",
                    NOT_TRIED),
            new Difference(
                    "LWAT, LDAT, STWAT, STDAT of two neighbours that do not lie in one block of 32 bytes",
                    "alignment interrupt (Book II 4.5)",
                    "done",
                    NOT_TRIED),
            new Difference("STQCX. behind LQARX", "stores (Book II 4.6.2.2)", "fails", NOT_TRIED),
            // Parts of outcomes that are not compared.
            new Difference(
                    "`si_code` of an access that its page forbids",
                    "SEGV_ACCERR (Linux, arch/powerpc/mm/fault.c, bad_access)",
                    "SEGV_MAPERR",
                    NOT_COMPARED),
            new Difference(
                    "`si_addr` of an address from 2^47 on",
                    "the address",
                    "0: the host has no such address",
                    NOT_COMPARED),
            new Difference(
                    "a load or store of several elements that faults",
                    "no part of it is done",
                    "what comes before the fault is done",
                    NOT_COMPARED),
            new Difference(
                    "field 6 of CR where an operand is no decimal",
                    "0b0001 (Book I 6.17)",
                    "not always: some operands are not looked at",
                    NOT_COMPARED),
            new Difference(
                    "BCDTRUNC. and BCDUTRUNC. with a length from 2^15 on",
                    "nothing is cut off (Book I 6.17)",
                    "the length is taken as a negative number",
                    NOT_COMPARED),
            new Difference(
                    "BCDADD. and BCDSUB. of two zeros",
                    "field 6 of CR says 0, and the sign is plus (Book I 6.17)",
                    "field 6 of CR has the sign, too, which is that of the second",
                    NOT_COMPARED),
            new Difference(
                    "field 6 of CR behind BCDUS. and BCDUTRUNC.",
                    "greater than 0 (Book I 6.17)",
                    "less than 0, where the last digit would be a negative sign",
                    NOT_COMPARED),
            new Difference(
                    "what of its target VRLDMI does not insert into",
                    "stays (Book I 6.9.5)",
                    "0, where the host has vectors of AVX-512",
                    NOT_COMPARED),
            new Difference(
                    "`si_addr` of DCBZ and ICBI",
                    "the address (Book III 6.5.3: of any byte of the block)",
                    "the first byte of the block",
                    NOT_COMPARED),
            new Difference(
                    "`si_code` of what is privileged",
                    "ILL_PRVOPC (Linux, arch/powerpc/kernel/traps.c, program_check_exception)",
                    "ILL_PRVREG or ILL_ILLOPC, as it is implemented",
                    NOT_COMPARED),
            new Difference(
                    "LWAT, LDAT, STWAT, STDAT with a function that there is not",
                    "SIGBUS (Linux, arch/powerpc/mm/fault.c: DSISR_BAD_AMO)",
                    "SIGSEGV",
                    NOT_TRIED),
            new Difference(
                    "LWAT and LDAT that do not step because of the neighbour",
                    "a 1 in the highest bit of the operand, and zeros (Book II 4.5.1)",
                    "0xffffffff80000000",
                    NOT_COMPARED),
            new Difference(
                    "DIVDEO with a quotient that takes 64 bits beside its sign",
                    "overflow: OV and SO (Book I 3.3.9)",
                    "none",
                    NOT_COMPARED),
            new Difference("reserved bits of XER behind MTXER", "0 (Book I 3.2.2)", "kept as written", NOT_COMPARED));

    private EmulatorDifferences() {}

    /// A word that is not tried with any state.
    static boolean isUntried(int word) {
        return isReservedCarry(word) || isNoFunction(word) || isBoundedDecrement(word) || isDecimalOntoItself(word);
    }

    /// ADDEX with a CY other than 0.
    private static boolean isReservedCarry(int word) {
        return is(word, 0xfc0001fe, 0x7c000154) && field(word, 9, 2) != 0;
    }

    /// LWAT, LDAT, STWAT and STDAT with a function that there is not.
    private static boolean isNoFunction(int word) {
        int function = field(word, 11, 5);
        return is(word, 0xfc0007be, 0x7c00048c) && (LOAD_FUNCTIONS >>> function & 1) == 0
                || is(word, 0xfc0007be, 0x7c00058c) && (STORE_FUNCTIONS >>> function & 1) == 0;
    }

    /// LWAT and LDAT with this function.
    private static boolean isBoundedDecrement(int word) {
        return is(word, 0xfc00ffbe, 0x7c00e48c);
    }

    /// BCDCPSGN. and BCDCTSQ. whose target is VRB.
    private static boolean isDecimalOntoItself(int word) {
        boolean concerned = is(word, 0xfc0007ff, 0x10000341) || is(word, 0xfc1f05ff, 0x10000581);
        return concerned && field(word, 21, 5) == field(word, 11, 5);
    }

    /// The same of an instruction by its row.
    static boolean isUntried(int word, RowFields row) {
        return (word & row.ignored()) != 0;
    }

    /// The same of a word that is no instruction: an opcode of which the emulator looks at less.
    static boolean isUntriedUnlessInstruction(int word) {
        return is(word, 0xfc00003e, 0x4c000000)
                || is(word, 0xfc0007fe, 0x7c0002e6)
                || Reservations.isStore(word)
                || field(word, 26, 6) == VECTORS
                || field(word, 26, 6) == VSX
                || is(word, 0xec000000, 0xe4000000)
                || EncodingClasses.isCountingBranch(word)
                || EncodingClasses.isMcrxr(word);
    }

    /// Whether an instruction is tried only at aligned addresses.
    static boolean wantsAlignment(String mnemonic) {
        return ALIGNED.matcher(mnemonic).matches();
    }

    /// Marks what of an outcome is not compared; `row` is null for a word that is no instruction.
    static void open(InsnTable.@Nullable Row row, int word, TestVector vector) {
        String name = row == null ? "" : row.mnemonic();
        if (name.startsWith("divdeo") && OpenResults.isUndivided(name, word, vector.before)) {
            vector.undefined[XER] = XER_OVERFLOW;
            vector.undefined[CR] |= CR0_SO;
        } else if (name.equals("mtxer")) {
            vector.undefined[XER] = XER_RESERVED;
        } else if (isAtomic(name)) {
            openAtomic(word, vector);
        }
        if (row != null && changesFpscr(row)) {
            FloatDifferences.open(row, word, vector);
        }
        if (TRUNCATION.matcher(name).matches()
                && (vector.before[VSR + 2 * (32 + field(word, 16, 5)) + 1] & NEGATIVE_LENGTH) != 0) {
            int target = VSR + 2 * (32 + field(word, 21, 5));
            vector.undefined[target] = vector.undefined[target + 1] = -1;
            vector.undefined[CR] |= FIELD_6;
        }
        if (name.equals("vrldmi")) {
            openLostBits(word, vector);
        }
        if (isTwofold(name, vector.after[CR])) {
            int target = VSR + 2 * (32 + field(word, 21, 5));
            vector.undefined[target] = SIGN;
            vector.undefined[CR] |= FIELD_6;
        }
        if (name.startsWith("bcd") && !DecimalFormats.areValid(name, word, vector)) {
            vector.undefined[CR] |= FIELD_6;
        }
        if (vector.after[SIGNAL] == SIGSEGV) {
            openParts(vector);
            vector.undefined[SIGNAL_CODE] = -1;
            if (vector.after[SIGNAL_ADDRESS] == 0) {
                vector.undefined[SIGNAL_ADDRESS] = -1;
            }
            if (name.equals("dcbz") || name.equals("icbi")) {
                vector.undefined[SIGNAL_ADDRESS] |= BLOCK - 1;
            }
        } else if (vector.after[SIGNAL] == SIGILL) {
            vector.undefined[SIGNAL_CODE] = -1;
        }
    }

    /// Whether the emulator says that a sum is 0 and has a sign, or that a number without a sign is negative.
    private static boolean isTwofold(String name, long cr) {
        boolean zero = (cr & 0x20) != 0 && (cr & 0xc0) != 0;
        return zero && (name.equals("bcdadd.") || name.equals("bcdsub."))
                || (cr & 0x80) != 0 && UNSIGNED.matcher(name).matches();
    }

    /// What was not inserted into, where none of it is left.
    private static void openLostBits(int word, TestVector vector) {
        for (int half = 0; half < 2; half++) {
            int target = VSR + 2 * (32 + field(word, 21, 5)) + half;
            long mask = vector.before[VSR + 2 * (32 + field(word, 11, 5)) + half];
            long kept = ~Operands.mask((int) (mask >>> 16) & 63, (int) (mask >>> 8) & 63);
            if ((vector.after[target] & kept) == 0) {
                vector.undefined[target] = kept;
            }
        }
    }

    private static void openParts(TestVector vector) {
        for (int i = VSR; i < FPSCR; i++) {
            vector.undefined[i] = vector.after[i] == vector.before[i] ? 0 : -1;
        }
        vector.openMemory();
    }

    private static void openAtomic(int word, TestVector vector) {
        int rt = GENERAL + field(word, 21, 5);
        if (vector.after[rt] == NOT_STEPPED) {
            vector.undefined[rt] = -1;
        }
    }

    private static boolean changesFpscr(InsnTable.Row row) {
        return row.chapter().startsWith("F") && !row.chapter().startsWith("Fixed")
                || row.chapter().startsWith("Vsx")
                || row.chapter().startsWith("Quad");
    }

    static boolean isAtomic(String mnemonic) {
        return ATOMIC.matcher(mnemonic).matches();
    }
}
