package faultline.arm64.conformance;

import static faultline.arm64.conformance.A64State.FLAGS;
import static faultline.arm64.conformance.A64State.FPCR;
import static faultline.arm64.conformance.A64State.FPSR;
import static faultline.arm64.conformance.A64State.SIGILL;
import static faultline.arm64.conformance.A64State.SIGNAL;
import static faultline.arm64.conformance.A64State.SIGNAL_ADDRESS;
import static faultline.arm64.conformance.A64State.SIGNAL_CODE;
import static faultline.arm64.conformance.A64State.VECTOR;
import static faultline.core.conformance.Difference.Treatment.NOT_COMPARED;
import static faultline.core.conformance.Difference.Treatment.NOT_TRIED;
import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

import faultline.core.conformance.Difference;
import faultline.core.conformance.TestVector;
import java.util.List;

/// What qemu-aarch64 7.2 does otherwise than the manual, or than Linux where a kernel decides: all
/// of it, in the order of [#LIST], and how it is kept out of the results. Whole rows that cannot be
/// compared are in [NotCompared].
final class EmulatorDifferences {

    /// Addresses from here on are not valid for the emulator's host, which then does not say which
    /// it was.
    static final int HOST_BITS = 47;

    /// AArch32's condition flags.
    private static final long FPSR_FLAGS = 0xf0000000L;

    private static final long Z = 1L << 30;
    private static final long FZ = 1L << 24;
    private static final int FRACTION_BITS = 52;

    static final List<Difference> LIST = List.of(
            // Words that are not tried.
            new Difference(
                    "FMOV (vector, immediate) with bit 29 and bit 11 set",
                    "unallocated (C4.1, Advanced SIMD modified immediate)",
                    "FMOV of doubles: bit 11 does not count",
                    NOT_TRIED),
            new Difference(
                    "two-register, pairwise and across-lanes words of half precision with a reserved size or opcode",
                    "unallocated (C4.1)",
                    "some are executed, at others the emulator ends",
                    NOT_TRIED),
            new Difference(
                    "CASP of X30 and the zero register",
                    "the second of the pair is the zero register (C6.2, CASP)",
                    "it is the stack pointer",
                    NOT_TRIED),
            new Difference(
                    "HLT #0xf000", "undefined: halting debug is off (C6.2, HLT)", "a call of the emulator", NOT_TRIED),
            // States that are not tried.
            new Difference(
                    "a base register SP that is not aligned to 16",
                    "SP alignment fault (D1.8, SP alignment checking)",
                    "not checked",
                    NOT_TRIED),
            new Difference(
                    "LDAPR at an address that is not aligned",
                    "alignment fault (B2.5, alignment of data accesses)",
                    "not checked",
                    NOT_TRIED),
            new Difference(
                    "cache maintenance by an address that is not mapped or not readable",
                    "faults as a load does (D7.5)",
                    "does nothing",
                    NOT_TRIED),
            new Difference(
                    "STXR and its kin that fail, at an address that faults",
                    "the fault, before the monitor is asked (B2.12 leaves it open)",
                    "only the status",
                    NOT_TRIED),
            new Difference(
                    "code that was changed through another mapping of its page",
                    "seen after IC IVAU and ISB (B2.2.5)",
                    "the old code stays",
                    NOT_TRIED),
            // Parts of outcomes that are not compared.
            new Difference(
                    "`si_code` of an undefined instruction",
                    "ILL_ILLOPC (Linux, arch/arm64/kernel/traps.c, do_el0_undef)",
                    "ILL_ILLOPN",
                    NOT_COMPARED),
            new Difference(
                    "`si_addr` of an address from 2^47 on",
                    "the address",
                    "0, or none: the host has no such address",
                    NOT_COMPARED),
            new Difference(
                    "a load or store of several elements or registers that faults",
                    "no part of it is done (B2.2.1 leaves it open)",
                    "what comes before the fault is done",
                    NOT_COMPARED),
            new Difference("FPSR bits 31 to 28", "0: there is no AArch32 (C5.2.10)", "kept as written", NOT_COMPARED),
            new Difference(
                    "FCVTZS (vector, fixed-point) of a half-precision scalar with a negative result",
                    "16 bits (FPToFixed of esize bits; C7.2, FCVTZS)",
                    "32 bits, the upper ones of the sign",
                    NOT_COMPARED),
            new Difference(
                    "FJCVTZS of a positive denormal that is flushed to zero",
                    "Z is clear (FPToFixedJS: a zero with a fraction is not exact)",
                    "Z is set",
                    NOT_COMPARED));

