package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.Lanes;

/// Vector count zeros, population count, gather bits and bit permute (Power ISA Book I 6.12 to 6.15).
final class VectorBits {

    private VectorBits() {}

    // Counts.

    /// Vector count leading zeros.
    @Insn("000100 vrt:5 ///// vrb:5 111 size:2 000010 | vclz<size> vrt,vrb")
    static long vclz(long vrb, int size) {
        return LaneArithmetic.leadingZeros(vrb, size);
    }

    /// Vector count trailing zeros.
    @Insn("000100 vrt:5 111 size:2 vrb:5 11000 000010 ?P9 | vctz<size> vrt,vrb")
    static long vctz(long vrb, int size) {
        int width = 8 << size;
        long counts = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            int zeros = Long.numberOfTrailingZeros(Lanes.unsigned(vrb, lane, size));
            counts |= Lanes.place(Math.min(zeros, width), lane, size);
        }
        return counts;
    }

    /// Vector population count.
    @Insn("000100 vrt:5 ///// vrb:5 111 size:2 000011 | vpopcnt<size> vrt,vrb")
    static long vpopcnt(long vrb, int size) {
        long counts = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            counts |= Lanes.place(Long.bitCount(Lanes.unsigned(vrb, lane, size)), lane, size);
        }
        return counts;
    }

    /// Vector count leading zero least-significant bits byte: how many bytes from the first are even.
    @Insn("000100 rt:5 00000 vrb:5 11000 000010 ?P9 | vclzlsbb rt,vrb")
    static long vclzlsbb(long vrbLo, long vrbHi) {
        int inHigh = Long.numberOfLeadingZeros(vrbHi & Lanes.ONE8) >> 3;
        return inHigh < 8 ? inHigh : 8 + (Long.numberOfLeadingZeros(vrbLo & Lanes.ONE8) >> 3);
    }

    /// Vector count trailing zero least-significant bits byte.
    @Insn("000100 rt:5 00001 vrb:5 11000 000010 ?P9 | vctzlsbb rt,vrb")
    static long vctzlsbb(long vrbLo, long vrbHi) {
        int inLow = Long.numberOfTrailingZeros(vrbLo & Lanes.ONE8) >> 3;
        return inLow < 8 ? inLow : 8 + (Long.numberOfTrailingZeros(vrbHi & Lanes.ONE8) >> 3);
    }

    // Single bits.

    /// Vector gather bits by bytes by doubleword: eight bytes as the rows of a matrix, transposed block
    /// by block.
    @Insn("000100 vrt:5 ///// vrb:5 10100 001100 | vgbbd vrt,vrb")
    static long vgbbd(long vrb) {
        long ones = exchanged(vrb, 7, 0x00aa00aa00aa00aaL);
        long twos = exchanged(ones, 14, 0x0000cccc0000ccccL);
        return exchanged(twos, 28, 0x00000000f0f0f0f0L);
    }

    /// Exchanges the bits of a mask with those `distance` above them.
    private static long exchanged(long value, int distance, long mask) {
        long differs = (value ^ value >>> distance) & mask;
        return value ^ differs ^ differs << distance;
    }

    /// Vector bit permute quadword: the bits with sixteen numbers, and 0 for numbers that are none.
    @Insn("000100 vrt:5 vra:5 vrb:5 10101 001100 | vbpermq vrt,vra,vrb")
    static long vbpermq(long vraLo, long vraHi, long vrbLo, long vrbHi, int half) {
        return half == 0 ? 0 : bits(vraLo, vraHi, vrbHi) << 8 | bits(vraLo, vraHi, vrbLo);
    }

    private static long bits(long low, long high, long numbers) {
        long result = 0;
        for (int lane = 0; lane < 8; lane++) {
            int number = Lanes.u8(numbers, lane);
            if (number < 128) {
                result |= ((number < 64 ? high : low) >>> ~number & 1) << lane;
            }
        }
        return result;
    }

    /// Vector bit permute doubleword.
    @Insn("000100 vrt:5 vra:5 vrb:5 10111 001100 ?P9 | vbpermd vrt,vra,vrb")
    static long vbpermd(long vra, long vrb) {
        return bits(0, vra, vrb);
    }
}
