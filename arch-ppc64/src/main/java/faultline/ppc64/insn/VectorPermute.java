package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneWidths;
import faultline.core.simd.Lanes;
import faultline.core.simd.Quadwords;

/// Vector permute and formatting (Power ISA Book I 6.8) without pack and unpack: merge, splat, permute,
/// select, and shifts of the whole register.
final class VectorPermute {

    private VectorPermute() {}

    // Merge.

    private static long merged(long a, long b, int half, int size) {
        return LaneWidths.zeroExtend(a >>> 32 * half, size) << (8 << size)
                | LaneWidths.zeroExtend(b >>> 32 * half, size);
    }

    /// Vector merge high.
    @Insn("000100 vrt:5 vra:5 vrb:5 000 size:2 001100 size!=3 | vmrgh<size> vrt,vra,vrb")
    static long vmrgh(long vraHi, long vrbHi, int half, int size) {
        return merged(vraHi, vrbHi, half, size);
    }

    /// Vector merge low.
    @Insn("000100 vrt:5 vra:5 vrb:5 001 size:2 001100 size!=3 | vmrgl<size> vrt,vra,vrb")
    static long vmrgl(long vraLo, long vrbLo, int half, int size) {
        return merged(vraLo, vrbLo, half, size);
    }

    /// Vector merge even word.
    @Insn("000100 vrt:5 vra:5 vrb:5 11110 001100 | vmrgew vrt,vra,vrb")
    static long vmrgew(long vra, long vrb) {
        return vra & 0xffffffff00000000L | vrb >>> 32;
    }

    /// Vector merge odd word.
    @Insn("000100 vrt:5 vra:5 vrb:5 11010 001100 | vmrgow vrt,vra,vrb")
    static long vmrgow(long vra, long vrb) {
        return Lanes.pair(vrb, vra);
    }

    // Splat.

    /// Vector splat.
    @Insn("""
            000100 vrt:5 / uim:4 vrb:5 01000 001100   | vspltb vrt,vrb,uim | size:=0 high=vsplt
            000100 vrt:5 // uim:3 vrb:5 01001 001100  | vsplth vrt,vrb,uim | size:=1 high=vsplt
            000100 vrt:5 /// uim:2 vrb:5 01010 001100 | vspltw vrt,vrb,uim | size:=2 high=vsplt
            """)
    static long vsplt(long vrbLo, long vrbHi, int uim, int size) {
        return Lanes.replicate(Elements.unsigned(vrbLo, vrbHi, uim, size), size);
    }

    /// Vector splat immediate signed.
    @Insn("000100 vrt:5 simm:s5 ///// 011 size:2 001100 size!=3 | vspltis<size> vrt,simm")
    static long vspltis(long simm, int size) {
        return Lanes.replicate(simm, size);
    }

    // Permute and select.

    /// Bytes of `a`, and of `b` behind it, by their numbers in the bytes of half a register.
    static long permuted(long aLo, long aHi, long bLo, long bHi, long numbers) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            int number = (int) (numbers >>> shift);
            long high = (number & 16) == 0 ? aHi : bHi;
            long low = (number & 16) == 0 ? aLo : bLo;
            long from = (number & 8) == 0 ? high : low;
            result |= (from >>> (~number & 7) * 8 & 0xff) << shift;
        }
        return result;
    }

    /// Vector permute.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101011 | vperm vrt,vra,vrb,vrc")
    static long vperm(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrc) {
        return permuted(vraLo, vraHi, vrbLo, vrbHi, vrc);
    }

    /// Vector permute right-indexed: the last byte is number 0.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 111011 ?P9 | vpermr vrt,vra,vrb,vrc")
    static long vpermr(long vraLo, long vraHi, long vrbLo, long vrbHi, long vrc) {
        return permuted(vraLo, vraHi, vrbLo, vrbHi, ~vrc);
    }

    /// Vector select.
    @Insn("000100 vrt:5 vra:5 vrb:5 vrc:5 101010 | vsel vrt,vra,vrb,vrc")
    static long vsel(long vra, long vrb, long vrc) {
        return Lanes.select(vrc, vrb, vra);
    }

    // Shift.

    /// Vector shift left double by octet immediate.
    @Insn("000100 vrt:5 vra:5 vrb:5 / shb:4 101100 | vsldoi vrt,vra,vrb,shb")
    static long vsldoi(long vraLo, long vraHi, long vrbLo, long vrbHi, int shb, int half) {
        return Quadwords.window(vraLo, vraHi, vrbLo, vrbHi, 8 * shb, half);
    }

    /// Vector shift left, by up to 7 bits.
    @Insn("000100 vrt:5 vra:5 vrb:5 00111 000100 | vsl vrt,vra,vrb")
    static long vsl(long vraLo, long vraHi, long vrbLo, int half) {
        return Quadwords.shiftedLeft(vraLo, vraHi, (int) vrbLo & 7, half);
    }

    /// Vector shift left by octet.
    @Insn("000100 vrt:5 vra:5 vrb:5 10000 001100 | vslo vrt,vra,vrb")
    static long vslo(long vraLo, long vraHi, long vrbLo, int half) {
        return Quadwords.shiftedLeft(vraLo, vraHi, (int) vrbLo & 0x78, half);
    }

    /// Vector shift right, by up to 7 bits.
    @Insn("000100 vrt:5 vra:5 vrb:5 01011 000100 | vsr vrt,vra,vrb")
    static long vsr(long vraLo, long vraHi, long vrbLo, int half) {
        return Quadwords.shiftedRight(vraLo, vraHi, (int) vrbLo & 7, half);
    }

    /// Vector shift right by octet.
    @Insn("000100 vrt:5 vra:5 vrb:5 10001 001100 | vsro vrt,vra,vrb")
    static long vsro(long vraLo, long vraHi, long vrbLo, int half) {
        return Quadwords.shiftedRight(vraLo, vraHi, (int) vrbLo & 0x78, half);
    }

    /// Vector shift left variable: each byte with the one behind it, by a number of its own.
    @Insn("000100 vrt:5 vra:5 vrb:5 11101 000100 ?P9 | vslv vrt,vra,vrb")
    static long vslv(long vra, long vraLo, long vrb, int half) {
        long behind = half == 0 ? 0 : vraLo >>> 56;
        long result = 0;
        for (int lane = 0; lane < 8; lane++) {
            int pair = Lanes.u8(vra, lane) << 8 | (int) behind;
            result |= Lanes.place(pair << (Lanes.u8(vrb, lane) & 7) >>> 8, lane, 0);
            behind = Lanes.u8(vra, lane);
        }
        return result;
    }

    /// Vector shift right variable: each byte with the one before it.
    @Insn("000100 vrt:5 vra:5 vrb:5 11100 000100 ?P9 | vsrv vrt,vra,vrb")
    static long vsrv(long vra, long vraHi, long vrb, int half) {
        int before = half == 1 ? 0 : Lanes.u8(vraHi, 0);
        long result = 0;
        for (int lane = 7; lane >= 0; lane--) {
            int pair = before << 8 | Lanes.u8(vra, lane);
            result |= Lanes.place(pair >>> (Lanes.u8(vrb, lane) & 7), lane, 0);
            before = Lanes.u8(vra, lane);
        }
        return result;
    }
}
