package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Advanced SIMD modified immediate (Arm ARM C4.1.90), of integers. Decoding expands the immediate
/// to 64 bits (AdvSIMDExpandImm).
final class SimdImmediate {

    private SimdImmediate() {}

    /// Move immediate.
    @Insn("""
            0 q:1 0 0111100000 abc:3 0 sh:2 0 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inWords(imm8,amount) t=arrangement(2,q) | movi vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 0 0111100000 abc:3 10 sh:1 0 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inHalfwords(imm8,amount) t=arrangement(1,q) | movi vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 0 0111100000 abc:3 110 sh:1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=onesShift(sh) \
            imm=inWordsOverOnes(imm8,amount) t=arrangement(2,q) | movi vd.<t>, #0x<imm8>, msl #amount
            0 q:1 0 0111100000 abc:3 1110 0 1 defgh:5 vd:5 imm8=abc:defgh imm=inBytes(imm8) t=arrangement(0,q) \
            | movi vd.<t>, #0x<imm8>
            0 0 1 0111100000 abc:3 1110 0 1 defgh:5 vd:5 imm8=abc:defgh imm=byteMask(imm8) | movi dd, #0x<imm>
            0 1 1 0111100000 abc:3 1110 0 1 defgh:5 vd:5 imm8=abc:defgh imm=byteMask(imm8) | movi vd.2d, #0x<imm>
            """)
    static long movi(long imm) {
        return imm;
    }

    /// Move inverted immediate.
    @Insn("""
            0 q:1 1 0111100000 abc:3 0 sh:2 0 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inWords(imm8,amount) t=arrangement(2,q) | mvni vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 1 0111100000 abc:3 10 sh:1 0 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inHalfwords(imm8,amount) t=arrangement(1,q) | mvni vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 1 0111100000 abc:3 110 sh:1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=onesShift(sh) \
            imm=inWordsOverOnes(imm8,amount) t=arrangement(2,q) | mvni vd.<t>, #0x<imm8>, msl #amount
            """)
    static long mvni(long imm) {
        return ~imm;
    }

    /// Bitwise inclusive OR with an immediate.
    @Insn("""
            0 q:1 0 0111100000 abc:3 0 sh:2 1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inWords(imm8,amount) t=arrangement(2,q) | orr vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 0 0111100000 abc:3 10 sh:1 1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inHalfwords(imm8,amount) t=arrangement(1,q) | orr vd.<t>, #0x<imm8>{, lsl #amount}
            """)
    static long orrImmediate(long vd, long imm) {
        return vd | imm;
    }

    /// Bitwise bit clear with an immediate.
    @Insn("""
            0 q:1 1 0111100000 abc:3 0 sh:2 1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inWords(imm8,amount) t=arrangement(2,q) | bic vd.<t>, #0x<imm8>{, lsl #amount}
            0 q:1 1 0111100000 abc:3 10 sh:1 1 0 1 defgh:5 vd:5 imm8=abc:defgh amount=eights(sh) \
            imm=inHalfwords(imm8,amount) t=arrangement(1,q) | bic vd.<t>, #0x<imm8>{, lsl #amount}
            """)
    static long bicImmediate(long vd, long imm) {
        return vd & ~imm;
    }
}
