package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// Advanced SIMD copy, and its scalar form (Arm ARM C4.1.90): one lane to all, and between lanes
/// and general registers.
final class SimdCopy {

    private SimdCopy() {}

    private static long element(long low, long high, int index, int size) {
        return (index >> 3 - size == 0 ? low : high) >>> (index * 8 << size);
    }

    /// The half of a register with the low bits of a value in lane `index` of the register.
    private static long inserted(long old, long value, int half, int index, int size) {
        if (index >> 3 - size != half) {
            return old;
        }
        int shift = index * 8 << size & 63;
        return old & ~(Lanes.mask(size) << shift) | (value & Lanes.mask(size)) << shift;
    }

    /// Duplicate vector element to vector or scalar.
    @Insn("""
            0 q:1 0 01110000 imm5:5 0 0000 1 vn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) t=size:q t!=6 \
            index=elementIndex(imm5) | dup vd.<t>, vn.<size>[<index>] | high=dupElement
            01 0 11110000 imm5:5 0 0000 1 vn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) \
            index=elementIndex(imm5) | mov fd, vn.<size>[<index>]
            """)
    static long dupElement(long vnLo, long vnHi, int index, int size) {
        return Lanes.replicate(element(vnLo, vnHi, index, size), size);
    }

    /// Duplicate general-purpose register to vector.
    @Insn("""
            0 q:1 0 01110000 imm5:5 0 0001 1 rn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) size!=3 t=size:q \
            | dup vd.<t>, wn
            0 q:1 0 01110000 imm5:5 0 0001 1 rn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) size==3 t=size:q t!=6 \
            | dup vd.<t>, xn
            """)
    static long dup(long rn, int size) {
        return Lanes.replicate(rn, size);
    }

    /// Signed move vector element to general-purpose register.
    @Insn("""
            0 0 0 01110000 imm5:5 0 0101 1 vn:5 rd:5 isElement(imm5) size:2=elementSize(imm5) size<2 \
            index=elementIndex(imm5) | smov wd, vn.<size>[<index>]
            0 1 0 01110000 imm5:5 0 0101 1 vn:5 rd:5 isElement(imm5) size:2=elementSize(imm5) size<3 \
            index=elementIndex(imm5) | smov xd, vn.<size>[<index>]
            """)
    static long smov(long vnLo, long vnHi, int index, int size) {
        return Lanes.signed(element(vnLo, vnHi, index, size), 0, size);
    }

    /// Unsigned move vector element to general-purpose register.
    @Insn("""
            0 0 0 01110000 imm5:5 0 0111 1 vn:5 rd:5 isElement(imm5) size:2=elementSize(imm5) size<2 \
            index=elementIndex(imm5) | umov wd, vn.<size>[<index>]
            0 0 0 01110000 imm5:5 0 0111 1 vn:5 rd:5 isElement(imm5) size:2=elementSize(imm5) size==2 \
            index=elementIndex(imm5) | mov wd, vn.<size>[<index>]
            0 1 0 01110000 imm5:5 0 0111 1 vn:5 rd:5 isElement(imm5) size:2=elementSize(imm5) size==3 \
            index=elementIndex(imm5) | mov xd, vn.<size>[<index>]
            """)
    static long umov(long vnLo, long vnHi, int index, int size) {
        return element(vnLo, vnHi, index, size) & Lanes.mask(size);
    }

    /// Insert vector element from general-purpose register.
    @Insn("""
            0 1 0 01110000 imm5:5 0 0011 1 rn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) size!=3 \
            index=elementIndex(imm5) | mov vd.<size>[<index>], wn
            0 1 0 01110000 imm5:5 0 0011 1 rn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) size==3 \
            index=elementIndex(imm5) | mov vd.<size>[<index>], xn
            """)
    static long ins(long vd, long rn, int half, int index, int size) {
        return inserted(vd, rn, half, index, size);
    }

    /// Insert vector element from another vector element.
    @Insn("""
            0 1 1 01110000 imm5:5 0 imm4:4 1 vn:5 vd:5 isElement(imm5) size:2=elementSize(imm5) \
            index=elementIndex(imm5) from=sourceIndex(imm4,size) | mov vd.<size>[<index>], vn.<size>[<from>]
            """)
    static long insElement(long vd, long vnLo, long vnHi, int half, int index, int from, int size) {
        return inserted(vd, element(vnLo, vnHi, from, size), half, index, size);
    }
}
