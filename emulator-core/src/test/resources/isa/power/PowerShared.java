package power;

/// Decode functions.
final class PowerShared {

    private PowerShared() {}

    /// The mask from bit mb to bit me, which wraps round (MASK).
    static long mask(int mb, int me) {
        long mask = mb <= me ? -1L >>> mb & -1L << 63 - me : -1L >>> mb | -1L << 63 - me;
        return mask;
    }

    static long mask32(int mb, int me) {
        return mask(mb + 32, me + 32);
    }

    static long mask64(int mb) {
        return mask(mb, 63);
    }

    static long negated(int si) {
        return -si;
    }

    static long below32(int sh) {
        return 31 - sh;
    }

    /// The number of a condition of CR0 or CR7 tested for true or false.
    static long condition(int bo, int bi) {
        return (bi >= 28 ? 8 : 0) + ((bo & 8) != 0 ? 0 : 4) + (bi & 3);
    }

    static boolean isPlain(int bo, int bi) {
        return (bo & 20) == 4 && (bi < 4 || bi >= 28);
    }

    static long field(int bi) {
        return bi >> 2;
    }

    static long rotated(long value, int count) {
        return Long.rotateLeft(value, count);
    }

    /// Both halves the same 32 bits.
    static long doubled(long value) {
        return value << 32 | value & 0xffffffffL;
    }
}