    private EmulatorDifferences() {}

    /// A word that is not tried with any state.
    static boolean isUntried(int word) {
        return isUnallocatedMove(word) || isPairWithZero(word) || isCall(word) || isMaintenanceOfZero(word);
    }

    private static boolean isUnallocatedMove(int word) {
        return is(word, 0xbff8fc00, 0x2f00fc00);
    }

    private static boolean isPairWithZero(int word) {
        return is(word, 0xbfa07c00, 0x08207c00) && (field(word, 16, 5) == 30 || field(word, 0, 5) == 30);
    }

    private static boolean isCall(int word) {
        return is(word, 0xffffffff, 0xd4400000 | 0xf000 << 5);
    }

    /// By address 0, which is never there.
    private static boolean isMaintenanceOfZero(int word) {
        return is(word, 0xfffff01f, 0xd50b701f);
    }

    /// A word that is not tried if it is no instruction.
    static boolean isUntriedUnlessAllocated(int word) {
        return is(word, 0x8f760c00, 0x0e700800) || is(word, 0xff7e0c00, 0x5e700800);
    }

    /// Whether a word is tried only where it can read and write, aligned to what it accesses.
    static boolean isTriedInside(int word) {
        return Exclusives.isStore(word) || isLoadAcquirePc(word);
    }

    /// LDAPR.
    private static boolean isLoadAcquirePc(int word) {
        return is(word, 0x3ffffc00, 0x38bfc000);
    }

    /// Marks what of an outcome is not compared.
    static void open(int word, TestVector vector) {
        vector.undefined[FPSR] = FPSR_FLAGS & vector.after[FPSR];
        if (is(word, 0xfff0fc00, 0x5f10fc00)) {
            vector.undefined[VECTOR + 2 * field(word, 0, 5)] = 0xffff0000L;
        }
        if (isFlushed(word, vector.before[VECTOR + 2 * field(word, 5, 5)], vector.before[FPCR])) {
            vector.undefined[FLAGS] = Z;
        }
        if (vector.after[SIGNAL] != 0) {
            openFault(word, vector);
        }
    }

    /// FJCVTZS of a positive denormal that is flushed.
    private static boolean isFlushed(int word, long operand, long fpcr) {
        return is(word, 0xfffffc00, 0x1e7e0000) && (fpcr & FZ) != 0 && operand != 0 && operand >>> FRACTION_BITS == 0;
    }

    /// FPCR with which a word can be compared in whole.
    static long comparableControl(int word, long operand, long fpcr) {
        return isFlushed(word, operand, fpcr) ? fpcr & ~FZ : fpcr;
    }

    private static void openFault(int word, TestVector vector) {
        if (vector.after[SIGNAL] == SIGILL) {
            vector.undefined[SIGNAL_CODE] = -1;
        }
        if (vector.after[SIGNAL_ADDRESS] >>> HOST_BITS != 0 || vector.after[SIGNAL_ADDRESS] == 0) {
            vector.undefined[SIGNAL_ADDRESS] = -1;
        }
        if (Access.of(word) != null) {
            for (int i = VECTOR; i < FPCR; i++) {
                vector.undefined[i] = vector.after[i] == vector.before[i] ? 0 : -1;
            }
            vector.openMemory();
        }
    }
}
