package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// Vector integer sum-across (Power ISA Book I 6.9.1): sums of some elements and a word, which
/// saturate.
final class VectorSums {

    private VectorSums() {}

    /// The nearest signed word.
    static long clamped(long sum) {
        return Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /// Not 0 if a sum is no signed word.
    static long excess(long sum) {
        return sum ^ (int) sum;
    }

    /// Vector sum across signed word saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 11110 001000 | vsumsws vrt,vra,vrb | sat=allSaturates")
    static long vsumsws(long vraLo, long vraHi, long vrbLo, int half) {
        return half == 0 ? clamped(all(vraLo, vraHi, vrbLo)) & 0xffffffffL : 0;
    }

    static long allSaturates(long vraLo, long vraHi, long vrbLo) {
        return excess(all(vraLo, vraHi, vrbLo));
    }

    private static long all(long low, long high, long word) {
        return words(low) + words(high) + (int) word;
    }

    private static long words(long a) {
        return (long) (int) a + (a >> 32);
    }

    /// Vector sum across half signed word saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 11010 001000 | vsum2sws vrt,vra,vrb | sat=halfSaturates")
    static long vsum2sws(long vra, long vrb) {
        return clamped(words(vra) + (int) vrb) & 0xffffffffL;
    }

    static long halfSaturates(long vra, long vrb) {
        return excess(words(vra) + (int) vrb);
    }

    /// The elements of a word, and a word.
    private static long signed(long a, long b, int word, int size) {
        long sum = Lanes.s32(b, word);
        int count = 4 >> size;
        for (int lane = count * word; lane < count * word + count; lane++) {
            sum += Lanes.signed(a, lane, size);
        }
        return sum;
    }

    /// Vector sum across quarter signed saturate.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 11100 001000 | vsum4sbs vrt,vra,vrb | size:=0 sat=quarterSaturates
            000100 vrt:5 vra:5 vrb:5 11001 001000 | vsum4shs vrt,vra,vrb | size:=1 sat=quarterSaturates
            """)
    static long vsum4s(long vra, long vrb, int size) {
        return Lanes.pair(clamped(signed(vra, vrb, 0, size)), clamped(signed(vra, vrb, 1, size)));
    }

    static long quarterSaturates(long vra, long vrb, int size) {
        return excess(signed(vra, vrb, 0, size)) | excess(signed(vra, vrb, 1, size));
    }

    private static long unsigned(long a, long b, int word) {
        long sum = Lanes.u32(b, word);
        for (int lane = 4 * word; lane < 4 * word + 4; lane++) {
            sum += Lanes.u8(a, lane);
        }
        return sum;
    }

    /// Vector sum across quarter unsigned byte saturate.
    @Insn("000100 vrt:5 vra:5 vrb:5 11000 001000 | vsum4ubs vrt,vra,vrb | sat=ubsSaturates")
    static long vsum4ubs(long vra, long vrb) {
        return Lanes.pair(Math.min(unsigned(vra, vrb, 0), 0xffffffffL), Math.min(unsigned(vra, vrb, 1), 0xffffffffL));
    }

    static long ubsSaturates(long vra, long vrb) {
        return (unsigned(vra, vrb, 0) | unsigned(vra, vrb, 1)) >>> 32;
    }
}
