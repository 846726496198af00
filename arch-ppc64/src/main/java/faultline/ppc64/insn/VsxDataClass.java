package faultline.ppc64.insn;

import faultline.core.fp.BinaryFormat;
import faultline.core.isa.Insn;
import faultline.ppc64.fp.DataClass;
import faultline.ppc64.fp.FpUnit;

/// VSX instructions on the fields and classes of numbers (Power ISA Book I 7.6.1.4 and 7.6.1.7).
final class VsxDataClass {

    private VsxDataClass() {}

    // Fields of numbers.

    /// Exponent, as it is encoded.
    @Insn("111100 rt:5 00000 b:5 101011011 bx:1 / ?P9 xb=bx:b | xsxexpdp rt,fb")
    static long xsxexpdp(long xb) {
        return BinaryFormat.DOUBLE.biasedExponent(xb);
    }

    /// Significand, with the implied bit.
    @Insn("111100 rt:5 00001 b:5 101011011 bx:1 / ?P9 xb=bx:b | xsxsigdp rt,fb")
    static long xsxsigdp(long xb) {
        return DataClass.significand(BinaryFormat.DOUBLE, xb);
    }

    /// A number from its exponent and the rest.
    @Insn("111100 t:5 ra:5 rb:5 1110010110 tx:1 ?P9 xt=tx:t | xsiexpdp ft,ra,rb")
    static long xsiexpdp(long ra, long rb) {
        return DataClass.withExponent(BinaryFormat.DOUBLE, ra, rb);
    }

    /// Exponents.
    @Insn("111100 t:5 00000 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvxexpdp xt,xb")
    static long xvxexpdp(long xb) {
        return BinaryFormat.DOUBLE.biasedExponent(xb);
    }

    /// Significands.
    @Insn("111100 t:5 00001 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvxsigdp xt,xb")
    static long xvxsigdp(long xb) {
        return DataClass.significand(BinaryFormat.DOUBLE, xb);
    }

    /// Exponents of singles.
    @Insn("111100 t:5 01000 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvxexpsp xt,xb")
    static long xvxexpsp(long xb) {
        return xb >>> 23 & 0xff_0000_00ffL;
    }

    /// Significands of singles.
    @Insn("111100 t:5 01001 b:5 111011011 bx:1 tx:1 ?P9 xt=tx:t xb=bx:b | xvxsigsp xt,xb")
    static long xvxsigsp(long xb) {
        return Operands.words(
                DataClass.significand(BinaryFormat.SINGLE, xb & 0xffffffffL),
                DataClass.significand(BinaryFormat.SINGLE, xb >>> 32));
    }

    /// Numbers from exponents and the rest.
    @Insn("111100 t:5 a:5 b:5 11111000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xviexpdp xt,xa,xb")
    static long xviexpdp(long xa, long xb) {
        return DataClass.withExponent(BinaryFormat.DOUBLE, xa, xb);
    }

    /// Singles from exponents and the rest.
    @Insn("111100 t:5 a:5 b:5 11011000 ax:1 bx:1 tx:1 ?P9 xt=tx:t xa=ax:a xb=bx:b | xviexpsp xt,xa,xb")
    static long xviexpsp(long xa, long xb) {
        return xa & 0x807fffff_807fffffL | (xb & 0xff_0000_00ffL) << 23;
    }

    // Tests of the data class.

    /// Test.
    @Insn("111100 bf:3 dcmx:7 b:5 101101010 bx:1 / ?P9 xb=bx:b | xststdcdp <bf>,fb,dcmx | fcr -> none")
    static long xststdcdp(long xb, int dcmx, FpUnit fp) {
        return fp.tested(DataClass.field(BinaryFormat.DOUBLE, xb, dcmx));
    }

    /// Test as a single, which the number may not be.
    @Insn("111100 bf:3 dcmx:7 b:5 100101010 bx:1 / ?P9 xb=bx:b | xststdcsp <bf>,fb,dcmx | fcr -> none")
    static long xststdcsp(long xb, int dcmx, FpUnit fp) {
        return fp.tested(DataClass.fieldOfSingle(xb, dcmx));
    }

    /// Test doubles: all ones, or 0.
    @Insn("111100 t:5 dx:5 b:5 1111 dc:1 101 dm:1 bx:1 tx:1 ?P9 dcmx=dc:dm:dx xt=tx:t xb=bx:b | xvtstdcdp xt,xb,dcmx")
    static long xvtstdcdp(long xb, int dcmx) {
        return DataClass.matches(BinaryFormat.DOUBLE, xb, dcmx) ? -1 : 0;
    }

    /// Test singles.
    @Insn("111100 t:5 dx:5 b:5 1101 dc:1 101 dm:1 bx:1 tx:1 ?P9 dcmx=dc:dm:dx xt=tx:t xb=bx:b | xvtstdcsp xt,xb,dcmx")
    static long xvtstdcsp(long xb, int dcmx) {
        long low = DataClass.matches(BinaryFormat.SINGLE, xb & 0xffffffffL, dcmx) ? -1 : 0;
        long high = DataClass.matches(BinaryFormat.SINGLE, xb >>> 32, dcmx) ? -1 : 0;
        return Operands.words(low, high);
    }
}
