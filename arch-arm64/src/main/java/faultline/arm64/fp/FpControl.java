package faultline.arm64.fp;

import static faultline.core.fp.BinaryFormat.ALTERNATIVE_HALF;
import static faultline.core.fp.BinaryFormat.HALF;

import faultline.core.fp.BinaryFormat;
import faultline.core.fp.FloatUnit;

/// The control and status of floating point (Arm ARM C5.2.8, "FPCR", and C5.2.10, "FPSR"), and what
/// they make of NaNs and denormals.
///
/// Trapped exceptions are not implemented: their enable bits read as 0.
public abstract class FpControl extends FloatUnit {

    private static final int AHP = 1 << 26;
    private static final int DN = 1 << 25;
    private static final int FZ = 1 << 24;
    private static final int RMODE = 22;
    private static final int FZ16 = 1 << 19;

    /// Stride and Len of AArch32, which are kept and mean nothing here.
    private static final int VECTORS = 0x37 << 16;

    private static final int CONTROL = AHP | DN | FZ | 3 << RMODE | VECTORS;

    /// The cumulative saturation flag.
    private static final int QC = 1 << 27;

    /// Where FPSR has the flag of denormal operands; the other exceptions are one behind the other
    /// there, in the order of [faultline.core.fp.FloatRules], which has denormal operands among them.
    private static final int IDC = 7;

    private static final int FLAGS = 0x1e;

    /// The bits of FPCR that are not RES0.
    private final int control;

    private int fpcr;
    private boolean saturated;

    // FPCR taken apart.
    private int rounding = NEAREST;
    private boolean flushesHalf;

    /// FZ16 is there with half-precision arithmetic.
    FpControl(boolean half) {
        control = CONTROL | (half ? FZ16 : 0);
    }

    public final int fpcr() {
        return fpcr;
    }

    /// Sets the bits that are implemented.
    public final void setFpcr(int value) {
        fpcr = value & control;
        rounding = switch (fpcr >>> RMODE & 3) {
            case 0 -> NEAREST;
            case 1 -> UP;
            case 2 -> DOWN;
            default -> TRUNCATE;
        };
        flushesHalf = (fpcr & FZ16) != 0;
    }

    public final int fpsr() {
        return (saturated ? QC : 0) | (raised & DENORMAL) << IDC - 1 | raised >>> 1 & FLAGS | raised & INVALID;
    }

    /// Sets the bits that are implemented.
    public final void setFpsr(int value) {
        saturated = (value & QC) != 0;
        raised = value & INVALID | (value & FLAGS) << 1 | value >>> IDC - 1 & DENORMAL;
    }

    /// Notes that an integer result was saturated.
    public final void saturated() {
        saturated = true;
    }

    final boolean isAlternativeHalf() {
        return (fpcr & AHP) != 0;
    }

    /// Whether denormals count as zeros.
    final boolean flushes(BinaryFormat format) {
        return format == HALF ? flushesHalf : format != ALTERNATIVE_HALF && (fpcr & FZ) != 0;
    }

    /// To or from half precision, whose denormals conversions keep whatever FZ16 says (FPUnpackCV,
    /// FPRoundCV).
    final long convertHalf(BinaryFormat from, BinaryFormat to, long x) {
        flushesHalf = false;
        long result = convert(from, to, x);
        flushesHalf = (fpcr & FZ16) != 0;
        return result;
    }

    // What the architecture decides.

    @Override
    protected final boolean isPlain() {
        return rounding == NEAREST;
    }

    @Override
    protected final boolean seesPrecision() {
        return (raised & PRECISION) == 0;
    }

    @Override
    protected final int rounding() {
        return rounding;
    }

    /// FPUnpack. Flushing half precision raises nothing.
    @Override
    protected final long operand(BinaryFormat format, long x) {
        if (!format.isDenormal(x) || !flushes(format)) {
            return x;
        }
        if (format != HALF) {
            raised |= DENORMAL;
        }
        return format.zero(format.isNegative(x));
    }

    /// FPProcessNaNs: one that signals comes first.
    @Override
    protected final long nan(BinaryFormat format, long a, long b) {
        boolean signalling = format.isSignalling(a);
        return quiet(format, signalling || format.isNan(a) && !format.isSignalling(b) ? a : b);
    }

    /// FPProcessNaN.
    private long quiet(BinaryFormat format, long nan) {
        if (format.isSignalling(nan)) {
            raised |= INVALID;
        }
        return (fpcr & DN) != 0 ? defaultNan(format) : nan | format.quietBit();
    }

    /// FPProcessNaNs3; the addend comes first, unless it is quiet and the product invalid
    /// (FPMulAdd).
    @Override
    protected final long fusedNan(BinaryFormat format, long a, long b, long addend, boolean invalid) {
        if (format.isSignalling(addend)) {
            return quiet(format, addend);
        }
        if (format.isSignalling(a) || format.isSignalling(b)) {
            return nan(format, a, b);
        }
        if (invalid) {
            return invalid(format);
        }
        return format.isNan(addend) ? quiet(format, addend) : nan(format, a, b);
    }

    @Override
    protected final long defaultNan(BinaryFormat format) {
        return format.nan(false);
    }

    /// The nearest integer that there is; 0 for a NaN.
    @Override
    protected final long unrepresentable(boolean nan, boolean negative, int bits, boolean signed) {
        if (nan || negative && !signed) {
            return 0;
        }
        long most = -1L >>> 64 - bits;
        if (!signed) {
            return most;
        }
        return negative ? -1L << bits - 1 : most >>> 1;
    }

    @Override
    protected final boolean isTinyBeforeRounding() {
        return true;
    }

    /// Flushing is no inexact result.
    @Override
    protected final boolean flushes(BinaryFormat format, boolean inexact) {
        boolean flushed = flushes(format);
        raised |= flushed ? UNDERFLOW : 0;
        return flushed;
    }
}
