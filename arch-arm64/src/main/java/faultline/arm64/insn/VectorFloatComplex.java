package faultline.arm64.insn;

import faultline.arm64.fp.FpArithmetic;
import faultline.arm64.fp.FpUnit;
import faultline.core.isa.Insn;

/// Advanced SIMD on complex numbers, and products of halves added to singles (Arm ARM C4.1.95, three same
/// extra, three same and by element).
final class VectorFloatComplex {

    private VectorFloatComplex() {}

    // Complex numbers: the real part in even elements, the imaginary one behind it.

    /// Multiply and add, rotated by quarters of a turn.
    @Insn("""
            0 q:1 1 01110 01 0 vm:5 110 rot:2 1 vn:5 vd:5 ?FCMA t=arrangement(1,q) rotation=quarters(rot) \
            | fcmla vd.<t>, vn.<t>, vm.<t>, #rotation | sz:=3
            0 q:1 1 01110 10 0 vm:5 110 rot:2 1 vn:5 vd:5 ?FCMA t=floats(0,q) rotation=quarters(rot) \
            | fcmla vd.<t>, vn.<t>, vm.<t>, #rotation | sz:=0
            0 q:1 1 01111 01 i1:1 vm:5 0 rot:2 1 i2:1 0 vn:5 vd:5 ?FCMA q==1 t=arrangement(1,q) index=i2:i1 rotation=quarters(rot) \
            | fcmla vd.<t>, vn.<t>, em.h[index], #rotation | sz:=3 vm:=complex
            0 q:1 1 01111 01 index:1 vm:5 0 rot:2 1 0 0 vn:5 vd:5 ?FCMA q==0 t=arrangement(1,q) rotation=quarters(rot) \
            | fcmla vd.<t>, vn.<t>, em.h[index], #rotation | sz:=3 vm:=complex
            0 q:1 1 01111 10 0 vm:5 0 rot:2 1 index:1 0 vn:5 vd:5 ?FCMA q==1 t=floats(0,q) rotation=quarters(rot) \
            | fcmla vd.<t>, vn.<t>, em.s[index], #rotation | sz:=0 vm:=complex
            """)
    static long fcmla(long vd, long vn, long vm, int sz, int rot, FpUnit fp) {
        int bits = FloatLanes.bits(sz);
        long low = product(fp, sz, vd, vd >>> bits, vn, vn >>> bits, vm, vm >>> bits, rot);
        if (sz == FpArithmetic.SINGLE) {
            return low;
        }
        long high = product(fp, sz, vd >>> 32, vd >>> 48, vn >>> 32, vn >>> 48, vm >>> 32, vm >>> 48, rot);
        return low & 0xffffffffL | high << 32;
    }

    /// One complex number of halves or singles.
    private static long product(FpUnit fp, int sz, long re, long im, long a, long b, long c, long d, int rot) {
        int bits = FloatLanes.bits(sz);
        long real = fp.mulAdd(sz, re, (rot & 1) == 0 ? a : b, realFactor(sz, c, d, rot));
        long imaginary = fp.mulAdd(sz, im, (rot & 1) == 0 ? a : b, imaginaryFactor(sz, c, d, rot));
        return real & FloatLanes.mask(sz) | (imaginary & FloatLanes.mask(sz)) << bits;
    }

    private static long realFactor(int sz, long c, long d, int rot) {
        return switch (rot) {
            case 0 -> c;
            case 1 -> FpArithmetic.neg(sz, d);
            case 2 -> FpArithmetic.neg(sz, c);
            default -> d;
        };
    }

    private static long imaginaryFactor(int sz, long c, long d, int rot) {
        return switch (rot) {
            case 0 -> d;
            case 1 -> c;
            case 2 -> FpArithmetic.neg(sz, d);
            default -> FpArithmetic.neg(sz, c);
        };
    }

