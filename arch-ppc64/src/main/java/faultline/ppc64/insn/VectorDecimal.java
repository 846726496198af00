package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Quadwords;
import faultline.ppc64.cpu.Ppc64State;

/// Vector decimal integers (Power ISA Book I 6.17). Field 6 of CR says how the result compares with 0,
/// and whether it is too large or an operand no number: then the result is undefined.
final class VectorDecimal {

    private VectorDecimal() {}

    // Add and subtract.

    /// Decimal add modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 ps:1 000 000001 | bcdadd. vrt,vra,vrb,ps | cr6=addField")
    static long bcdadd(long vraLo, long vraHi, long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.sum(vraLo, vraHi, vrbLo, vrbHi, ps, half);
    }

    static long addField(long vraLo, long vraHi, long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.sum(vraLo, vraHi, vrbLo, vrbHi, ps, PackedDecimal.FIELD);
    }

    /// Decimal subtract modulo.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 ps:1 001 000001 | bcdsub. vrt,vra,vrb,ps | cr6=subField")
    static long bcdsub(long vraLo, long vraHi, long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.sum(vraLo, vraHi, PackedDecimal.negated(vrbLo), vrbHi, ps, half);
    }

    static long subField(long vraLo, long vraHi, long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.sum(vraLo, vraHi, PackedDecimal.negated(vrbLo), vrbHi, ps, PackedDecimal.FIELD);
    }

    // Conversion.

    /// Decimal convert from national.
    @Insn("000100 vrt:5 00111 vrb:5 1 ps:1 110 000001 ?P9 | bcdcfn. vrt,vrb,ps | cr6=ofNationalField")
    static long bcdcfn(long vrbLo, long vrbHi, int ps, int half) {
        return CharacterDecimal.ofNational(vrbLo, vrbHi, ps, half);
    }

    static long ofNationalField(long vrbLo, long vrbHi, int ps) {
        return CharacterDecimal.ofNational(vrbLo, vrbHi, ps, PackedDecimal.FIELD);
    }

    /// Decimal convert to national.
    @Insn("000100 vrt:5 00101 vrb:5 1 / 110 000001 ?P9 | bcdctn. vrt,vrb | cr6=nationalField")
    static long bcdctn(long vrbLo, long vrbHi, int half) {
        return CharacterDecimal.national(vrbLo, vrbHi, half);
    }

    static long nationalField(long vrbLo, long vrbHi) {
        return CharacterDecimal.national(vrbLo, vrbHi, PackedDecimal.FIELD);
    }

    /// Decimal convert from zoned.
    @Insn("000100 vrt:5 00110 vrb:5 1 ps:1 110 000001 ?P9 | bcdcfz. vrt,vrb,ps | cr6=ofZonedField")
    static long bcdcfz(long vrbLo, long vrbHi, int ps, int half) {
        return CharacterDecimal.ofZoned(vrbLo, vrbHi, ps, half);
    }

    static long ofZonedField(long vrbLo, long vrbHi, int ps) {
        return CharacterDecimal.ofZoned(vrbLo, vrbHi, ps, PackedDecimal.FIELD);
    }

    /// Decimal convert to zoned.
    @Insn("000100 vrt:5 00100 vrb:5 1 ps:1 110 000001 ?P9 | bcdctz. vrt,vrb,ps | cr6=zonedField")
    static long bcdctz(long vrbLo, long vrbHi, int ps, int half) {
        return CharacterDecimal.zoned(vrbLo, vrbHi, ps, half);
    }

    static long zonedField(long vrbLo, long vrbHi, int ps) {
        return CharacterDecimal.zoned(vrbLo, vrbHi, ps, PackedDecimal.FIELD);
    }

    /// Decimal convert from signed quadword.
    @Insn("000100 vrt:5 00010 vrb:5 1 ps:1 110 000001 ?P9 | bcdcfsq. vrt,vrb,ps | cr6=ofQuadwordField")
    static long bcdcfsq(long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.ofQuadword(vrbLo, vrbHi, ps, half);
    }

    static long ofQuadwordField(long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.ofQuadword(vrbLo, vrbHi, ps, PackedDecimal.FIELD);
    }

    /// Decimal convert to signed quadword.
    @Insn("000100 vrt:5 00000 vrb:5 1 / 110 000001 ?P9 | bcdctsq. vrt,vrb | cr6=quadwordField")
    static long bcdctsq(long vrbLo, long vrbHi, int half) {
        return PackedDecimal.quadword(vrbLo, vrbHi, half);
    }

    static long quadwordField(long vrbLo, long vrbHi) {
        return PackedDecimal.isValid(vrbLo, vrbHi)
                ? PackedDecimal.quadword(vrbLo, vrbHi, PackedDecimal.FIELD)
                : Ppc64State.SO;
    }

    // Signs.

    /// Decimal copy sign.
    @Insn("000100 vrt:5 vra:5 vrb:5 01101 000001 ?P9 | bcdcpsgn. vrt,vra,vrb | cr6=copiedField")
    static long bcdcpsgn(long vra, long vrb, int half) {
        return half == 0 ? vra & -16 | vrb & 15 : vra;
    }

    static long copiedField(long vraLo, long vraHi, long vrbLo, long vrbHi) {
        return PackedDecimal.isValid(vraLo, vraHi) && PackedDecimal.isValid(vrbLo, vrbHi)
                ? PackedDecimal.field(PackedDecimal.isNegative(vrbLo), PackedDecimal.isZero(vraLo, vraHi), false)
                : Ppc64State.SO;
    }

