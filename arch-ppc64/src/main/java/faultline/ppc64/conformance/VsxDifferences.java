package faultline.ppc64.conformance;

import static faultline.core.conformance.Difference.Treatment.NOT_COMPARED;
import static faultline.core.conformance.Difference.Treatment.NOT_TRIED;
import static faultline.core.conformance.Words.field;
import static faultline.ppc64.conformance.PowerState.CR;
import static faultline.ppc64.conformance.PowerState.FPSCR;
import static faultline.ppc64.conformance.PowerState.SIGNAL;
import static faultline.ppc64.conformance.Signals.SIGFPE;

import faultline.core.conformance.Difference;
import faultline.core.conformance.TestVector;
import java.util.List;
import java.util.regex.Pattern;

/// What the emulator's VSX arithmetic does otherwise than the manual (Book I chapter 7), beside what
/// it has in common with that of FPRs.
final class VsxDifferences {

    private static final long SUMMARIES = 0xa0000000L;
    private static final long EXCEPTIONS = 0x1ff80700;
    private static final long UX = 0x08000000;
    private static final long XX = 0x02000000;
    private static final long FR_AND_FI = 0x00060000;
    private static final long OX = 0x10000000;
    private static final long ZX = 0x04000000;
    private static final long VXCVI = 0x100;
    private static final long FPCC = 0xf000;
    private static final long RESULT_CLASS = 0x1f000;
    private static final long VE = 0x80;
    private static final long ZE = 0x10;
    private static final long XE = 8;
    private static final long ENABLES = 0xf8;
    private static final long RN = 3;

    private static final int VSX_OPCODE = 60;
    private static final int REGISTERS = 32;

    /// Bits of a quadruple's upper half behind sign and exponent, and one more.
    private static final int QUAD_EXPONENT = 49;

    private static final Pattern MASK_COMPARISON = Pattern.compile("xvcmp.*|xscmp(?:eq|gt|ge)dp");
    private static final Pattern EXTREME = Pattern.compile("x[sv](?:max|min).*");
    private static final Pattern ESTIMATE = Pattern.compile("x[sv]r(?:sqrt)?e[sd]p");
    private static final Pattern TO_INTEGER = Pattern.compile("xvcv[sd]p[su]x[dw]s");
    private static final Pattern FROM_INTEGER = Pattern.compile("xvcv[su]x[dw][sd]p");
    private static final Pattern ROUNDING = Pattern.compile("xsrqp.*|xsrsp");
    private static final Pattern SINGLE = Pattern.compile("xs.*sp");

    static final List<Difference> LIST = List.of(
            new Difference(
                    "comparisons that give a mask, with invalid operations enabled",
                    "interrupt the program and write no result (7.4.1)",
                    "do not",
                    NOT_TRIED),
            new Difference(
                    "FR and FI behind instructions on vectors", "as before (7.2.2)", "0, for some", NOT_COMPARED),
            new Difference(
                    "instructions on vectors of which an element raises an enabled exception",
                    "no result is written, FPSCR tells of all elements (7.4)",
                    "results are written, or only the first element is looked at",
                    NOT_COMPARED),
            new Difference(
                    "exceptions behind maximum, minimum and comparisons",
                    "those of invalid operations alone (7.6.1)",
                    "at times those of before",
                    NOT_COMPARED),
            new Difference(
                    "ZX behind VSX estimates, and zero division enabled",
                    "1 for the reciprocal of 0 (7.6.1)",
                    "not set",
                    NOT_COMPARED),
            new Difference(
                    "conversions of vectors to integers, an element of which is invalid",
                    "the others are converted (7.6.1)",
                    "those behind it are invalid, too",
                    NOT_COMPARED),
            new Difference(
                    "exceptions behind conversions of vectors from integers",
                    "as rounded (7.6.1)",
                    "at times those of before",
                    NOT_COMPARED),
            new Difference(
                    "UX of vectors of which another element overflows",
                    "1, beside OX (7.6.1)",
                    "not set",
                    NOT_COMPARED),
            new Difference(
                    "XSMAXCDP and XSMINCDP of zeros with other signs", "the second (7.6.1)", "the first", NOT_COMPARED),
            new Difference(
                    "XSTSTDCSP of a denormal of single precision",
                    "DCMX has one bit for each sign (7.6.1)",
                    "they are exchanged",
                    NOT_COMPARED),
            new Difference(
                    "denormals of quadruple precision and negated products that are rounded to odd",
                    "is odd if inexact (7.6.1)",
                    "is rounded otherwise",
                    NOT_COMPARED),
            new Difference(
                    "XSRQPI and XSRQPXP that round as FPSCR says",
                    "by RN (7.6.1)",
                    "towards another direction",
                    NOT_COMPARED),
            new Difference(
                    "XSRSP, XSRQPI and XSRQPXP with inexact results enabled",
                    "the result is written (7.4.5)",
                    "it is not",
                    NOT_COMPARED),
            new Difference(
                    "UX behind scalar instructions with results of single precision; integers of more than 53 bits",
                    "as a result rounded once has it (7.6.1)",
                    "the result is rounded twice, to double precision first",
                    NOT_COMPARED));

