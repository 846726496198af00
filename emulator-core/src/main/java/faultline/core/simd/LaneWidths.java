package faultline.core.simd;

/// Between lanes of a size and lanes of twice that size.
public final class LaneWidths {

    private LaneWidths() {}

    /// The low bits of every lane of twice the size: the even lanes.
    public static long evens(int size) {
        return switch (size) {
            case 0 -> 0x00ff00ff00ff00ffL;
            case 1 -> 0x0000ffff0000ffffL;
            default -> 0xffffffffL;
        };
    }

    /// The lanes of the low 32 bits, each zero-extended to twice its size.
    public static long zeroExtend(long value, int size) {
        long x = value & 0xffffffffL;
        if (size < 2) {
            x = (x | x << 16) & evens(1);
        }
        if (size < 1) {
            x = (x | x << 8) & evens(0);
        }
        return x;
    }

    /// The lanes of the low 32 bits, each sign-extended to twice its size.
    public static long signExtend(long value, int size) {
        long signs = Lanes.tops(size) & evens(size);
        return Lanes.sub(zeroExtend(value, size) ^ signs, signs, Lanes.tops(size + 1));
    }

    /// The low halves of the lanes of twice the size, in the low 32 bits.
    public static long narrow(long value, int size) {
        long x = value & evens(size);
        if (size < 1) {
            x = (x | x >>> 8) & evens(1);
        }
        if (size < 2) {
            x = (x | x >>> 16) & evens(2);
        }
        return x;
    }

    /// The even lanes, zero-extended to twice their size.
    public static long zeroExtendEvens(long value, int size) {
        return value & evens(size);
    }

    /// The odd lanes, zero-extended to twice their size.
    public static long zeroExtendOdds(long value, int size) {
        return value >>> (8 << size) & evens(size);
    }

    /// The even lanes, sign-extended to twice their size.
    public static long signExtendEvens(long value, int size) {
        return extendSigns(value & evens(size), size);
    }

    /// The odd lanes, sign-extended to twice their size.
    public static long signExtendOdds(long value, int size) {
        return extendSigns(zeroExtendOdds(value, size), size);
    }

    private static long extendSigns(long lanes, int size) {
        long signs = Lanes.tops(size) & evens(size);
        return Lanes.sub(lanes ^ signs, signs, Lanes.tops(size + 1));
    }
}