    /// Decimal set sign: to the preferred one.
    @Insn("000100 vrt:5 11111 vrb:5 1 ps:1 110 000001 ?P9 | bcdsetsgn. vrt,vrb,ps | cr6=quadwordField")
    static long bcdsetsgn(long vrb, int ps, int half) {
        return half == 0 ? vrb & -16 | PackedDecimal.sign(PackedDecimal.isNegative(vrb), ps) : vrb;
    }

    // Shift and truncate, by a number in the high doubleword.

    /// Decimal shift.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 ps:1 011 000001 ?P9 | bcds. vrt,vra,vrb,ps | cr6=shiftField")
    static long bcds(long vraHi, long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.shifted(vrbLo, vrbHi, (byte) vraHi, ps, false, half);
    }

    static long shiftField(long vraHi, long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.shifted(vrbLo, vrbHi, (byte) vraHi, ps, false, PackedDecimal.FIELD);
    }

    /// Decimal unsigned shift.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 / 010 000001 ?P9 | bcdus. vrt,vra,vrb | cr6=unsignedShiftField")
    static long bcdus(long vraHi, long vrbLo, long vrbHi, int half) {
        return PackedDecimal.shiftedUnsigned(vrbLo, vrbHi, (byte) vraHi, half);
    }

    static long unsignedShiftField(long vraHi, long vrbLo, long vrbHi) {
        return PackedDecimal.shiftedUnsigned(vrbLo, vrbHi, (byte) vraHi, PackedDecimal.FIELD);
    }

    /// Decimal shift and round.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 ps:1 111 000001 ?P9 | bcdsr. vrt,vra,vrb,ps | cr6=roundField")
    static long bcdsr(long vraHi, long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.shifted(vrbLo, vrbHi, (byte) vraHi, ps, true, half);
    }

    static long roundField(long vraHi, long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.shifted(vrbLo, vrbHi, (byte) vraHi, ps, true, PackedDecimal.FIELD);
    }

    /// Decimal truncate.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 ps:1 100 000001 ?P9 | bcdtrunc. vrt,vra,vrb,ps | cr6=truncateField")
    static long bcdtrunc(long vraHi, long vrbLo, long vrbHi, int ps, int half) {
        return PackedDecimal.truncated(vrbLo, vrbHi, (int) vraHi & 0xffff, ps, half);
    }

    static long truncateField(long vraHi, long vrbLo, long vrbHi, int ps) {
        return PackedDecimal.truncated(vrbLo, vrbHi, (int) vraHi & 0xffff, ps, PackedDecimal.FIELD);
    }

    /// Decimal unsigned truncate.
    @Insn("000100 vrt:5 vra:5 vrb:5 1 / 101 000001 ?P9 | bcdutrunc. vrt,vra,vrb | cr6=unsignedTruncateField")
    static long bcdutrunc(long vraHi, long vrbLo, long vrbHi, int half) {
        return PackedDecimal.truncatedUnsigned(vrbLo, vrbHi, (int) vraHi & 0xffff, half);
    }

    static long unsignedTruncateField(long vraHi, long vrbLo, long vrbHi) {
        return PackedDecimal.truncatedUnsigned(vrbLo, vrbHi, (int) vraHi & 0xffff, PackedDecimal.FIELD);
    }

    // Ten times a quadword, and a digit.

    private static long timesTen(long low, long high, long digit, int half) {
        return Quadwords.sum(10 * low, 10 * high + Math.unsignedMultiplyHigh(low, 10), digit, 0, 0, half);
    }

    /// What is above its 128 bits.
    private static long tensCarry(long low, long high, long digit) {
        long lowCarry = Math.unsignedMultiplyHigh(low, 10) + Quadwords.carry(10 * low, digit, 0);
        return Math.unsignedMultiplyHigh(high, 10) + Quadwords.carry(10 * high, lowCarry, 0);
    }

    /// Vector multiply-by-10 unsigned quadword.
    @Insn("000100 vrt:5 vra:5 ///// 01000 000001 ?P9 | vmul10uq vrt,vra")
    static long vmul10uq(long vraLo, long vraHi, int half) {
        return timesTen(vraLo, vraHi, 0, half);
    }

    /// Vector multiply-by-10 and write carry unsigned quadword.
    @Insn("000100 vrt:5 vra:5 ///// 00000 000001 ?P9 | vmul10cuq vrt,vra")
    static long vmul10cuq(long vraLo, long vraHi, int half) {
        return half == 0 ? tensCarry(vraLo, vraHi, 0) : 0;
    }

    /// Vector multiply-by-10 extended unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 01001 000001 ?P9 | vmul10euq vrt,vra,vrb")
    static long vmul10euq(long vraLo, long vraHi, long vrbLo, int half) {
        return timesTen(vraLo, vraHi, vrbLo & 15, half);
    }

    /// Vector multiply-by-10 extended and write carry unsigned quadword.
    @Insn("000100 vrt:5 vra:5 vrb:5 00001 000001 ?P9 | vmul10ecuq vrt,vra,vrb")
    static long vmul10ecuq(long vraLo, long vraHi, long vrbLo, int half) {
        return half == 0 ? tensCarry(vraLo, vraHi, vrbLo & 15) : 0;
    }
}