    /// A complex element of a whole register, in all places.
    static long complex(long vmLo, long vmHi, int index, int sz) {
        if (sz == FpArithmetic.SINGLE) {
            return index == 0 ? vmLo : vmHi;
        }
        long number = (index < 2 ? vmLo : vmHi) >>> 32 * (index & 1);
        return FloatLanes.pair(number, number);
    }

    /// The same of doubles.
    @Insn("""
            0 1 1 01110 11 0 vm:5 110 rot:2 1 vn:5 vd:5 ?FCMA rotation=quarters(rot) \
            | fcmla vd.2d, vn.2d, vm.2d, #rotation | high=fcmlaDoubleHigh
            """)
    static long fcmlaDouble(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int rot, FpUnit fp) {
        return fp.mulAdd(1, vdLo, (rot & 1) == 0 ? vnLo : vnHi, realFactor(1, vmLo, vmHi, rot));
    }

    static long fcmlaDoubleHigh(long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int rot, FpUnit fp) {
        return fp.mulAdd(1, vdHi, (rot & 1) == 0 ? vnLo : vnHi, imaginaryFactor(1, vmLo, vmHi, rot));
    }

    /// Add, rotated by 90 or 270 degrees.
    @Insn("""
            0 q:1 1 01110 01 0 vm:5 111 rot:1 01 vn:5 vd:5 ?FCMA t=arrangement(1,q) rotation=turned(rot) \
            | fcadd vd.<t>, vn.<t>, vm.<t>, #rotation | sz:=3
            0 q:1 1 01110 10 0 vm:5 111 rot:1 01 vn:5 vd:5 ?FCMA t=floats(0,q) rotation=turned(rot) \
            | fcadd vd.<t>, vn.<t>, vm.<t>, #rotation | sz:=0
            """)
    static long fcadd(long vn, long vm, int sz, int rot, FpUnit fp) {
        long imaginary = imaginaryParts(sz);
        int bits = FloatLanes.bits(sz);
        long swapped = (vm & imaginary) >>> bits | (vm & ~imaginary) << bits;
        long signs = FloatLanes.everywhere(sz, 1L << bits - 1) & (rot == 0 ? ~imaginary : imaginary);
        return FloatLanes.each(fp, sz, vn, swapped ^ signs, FpUnit::add);
    }

    private static long imaginaryParts(int sz) {
        return sz == FpArithmetic.SINGLE ? 0xffffffff00000000L : 0xffff0000ffff0000L;
    }

    /// The same of doubles.
    @Insn("""
            0 1 1 01110 11 0 vm:5 111 rot:1 01 vn:5 vd:5 ?FCMA rotation=turned(rot) \
            | fcadd vd.2d, vn.2d, vm.2d, #rotation | high=fcaddDoubleHigh
            """)
    static long fcaddDouble(long vnLo, long vmHi, int rot, FpUnit fp) {
        return fp.add(1, vnLo, rot == 0 ? FpArithmetic.neg(1, vmHi) : vmHi);
    }

    static long fcaddDoubleHigh(long vnHi, long vmLo, int rot, FpUnit fp) {
        return fp.add(1, vnHi, rot == 0 ? vmLo : FpArithmetic.neg(1, vmLo));
    }

    // Products of halves added to singles. `part` chooses the half of the operands that is read.

    /// Multiply and add.
    @Insn("""
            0 q:1 0 01110 0 01 vm:5 111011 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) \
            | fmlal vd.<t>, vn.<ta>, vm.<ta> | part:=0 high=fmlalHigh
            0 q:1 1 01110 0 01 vm:5 110011 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) \
            | fmlal2 vd.<t>, vn.<ta>, vm.<ta> | part:=1 high=fmlalHigh
            """)
    static long fmlal(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int part, FpUnit fp) {
        return widening(fp, vdLo, picked(vnLo, vnHi, q, part), picked(vmLo, vmHi, q, part));
    }

    static long fmlalHigh(long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int q, int part, FpUnit fp) {
        return widening(fp, vdHi, picked(vnLo, vnHi, q, part) >>> 32, picked(vmLo, vmHi, q, part) >>> 32);
    }

