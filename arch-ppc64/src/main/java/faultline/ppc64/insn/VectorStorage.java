package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.simd.Lanes;

/// Vector storage access (Power ISA Book I 6.7). An address is cut to a multiple of what is accessed.
///
/// A quadword is one number: in little-endian order its low doubleword comes first, and its last byte.
final class VectorStorage {

    private VectorStorage() {}

    static long quadword(long ra, long rb) {
        return ra + rb & -16;
    }

    static long element(long ra, long rb, int size) {
        return ra + rb & -1L << size;
    }

    // Quadwords.

    /// Half of the quadword at an address.
    static long half(Mem mem, long ea, int half) {
        return mem.isBigEndian() ? doubleword(mem, ea, 1 - half) : mem.load64(ea + 8L * half);
    }

    /// One of two doublewords. Halves are asked for from the low one on, so the second looks at the first, for a fault
    /// to be that of the lowest address.
    static long doubleword(Mem mem, long ea, int number) {
        long first = mem.load64(ea);
        return number == 0 ? first : mem.load64(ea + 8);
    }

    /// Load vector indexed. That it would be used last is no matter here.
    @Insn("""
            011111 vrt:5 ra:5 rb:5 00011 00111 / | lvx vrt,ra|0,rb  | ea:=quadword
            011111 vrt:5 ra:5 rb:5 01011 00111 / | lvxl vrt,ra|0,rb | ea:=quadword
            """)
    static long lvx(Mem mem, long ea, int half) {
        return half(mem, ea, half);
    }

    /// Store vector indexed.
    @Insn("""
            011111 vrs:5 ra:5 rb:5 00111 00111 / | stvx vrs,ra|0,rb  | ea:=quadword
            011111 vrs:5 ra:5 rb:5 01111 00111 / | stvxl vrs,ra|0,rb | ea:=quadword
            """)
    static void stvx(Mem mem, long ea, long vrsLo, long vrsHi) {
        mem.store128(ea, vrsLo, vrsHi);
    }

    // Elements, in the place of the register that they have in the quadword.

    /// The place of the element at an address, from the low end.
    private static int lane(Mem mem, long ea, int size) {
        int number = ((int) ea & 15) >> size;
        return mem.isBigEndian() ? (15 >> size) - number : number;
    }

    /// Load vector element indexed. What else is in the register is undefined, and stays.
    @Insn("011111 vrt:5 ra:5 rb:5 000 size:2 00111 / size!=3 | lve<size>x vrt,ra|0,rb | ea:=element")
    static long lvex(Mem mem, long ea, long vrt, int half, int size) {
        int lane = lane(mem, ea, size) - Lanes.count(size) * half;
        if (lane < 0 || lane >= Lanes.count(size)) {
            return vrt;
        }
        long mask = Lanes.place(-1, lane, size);
        return vrt & ~mask | Lanes.place(load(mem, ea, size), lane, size);
    }

    private static long load(Mem mem, long ea, int size) {
        return switch (size) {
            case 0 -> mem.load8(ea);
            case 1 -> mem.load16(ea);
            default -> mem.load32(ea);
        };
    }

    /// Store vector element indexed.
    @Insn("011111 vrs:5 ra:5 rb:5 001 size:2 00111 / size!=3 | stve<size>x vrs,ra|0,rb | ea:=element")
    static void stvex(Mem mem, long ea, long vrsLo, long vrsHi, int size) {
        int lane = lane(mem, ea, size);
        int count = Lanes.count(size);
        long value = Lanes.unsigned(lane < count ? vrsLo : vrsHi, lane & count - 1, size);
        switch (size) {
            case 0 -> mem.store8(ea, (byte) value);
            case 1 -> mem.store16(ea, (short) value);
            default -> mem.store32(ea, (int) value);
        }
    }

    // Numbers for a permutation that aligns what is loaded.

    private static final long FIRST_NUMBERS = 0x0001020304050607L;

    /// Load vector for shift left: sixteen numbers from the address's on.
    @Insn("011111 vrt:5 ra:5 rb:5 00000 00110 / | lvsl vrt,ra|0,rb | ea:=ra+rb")
    static long lvsl(long ea, int half) {
        return FIRST_NUMBERS + ((ea & 15) + (half == 0 ? 8 : 0)) * Lanes.ONE8;
    }

    /// Load vector for shift right.
    @Insn("011111 vrt:5 ra:5 rb:5 00001 00110 / | lvsr vrt,ra|0,rb | ea:=ra+rb")
    static long lvsr(long ea, int half) {
        return FIRST_NUMBERS + (16 - (ea & 15) + (half == 0 ? 8 : 0)) * Lanes.ONE8;
    }
}
