package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;
import faultline.core.fp.FloatUnit;

/// FPSCR, and what it makes of exceptions, NaNs and rounding (Power ISA Book I 4.2.2, 4.3 and 4.4).
///
/// Every operation changes FR, FI and FPRF, and hardly anybody looks. So the last operation is kept
/// with its operands and result; FPRF is the class of that result, and for FR and FI the operation is
/// done again in integer arithmetic when FPSCR is read. What sticks is noted at once: between
/// operations [#raised] is `quiet`, so that one comparison says whether anything new has happened.
public abstract class FpStatus extends FloatUnit {

    private static final int[] ROUNDING = {NEAREST, TRUNCATE, UP, DOWN};

    // Classes of results in FPRF.

    static final int CLASS_QUIET_NAN = 0b10001;
    static final int CLASS_INFINITY = 0b00001;
    static final int CLASS_ZERO = 0b00010;
    static final int CLASS_DENORMAL = 0b10000;
    static final int LESS = 0b01000;
    static final int GREATER = 0b00100;

    // What an instruction has to do beside its result.

    /// The result is not written.
    private static final int HELD = 1;

    /// An exception is enabled: a program interrupt, if MSR says so.
    private static final int TRAP = 2;

    /// FPSCR without FEX and VX; FR, FI and FPRF as `last` says.
    private int bits;

    private int decimalRounding;

    // The control bits taken apart.

    private int rounding = NEAREST;
    private boolean plain = true;

    /// What is in `raised` between operations: [#PRECISION] once XX is 1 and nobody waits for it.
    private int quiet;

    private int event;

    // The last operation.

    private int last = Operation.CLASSIFIED;
    private long lastA;
    private long lastB;
    private long lastC;
    private long lastResult;

    /// FPCC of the comparison behind it.
    private int condition;

    FpStatus() {}

    // FPSCR.

    /// FPSCR as it is.
    public final long fpscr() {
        resolve();
        return (long) decimalRounding << 32 | Integer.toUnsignedLong(Fpscr.image(bits));
    }

    /// Sets what is not computed or reserved.
    public final void setFpscr(long image) {
        bits = (int) image & ~Fpscr.NOT_KEPT;
        decimalRounding = (int) (image >>> 32) & 7;
        last = Operation.CLASSIFIED;
        control();
    }

    private void control() {
        rounding = ROUNDING[bits & Fpscr.RN];
        plain = rounding == NEAREST && (bits & (Fpscr.XE | Fpscr.OE | Fpscr.UE)) == 0;
        quiet = (bits & (Fpscr.XX | Fpscr.XE)) == Fpscr.XX ? PRECISION : 0;
        raised = quiet;
    }

    /// FX, FEX, VX and OX: what instructions with a record bit put into field 1 of CR.
    public final int summary() {
        return Fpscr.summary(bits);
    }

    /// The field of FPSCR, as `mcrfs` copies it; the exceptions in it are cleared.
    public final int takeField(int number) {
        int shift = 28 - 4 * number;
        int field = (int) (fpscr() >>> shift) & 15;
        bits &= ~(15 << shift & (Fpscr.FX | Fpscr.EXCEPTIONS));
        control();
        return field;
    }

    /// Replaces the bits of a mask, and sees whether that makes an enabled exception.
    public final void replace(long mask, long image) {
        setFpscr(fpscr() & ~mask | image & mask);
        expectTrap();
    }

    /// Sets one bit, an exception as an operation would.
    public final void setBit(int number) {
        int bit = 1 << 31 - number;
        resolve();
        if ((bit & Fpscr.EXCEPTIONS) != 0) {
            signal(bit);
        }
        setFpscr(fpscr() | Integer.toUnsignedLong(bit));
        expectTrap();
    }

    public final void clearBit(int number) {
        setFpscr(fpscr() & ~(1L << 31 - number));
        expectTrap();
    }

    /// FPSCR, in which no exception is enabled from now on.
    public final long exchangeEnables() {
        long before = fpscr();
        setFpscr(before & ~(long) Fpscr.ENABLES);
        return before;
    }

    /// What is control in FPSCR, whose rounding mode is this one from now on.
    public final long exchangeRounding(int mode) {
        long before = fpscr();
        setFpscr(before & ~(long) Fpscr.RN | mode & Fpscr.RN);
        return before & Fpscr.CONTROL;
    }

