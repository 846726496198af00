package faultline.ppc64.conformance;

import static faultline.core.conformance.Difference.Treatment.NOT_COMPARED;
import static faultline.core.conformance.Difference.Treatment.NOT_TRIED;
import static faultline.core.conformance.Words.field;
import static faultline.ppc64.conformance.PowerState.CR;
import static faultline.ppc64.conformance.PowerState.FPSCR;
import static faultline.ppc64.conformance.PowerState.SIGNAL;
import static faultline.ppc64.conformance.PowerState.SIGNAL_CODE;
import static faultline.ppc64.conformance.Signals.SIGFPE;

import faultline.core.conformance.Difference;
import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import java.util.List;
import java.util.regex.Pattern;

/// What the emulator's floating point does otherwise than the manual (Book I chapter 4).
final class FloatDifferences {

    // Bits of FPSCR.

    private static final long FX = 0x80000000L;
    private static final long VX = 0x20000000;
    private static final long VXSNAN = 0x01000000;
    private static final long VXIMZ = 0x00100000;
    private static final long ZX = 0x04000000;
    private static final long EXCEPTIONS = 0x1ff80700;
    private static final long FR = 0x00040000;
    private static final long FI = 0x00020000;
    private static final long CLASS = 0x0001f000;
    private static final long DENORMAL = 0x00010000;
    private static final long OE = 0x40;
    private static final long UE = 0x20;
    private static final long STATUS = 0x1e000000;
    private static final long ENABLES = 0xf8;
    private static final long NI = 4;
    private static final long TOWARDS_INFINITY = 2;

    /// Field 1 of CR, and FX in it.
    private static final long FIELD_1 = 0x0f000000;

    private static final long FIELD_1_FX = 0x08000000;

    private static final Pattern COMPARISON =
            Pattern.compile("fcmp[uo]|xs(?:cmp|max|min).*|xv(?:cmp|max|min).*|ftdiv|ftsqrt");
    private static final String EXPONENTS = "xscmpexp";
    private static final Pattern TO_INTEGER = Pattern.compile("fcti.*|xs(?:cv[dq]p[su].*)");
    private static final Pattern NEGATED = Pattern.compile("fnm(?:add|sub)s?.*|x[sv]nm(?:add|sub).*");

    private static final Pattern FUSED = Pattern.compile("fn?m(?:add|sub)s?.*|x[sv]n?m(?:add|sub).*");
    private static final Pattern ESTIMATE = Pattern.compile("f(?:re|rsqrte)s?(?:<dot>)?");
    private static final Pattern FROM_INTEGER = Pattern.compile("fcfid.*");

    private static final int EXPONENT_SHIFT = 52;

    /// The exponent of the least normal number of single precision, in the format of doubles.
    private static final long LEAST_SINGLE = 1023 - 126;

    static final List<Difference> LIST = List.of(
            new Difference(
                    "fused multiply-add with a negated result that is rounded towards an infinity",
                    "rounded, then negated (4.6.7)",
                    "negated, then rounded",
                    NOT_TRIED),
            new Difference(
                    "arithmetic with overflow or underflow enabled",
                    "a result whose exponent is wrapped; every tiny one underflows (4.4.3, 4.4.4)",
                    "the result as if it were not enabled",
                    NOT_TRIED),
            new Difference("FR", "whether rounding increased the fraction (4.2.2)", "as before", NOT_COMPARED),
            new Difference("FI behind a comparison", "as before (4.6.8)", "0", NOT_COMPARED),
            new Difference("C of FPRF behind an invalid comparison", "as before (4.6.8)", "1", NOT_COMPARED),
            new Difference(
                    "OX, UX, ZX and XX behind a comparison of exponents",
                    "as before (7.6.1.8)",
                    "set by an earlier result, with the exception where that is enabled",
                    NOT_COMPARED),
            new Difference(
                    "FI behind an enabled invalid operation on a signalling NaN",
                    "0 (4.4.1.2)",
                    "at times as before",
                    NOT_COMPARED),
            new Difference("FX where every exception was set before", "as before (4.2.2)", "1", NOT_COMPARED),
            new Difference("FX where MTFSB1 sets an exception", "1 (4.6.10)", "as before, for some", NOT_COMPARED),
            new Difference(
                    "VXSNAN where an infinity is multiplied with 0 and the addend is a signalling NaN",
                    "1, beside VXIMZ (4.4.1.1)",
                    "as before",
                    NOT_COMPARED),
            new Difference("NI set by MTFSB1", "1 (4.6.10)", "not set", NOT_COMPARED),
            new Difference(
                    "estimates of reciprocals of 0 (FRE, FRES, FRSQRTE, FRSQRTES)",
                    "an infinity (4.6.6.1)",
                    "1/2",
                    NOT_COMPARED),
            new Difference(
                    "FCFID and its kin with an inexact result",
                    "FPRF is its class; the result is written where the exception is enabled (4.4.5, 4.6.7)",
                    "FPRF is 0; the result is not written",
                    NOT_COMPARED),
            new Difference(
                    "`si_code` of an enabled invalid operation",
                    "FPE_FLTINV (Linux, arch/powerpc/kernel/traps.c, __parse_fpscr)",
                    "FPE_FLTSUB, for most",
                    NOT_COMPARED),
            new Difference(
                    "`si_code` where several enabled exceptions are set",
                    "the first of invalid, overflow, underflow, division by zero, inexact (Linux, __parse_fpscr)",
                    "that of the first lane, or another one",
                    NOT_COMPARED),
            new Difference(
                    "FPRF of a result of single precision that is a denormal",
                    "a denormal (4.2.2)",
                    "the class of the double",
                    NOT_COMPARED),
            new Difference(
                    "field 1 of CR where an enabled exception interrupts the program",
                    "as FPSCR (4.6.1)",
                    "as before",
                    NOT_COMPARED));