    private VsxDifferences() {}

    /// FPSCR with which an instruction is tried.
    static long comparableFpscr(String name, long fpscr) {
        if (EXTREME.matcher(name).matches()) {
            return fpscr & ~ENABLES;
        }
        if (ESTIMATE.matcher(name).matches()) {
            return fpscr & ~ZE;
        }
        if (FROM_INTEGER.matcher(name).matches()) {
            return fpscr & ~XE;
        }
        return MASK_COMPARISON.matcher(name).matches() ? fpscr & ~VE : fpscr;
    }

    /// The VSR that a word names first.
    static int target(int word) {
        int number = field(word, 21, 5);
        return field(word, 26, 6) == VSX_OPCODE ? number + REGISTERS * (word & 1) : number + REGISTERS;
    }

    /// Marks what of an outcome is not compared.
    static void open(String name, int word, TestVector vector) {
        int high = PowerState.high(target(word));
        if (name.startsWith("xv")) {
            vector.undefined[FPSCR] |= FR_AND_FI;
            if (vector.after[SIGNAL] == SIGFPE) {
                vector.undefined[FPSCR] |= EXCEPTIONS | SUMMARIES;
                vector.undefined[high] = vector.undefined[high - 1] = -1;
            }
        }
        openExceptions(name, vector);
        if ((word & 1) != 0 && isOtherwiseOdd(name, vector.after[high]) || isByFpscr(name, word)) {
            vector.undefined[FPSCR] |= FR_AND_FI | RESULT_CLASS;
        }
        if (TO_INTEGER.matcher(name).matches() && (vector.after[FPSCR] & VXCVI) != 0
                || ROUNDING.matcher(name).matches() && vector.after[SIGNAL] == SIGFPE
                || name.matches("xs(?:max|min)cdp") && vector.after[high] << 1 == 0
                || isRoundedTwice(
                        name, vector.before[PowerState.high(field(word, 11, 5) + REGISTERS * field(word, 1, 1))])
                || (word & 1) != 0 && isOtherwiseOdd(name, vector.after[high])
                || isByFpscr(name, word) && (vector.before[FPSCR] & RN) != 0) {
            vector.undefined[high] = vector.undefined[high - 1] = -1;
        }
        if (name.equals("xststdcsp")
                && isDenormal(vector.before[PowerState.high(field(word, 11, 5) + REGISTERS * field(word, 1, 1))])) {
            vector.undefined[FPSCR] |= FPCC;
            vector.undefined[CR] |= 15L << 28 - 4 * field(word, 23, 3);
        }
    }

    /// Whether an integer that becomes a number of single precision is none of double precision.
    private static boolean isRoundedTwice(String name, long integer) {
        return name.matches("xscv[su]xdsp") && integer != (long) (double) integer;
    }

    /// Whether a result that is to be rounded to odd is rounded otherwise.
    private static boolean isOtherwiseOdd(String name, long high) {
        return name.endsWith("qp<odd>") && (name.startsWith("xsn") || high << 1 >>> QUAD_EXPONENT == 0);
    }

    /// XSRQPI and XSRQPXP that round as FPSCR says: R is 0 and RMC 3.
    private static boolean isByFpscr(String name, int word) {
        return name.startsWith("xsrqp") && field(word, 16, 1) == 0 && field(word, 9, 2) == 3;
    }

    private static void openExceptions(String name, TestVector vector) {
        if (EXTREME.matcher(name).matches()) {
            vector.undefined[FPSCR] |= OX | UX | ZX | XX | SUMMARIES;
        }
        if (ESTIMATE.matcher(name).matches()) {
            vector.undefined[FPSCR] |= ZX | SUMMARIES;
        }
        if (FROM_INTEGER.matcher(name).matches()) {
            vector.undefined[FPSCR] |= OX | UX | XX | SUMMARIES;
        }
        if (name.startsWith("xscmp")) {
            vector.undefined[FPSCR] |= OX | UX | ZX | XX | SUMMARIES;
        }
        if (SINGLE.matcher(name).matches() || name.startsWith("xv") && (vector.after[FPSCR] & OX) != 0) {
            vector.undefined[FPSCR] |= UX | SUMMARIES;
        }
    }

    /// Whether a number in the format of doubles is a denormal of single precision.
    private static boolean isDenormal(long number) {
        long exponent = number << 1 >>> 53;
        return exponent > 0 && exponent < 1023 - 126;
    }
}