    /// The same with the rounding mode of decimal arithmetic.
    public final long exchangeDecimalRounding(int mode) {
        long before = fpscr();
        decimalRounding = mode & 7;
        return before & Fpscr.CONTROL;
    }

    /// FPSCR without what sticks.
    public final long withoutExceptions() {
        return fpscr() & (Fpscr.CONTROL | Fpscr.NON_STICKY);
    }

    private void expectTrap() {
        event |= Fpscr.enabled(bits) != 0 ? TRAP : 0;
    }

    // Events.

    /// Whether the result of the instruction is to be written.
    public final boolean completes() {
        return (event & HELD) == 0;
    }

    /// Whether the instruction has to do more than write its result.
    public final boolean hasEvent() {
        return event != 0;
    }

    /// Ends the instruction; says whether it raised an exception that is enabled.
    public final boolean takeEvent() {
        boolean trap = (event & TRAP) != 0;
        event = 0;
        return trap;
    }

    /// Sets exceptions, and returns those that are enabled, as their enable bits.
    private int signal(int exceptions) {
        if ((exceptions & ~bits) != 0) {
            bits |= Fpscr.FX | exceptions;
        }
        int enabled = Fpscr.enabled(exceptions | bits & Fpscr.ENABLES);
        event |= enabled != 0 ? TRAP : 0;
        return enabled;
    }

    /// Ends a comparison: FPCC, which is also the field of CR, and the exceptions it has.
    final int compared(int fpcc, int exceptions) {
        last |= Operation.COMPARED;
        condition = fpcc;
        if (exceptions != 0) {
            signal(exceptions);
        }
        return fpcc;
    }

    final boolean isInvalidEnabled() {
        return (bits & Fpscr.VE) != 0;
    }

    // The end of an operation.

    /// Whether the operation had no exception that is to be noted.
    final boolean isQuiet() {
        return raised == quiet;
    }

    /// Keeps an operation as the last one.
    final long noted(int operation, long a, long b, long c, long result) {
        last = operation;
        lastA = a;
        lastB = b;
        lastC = c;
        lastResult = result;
        return result;
    }

    /// The same where FPRF stays as it was.
    final long notedUnclassified(int operation, long a, long c, long result) {
        last = operation | last & (Operation.COMPARED | Operation.CLASSIFIED | Operation.SINGLE);
        lastA = a;
        lastC = c;
        return result;
    }

    /// Ends an operation that had exceptions.
    final long settled(int operation, long a, long b, long c, long result) {
        int exceptions = raised & ~quiet;
        raised = quiet;
        int flags = (exceptions & INVALID) != 0 ? causes(operation, a, b, c) : 0;
        return finished(operation, a, b, c, result, flags | exceptions(exceptions));
    }

    /// Ends an operation with these exceptions.
    final long finished(int operation, long a, long b, long c, long result, int flags) {
        int enabled = signal(flags);
        if ((operation & Operation.LANE) != 0) {
            event |= enabled != 0 ? HELD : 0;
        } else if ((enabled & (Fpscr.VE | Fpscr.ZE)) != 0) {
            event |= HELD;
            resolve();
            bits &= ~(Fpscr.FR | Fpscr.FI);
        } else if ((operation & Operation.KIND) == Operation.TO_INTEGER) {
            long _ = notedUnclassified(operation, a, c, result);
        } else {
            long _ = noted(operation, a, b, c, result);
        }
        control();
        return result;
    }

    /// Notes exceptions of one element of a vector.
    final void notedInLane(int exceptions) {
        int enabled = signal(exceptions);
        event |= enabled != 0 ? HELD : 0;
        control();
    }

    /// Notes exceptions of an instruction that leaves FR, FI and FPRF alone.
    final void notedAlone(int exceptions) {
        int enabled = signal(exceptions);
        event |= (enabled & Fpscr.VE) != 0 ? HELD : 0;
        control();
    }

    /// Ends an operation of a format in which it is not done again: with its exceptions, the class of
    /// its result, and FR and FI.
    final void concluded(int exceptions, int classOfResult, boolean inexact) {
        concludedUnclassified(exceptions, inexact);
        if (completes()) {
            bits = bits & ~Fpscr.FPRF | classOfResult << Fpscr.FPRF_SHIFT;
        }
    }

