package faultline.ppc64.insn;

/// Decode functions, and pure functions of more than one chapter.
final class Operands {

    private Operands() {}

    // Branches.

    /// Where a branch goes: as far from itself, or there.
    static long branchTarget(long offset, int aa, long pc) {
        return aa != 0 ? offset : pc + offset;
    }

    /// The condition of a branch: the number of a bit in its field, and 4 more where it must be clear.
    static long condition(int bo, int bi) {
        return (bi & 3) + ((bo & 8) != 0 ? 0 : 4);
    }

    /// The field of CR with a bit.
    static long fieldOf(int bi) {
        return bi >> 2;
    }

    /// What is likely, as the two low bits of BO say it.
    static long hintOf(int bo) {
        return bo & 3;
    }

    /// The same of a branch that looks at CTR alone.
    static long counterHint(int bo) {
        return (bo >> 2 & 2) + (bo & 1);
    }

    /// Whether BO asks for a bit of CR alone, and has no hint that is reserved.
    static boolean isBit(int bo) {
        return (bo & 0b10100) == 0b00100 && (bo & 3) != 1;
    }

    /// Whether BO asks for a bit of field 0.
    static boolean isField0(int bo, int bi) {
        return isBit(bo) && bi < 4;
    }

    /// Whether BO counts CTR down and asks for nothing else, and has no hint that is reserved.
    static boolean isCounter(int bo) {
        return (bo & 0b10100) == 0b10000 && (bo & 0b01001) != 1;
    }

    /// Whether BO wants CTR to be 0.
    static boolean isZero(int bo) {
        return (bo & 2) != 0;
    }

    static boolean isNotZero(int bo) {
        return (bo & 2) == 0;
    }

    /// Whether BO leaves CTR alone.
    static boolean doesNotCount(int bo) {
        return (bo & 4) != 0;
    }

    // Masks.

    /// The mask from bit `mb` to bit `me`, which wraps round (MASK).
    static long mask(int mb, int me) {
        return mb <= me ? -1L >>> mb & -1L << 63 - me : -1L >>> mb | -1L << 63 - me;
    }

    static long mask32(int mb, int me) {
        return mask(mb + 32, me + 32);
    }

    /// From a bit to the last.
    static long maskFrom(int mb) {
        return mask(mb, 63);
    }

    /// From the first bit to this one.
    static long maskTo(int me) {
        return mask(0, me);
    }

    /// From a bit to as many before the end.
    static long maskBetween(int mb, int sh) {
        return mask(mb, 63 - sh);
    }

    // Numbers as assembly shows them.

    static long negated(int number) {
        return -number;
    }

    static long shifted(int si) {
        return (long) si << 16;
    }

    static long shiftedUnsigned(int ui) {
        return (long) ui << 16;
    }

    /// Both halves the same 32 bits.
    static long doubled(long value) {
        return value << 32 | value & 0xffffffffL;
    }
}
