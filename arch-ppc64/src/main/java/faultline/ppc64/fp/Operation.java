package faultline.ppc64.fp;

/// What an operation is called by whoever looks at its exceptions, or does it again for FR and FI.
///
/// The low bits say which; the others say of what.
final class Operation {

    static final int KIND = 0xff;

    /// Its result is exact, and its operands do not matter.
    static final int NONE = 0;

    static final int ADD = 1;
    static final int SUBTRACT = 2;
    static final int MULTIPLY = 3;
    static final int DIVIDE = 4;
    static final int ROOT = 5;
    static final int FUSED = 6;

    /// To single precision.
    static final int ROUND = 7;

    static final int FROM_SIGNED = 8;
    static final int FROM_UNSIGNED = 9;

    /// To an integer; the third operand is [#conversion].
    static final int TO_INTEGER = 10;

    /// To an integer in the same format, under the rounding mode of FPSCR.
    static final int INTEGRAL = 11;

    /// Results are rounded to single precision, and are doubles.
    static final int SINGLE = 1 << 8;

    /// Operands and results are patterns of single precision.
    static final int WORD = 1 << 9;

    /// One element of a vector: FR, FI and FPRF stay, and no result is written if any exception is
    /// enabled.
    static final int LANE = 1 << 10;

    // What is added to the operation that was the last.

    /// FPCC is that of a comparison behind it.
    static final int COMPARED = 1 << 11;

    /// FPRF has been written down.
    static final int CLASSIFIED = 1 << 12;

    private Operation() {}

    /// A conversion to an integer as one operand.
    static long conversion(int bits, boolean signed, int rounding) {
        return bits | (signed ? 1 << 8 : 0) | rounding << 16;
    }

    static int bits(long conversion) {
        return (int) conversion & 0xff;
    }

    static boolean isSigned(long conversion) {
        return (conversion & 1 << 8) != 0;
    }

    static int rounding(long conversion) {
        return (int) conversion >>> 16;
    }
}
