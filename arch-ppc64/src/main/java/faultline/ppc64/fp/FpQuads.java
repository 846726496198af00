package faultline.ppc64.fp;

import static faultline.core.fp.QuadFloat.isInfinite;
import static faultline.core.fp.QuadFloat.isNan;
import static faultline.core.fp.QuadFloat.isNegative;
import static faultline.core.fp.QuadFloat.isSignalling;
import static faultline.core.fp.QuadFloat.isZero;

import faultline.core.fp.BinaryFormat;
import faultline.core.fp.QuadFloat;

/// Quadruple precision (Power ISA 3.0 Book I 7.6.1.9). A number is two doublewords, the high one first;
/// operations return the low one of their result, and [#high] has the other.
public abstract class FpQuads extends FpLanes {

    private static final long SIGN = Long.MIN_VALUE;
    private static final long QUIET = 1L << 47;
    private static final long DEFAULT_NAN = 0x7fff8000L << 32;

    /// Bits of a NaN of double precision that quadruple precision has in its high doubleword.
    private static final int HIGH_FRACTION = 48;

    /// Bits of the significand that `xsrqpxp` leaves.
    private static final int EXTENDED = 64;

    private final QuadFloat quad = new QuadFloat();
    private long high;

    FpQuads() {}

    /// The high doubleword of the last result.
    public final long high() {
        return high;
    }

    private QuadFloat quad(int odd) {
        return quadUnder(odd != 0 ? ODD : rounding());
    }

    private QuadFloat quadUnder(int mode) {
        return quad.under(mode, wraps(OVERFLOW), wraps(UNDERFLOW));
    }

    // The ends of operations.

    /// The result of the unit.
    private long concluded() {
        increased = quad.isIncreased();
        return concluded(quad.high(), quad.low(), exceptions(quad.raised()), (quad.raised() & PRECISION) != 0);
    }

    private long concluded(long newHigh, long newLow, int exceptions, boolean inexact) {
        high = newHigh;
        concluded(exceptions, classOfQuad(newHigh, newLow), inexact);
        return newLow;
    }

    private long invalid(int cause) {
        return concluded(DEFAULT_NAN, 0, cause, false);
    }

    private long quieted(long aHigh, long aLow, int exceptions) {
        return concluded(aHigh | QUIET, aLow, exceptions, false);
    }

    private static int classOfQuad(long aHigh, long aLow) {
        if (isNan(aHigh, aLow)) {
            return CLASS_QUIET_NAN;
        }
        boolean negative = isNegative(aHigh);
        if (isZero(aHigh, aLow)) {
            return CLASS_ZERO | (negative ? CLASS_DENORMAL : 0);
        }
        int sign = negative ? LESS : GREATER;
        if (isInfinite(aHigh, aLow)) {
            return CLASS_INFINITY | sign;
        }
        return QuadFloat.isDenormal(aHigh, aLow) ? CLASS_DENORMAL | sign : sign;
    }

    // Arithmetic.

    public final long addQuad(long aHigh, long aLow, long bHigh, long bLow, int odd) {
        return sum(aHigh, aLow, bHigh, bLow, bHigh, odd);
    }

    public final long subtractQuad(long aHigh, long aLow, long bHigh, long bLow, int odd) {
        return sum(aHigh, aLow, bHigh, bLow, bHigh ^ SIGN, odd);
    }

    /// `bAdded` is the high doubleword of B with the sign that it is added under.
    private long sum(long aHigh, long aLow, long bHigh, long bLow, long bAdded, int odd) {
        if (isNan(aHigh, aLow) || isNan(bHigh, bLow)) {
            return ofNans(aHigh, aLow, bHigh, bLow);
        }
        if (isInfinite(aHigh, aLow) && isInfinite(bHigh, bLow) && isNegative(aHigh) != isNegative(bAdded)) {
            return invalid(Fpscr.VXISI);
        }
        quad(odd).add(aHigh, aLow, bAdded, bLow);
        return concluded();
    }

    public final long multiplyQuad(long aHigh, long aLow, long bHigh, long bLow, int odd) {
        if (isNan(aHigh, aLow) || isNan(bHigh, bLow)) {
            return ofNans(aHigh, aLow, bHigh, bLow);
        }
        if (isInvalidProduct(aHigh, aLow, bHigh, bLow)) {
            return invalid(Fpscr.VXIMZ);
        }
        quad(odd).multiply(aHigh, aLow, bHigh, bLow);
        return concluded();
    }