    private FloatDifferences() {}

    /// FPSCR with which the instruction is tried.
    static long comparableFpscr(InsnTable.Row row, long fpscr) {
        if (row.mnemonic().startsWith(EXPONENTS)) {
            return fpscr & ~ENABLES;
        }
        long tried = isMove(row) ? fpscr : VsxDifferences.comparableFpscr(row.mnemonic(), fpscr & ~(OE | UE));
        return NEGATED.matcher(row.mnemonic()).matches() ? tried & ~TOWARDS_INFINITY : tried;
    }

    /// Instructions that move FPSCR.
    private static boolean isMove(InsnTable.Row row) {
        return row.chapter().startsWith("Fpscr");
    }

    /// Whether more than one enabled exception is set: which of them `si_code` tells, the emulator decides otherwise.
    private static boolean isSeveral(long after) {
        long set = (after >>> 22 & 0x78 | ((after & VX) != 0 ? 0x80 : 0)) & after;
        return Long.bitCount(set & ENABLES) > 1;
    }

    /// Whether an infinity was multiplied with 0.
    private static boolean isInvalidProduct(String name, long after) {
        return FUSED.matcher(name).matches() && (after & VXIMZ) != 0;
    }

    /// Marks what of an outcome is not compared.
    static void open(InsnTable.Row row, int word, TestVector vector) {
        String name = row.mnemonic();
        long before = vector.before[FPSCR];
        long after = vector.after[FPSCR];
        if (!isMove(row)) {
            vector.undefined[FPSCR] |= FR;
        }
        if (COMPARISON.matcher(name).matches()) {
            vector.undefined[FPSCR] |= FI | DENORMAL;
        }
        if (TO_INTEGER.matcher(name).matches()) {
            vector.undefined[FPSCR] |= CLASS;
        }
        if (name.startsWith(EXPONENTS)) {
            vector.undefined[FPSCR] |= FX | STATUS;
        }
        boolean isNew = (after & ~before & EXCEPTIONS) != 0;
        if (isNew == name.startsWith("mtfsb1")) {
            vector.undefined[FPSCR] |= FX;
            vector.undefined[CR] |= FIELD_1_FX;
        }
        if (isInvalidProduct(name, after)) {
            vector.undefined[FPSCR] |= VXSNAN;
        }
        if (name.startsWith("mtfsb1")) {
            vector.undefined[FPSCR] |= NI;
        }
        if (vector.after[SIGNAL] == SIGFPE) {
            vector.undefined[CR] |= FIELD_1;
            if ((after & VXSNAN) != 0) {
                vector.undefined[FPSCR] |= FI;
            }
            vector.undefined[SIGNAL_CODE] = (after & VX) != 0 || name.startsWith("xv") || isSeveral(after) ? -1 : 0;
        }
        boolean vsx = !row.chapter().startsWith("F");
        openResult(name, PowerState.high(vsx ? VsxDifferences.target(word) : field(word, 21, 5)), vector);
        if (vsx) {
            VsxDifferences.open(name, word, vector);
        }
    }

    private static void openResult(String name, int target, TestVector vector) {
        boolean integer = FROM_INTEGER.matcher(name).matches();
        if (ESTIMATE.matcher(name).matches() && (vector.after[FPSCR] & ZX) != 0
                || integer && vector.after[SIGNAL] == SIGFPE) {
            vector.undefined[target] = -1;
            vector.undefined[FPSCR] |= CLASS;
        } else if (integer) {
            vector.undefined[FPSCR] |= CLASS;
        } else if ((vector.after[target] >>> EXPONENT_SHIFT & 0x7ff) < LEAST_SINGLE) {
            vector.undefined[FPSCR] |= DENORMAL;
        }
    }
}
