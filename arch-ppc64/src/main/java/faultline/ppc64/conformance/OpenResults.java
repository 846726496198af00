package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.ppc64.conformance.PowerState.CR;
import static faultline.ppc64.conformance.PowerState.FPSCR;
import static faultline.ppc64.conformance.PowerState.GENERAL;
import static faultline.ppc64.conformance.PowerState.VSCR;

import faultline.core.conformance.TestVector;
import faultline.core.isa.table.InsnTable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the manual leaves undefined of outcomes, by the row.
final class OpenResults {

    private static final long HIGH_WORD = -1L << 32;

    /// LT, GT and EQ of field 0.
    private static final long ORDER = 0xe0000000L;

    /// Rows whose result has 32 bits (Book I 3.3.8).
    private static final Pattern WORD_RESULT = Pattern.compile("mulhwu?\\.?|divweu?o?\\.?|divwu?o?\\.?|mod[su]w");

    private static final Pattern WORD_DIVISION = Pattern.compile("(?:div|mod)[su]?w.*");
    private static final Pattern DIVISION = Pattern.compile("(?:div[dw]|mod[su][dw]).*");

    /// Loads as well as arithmetic.
    private static final Pattern FPR_TARGET = Pattern.compile("^[^s]\\S* frtp?\\b");

    /// Estimates, behind which FR and FI are undefined (4.6.6.1).
    private static final Pattern ESTIMATE = Pattern.compile("f(?:re|rsqrte)s?(?:<dot>)?|x[sv]r(?:sqrt)?e[sd]p");

    private static final long ROUNDING = 0x00060000;

    /// What leaves doubleword 1 of its target undefined (7.6.1, 7.6.3).
    private static final Pattern SCALAR_TARGET = Pattern.compile("lxs.*|mt<tx>(?:d|wa|wz)");

    private static final Pattern ELEMENT =
            Pattern.compile("(?:vinsert|vextractu?|xxinsert|xxextractu|vextu)([bhwd])(?:[lr]x)?");

    /// SO in field 6 of CR.
    private static final long DECIMAL_OVERFLOW = 0x10;

    private static final long VSCR_RESERVED = 0xfffefffeL;
    private static final int VECTOR_REGISTERS = 32;

    private OpenResults() {}

    static void open(InsnTable.Row row, int word, TestVector vector) {
        String name = row.mnemonic();
        int rt = GENERAL + field(word, 21, 5);
        if (WORD_RESULT.matcher(name).matches()) {
            vector.undefined[rt] = HIGH_WORD;
            openOrder(name, vector);
        }
        if (name.equals("mfocrf")) {
            openFields(word, vector.undefined, rt);
        } else if (name.equals("mtocrf") && Integer.bitCount(field(word, 12, 8)) != 1) {
            vector.undefined[CR] = -1;
        }
        if (FPR_TARGET.matcher(row.assembly()).find()) {
            openFpr(name, PowerState.high(field(word, 21, 5)), vector);
        }
        openVector(row, name, word, vector);
        if (ESTIMATE.matcher(name).matches()) {
            vector.undefined[FPSCR] |= ROUNDING;
        }
        if (DIVISION.matcher(name).matches() && isUndivided(name, word, vector.before)) {
            vector.undefined[rt] = -1;
            openOrder(name, vector);
        }
    }

    /// An FPR is the first half of a VSR; the other is undefined behind an instruction on FPRs (7.2.1.1).
    /// The first word of a converted integer of 32 bits is, too (4.6.7).
    private static void openFpr(String name, int high, TestVector vector) {
        vector.undefined[high - 1] = -1;
        if (name.startsWith("fctiw")) {
            vector.undefined[high] = HIGH_WORD;
        }
    }

    /// Fields of CR that one field is moved from or to: the others are undefined, and all are if it is
    /// not one (Book I 3.3.17).
    private static void openFields(int word, long[] undefined, int at) {
        int fields = field(word, 12, 8);
        undefined[at] = -1;
        for (int n = 0; Integer.bitCount(fields) == 1 && n < 8; n++) {
            if (fields == 1 << n) {
                undefined[at] = ~(15L << 4 * n);
            }
        }
    }

    private static void openOrder(String name, TestVector vector) {
        if (name.endsWith(".")) {
            vector.undefined[CR] = ORDER;
        }
    }

    /// Whether a quotient does not fit.
    static boolean isUndivided(String name, int word, long[] words) {
        long dividend = words[GENERAL + field(word, 16, 5)];
        long divisor = words[GENERAL + field(word, 11, 5)];
        boolean unsigned = name.startsWith("modu") || name.matches("div[dw]e?u.*");
        boolean extended = name.matches("div[dw]e.*");
        int shift = WORD_DIVISION.matcher(name).matches() ? 32 : 0;
        long low = dividend << shift;
        long by = divisor << shift;
        if (by == 0) {
            return true;
        }
        if (!extended) {
            return !unsigned && low == Long.MIN_VALUE && by >> shift == -1;
        }
        if (unsigned) {
            return Long.compareUnsigned(low, by) >= 0;
        }
        // Twice the dividend, which stands before n zeros, must not reach the divisor; it may equal it
        // if the quotient is negative.
        long half = Math.abs(by) >>> 1;
        int order = Long.compareUnsigned(Math.abs(low), half);
        boolean equal = order == 0 && (by & 1L << shift) == 0;
        return order > 0 || equal && (low ^ by) >= 0;
    }

    private static void openVector(InsnTable.Row row, String name, int word, TestVector vector) {
        int vrt = PowerState.high(VECTOR_REGISTERS + field(word, 21, 5));
        Estimates.tolerate(name, vrt, vector);
        if (SCALAR_TARGET.matcher(name).matches()) {
            int xt = field(word, 21, 5)
                    + (row.assembly().contains("vrt") ? VECTOR_REGISTERS : VECTOR_REGISTERS * (word & 1));
            vector.undefined[PowerState.high(xt) - 1] = -1;
        } else if (name.equals("mtvscr")) {
            vector.undefined[VSCR] = VSCR_RESERVED;
        } else if (name.startsWith("bcd") && !DecimalFormats.areValid(name, word, vector)
                || name.equals("bcdcfsq.") && (vector.after[CR] & DECIMAL_OVERFLOW) != 0) {
            vector.undefined[vrt] = vector.undefined[vrt - 1] = -1;
        } else if (isBeyondElements(name, word, vector.before)) {
            int target =
                    name.startsWith("xx") ? PowerState.high(field(word, 21, 5) + VECTOR_REGISTERS * (word & 1)) : vrt;
            vector.undefined[target] = vector.undefined[target - 1] = -1;
            vector.undefined[GENERAL + field(word, 21, 5)] = name.startsWith("vextu") ? -1 : 0;
        }
    }

    /// Whether an element begins so far right that it is not whole (6.8.4, 6.8.5, 7.6.3).
    private static boolean isBeyondElements(String name, int word, long[] words) {
        Matcher element = ELEMENT.matcher(name);
        if (!element.matches()) {
            return false;
        }
        int bytes = 1 << "bhwd".indexOf(element.group(1));
        boolean indexed = name.endsWith("x");
        int at = indexed ? (int) words[GENERAL + field(word, 16, 5)] & 15 : field(word, 16, 4);
        return at > 16 - bytes;
    }
}