    /// The same where FPRF stays as it was.
    final void concludedUnclassified(int exceptions, boolean inexact) {
        resolve();
        bits &= ~(Fpscr.FR | Fpscr.FI);
        int enabled = signal(exceptions);
        if ((enabled & (Fpscr.VE | Fpscr.ZE)) != 0) {
            event |= HELD;
        } else {
            bits |= inexact ? Fpscr.FI | (increased ? Fpscr.FR : 0) : 0;
        }
        control();
    }

    /// What an exception of `core.fp` that is no invalid operation is here.
    static int exceptions(int raised) {
        return ((raised & ZERO_DIVIDE) != 0 ? Fpscr.ZX : 0)
                | ((raised & OVERFLOW) != 0 ? Fpscr.OX : 0)
                | ((raised & UNDERFLOW) != 0 ? Fpscr.UX : 0)
                | ((raised & PRECISION) != 0 ? Fpscr.XX : 0);
    }

    /// Begins an operation that is concluded: every exception of its own is seen.
    final void begin() {
        raised = 0;
        increased = false;
    }

    /// Why an operation is invalid.
    private static int causes(int operation, long a, long b, long c) {
        BinaryFormat format = operands(operation);
        int signalling = format.isSignalling(a) ? Fpscr.VXSNAN : 0;
        return switch (operation & Operation.KIND) {
            case Operation.ADD, Operation.SUBTRACT -> eitherSignals(format, a, b, Fpscr.VXISI);
            case Operation.MULTIPLY -> eitherSignals(format, a, b, Fpscr.VXIMZ);
            case Operation.DIVIDE -> eitherSignals(format, a, b, format.isZero(a) ? Fpscr.VXZDZ : Fpscr.VXIDI);
            case Operation.ROOT -> signalling != 0 ? signalling : Fpscr.VXSQRT;
            case Operation.FUSED -> fusedCauses(format, a, b, c);
            case Operation.TO_INTEGER -> signalling | Fpscr.VXCVI;
            default -> Fpscr.VXSNAN;
        };
    }

    private static int eitherSignals(BinaryFormat format, long a, long b, int otherwise) {
        return format.isSignalling(a) || format.isSignalling(b) ? Fpscr.VXSNAN : otherwise;
    }

    private static int fusedCauses(BinaryFormat format, long a, long b, long c) {
        boolean signals = format.isSignalling(a) || format.isSignalling(b) || format.isSignalling(c);
        boolean product = format.isInfinite(a) && format.isZero(b) || format.isZero(a) && format.isInfinite(b);
        int causes = (signals ? Fpscr.VXSNAN : 0) | (product ? Fpscr.VXIMZ : 0);
        return causes == 0 ? Fpscr.VXISI : causes;
    }

    private static BinaryFormat operands(int operation) {
        return (operation & Operation.WORD) != 0 ? BinaryFormat.SINGLE : BinaryFormat.DOUBLE;
    }

    // FR, FI and FPRF.

    /// Writes FR, FI and FPRF down.
    private void resolve() {
        if (last == Operation.CLASSIFIED) {
            return;
        }
        if ((last & Operation.CLASSIFIED) == 0) {
            bits = bits & ~Fpscr.FPRF | classOf(last, lastResult) << Fpscr.FPRF_SHIFT;
        }
        if ((last & Operation.COMPARED) != 0) {
            bits = bits & ~Fpscr.FPCC | condition << Fpscr.FPRF_SHIFT;
        }
        // A comparison alone leaves FR and FI as they were.
        boolean kept = (last & Operation.CLASSIFIED) != 0 && (last & Operation.KIND) == Operation.NONE;
        bits = kept ? bits : bits & ~(Fpscr.FR | Fpscr.FI) | roundingOfLast();
        last = Operation.CLASSIFIED;
    }

    private int roundingOfLast() {
        raised = 0;
        increased = false;
        repeat();
        boolean inexact = (raised & PRECISION) != 0;
        raised = quiet;
        return inexact ? Fpscr.FI | (increased ? Fpscr.FR : 0) : 0;
    }

