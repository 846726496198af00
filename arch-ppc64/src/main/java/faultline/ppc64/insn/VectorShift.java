package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;

/// Vector integer rotate and shift (Power ISA Book I 6.9.5), each element by the low bits of its own
/// number.
final class VectorShift {

    private VectorShift() {}

    private static int amount(long b, int lane, int size) {
        return (int) Lanes.unsigned(b, lane, size) & (8 << size) - 1;
    }

    private static long rotated(long value, int by, int size) {
        int width = 8 << size;
        return by == 0 ? value : value << by | value >>> width - by;
    }

    /// Vector rotate left.
    @Insn("000100 vrt:5 vra:5 vrb:5 000 size:2 000100 | vrl<size> vrt,vra,vrb")
    static long vrl(long vra, long vrb, int size) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            long value = rotated(Lanes.unsigned(vra, lane, size), amount(vrb, lane, size), size);
            result |= Lanes.place(value, lane, size);
        }
        return result;
    }

    /// Vector shift left.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 001 size:2 000100 size!=3 | vsl<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 10111 000100 | vsld vrt,vra,vrb | size:=3
            """)
    static long vslElements(long vra, long vrb, int size) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            result |= Lanes.place(Lanes.unsigned(vra, lane, size) << amount(vrb, lane, size), lane, size);
        }
        return result;
    }

    /// Vector shift right.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 010 size:2 000100 size!=3 | vsr<size> vrt,vra,vrb
            000100 vrt:5 vra:5 vrb:5 11011 000100 | vsrd vrt,vra,vrb | size:=3
            """)
    static long vsrElements(long vra, long vrb, int size) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            result |= Lanes.place(Lanes.unsigned(vra, lane, size) >>> amount(vrb, lane, size), lane, size);
        }
        return result;
    }

    /// Vector shift right algebraic.
    @Insn("000100 vrt:5 vra:5 vrb:5 011 size:2 000100 | vsra<size> vrt,vra,vrb")
    static long vsra(long vra, long vrb, int size) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            result |= Lanes.place(Lanes.signed(vra, lane, size) >> amount(vrb, lane, size), lane, size);
        }
        return result;
    }

    // Rotation under a mask, whose first and last bits stand above the number.

    private static long masks(long b, int size) {
        if (size == 3) {
            return Operands.mask((int) (b >>> 16) & 63, (int) (b >>> 8) & 63);
        }
        return Lanes.pair(wordMask((int) b), wordMask((int) (b >>> 32)));
    }

    private static long wordMask(int b) {
        return Operands.mask32(b >>> 16 & 31, b >>> 8 & 31);
    }

    /// Vector rotate left then AND with mask.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00110 000101 ?P9 | vrlwnm vrt,vra,vrb | size:=2
            000100 vrt:5 vra:5 vrb:5 00111 000101 ?P9 | vrldnm vrt,vra,vrb | size:=3
            """)
    static long vrlnm(long vra, long vrb, int size) {
        return vrl(vra, vrb, size) & masks(vrb, size);
    }

    /// Vector rotate left then mask insert.
    @Insn("""
            000100 vrt:5 vra:5 vrb:5 00010 000101 ?P9 | vrlwmi vrt,vra,vrb | size:=2
            000100 vrt:5 vra:5 vrb:5 00011 000101 ?P9 | vrldmi vrt,vra,vrb | size:=3
            """)
    static long vrlmi(long vrt, long vra, long vrb, int size) {
        return Lanes.select(masks(vrb, size), vrl(vra, vrb, size), vrt);
    }
}
