package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneWidths;

/// Advanced SIMD permute, extract and table lookup (Arm ARM C4.1.90).
final class SimdPermute {

    private SimdPermute() {}

    // Permute.

    /// The even lanes of two registers, those of the first one below.
    static long evenLanes(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        if (size == 3) {
            return half == 0 ? vnLo : vmLo;
        }
        long low = half == 0 ? vnLo : vmLo;
        long high = q == 0 ? vmLo : half == 0 ? vnHi : vmHi;
        return LaneWidths.narrow(low, size) | LaneWidths.narrow(high, size) << 32;
    }

    /// The odd lanes.
    static long oddLanes(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        if (size == 3) {
            return half == 0 ? vnHi : vmHi;
        }
        int width = 8 << size;
        return evenLanes(vnLo >>> width, vnHi >>> width, vmLo >>> width, vmHi >>> width, q, half, size);
    }

    private static long zipped(long vn, long vm, int half, int size) {
        if (size == 3) {
            return half == 0 ? vn : vm;
        }
        return LaneWidths.zeroExtend(vn >>> 32 * half, size)
                | LaneWidths.zeroExtend(vm >>> 32 * half, size) << (8 << size);
    }

    /// Unzip, even lanes.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 001 10 vn:5 vd:5 t=size:q t!=6 | uzp1 vd.<t>, vn.<t>, vm.<t>")
    static long uzp1(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return evenLanes(vnLo, vnHi, vmLo, vmHi, q, half, size);
    }

    /// Unzip, odd lanes.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 101 10 vn:5 vd:5 t=size:q t!=6 | uzp2 vd.<t>, vn.<t>, vm.<t>")
    static long uzp2(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return oddLanes(vnLo, vnHi, vmLo, vmHi, q, half, size);
    }

    /// Transpose even lanes.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 010 10 vn:5 vd:5 t=size:q t!=6 | trn1 vd.<t>, vn.<t>, vm.<t>")
    static long trn1(long vnLo, long vmLo, long vn, long vm, int half, int size) {
        if (size == 3) {
            return half == 0 ? vnLo : vmLo;
        }
        long evens = LaneWidths.evens(size);
        return vn & evens | (vm & evens) << (8 << size);
    }

    /// Transpose odd lanes.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 110 10 vn:5 vd:5 t=size:q t!=6 | trn2 vd.<t>, vn.<t>, vm.<t>")
    static long trn2(long vnHi, long vmHi, long vn, long vm, int half, int size) {
        if (size == 3) {
            return half == 0 ? vnHi : vmHi;
        }
        long evens = LaneWidths.evens(size);
        return vn >>> (8 << size) & evens | vm & ~evens;
    }

    /// Interleave the lower halves.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 011 10 vn:5 vd:5 t=size:q t!=6 | zip1 vd.<t>, vn.<t>, vm.<t>")
    static long zip1(long vnLo, long vmLo, int half, int size) {
        return zipped(vnLo, vmLo, half, size);
    }

    /// Interleave the upper halves.
    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 111 10 vn:5 vd:5 t=size:q t!=6 | zip2 vd.<t>, vn.<t>, vm.<t>")
    static long zip2(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return q == 0 ? zipped(vnLo, vmLo, 1, size) : zipped(vnHi, vmHi, half, size);
    }

    // Extract.

    /// Extract a vector from a pair of them.
    @Insn("""
            0 q:1 1 01110000 vm:5 0 imm:4 0 vn:5 vd:5 q==0 imm<8 | ext vd.8b, vn.8b, vm.8b, #imm
            0 q:1 1 01110000 vm:5 0 imm:4 0 vn:5 vd:5 q==1 | ext vd.16b, vn.16b, vm.16b, #imm
            """)
    static long ext(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int imm) {
        if (q == 0) {
            return funnel(vnLo, vmLo, imm);
        }
        return imm < 8
                ? half == 0 ? funnel(vnLo, vnHi, imm) : funnel(vnHi, vmLo, imm)
                : half == 0 ? funnel(vnHi, vmLo, imm - 8) : funnel(vmLo, vmHi, imm - 8);
    }

    /// Eight bytes of sixteen, from a byte of the first eight on.
    private static long funnel(long low, long high, int bytes) {
        return bytes == 0 ? low : low >>> 8 * bytes | high << 64 - 8 * bytes;
    }

    // Table lookup.

