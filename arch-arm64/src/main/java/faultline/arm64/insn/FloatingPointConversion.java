package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Conversions of scalars between formats, and to and from integers and fixed-point numbers in general
/// registers (Arm ARM C4.1.96). `sz` is as in [FloatingPoint].
final class FloatingPointConversion {

    private FloatingPointConversion() {}

    // Between formats.

    /// From single to double precision.
    @Insn("00011110 00 1 000101 10000 vn:5 vd:5 | fcvt dd, sn")
    static long fcvtSD(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.SINGLE, FpArithmetic.DOUBLE, vn);
    }

    /// From single to half precision.
    @Insn("00011110 00 1 000111 10000 vn:5 vd:5 | fcvt hd, sn")
    static long fcvtSH(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.SINGLE, FpArithmetic.HALF, vn);
    }

    /// From double to single precision.
    @Insn("00011110 01 1 000100 10000 vn:5 vd:5 | fcvt sd, dn")
    static long fcvtDS(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.DOUBLE, FpArithmetic.SINGLE, vn);
    }

    /// From double to half precision.
    @Insn("00011110 01 1 000111 10000 vn:5 vd:5 | fcvt hd, dn")
    static long fcvtDH(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.DOUBLE, FpArithmetic.HALF, vn);
    }

    /// From half to single precision.
    @Insn("00011110 11 1 000100 10000 vn:5 vd:5 | fcvt sd, hn")
    static long fcvtHS(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.HALF, FpArithmetic.SINGLE, vn);
    }

    /// From half to double precision.
    @Insn("00011110 11 1 000101 10000 vn:5 vd:5 | fcvt dd, hn")
    static long fcvtHD(long vn, FpUnit fp) {
        return fp.convert(FpArithmetic.HALF, FpArithmetic.DOUBLE, vn);
    }

    // To integers.

    /// To a signed integer.
    @Insn("""
            sf:1 0011110 0 sz:1 1 rmode:2 000 000000 vn:5 rd:5 | fcvt<rmode>s rd, fn
            sf:1 0011110 11 1 rmode:2 000 000000 vn:5 rd:5 ?FP16 | fcvt<rmode>s rd, hn | sz:=3
            sf:1 0011110 0 sz:1 1 00 100 000000 vn:5 rd:5 | fcvtas rd, fn | rmode:=4
            sf:1 0011110 11 1 00 100 000000 vn:5 rd:5 ?FP16 | fcvtas rd, hn | rmode:=4 sz:=3
            """)
    static long fcvts(long vn, int sz, int bits, int rmode, FpUnit fp) {
        return fp.toInteger(sz, vn, bits, true, rmode, 0);
    }

    /// To an unsigned integer.
    @Insn("""
            sf:1 0011110 0 sz:1 1 rmode:2 001 000000 vn:5 rd:5 | fcvt<rmode>u rd, fn
            sf:1 0011110 11 1 rmode:2 001 000000 vn:5 rd:5 ?FP16 | fcvt<rmode>u rd, hn | sz:=3
            sf:1 0011110 0 sz:1 1 00 101 000000 vn:5 rd:5 | fcvtau rd, fn | rmode:=4
            sf:1 0011110 11 1 00 101 000000 vn:5 rd:5 ?FP16 | fcvtau rd, hn | rmode:=4 sz:=3
            """)
    static long fcvtu(long vn, int sz, int bits, int rmode, FpUnit fp) {
        return fp.toInteger(sz, vn, bits, false, rmode, 0);
    }

    // To fixed point.

    /// To a signed fixed-point number, rounded to zero.
    @Insn("""
            sf:1 0011110 0 sz:1 0 11 000 scale:6 vn:5 rd:5 fbits=fractionBits(64,scale) fbits<=bits \
            | fcvtzs rd, fn, #fbits
            sf:1 0011110 11 0 11 000 scale:6 vn:5 rd:5 fbits=fractionBits(64,scale) fbits<=bits ?FP16 \
            | fcvtzs rd, hn, #fbits | sz:=3
            """)
    static long fcvtzs(long vn, int sz, int bits, int fbits, FpUnit fp) {
        return fp.toInteger(sz, vn, bits, true, 3, fbits);
    }

    /// To an unsigned fixed-point number, rounded to zero.
    @Insn("""
            sf:1 0011110 0 sz:1 0 11 001 scale:6 vn:5 rd:5 fbits=fractionBits(64,scale) fbits<=bits \
            | fcvtzu rd, fn, #fbits
            sf:1 0011110 11 0 11 001 scale:6 vn:5 rd:5 fbits=fractionBits(64,scale) fbits<=bits ?FP16 \
            | fcvtzu rd, hn, #fbits | sz:=3
            """)
    static long fcvtzu(long vn, int sz, int bits, int fbits, FpUnit fp) {
        return fp.toInteger(sz, vn, bits, false, 3, fbits);
    }

    // From integers and fixed point.

    /// From a signed integer or fixed-point number.
    @Insn("""
            sf:1 0011110 0 sz:1 1 00 010 000000 rn:5 vd:5 | scvtf fd, rn | fbits:=0
            sf:1 0011110 11 1 00 010 000000 rn:5 vd:5 ?FP16 | scvtf hd, rn | fbits:=0 sz:=3
            sf:1 0011110 0 sz:1 0 00 010 scale:6 rn:5 vd:5 fbits=fractionBits(64,scale) fbits<=bits \
            | scvtf fd, rn, #fbits
            sf:1 0011110 11 0 00 010 scale:6 rn:5 vd:5 fbits=fractionBits(64,scale) fbits<=bits ?FP16 \
            | scvtf hd, rn, #fbits | sz:=3
            """)
    static long scvtf(long rn, int sz, int fbits, FpUnit fp) {
        return fp.fromInteger(sz, rn, true, fbits);
    }

    /// From an unsigned integer or fixed-point number.
    @Insn("""
            sf:1 0011110 0 sz:1 1 00 011 000000 rn:5 vd:5 | ucvtf fd, rn | fbits:=0
            sf:1 0011110 11 1 00 011 000000 rn:5 vd:5 ?FP16 | ucvtf hd, rn | fbits:=0 sz:=3
            sf:1 0011110 0 sz:1 0 00 011 scale:6 rn:5 vd:5 fbits=fractionBits(64,scale) fbits<=bits \
            | ucvtf fd, rn, #fbits
            sf:1 0011110 11 0 00 011 scale:6 rn:5 vd:5 fbits=fractionBits(64,scale) fbits<=bits ?FP16 \
            | ucvtf hd, rn, #fbits | sz:=3
            """)
    static long ucvtf(long rn, int sz, int fbits, int bits, FpUnit fp) {
        return fp.fromInteger(sz, Operands.zx(rn, bits), false, fbits);
    }

    // As JavaScript does.

    /// To a signed word, modulo 2^32; Z says that nothing was lost.
    @Insn("0 0011110 01 1 11 110 000000 vn:5 rd:5 ?JSCVT | fjcvtzs wd, dn | nzcv=fjcvtzsFlags")
    static long fjcvtzs(long vn, FpUnit fp) {
        return fp.toJavaScript(vn);
    }

    static long fjcvtzsFlags(long vn, FpUnit fp) {
        return fp.toJavaScript(vn) >>> 32 << 2;
    }
}
