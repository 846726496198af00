package faultline.x86.fp;

import static faultline.core.fp.BinaryFormat.DOUBLE;
import static faultline.core.fp.BinaryFormat.SINGLE;

import faultline.core.cpu.GuestTrap;
import faultline.core.fp.BinaryFormat;
import faultline.core.fp.FloatUnit;

/// The floating-point unit of SSE: MXCSR, and arithmetic under it (SDM volume 1, 4.8, 4.9, 10.2.3 and
/// 11.5).
///
/// The operations of one instruction gather their exceptions; [#settle] then takes them over, for
/// all lanes at once, before the instruction changes a register.
public final class SseUnit extends FloatUnit {

    /// MXCSR after reset, and what the ABI starts programs with: everything masked, nothing
    /// flagged.
    public static final int INITIAL = 0x1f80;

    private static final int STICKY = 0x3f;
    private static final int DENORMALS_ARE_ZEROS = 1 << 6;
    private static final int MASKS = 7;
    private static final int ROUNDING = 13;
    private static final int FLUSH_TO_ZERO = 1 << 15;

    /// Exceptions of the operands, which are recognised before any result is computed.
    private static final int BEFORE_RESULT = INVALID | DENORMAL | ZERO_DIVIDE;

    private static final long LOW = 0xffffffffL;

    /// MXCSR. Its flags are numbered as [faultline.core.fp.FloatRules] numbers exceptions.
    public int mxcsr = INITIAL;

    private final GuestTrap exception;

    /// `exception` is thrown for what is not masked.
    public SseUnit(GuestTrap exception) {
        this.exception = exception;
    }

    /// Ends an instruction's operations: their exceptions become sticky flags, or `#XM`. An
    /// unmasked exception of an operand comes before there are results, so that none of theirs is
    /// flagged then (SDM volume 1, 11.5.3).
    public void settle() {
        if (raised != 0) {
            takeOver();
        }
    }

    private void takeOver() {
        int exceptions = raised;
        raised = 0;
        int unmasked = exceptions & ~(mxcsr >>> MASKS);
        mxcsr |= (unmasked & BEFORE_RESULT) != 0 ? exceptions & BEFORE_RESULT : exceptions;
        if (unmasked != 0) {
            throw exception;
        }
    }

    private boolean masked(int exceptions) {
        return (mxcsr >>> MASKS & exceptions) != 0;
    }

    // What the architecture decides.

    @Override
    protected boolean isPlain() {
        return (mxcsr & ~STICKY) == INITIAL;
    }

    @Override
    protected boolean seesPrecision() {
        return (mxcsr & PRECISION) == 0;
    }

    /// Modes are numbered as in the control register.
    @Override
    protected int rounding() {
        return mxcsr >>> ROUNDING & 3;
    }

    @Override
    protected long operand(BinaryFormat format, long x) {
        boolean flushed = (mxcsr & DENORMALS_ARE_ZEROS) != 0 && format.isDenormal(x);
        return flushed ? format.zero(format.isNegative(x)) : x;
    }

    @Override
    protected void noteDenormals(BinaryFormat format, long a, long b) {
        if (format.isDenormal(a) || format.isDenormal(b)) {
            raised |= DENORMAL;
        }
    }

    /// The first operand that is a NaN, made quiet.
    @Override
    protected long nan(BinaryFormat format, long a, long b) {
        if (format.isSignalling(a) || format.isSignalling(b)) {
            raised |= INVALID;
        }
        return (format.isNan(a) ? a : b) | format.quietBit();
    }

    /// The product's NaNs come before the addend's, which hides an invalid product.
    @Override
    protected long fusedNan(BinaryFormat format, long a, long b, long addend, boolean invalid) {
        if (format.isSignalling(addend)) {
            raised |= INVALID;
        }
        return format.isNan(a) || format.isNan(b) ? nan(format, a, b) : addend | format.quietBit();
    }

    @Override
    protected long defaultNan(BinaryFormat format) {
        return format.nan(true);
    }

    /// The integer indefinite value: the most negative one.
    @Override
    protected long unrepresentable(boolean nan, boolean negative, int bits, boolean signed) {
        return -1L << bits - 1;
    }

    @Override
    protected boolean isTinyBeforeRounding() {
        return false;
    }

    @Override
    protected boolean flushes(BinaryFormat format, boolean inexact) {
        if (!masked(UNDERFLOW)) {
            raised |= inexact ? UNDERFLOW | PRECISION : UNDERFLOW;
            return true;
        }
        if ((mxcsr & FLUSH_TO_ZERO) != 0) {
            raised |= UNDERFLOW | PRECISION;
            return true;
        }
        return false;
    }

    @Override
    protected int overflowExceptions() {
        return masked(OVERFLOW) ? OVERFLOW | PRECISION : OVERFLOW;
    }

    // Minimum and maximum.

    public long min64(long a, long b) {
        return areOrdinary64(a, b) ? d(a) < d(b) ? a : b : extreme(DOUBLE, a, b, false);
    }

    public long max64(long a, long b) {
        return areOrdinary64(a, b) ? d(a) > d(b) ? a : b : extreme(DOUBLE, a, b, true);
    }

    public int min32(long a, long b) {
        boolean ordinary = areOrdinary32(a, b);
        return ordinary ? (int) (f(a) < f(b) ? a : b) : (int) extreme(SINGLE, a & LOW, b & LOW, false);
    }

    public int max32(long a, long b) {
        boolean ordinary = areOrdinary32(a, b);
        return ordinary ? (int) (f(a) > f(b) ? a : b) : (int) extreme(SINGLE, a & LOW, b & LOW, true);
    }

    /// The second operand whenever the first is not beyond it.
    private long extreme(BinaryFormat format, long x, long y, boolean greater) {
        long a = operand(format, x);
        long b = operand(format, y);
        if (format.isNan(a) || format.isNan(b)) {
            raised |= INVALID;
            return b;
        }
        noteDenormals(format, a, b);
        int order = order(format, a, b);
        return (greater ? order > 0 : order < 0) ? a : b;
    }

    // Conversions to integers.

    /// Rounds as MXCSR says.
    public long round64(long b, int bits) {
        return toInteger64(b, bits, true, rounding());
    }

    public long truncate64(long b, int bits) {
        return toInteger64(b, bits, true, TRUNCATE);
    }

    public long round32(long b, int bits) {
        return toInteger32(b, bits, true, rounding());
    }

    public long truncate32(long b, int bits) {
        return toInteger32(b, bits, true, TRUNCATE);
    }

    // Rounding to an integer in the same format, as an immediate says: mode in bits 0 and 1, MXCSR's instead with
    // bit 2, no precision exception with bit 3.

    public long roundToIntegral64(long b, int how) {
        return integral64(b, mode(how), (how & 8) != 0);
    }

    public int roundToIntegral32(long b, int how) {
        return integral32(b, mode(how), (how & 8) != 0);
    }

    private int mode(int how) {
        return (how & 4) != 0 ? rounding() : how & 3;
    }
}
