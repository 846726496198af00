package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;

/// Vector pack and unpack (Power ISA Book I 6.8.1 and 6.8.2). `size` is that of the narrow elements.
final class VectorPack {

    private VectorPack() {}

    // Pack.

    /// The low halves of a register's elements.
    private static long truncated(long low, long high, int size) {
        return LaneWidths.narrow(high, size) << 32 | LaneWidths.narrow(low, size);
    }

    /// Vector pack unsigned modulo.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00000 001110 | vpkuhum vrt,vra,vrb | size:=0
            000100 vrt:5 vra:5 vrb:5 00001 001110 | vpkuwum vrt,vra,vrb | size:=1
            000100 vrt:5 vra:5 vrb:5 10001 001110 | vpkudum vrt,vra,vrb | size:=2
            """)
    static long vpkum(long vraLo, long vraHi, long vrbLo, long vrbHi, int half, int size) {
        return half == 0 ? truncated(vrbLo, vrbHi, size) : truncated(vraLo, vraHi, size);
    }

    /// The nearest number to `value` that a narrow element can have.
    private static long clamped(long value, int size, boolean signed, boolean toSigned) {
        long greatest = Lanes.mask(size) >>> (toSigned ? 1 : 0);
        if (!signed) {
            return Long.compareUnsigned(value, greatest) > 0 ? greatest : value;
        }
        return Math.clamp(value, toSigned ? ~greatest : 0, greatest);
    }

    private static long element(long low, long high, int lane, int size, boolean signed) {
        int count = Lanes.count(size + 1);
        long from = lane < count ? low : high;
        return signed
                ? Lanes.signed(from, lane & count - 1, size + 1)
                : Lanes.unsigned(from, lane & count - 1, size + 1);
    }

    private static long saturated(long low, long high, int size, boolean signed, boolean toSigned) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long value = element(low, high, lane, size, signed);
            result |= Lanes.place(clamped(value, size, signed, toSigned), lane, size);
        }
        return result;
    }

    /// Not 0 if an element does not fit.
    private static long saturates(long low, long high, int size, boolean signed, boolean toSigned) {
        long changed = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long value = element(low, high, lane, size, signed);
            changed |= value ^ clamped(value, size, signed, toSigned);
        }
        return changed;
    }

    /// Vector pack unsigned, unsigned saturate.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00010 001110 | vpkuhus vrt,vra,vrb | size:=0 sat=usSaturates
            000100 vrt:5 vra:5 vrb:5 00011 001110 | vpkuwus vrt,vra,vrb | size:=1 sat=usSaturates
            000100 vrt:5 vra:5 vrb:5 10011 001110 | vpkudus vrt,vra,vrb | size:=2 sat=usSaturates
            """)
    static long vpkus(long vraLo, long vraHi, long vrbLo, long vrbHi, int half, int size) {
        return half == 0 ? saturated(vrbLo, vrbHi, size, false, false) : saturated(vraLo, vraHi, size, false, false);
    }

    static long usSaturates(long vraLo, long vraHi, long vrbLo, long vrbHi, int size) {
        return saturates(vrbLo, vrbHi, size, false, false) | saturates(vraLo, vraHi, size, false, false);
    }

    /// Vector pack signed, unsigned saturate.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00100 001110 | vpkshus vrt,vra,vrb | size:=0 sat=susSaturates
            000100 vrt:5 vra:5 vrb:5 00101 001110 | vpkswus vrt,vra,vrb | size:=1 sat=susSaturates
            000100 vrt:5 vra:5 vrb:5 10101 001110 | vpksdus vrt,vra,vrb | size:=2 sat=susSaturates
            """)
    static long vpksus(long vraLo, long vraHi, long vrbLo, long vrbHi, int half, int size) {
        return half == 0 ? saturated(vrbLo, vrbHi, size, true, false) : saturated(vraLo, vraHi, size, true, false);
    }

    static long susSaturates(long vraLo, long vraHi, long vrbLo, long vrbHi, int size) {
        return saturates(vrbLo, vrbHi, size, true, false) | saturates(vraLo, vraHi, size, true, false);
    }

    /// Vector pack signed, signed saturate.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00110 001110 | vpkshss vrt,vra,vrb | size:=0 sat=sssSaturates
            000100 vrt:5 vra:5 vrb:5 00111 001110 | vpkswss vrt,vra,vrb | size:=1 sat=sssSaturates
            000100 vrt:5 vra:5 vrb:5 10111 001110 | vpksdss vrt,vra,vrb | size:=2 sat=sssSaturates
            """)
    static long vpksss(long vraLo, long vraHi, long vrbLo, long vrbHi, int half, int size) {
        return half == 0 ? saturated(vrbLo, vrbHi, size, true, true) : saturated(vraLo, vraHi, size, true, true);
    }

    static long sssSaturates(long vraLo, long vraHi, long vrbLo, long vrbHi, int size) {
        return saturates(vrbLo, vrbHi, size, true, true) | saturates(vraLo, vraHi, size, true, true);
    }

    // Pixels: a word has them in 8 bits each, a halfword in 1, 5, 5 and 5.

    private static long pixels(long low, long high) {
        long result = 0;
        for (int lane = 0; lane < 4; lane++) {
            long word = Lanes.u32(lane < 2 ? low : high, lane & 1);
            long pixel = word >>> 9 & 0x8000 | word >>> 9 & 0x7c00 | word >>> 6 & 0x3e0 | word >>> 3 & 0x1f;
            result |= Lanes.place(pixel, lane, 1);
        }
        return result;
    }

    /// Vector pack pixel.
    @Insn("000100 vrt:5 vra:5 vrb:5 01100 001110 | vpkpx vrt,vra,vrb")
    static long vpkpx(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return half == 0 ? pixels(vrbLo, vrbHi) : pixels(vraLo, vraHi);
    }

    /// Two pixels as words.
    private static long unpacked(long halfwords) {
        long words = LaneWidths.signExtend(halfwords, 1);
        return words & 0xff000000ff000000L
                | (words & 0x00007c0000007c00L) << 6
                | (words & 0x000003e0000003e0L) << 3
                | words & 0x0000001f0000001fL;
    }

    /// Vector unpack high pixel.
    @Insn("000100 vrt:5 ///// vrb:5 01101 001110 | vupkhpx vrt,vrb")
    static long vupkhpx(long vrbHi, int half) {
        return unpacked(vrbHi >>> 32 * half);
    }

    /// Vector unpack low pixel.
    @Insn("000100 vrt:5 ///// vrb:5 01111 001110 | vupklpx vrt,vrb")
    static long vupklpx(long vrbLo, int half) {
        return unpacked(vrbLo >>> 32 * half);
    }

    // Unpack.

    /// Vector unpack high signed.
    @Insn("""
            000100 vrt:5 ///// vrb:5 01000 001110 | vupkhsb vrt,vrb | size:=0
            000100 vrt:5 ///// vrb:5 01001 001110 | vupkhsh vrt,vrb | size:=1
            000100 vrt:5 ///// vrb:5 11001 001110 | vupkhsw vrt,vrb | size:=2
            """)
    static long vupkhs(long vrbHi, int half, int size) {
        return LaneWidths.signExtend(vrbHi >>> 32 * half, size);
    }

    /// Vector unpack low signed.
    @Insn("""
            000100 vrt:5 ///// vrb:5 01010 001110 | vupklsb vrt,vrb | size:=0
            000100 vrt:5 ///// vrb:5 01011 001110 | vupklsh vrt,vrb | size:=1
            000100 vrt:5 ///// vrb:5 11011 001110 | vupklsw vrt,vrb | size:=2
            """)
    static long vupkls(long vrbLo, int half, int size) {
        return LaneWidths.signExtend(vrbLo >>> 32 * half, size);
    }
}
