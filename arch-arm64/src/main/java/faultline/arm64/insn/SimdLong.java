package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.LaneArithmetic;
import faultline.core.simd.LaneWidths;

/// Instructions whose result has lanes of twice the size: Advanced SIMD shift by immediate,
/// two-register miscellaneous, and the sums and differences of three different (Arm ARM C4.1.90).
/// With a 2 behind its name one reads the upper half of its sources. Products are in
/// [SimdMultiplyLong].
final class SimdLong {

    private SimdLong() {}

    /// The lanes that are widened to half `half` of the result, in the low 32 bits.
    static long part(long low, long high, int q, int half) {
        return (q == 0 ? low : high) >>> 32 * half;
    }

    private static long signed(long low, long high, int q, int half, int size) {
        return LaneWidths.signExtend(part(low, high, q, half), size);
    }

    private static long unsigned(long low, long high, int q, int half, int size) {
        return LaneWidths.zeroExtend(part(low, high, q, half), size);
    }

    // Shift left long.

    /// Signed shift left long.
    @Insn("""
            0 q:1 0 011110 immh:4 immb:3 10100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=leftAmount(immh,immb) amount==0 | sxtl<q> ed.<ta>, vn.<t>
            0 q:1 0 011110 immh:4 immb:3 10100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=leftAmount(immh,immb) | sshll<q> ed.<ta>, vn.<t>, #amount
            """)
    static long sshll(long vnLo, long vnHi, int q, int half, int amount, int size) {
        return SimdShiftImmediate.shl(signed(vnLo, vnHi, q, half, size), amount, size + 1);
    }

    /// Unsigned shift left long.
    @Insn("""
            0 q:1 1 011110 immh:4 immb:3 10100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=leftAmount(immh,immb) amount==0 | uxtl<q> ed.<ta>, vn.<t>
            0 q:1 1 011110 immh:4 immb:3 10100 1 vn:5 vd:5 immh!=0 size:2=topBit(immh) size!=3 t=size:q \
            ta=doubled(size) amount=leftAmount(immh,immb) | ushll<q> ed.<ta>, vn.<t>, #amount
            """)
    static long ushll(long vnLo, long vnHi, int q, int half, int amount, int size) {
        return unsigned(vnLo, vnHi, q, half, size) << amount;
    }

    /// Shift left long by the size of elements.
    @Insn("""
            0 q:1 1 01110 size:2 10000 10011 10 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) amount=elementBits(size) \
            | shll<q> ed.<ta>, vn.<t>, #amount
            """)
    static long shll(long vnLo, long vnHi, int q, int half, int size) {
        return unsigned(vnLo, vnHi, q, half, size) << (8 << size);
    }

    // Three different.

    /// Signed add long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0000 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | saddl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long saddl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(signed(vnLo, vnHi, q, half, size), signed(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed subtract long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0010 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | ssubl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long ssubl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(signed(vnLo, vnHi, q, half, size), signed(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed add wide.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0001 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | saddw<q> ed.<ta>, en.<ta>, vm.<t>
            """)
    static long saddw(long vn, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vn, signed(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed subtract wide.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0011 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | ssubw<q> ed.<ta>, en.<ta>, vm.<t>
            """)
    static long ssubw(long vn, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(vn, signed(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed absolute difference long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0111 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | sabdl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long sabdl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.distance(signed(vnLo, vnHi, q, half, size), signed(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Signed absolute difference and accumulate long.
    @Insn("""
            0 q:1 0 01110 size:2 1 vm:5 0101 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | sabal<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long sabal(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vd, sabdl(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned add long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0000 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | uaddl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long uaddl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(unsigned(vnLo, vnHi, q, half, size), unsigned(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned subtract long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0010 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | usubl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long usubl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(unsigned(vnLo, vnHi, q, half, size), unsigned(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned add wide.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0001 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | uaddw<q> ed.<ta>, en.<ta>, vm.<t>
            """)
    static long uaddw(long vn, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vn, unsigned(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned subtract wide.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0011 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | usubw<q> ed.<ta>, en.<ta>, vm.<t>
            """)
    static long usubw(long vn, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.sub(vn, unsigned(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned absolute difference long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0111 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | uabdl<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long uabdl(long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.distance(
                unsigned(vnLo, vnHi, q, half, size), unsigned(vmLo, vmHi, q, half, size), size + 1);
    }

    /// Unsigned absolute difference and accumulate long.
    @Insn("""
            0 q:1 1 01110 size:2 1 vm:5 0101 00 vn:5 vd:5 size!=3 t=size:q ta=doubled(size) \
            | uabal<q> ed.<ta>, vn.<t>, vm.<t>
            """)
    static long uabal(long vd, long vnLo, long vnHi, long vmLo, long vmHi, int q, int half, int size) {
        return LaneArithmetic.add(vd, uabdl(vnLo, vnHi, vmLo, vmHi, q, half, size), size + 1);
    }
}