    public final long divideQuad(long aHigh, long aLow, long bHigh, long bLow, int odd) {
        if (isNan(aHigh, aLow) || isNan(bHigh, bLow)) {
            return ofNans(aHigh, aLow, bHigh, bLow);
        }
        if (isInfinite(aHigh, aLow) && isInfinite(bHigh, bLow)) {
            return invalid(Fpscr.VXIDI);
        }
        if (isZero(aHigh, aLow) && isZero(bHigh, bLow)) {
            return invalid(Fpscr.VXZDZ);
        }
        quad(odd).divide(aHigh, aLow, bHigh, bLow);
        return concluded();
    }

    public final long squareRootQuad(long bHigh, long bLow, int odd) {
        if (isNan(bHigh, bLow)) {
            return ofNans(bHigh, bLow, bHigh, bLow);
        }
        if (isNegative(bHigh) && !isZero(bHigh, bLow)) {
            return invalid(Fpscr.VXSQRT);
        }
        quad(odd).squareRoot(bHigh, bLow);
        return concluded();
    }

    private static boolean isInvalidProduct(long aHigh, long aLow, long bHigh, long bLow) {
        return isInfinite(aHigh, aLow) && isZero(bHigh, bLow) || isZero(aHigh, aLow) && isInfinite(bHigh, bLow);
    }

    /// The first of two operands that is a NaN.
    private long ofNans(long aHigh, long aLow, long bHigh, long bLow) {
        int exceptions = isSignalling(aHigh, aLow) || isSignalling(bHigh, bLow) ? Fpscr.VXSNAN : 0;
        return isNan(aHigh, aLow) ? quieted(aHigh, aLow, exceptions) : quieted(bHigh, bLow, exceptions);
    }

    /// `a * c + b`, rounded once.
    public final long multiplyAddQuad(
            long aHigh, long aLow, long cHigh, long cLow, long bHigh, long bLow, boolean negate, int odd) {
        boolean product = isInvalidProduct(aHigh, aLow, cHigh, cLow);
        if (isNan(aHigh, aLow) || isNan(bHigh, bLow) || isNan(cHigh, cLow)) {
            boolean signals = isSignalling(aHigh, aLow) || isSignalling(bHigh, bLow) || isSignalling(cHigh, cLow);
            int exceptions = (signals ? Fpscr.VXSNAN : 0) | (product ? Fpscr.VXIMZ : 0);
            if (isNan(aHigh, aLow)) {
                return quieted(aHigh, aLow, exceptions);
            }
            return isNan(bHigh, bLow) ? quieted(bHigh, bLow, exceptions) : quieted(cHigh, cLow, exceptions);
        }
        if (product) {
            return invalid(Fpscr.VXIMZ);
        }
        boolean negative = isNegative(aHigh) != isNegative(cHigh);
        boolean infinite = isInfinite(aHigh, aLow) || isInfinite(cHigh, cLow);
        if (infinite && isInfinite(bHigh, bLow) && negative != isNegative(bHigh)) {
            return invalid(Fpscr.VXISI);
        }
        quad(odd).multiplyAdd(aHigh, aLow, cHigh, cLow, bHigh, bLow);
        increased = quad.isIncreased();
        int raisedByIt = quad.raised();
        long result = negate ? quad.high() ^ SIGN : quad.high();
        return concluded(result, quad.low(), exceptions(raisedByIt), (raisedByIt & PRECISION) != 0);
    }

    /// `a * c - b`; a NaN keeps its sign.
    public final long multiplySubtractQuad(
            long aHigh, long aLow, long cHigh, long cLow, long bHigh, long bLow, boolean negate, int odd) {
        long subtracted = isNan(bHigh, bLow) ? bHigh : bHigh ^ SIGN;
        return multiplyAddQuad(aHigh, aLow, cHigh, cLow, subtracted, bLow, negate, odd);
    }

    // Rounding.

    /// To an integer; `exact` notes where that changed it.
    public final long integralQuad(long bHigh, long bLow, int r, int rmc, boolean exact) {
        if (isNan(bHigh, bLow)) {
            return ofNans(bHigh, bLow, bHigh, bLow);
        }
        if (isInfinite(bHigh, bLow)) {
            return concluded(bHigh, bLow, 0, false);
        }
        quadUnder(quadMode(r, rmc)).toIntegral(bHigh, bLow);
        if (exact) {
            return concluded();
        }
        return concluded(quad.high(), quad.low(), 0, false);
    }

