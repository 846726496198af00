package faultline.ppc64.insn;

import faultline.core.fp.QuadFloat;
import faultline.core.isa.Insn;
import faultline.ppc64.fp.DataClass;
import faultline.ppc64.fp.FpUnit;

/// VSX instructions of quadruple precision (Power ISA Book I 7.6.1.9).
final class QuadPrecision {

    private QuadPrecision() {}

    private static final long SIGN = Long.MIN_VALUE;
    private static final long FRACTION = (1L << 48) - 1;

    // Arithmetic; those with an o at the end round to odd.

    /// Add.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0000000100 odd:1 ?P9 | xsaddqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsaddqp(long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.addQuad(vraHi, vraLo, vrbHi, vrbLo, odd);
    }

    /// Subtract.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 1000000100 odd:1 ?P9 | xssubqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xssubqp(long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.subtractQuad(vraHi, vraLo, vrbHi, vrbLo, odd);
    }

    /// Multiply.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0000100100 odd:1 ?P9 | xsmulqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsmulqp(long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.multiplyQuad(vraHi, vraLo, vrbHi, vrbLo, odd);
    }

    /// Divide.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 1000100100 odd:1 ?P9 | xsdivqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsdivqp(long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.divideQuad(vraHi, vraLo, vrbHi, vrbLo, odd);
    }

    /// Square root.
    @Insn(
            "111111 vrt:5 11011 vrb:5 1100100100 odd:1 ?P9 | xssqrtqp<odd> vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xssqrtqp(long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.squareRootQuad(vrbHi, vrbLo, odd);
    }

    /// Multiply and add to what is replaced.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0110000100 odd:1 ?P9 | xsmaddqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsmaddqp(long vrtLo, long vrtHi, long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.multiplyAddQuad(vraHi, vraLo, vrbHi, vrbLo, vrtHi, vrtLo, false, odd);
    }

    /// Multiply and subtract what is replaced.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0110100100 odd:1 ?P9 | xsmsubqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsmsubqp(long vrtLo, long vrtHi, long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.multiplySubtractQuad(vraHi, vraLo, vrbHi, vrbLo, vrtHi, vrtLo, false, odd);
    }

    /// Negative multiply and add.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0111000100 odd:1 ?P9 | xsnmaddqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsnmaddqp(long vrtLo, long vrtHi, long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.multiplyAddQuad(vraHi, vraLo, vrbHi, vrbLo, vrtHi, vrtLo, true, odd);
    }

    /// Negative multiply and subtract.
    @Insn(
            "111111 vrt:5 vra:5 vrb:5 0111100100 odd:1 ?P9 | xsnmsubqp<odd> vrt,vra,vrb | high=high traps fpx -> vrt[completes]")
    static long xsnmsubqp(long vrtLo, long vrtHi, long vraLo, long vraHi, long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.multiplySubtractQuad(vraHi, vraLo, vrbHi, vrbLo, vrtHi, vrtLo, true, odd);
    }

    /// The high doubleword of the result that the main method has left.
    static long high(FpUnit fp) {
        return fp.high();
    }

    // Rounding.

    /// To an integer; with an x, what is not exact is noted.
    @Insn(
            "111111 vrt:5 //// r:1 vrb:5 rmc:2 00000101 ex:1 ?P9 | xsrqpi<ex> r,vrt,vrb,rmc | high=high traps fpx -> vrt[completes]")
    static long xsrqpi(long vrbLo, long vrbHi, int r, int rmc, int ex, FpUnit fp) {
        return fp.integralQuad(vrbHi, vrbLo, r, rmc, ex != 0);
    }

    /// To double-extended precision.
    @Insn(
            "111111 vrt:5 //// r:1 vrb:5 rmc:2 00100101 / ?P9 | xsrqpxp r,vrt,vrb,rmc | high=high traps fpx -> vrt[completes]")
    static long xsrqpxp(long vrbLo, long vrbHi, int r, int rmc, FpUnit fp) {
        return fp.toExtendedPrecision(vrbHi, vrbLo, r, rmc);
    }

    // Conversion.

    /// To double precision.
    @Insn(
            "111111 vrt:5 10100 vrb:5 1101000100 odd:1 ?P9 | xscvqpdp<odd> vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvqpdp(long vrbLo, long vrbHi, int odd, FpUnit fp) {
        return fp.quadToDouble(vrbHi, vrbLo, odd);
    }

    /// From double precision.
    @Insn("111111 vrt:5 10110 vrb:5 1101000100 / ?P9 | xscvdpqp vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvdpqp(long vrbHi, FpUnit fp) {
        return fp.doubleToQuad(vrbHi);
    }

    /// To a doubleword, truncated.
    @Insn("111111 vrt:5 11001 vrb:5 1101000100 / ?P9 | xscvqpsdz vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvqpsdz(long vrbLo, long vrbHi, FpUnit fp) {
        return fp.quadToInteger(vrbHi, vrbLo, 64, true);
    }

    /// To a doubleword without a sign, truncated.
    @Insn("111111 vrt:5 10001 vrb:5 1101000100 / ?P9 | xscvqpudz vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvqpudz(long vrbLo, long vrbHi, FpUnit fp) {
        return fp.quadToInteger(vrbHi, vrbLo, 64, false);
    }

    /// To a word, truncated.
    @Insn("111111 vrt:5 01001 vrb:5 1101000100 / ?P9 | xscvqpswz vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvqpswz(long vrbLo, long vrbHi, FpUnit fp) {
        return fp.quadToInteger(vrbHi, vrbLo, 32, true);
    }

    /// To a word without a sign, truncated.
    @Insn("111111 vrt:5 00001 vrb:5 1101000100 / ?P9 | xscvqpuwz vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvqpuwz(long vrbLo, long vrbHi, FpUnit fp) {
        return fp.quadToInteger(vrbHi, vrbLo, 32, false);
    }

    /// From a doubleword.
    @Insn("111111 vrt:5 01010 vrb:5 1101000100 / ?P9 | xscvsdqp vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvsdqp(long vrbHi, FpUnit fp) {
        return fp.integerToQuad(vrbHi, true);
    }

    /// From a doubleword without a sign.
    @Insn("111111 vrt:5 00010 vrb:5 1101000100 / ?P9 | xscvudqp vrt,vrb | high=high traps fpx -> vrt[completes]")
    static long xscvudqp(long vrbHi, FpUnit fp) {
        return fp.integerToQuad(vrbHi, false);
    }

    // Comparison and tests.

    /// Compare; every NaN is invalid.
    @Insn("111111 bf:3 // vra:5 vrb:5 0010000100 / ?P9 | xscmpoqp <bf>,vra,vrb | traps fcr -> none")
    static long xscmpoqp(long vraLo, long vraHi, long vrbLo, long vrbHi, FpUnit fp) {
        return fp.compareQuads(vraHi, vraLo, vrbHi, vrbLo, true);
    }

    /// Compare; only a NaN that signals is invalid.
    @Insn("111111 bf:3 // vra:5 vrb:5 1010000100 / ?P9 | xscmpuqp <bf>,vra,vrb | traps fcr -> none")
    static long xscmpuqp(long vraLo, long vraHi, long vrbLo, long vrbHi, FpUnit fp) {
        return fp.compareQuads(vraHi, vraLo, vrbHi, vrbLo, false);
    }

    /// Compare exponents.
    @Insn("111111 bf:3 // vra:5 vrb:5 0010100100 / ?P9 | xscmpexpqp <bf>,vra,vrb | fcr -> none")
    static long xscmpexpqp(long vraLo, long vraHi, long vrbLo, long vrbHi, FpUnit fp) {
        return fp.compareQuadExponents(vraHi, vraLo, vrbHi, vrbLo);
    }

    /// Test the data class.
    @Insn("111111 bf:3 dcmx:7 vrb:5 1011000100 / ?P9 | xststdcqp <bf>,vrb,dcmx | fcr -> none")
    static long xststdcqp(long vrbLo, long vrbHi, int dcmx, FpUnit fp) {
        return fp.tested(DataClass.fieldOfQuad(vrbHi, vrbLo, dcmx));
    }

    // Signs and fields.

    /// Absolute value.
    @Insn("111111 vrt:5 00000 vrb:5 1100100100 / ?P9 | xsabsqp vrt,vrb | high=absHigh")
    static long xsabsqp(long vrbLo) {
        return vrbLo;
    }

    static long absHigh(long vrbHi) {
        return vrbHi & ~SIGN;
    }

    /// Negative absolute value.
    @Insn("111111 vrt:5 01000 vrb:5 1100100100 / ?P9 | xsnabsqp vrt,vrb | high=nabsHigh")
    static long xsnabsqp(long vrbLo) {
        return vrbLo;
    }

    static long nabsHigh(long vrbHi) {
        return vrbHi | SIGN;
    }

    /// Negate.
    @Insn("111111 vrt:5 10000 vrb:5 1100100100 / ?P9 | xsnegqp vrt,vrb | high=negHigh")
    static long xsnegqp(long vrbLo) {
        return vrbLo;
    }

    static long negHigh(long vrbHi) {
        return vrbHi ^ SIGN;
    }

    /// Copy sign.
    @Insn("111111 vrt:5 vra:5 vrb:5 0001100100 / ?P9 | xscpsgnqp vrt,vra,vrb | high=copiedHigh")
    static long xscpsgnqp(long vrbLo) {
        return vrbLo;
    }

    static long copiedHigh(long vraHi, long vrbHi) {
        return vraHi & SIGN | vrbHi & ~SIGN;
    }

    /// Exponent, as it is encoded.
    @Insn("111111 vrt:5 00010 vrb:5 1100100100 / ?P9 | xsxexpqp vrt,vrb | high=exponent")
    static long xsxexpqp() {
        return 0;
    }

    static long exponent(long vrbHi) {
        return QuadFloat.biasedExponent(vrbHi);
    }

    /// Significand, with the implied bit.
    @Insn("111111 vrt:5 10010 vrb:5 1100100100 / ?P9 | xsxsigqp vrt,vrb | high=significandHigh")
    static long xsxsigqp(long vrbLo) {
        return vrbLo;
    }

    static long significandHigh(long vrbHi) {
        int exponent = QuadFloat.biasedExponent(vrbHi);
        boolean normal = exponent != 0 && exponent != QuadFloat.MOST;
        return vrbHi & FRACTION | (normal ? FRACTION + 1 : 0);
    }

    /// A number from its exponent and the rest.
    @Insn("111111 vrt:5 vra:5 vrb:5 1101100100 / ?P9 | xsiexpqp vrt,vra,vrb | high=withExponent")
    static long xsiexpqp(long vraLo) {
        return vraLo;
    }

    static long withExponent(long vraHi, long vrbHi) {
        return vraHi & (SIGN | FRACTION) | vrbHi << 48 & ~SIGN;
    }
}