    /// Table vector lookup in one register.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 0 00 vn:5 vd:5 len==0 list=vectors(vn,1,0,1) \
            t=arrangement(0,q) | tbl vd.<t>, <list>, vm.<t>
            """)
    static long tbl1(long vnLo, long vnHi, long vm) {
        return lookup(vm, 0, 16, vnLo, vnHi, 0, 0, 0, 0, 0, 0);
    }

    /// Table vector lookup in two registers.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 0 00 vn:5 vd:5 len==1 vn2=behind(vn,1) list=vectors(vn,2,0,1) \
            t=arrangement(0,q) | tbl vd.<t>, <list>, vm.<t>
            """)
    static long tbl2(long vnLo, long vnHi, long vn2Lo, long vn2Hi, long vm) {
        return lookup(vm, 0, 32, vnLo, vnHi, vn2Lo, vn2Hi, 0, 0, 0, 0);
    }

    /// Table vector lookup in three registers.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 0 00 vn:5 vd:5 len==2 vn2=behind(vn,1) vn3=behind(vn,2) \
            list=vectors(vn,3,0,1) t=arrangement(0,q) | tbl vd.<t>, <list>, vm.<t>
            """)
    static long tbl3(long vnLo, long vnHi, long vn2Lo, long vn2Hi, long vn3Lo, long vn3Hi, long vm) {
        return lookup(vm, 0, 48, vnLo, vnHi, vn2Lo, vn2Hi, vn3Lo, vn3Hi, 0, 0);
    }

    /// Table vector lookup in four registers.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 0 00 vn:5 vd:5 len==3 vn2=behind(vn,1) vn3=behind(vn,2) vn4=behind(vn,3) \
            list=vectors(vn,4,0,1) t=arrangement(0,q) | tbl vd.<t>, <list>, vm.<t>
            """)
    static long tbl4(
            long vnLo, long vnHi, long vn2Lo, long vn2Hi, long vn3Lo, long vn3Hi, long vn4Lo, long vn4Hi, long vm) {
        return lookup(vm, 0, 64, vnLo, vnHi, vn2Lo, vn2Hi, vn3Lo, vn3Hi, vn4Lo, vn4Hi);
    }

    /// Table vector lookup in one register, keeping what is out of range.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 1 00 vn:5 vd:5 len==0 list=vectors(vn,1,0,1) \
            t=arrangement(0,q) | tbx vd.<t>, <list>, vm.<t>
            """)
    static long tbx1(long vd, long vnLo, long vnHi, long vm) {
        return lookup(vm, vd, 16, vnLo, vnHi, 0, 0, 0, 0, 0, 0);
    }

    /// Table vector lookup in two registers, keeping what is out of range.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 1 00 vn:5 vd:5 len==1 vn2=behind(vn,1) list=vectors(vn,2,0,1) \
            t=arrangement(0,q) | tbx vd.<t>, <list>, vm.<t>
            """)
    static long tbx2(long vd, long vnLo, long vnHi, long vn2Lo, long vn2Hi, long vm) {
        return lookup(vm, vd, 32, vnLo, vnHi, vn2Lo, vn2Hi, 0, 0, 0, 0);
    }

    /// Table vector lookup in three registers, keeping what is out of range.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 1 00 vn:5 vd:5 len==2 vn2=behind(vn,1) vn3=behind(vn,2) \
            list=vectors(vn,3,0,1) t=arrangement(0,q) | tbx vd.<t>, <list>, vm.<t>
            """)
    static long tbx3(long vd, long vnLo, long vnHi, long vn2Lo, long vn2Hi, long vn3Lo, long vn3Hi, long vm) {
        return lookup(vm, vd, 48, vnLo, vnHi, vn2Lo, vn2Hi, vn3Lo, vn3Hi, 0, 0);
    }

    /// Table vector lookup in four registers, keeping what is out of range.
    @Insn("""
            0 q:1 0 01110000 vm:5 0 len:2 1 00 vn:5 vd:5 len==3 vn2=behind(vn,1) vn3=behind(vn,2) vn4=behind(vn,3) \
            list=vectors(vn,4,0,1) t=arrangement(0,q) | tbx vd.<t>, <list>, vm.<t>
            """)
    static long tbx4(
            long vd,
            long vnLo,
            long vnHi,
            long vn2Lo,
            long vn2Hi,
            long vn3Lo,
            long vn3Hi,
            long vn4Lo,
            long vn4Hi,
            long vm) {
        return lookup(vm, vd, 64, vnLo, vnHi, vn2Lo, vn2Hi, vn3Lo, vn3Hi, vn4Lo, vn4Hi);
    }

    /// The bytes that `indices` number in a table of that many; `otherwise` has those that are out
    /// of range.
    private static long lookup(
            long indices, long otherwise, int bytes, long a, long b, long c, long d, long e, long f, long g, long h) {
        long found = 0;
        for (int at = 0; at < 64; at += 8) {
            int index = (int) (indices >>> at) & 0xff;
            long from = otherwise >>> at;
            if (index < bytes) {
                from = switch (index >> 3) {
                            case 0 -> a;
                            case 1 -> b;
                            case 2 -> c;
                            case 3 -> d;
                            case 4 -> e;
                            case 5 -> f;
                            case 6 -> g;
                            default -> h;
                        }
                        >>> 8 * (index & 7);
            }
            found |= (from & 0xff) << at;
        }
        return found;
    }
}