    /// The same by an element.
    @Insn("""
            0 q:1 0 01111 10 i1:1 i0:1 vm:4 0000 i2:1 0 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) index=i2:i1:i0 \
            | fmlal vd.<t>, vn.<ta>, em.h[index] | part:=0 vm:=half high=fmlalElementHigh
            0 q:1 1 01111 10 i1:1 i0:1 vm:4 1000 i2:1 0 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) index=i2:i1:i0 \
            | fmlal2 vd.<t>, vn.<ta>, em.h[index] | part:=1 vm:=half high=fmlalElementHigh
            """)
    static long fmlalElement(long vdLo, long vnLo, long vnHi, long vm, int q, int part, FpUnit fp) {
        return widening(fp, vdLo, picked(vnLo, vnHi, q, part), vm);
    }

    static long fmlalElementHigh(long vdHi, long vnLo, long vnHi, long vm, int q, int part, FpUnit fp) {
        return widening(fp, vdHi, picked(vnLo, vnHi, q, part) >>> 32, vm);
    }

    /// Multiply and subtract.
    @Insn("""
            0 q:1 0 01110 1 01 vm:5 111011 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) \
            | fmlsl vd.<t>, vn.<ta>, vm.<ta> | part:=0 high=fmlslHigh
            0 q:1 1 01110 1 01 vm:5 110011 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) \
            | fmlsl2 vd.<t>, vn.<ta>, vm.<ta> | part:=1 high=fmlslHigh
            """)
    static long fmlsl(long vdLo, long vnLo, long vnHi, long vmLo, long vmHi, int q, int part, FpUnit fp) {
        return wideningSub(fp, vdLo, picked(vnLo, vnHi, q, part), picked(vmLo, vmHi, q, part));
    }

    static long fmlslHigh(long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int q, int part, FpUnit fp) {
        return wideningSub(fp, vdHi, picked(vnLo, vnHi, q, part) >>> 32, picked(vmLo, vmHi, q, part) >>> 32);
    }

    /// The same by an element.
    @Insn("""
            0 q:1 0 01111 10 i1:1 i0:1 vm:4 0100 i2:1 0 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) index=i2:i1:i0 \
            | fmlsl vd.<t>, vn.<ta>, em.h[index] | part:=0 vm:=half high=fmlslElementHigh
            0 q:1 1 01111 10 i1:1 i0:1 vm:4 1100 i2:1 0 vn:5 vd:5 ?FHM t=floats(0,q) ta=halves(q) index=i2:i1:i0 \
            | fmlsl2 vd.<t>, vn.<ta>, em.h[index] | part:=1 vm:=half high=fmlslElementHigh
            """)
    static long fmlslElement(long vdLo, long vnLo, long vnHi, long vm, int q, int part, FpUnit fp) {
        return wideningSub(fp, vdLo, picked(vnLo, vnHi, q, part), vm);
    }

    static long fmlslElementHigh(long vdHi, long vnLo, long vnHi, long vm, int q, int part, FpUnit fp) {
        return wideningSub(fp, vdHi, picked(vnLo, vnHi, q, part) >>> 32, vm);
    }

    /// An element of a whole register, in all places.
    static long half(long vmLo, long vmHi, int index) {
        return FloatLanes.element(FpArithmetic.HALF, vmLo, vmHi, index);
    }

    /// The halves that are multiplied: two for a vector of 64 bits, else four.
    private static long picked(long low, long high, int q, int part) {
        return q == 0 ? low >>> 32 * part : part == 0 ? low : high;
    }

    private static long widening(FpUnit fp, long sums, long a, long b) {
        return FloatLanes.pair(
                fp.mulAdd(FpArithmetic.SINGLE, sums, fp.widened(a), fp.widened(b)),
                fp.mulAdd(FpArithmetic.SINGLE, sums >>> 32, fp.widened(a >>> 16), fp.widened(b >>> 16)));
    }

    private static long wideningSub(FpUnit fp, long sums, long a, long b) {
        return widening(fp, sums, a ^ 0x80008000L, b);
    }
}