    private void repeat() {
        boolean single = (last & Operation.SINGLE) != 0;
        BinaryFormat format = single ? BinaryFormat.SINGLE_AS_DOUBLE : BinaryFormat.DOUBLE;
        long _ = switch (last & Operation.KIND) {
            case Operation.ADD -> add(format, lastA, lastB, false);
            case Operation.SUBTRACT -> add(format, lastA, lastB, true);
            case Operation.MULTIPLY -> multiply(format, lastA, lastB);
            case Operation.DIVIDE -> divide(format, lastA, lastB);
            case Operation.ROOT -> squareRoot(format, lastA);
            case Operation.FUSED -> multiplyAdd(format, lastA, lastB, lastC, 0);
            case Operation.ROUND -> convert(BinaryFormat.DOUBLE, BinaryFormat.SINGLE_AS_DOUBLE, lastA);
            case Operation.FROM_SIGNED -> fromInteger(format, lastA, true, 0);
            case Operation.FROM_UNSIGNED -> fromInteger(format, lastA, false, 0);
            case Operation.TO_INTEGER ->
                toInteger(
                        BinaryFormat.DOUBLE,
                        lastA,
                        Operation.bits(lastC),
                        Operation.isSigned(lastC),
                        Operation.rounding(lastC),
                        0);
            case Operation.INTEGRAL -> roundToIntegral(BinaryFormat.DOUBLE, lastA, rounding, false);
            default -> 0;
        };
    }

    private static int classOf(int operation, long result) {
        boolean single = (operation & Operation.SINGLE) != 0;
        return classOf(BinaryFormat.DOUBLE, single ? BinaryFormat.SINGLE.least : BinaryFormat.DOUBLE.least, result);
    }

    /// The class and sign of a result as FPRF says them; it is denormal below the exponent `least`.
    static int classOf(BinaryFormat format, int least, long result) {
        if (format.isNan(result)) {
            return CLASS_QUIET_NAN;
        }
        boolean negative = format.isNegative(result);
        if (format.isZero(result)) {
            return CLASS_ZERO | (negative ? CLASS_DENORMAL : 0);
        }
        int sign = negative ? LESS : GREATER;
        if (format.isInfinite(result)) {
            return CLASS_INFINITY | sign;
        }
        return format.exponent(result) < least ? CLASS_DENORMAL | sign : sign;
    }

    // What the architecture decides.

    @Override
    protected final boolean isPlain() {
        return plain;
    }

    @Override
    protected final boolean seesPrecision() {
        return quiet == 0;
    }

    @Override
    protected final int rounding() {
        return rounding;
    }

    @Override
    protected final long operand(BinaryFormat format, long x) {
        return x;
    }

    /// The first of the operands that is a NaN (4.3.2).
    @Override
    protected final long nan(BinaryFormat format, long a, long b) {
        if (format.isSignalling(a) || format.isSignalling(b)) {
            raised |= INVALID;
        }
        return quieted(format, format.isNan(a) ? a : b);
    }

    /// The addend comes before the second factor, and a NaN among the operands before an invalid
    /// product.
    @Override
    protected final long fusedNan(BinaryFormat format, long a, long b, long addend, boolean invalid) {
        if (invalid || format.isSignalling(a) || format.isSignalling(b) || format.isSignalling(addend)) {
            raised |= INVALID;
        }
        long first = format.isNan(a) ? a : addend;
        return quieted(format, format.isNan(first) ? first : b);
    }

    /// A single has no bits beyond its own.
    private static long quieted(BinaryFormat format, long nan) {
        long quiet = nan | format.quietBit();
        return format == BinaryFormat.SINGLE_AS_DOUBLE ? quiet & Singles.BITS : quiet;
    }

    @Override
    protected final long defaultNan(BinaryFormat format) {
        return format.nan(false);
    }

    /// The nearest integer that there is; a NaN is the least.
    @Override
    protected final long unrepresentable(boolean nan, boolean negative, int bits, boolean signed) {
        if (!signed) {
            return nan || negative ? 0 : -1L >>> 64 - bits;
        }
        return nan || negative ? -1L << bits - 1 : (1L << bits - 1) - 1;
    }

    @Override
    protected final boolean isTinyBeforeRounding() {
        return true;
    }

    @Override
    protected final boolean flushes(BinaryFormat format, boolean inexact) {
        return false;
    }

    @Override
    protected final boolean wraps(int exception) {
        return (bits & (exception == OVERFLOW ? Fpscr.OE : Fpscr.UE)) != 0;
    }
}
