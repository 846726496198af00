package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.fp.VectorFloat;

/// Vector floating-point arithmetic, rounding and comparison (Power ISA Book I 6.10).
final class VectorFloatingPoint {

    private VectorFloatingPoint() {}

    // Arithmetic.

    /// Add.
    @Insn("000100 vrt:5 vra:5 vrb:5 00000001010 | vaddfp vrt,vra,vrb")
    static long vaddfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.add(vra, vrb);
    }

    /// Subtract.
    @Insn("000100 vrt:5 vra:5 vrb:5 00001001010 | vsubfp vrt,vra,vrb")
    static long vsubfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.subtract(vra, vrb);
    }

    /// Multiply and add.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101110 | vmaddfp vrt,vra,vrc,vrb")
    static long vmaddfp(long vra, long vrc, long vrb, VectorFloat vmx) {
        return vmx.multiplyAdd(vra, vrc, vrb);
    }

    /// Negative multiply and subtract.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101111 | vnmsubfp vrt,vra,vrc,vrb")
    static long vnmsubfp(long vra, long vrc, long vrb, VectorFloat vmx) {
        return vmx.negativeMultiplySubtract(vra, vrc, vrb);
    }

    /// Maximum.
    @Insn("000100 vrt:5 vra:5 vrb:5 10000001010 | vmaxfp vrt,vra,vrb")
    static long vmaxfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.maximum(vra, vrb);
    }

    /// Minimum.
    @Insn("000100 vrt:5 vra:5 vrb:5 10001001010 | vminfp vrt,vra,vrb")
    static long vminfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.minimum(vra, vrb);
    }

    // Estimates.

    /// Reciprocal.
    @Insn("000100 vrt:5 ///// vrb:5 00100001010 | vrefp vrt,vrb")
    static long vrefp(long vrb, VectorFloat vmx) {
        return vmx.reciprocal(vrb);
    }

    /// Reciprocal of the square root.
    @Insn("000100 vrt:5 ///// vrb:5 00101001010 | vrsqrtefp vrt,vrb")
    static long vrsqrtefp(long vrb, VectorFloat vmx) {
        return vmx.reciprocalRoot(vrb);
    }

    /// Two to the power of a number.
    @Insn("000100 vrt:5 ///// vrb:5 00110001010 | vexptefp vrt,vrb")
    static long vexptefp(long vrb, VectorFloat vmx) {
        return vmx.power(vrb);
    }

    /// Logarithm to the base of two.
    @Insn("000100 vrt:5 ///// vrb:5 00111001010 | vlogefp vrt,vrb")
    static long vlogefp(long vrb, VectorFloat vmx) {
        return vmx.logarithm(vrb);
    }

    // Rounding and conversion; the immediate says how many bits are behind the point.

    /// To the nearest integer.
    @Insn("000100 vrt:5 ///// vrb:5 01000001010 | vrfin vrt,vrb")
    static long vrfin(long vrb, VectorFloat vmx) {
        return vmx.nearest(vrb);
    }

    /// To an integer, toward zero.
    @Insn("000100 vrt:5 ///// vrb:5 01001001010 | vrfiz vrt,vrb")
    static long vrfiz(long vrb, VectorFloat vmx) {
        return vmx.truncated(vrb);
    }

    /// To an integer, up.
    @Insn("000100 vrt:5 ///// vrb:5 01010001010 | vrfip vrt,vrb")
    static long vrfip(long vrb, VectorFloat vmx) {
        return vmx.up(vrb);
    }

    /// To an integer, down.
    @Insn("000100 vrt:5 ///// vrb:5 01011001010 | vrfim vrt,vrb")
    static long vrfim(long vrb, VectorFloat vmx) {
        return vmx.down(vrb);
    }

    /// From fixed-point words.
    @Insn("000100 vrt:5 uim:5 vrb:5 01101001010 | vcfsx vrt,vrb,uim")
    static long vcfsx(long vrb, int uim, VectorFloat vmx) {
        return vmx.fromFixed(vrb, true, uim);
    }

    /// From fixed-point words without a sign.
    @Insn("000100 vrt:5 uim:5 vrb:5 01100001010 | vcfux vrt,vrb,uim")
    static long vcfux(long vrb, int uim, VectorFloat vmx) {
        return vmx.fromFixed(vrb, false, uim);
    }

    /// To fixed-point words, truncated.
    @Insn("000100 vrt:5 uim:5 vrb:5 01111001010 | vctsxs vrt,vrb,uim | sat=saturates")
    static long vctsxs(long vrb, int uim, VectorFloat vmx) {
        return vmx.toFixed(vrb, true, uim);
    }

    static long saturates(long vrb, int uim, VectorFloat vmx) {
        return vmx.saturates(vrb, true, uim) ? 1 : 0;
    }

    /// To fixed-point words without a sign, truncated.
    @Insn("000100 vrt:5 uim:5 vrb:5 01110001010 | vctuxs vrt,vrb,uim | sat=saturatesUnsigned")
    static long vctuxs(long vrb, int uim, VectorFloat vmx) {
        return vmx.toFixed(vrb, false, uim);
    }

    static long saturatesUnsigned(long vrb, int uim, VectorFloat vmx) {
        return vmx.saturates(vrb, false, uim) ? 1 : 0;
    }

    // Comparison: all ones where it holds.

    /// Equal.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 0011000110 | vcmpeqfp vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 0011000110 | vcmpeqfp. vrt,vra,vrb | cr6
            """)
    static long vcmpeqfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.equal(vra, vrb);
    }

    /// Greater than or equal.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 0111000110 | vcmpgefp vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 0111000110 | vcmpgefp. vrt,vra,vrb | cr6
            """)
    static long vcmpgefp(long vra, long vrb, VectorFloat vmx) {
        return vmx.greaterOrEqual(vra, vrb);
    }

    /// Greater than.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 1011000110 | vcmpgtfp vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 1011000110 | vcmpgtfp. vrt,vra,vrb | cr6
            """)
    static long vcmpgtfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.greater(vra, vrb);
    }

    /// Bounds: whether a number is above the other, and whether it is below its negative.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 0 1111000110 | vcmpbfp vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 1 1111000110 | vcmpbfp. vrt,vra,vrb | bounds
            """)
    static long vcmpbfp(long vra, long vrb, VectorFloat vmx) {
        return vmx.bounds(vra, vrb);
    }
}
