package faultline.ppc64.fp;

import faultline.core.fp.BinaryFormat;

/// The floating-point unit of a thread: FPSCR, and all that instructions compute under it. Here is what
/// POWER9 added for numbers that are not quadruple; the rest is in the classes above.
public final class FpUnit extends FpQuads {

    private static final long HALF_BITS = 0xffff;
    private static final long WORD = 0xffffffffL;

    // Half precision, in the low bits of its place.

    public long fromHalf(long b) {
        begin();
        long result = convert(BinaryFormat.HALF, BinaryFormat.DOUBLE, b & HALF_BITS);
        int exceptions = (raised & INVALID) != 0 ? Fpscr.VXSNAN : 0;
        concluded(exceptions, classOf(BinaryFormat.DOUBLE, BinaryFormat.DOUBLE.least, result), false);
        return result;
    }

    public long toHalf(long b) {
        begin();
        long result = convert(BinaryFormat.DOUBLE, BinaryFormat.HALF, b);
        boolean inexact = (raised & PRECISION) != 0;
        int exceptions = exceptions(raised) | ((raised & INVALID) != 0 ? Fpscr.VXSNAN : 0);
        concluded(exceptions, classOf(BinaryFormat.HALF, BinaryFormat.HALF.least, result), inexact);
        return result;
    }

    /// The two halves in a doubleword of words, as singles.
    public long wordsFromHalves(long b) {
        return pair(wordFromHalf(b), wordFromHalf(b >>> 32));
    }

    private long wordFromHalf(long b) {
        begin();
        long result = convert(BinaryFormat.HALF, BinaryFormat.SINGLE, b & HALF_BITS);
        notedOfLane();
        return result;
    }

    public long halvesFromWords(long b) {
        return pair(halfFromWord(b & WORD), halfFromWord(b >>> 32));
    }

    private long halfFromWord(long b) {
        begin();
        long result = convert(BinaryFormat.SINGLE, BinaryFormat.HALF, b);
        notedOfLane();
        return result;
    }

    /// Ends a conversion that was begun.
    private void notedOfLane() {
        int exceptions = exceptions(raised) | ((raised & INVALID) != 0 ? Fpscr.VXSNAN : 0);
        notedInLane(exceptions);
    }

    // Comparison.

    /// Compares the exponents alone; a field of CR.
    public int compareExponents(long a, long b) {
        BinaryFormat format = BinaryFormat.DOUBLE;
        if (format.isNan(a) || format.isNan(b)) {
            return compared(NO_ORDER, 0);
        }
        int order = Integer.compare(format.biasedExponent(a), format.biasedExponent(b));
        return compared(order < 0 ? LESS : order > 0 ? GREATER : EQUAL, 0);
    }

    /// A test of the data class, which also goes to FPCC.
    public int tested(int field) {
        return compared(field, 0);
    }

    // Maximum and minimum as programming languages have them.

    /// What `a > b ? a : b` says: B where one is a NaN.
    public long maximumOfC(long a, long b) {
        noteSignals(a, b);
        return d(a) > d(b) ? a : b;
    }

    public long minimumOfC(long a, long b) {
        noteSignals(a, b);
        return d(a) < d(b) ? a : b;
    }

    /// A NaN where one is, and zeros ordered by their signs.
    public long maximumOfJava(long a, long b) {
        noteSignals(a, b);
        return ofJava(a, b, true);
    }

    public long minimumOfJava(long a, long b) {
        noteSignals(a, b);
        return ofJava(a, b, false);
    }

    private static long ofJava(long a, long b, boolean greater) {
        double x = d(a);
        double y = d(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return Double.isNaN(x) ? a : b;
        }
        if (x == y) {
            return greater ? a & b : a | b;
        }
        return x > y == greater ? a : b;
    }

    private void noteSignals(long a, long b) {
        if (signals(a, b) != 0) {
            notedAlone(Fpscr.VXSNAN);
        }
    }
}