    /// To the precision of what other processors call double-extended, which NaNs are cut to.
    public final long toExtendedPrecision(long bHigh, long bLow, int r, int rmc) {
        if (isNan(bHigh, bLow)) {
            return quieted(
                    bHigh,
                    bLow & -1L << QuadFloat.PRECISION_BITS - EXTENDED,
                    isSignalling(bHigh, bLow) ? Fpscr.VXSNAN : 0);
        }
        quadUnder(quadMode(r, rmc)).toPrecision(bHigh, bLow, EXTENDED);
        return concluded();
    }

    /// The rounding mode of R and RMC, of which two pairs are reserved.
    private int quadMode(int r, int rmc) {
        if (r == 0) {
            return rmc == 0 ? TIES_AWAY : rmc == 3 ? rounding() : NEAREST;
        }
        return switch (rmc) {
            case 0 -> NEAREST;
            case 1 -> TRUNCATE;
            case 2 -> UP;
            default -> DOWN;
        };
    }

    // Conversion. What is no quadruple is in the high doubleword, above zeros.

    public final long quadToDouble(long bHigh, long bLow, int odd) {
        if (isNan(bHigh, bLow)) {
            int exceptions = isSignalling(bHigh, bLow) ? Fpscr.VXSNAN : 0;
            long nan = bHigh & SIGN | 0x7ff8L << 48 | (bHigh & QUIET - 1) << 52 - HIGH_FRACTION | bLow >>> 60;
            return narrowed(nan, exceptions, false);
        }
        BinaryFormat format = BinaryFormat.DOUBLE;
        boolean negative = isNegative(bHigh);
        if (isInfinite(bHigh, bLow) || isZero(bHigh, bLow)) {
            return narrowed(isZero(bHigh, bLow) ? format.zero(negative) : format.infinity(negative), 0, false);
        }
        begin();
        int mode = odd != 0 ? ODD : rounding();
        long result = round(format, negative, QuadFloat.exponentOf(bHigh, bLow), quad.firstBits(bHigh, bLow), mode);
        return narrowed(result, exceptions(raised), (raised & PRECISION) != 0);
    }

    private long narrowed(long result, int exceptions, boolean inexact) {
        high = result;
        concluded(exceptions, classOf(BinaryFormat.DOUBLE, BinaryFormat.DOUBLE.least, result), inexact);
        return 0;
    }

    public final long doubleToQuad(long b) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        if (format.isNan(b)) {
            int exceptions = format.isSignalling(b) ? Fpscr.VXSNAN : 0;
            long fraction = format.fraction(b);
            return quieted(b & SIGN | 0x7fffL << 48 | fraction >>> 52 - HIGH_FRACTION, fraction << 60, exceptions);
        }
        quad(0).fromDouble(b);
        return concluded();
    }

    public final long integerToQuad(long b, boolean signed) {
        quad(0).fromInteger(b, signed);
        return concluded();
    }

    /// Truncates to an integer of so many bits. FPRF stays as it is.
    public final long quadToInteger(long bHigh, long bLow, int bits, boolean signed) {
        boolean nan = isNan(bHigh, bLow);
        boolean finite = !nan && !isInfinite(bHigh, bLow);
        if (finite && quadUnder(TRUNCATE).toInteger(bHigh, bLow, bits, signed)) {
            high = quad.low();
            int exceptions = exceptions(quad.raised());
            increased = false;
            concludedUnclassified(exceptions, exceptions != 0);
            return 0;
        }
        high = unrepresentable(nan, isNegative(bHigh), bits, signed);
        concludedUnclassified(Fpscr.VXCVI | (isSignalling(bHigh, bLow) ? Fpscr.VXSNAN : 0), false);
        return 0;
    }

    // Comparison.

    public final int compareQuads(long aHigh, long aLow, long bHigh, long bLow, boolean ordered) {
        if (!isNan(aHigh, aLow) && !isNan(bHigh, bLow)) {
            return compared(field(QuadFloat.compare(aHigh, aLow, bHigh, bLow)), 0);
        }
        int signals = isSignalling(aHigh, aLow) || isSignalling(bHigh, bLow) ? Fpscr.VXSNAN : 0;
        boolean orderToo = ordered && !(signals != 0 && isInvalidEnabled());
        return compared(NO_ORDER, orderToo ? signals | Fpscr.VXVC : signals);
    }

    public final int compareQuadExponents(long aHigh, long aLow, long bHigh, long bLow) {
        if (isNan(aHigh, aLow) || isNan(bHigh, bLow)) {
            return compared(NO_ORDER, 0);
        }
        return compared(field(Integer.compare(QuadFloat.biasedExponent(aHigh), QuadFloat.biasedExponent(bHigh))), 0);
    }

    private static int field(int order) {
        return order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
    }
}
