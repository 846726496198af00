package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Advanced SIMD three same, bitwise (Arm ARM C4.1.90).
final class SimdLogical {

    private SimdLogical() {}

    /// Bitwise AND.
    @Insn("""
            0 q:1 0 01110 00 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | and vd.<t>, vn.<t>, vm.<t>
            """)
    static long andVector(long vn, long vm) {
        return vn & vm;
    }

    /// Bitwise bit clear.
    @Insn("""
            0 q:1 0 01110 01 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | bic vd.<t>, vn.<t>, vm.<t>
            """)
    static long bicVector(long vn, long vm) {
        return vn & ~vm;
    }

    /// Bitwise inclusive OR.
    @Insn("""
            0 q:1 0 01110 10 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | orr vd.<t>, vn.<t>, vm.<t>
            0 q:1 0 01110 10 1 vm:5 00011 1 vn:5 vd:5 vm==vn t=arrangement(0,q) | mov vd.<t>, vn.<t>
            """)
    static long orrVector(long vn, long vm) {
        return vn | vm;
    }

    /// Bitwise inclusive OR NOT.
    @Insn("""
            0 q:1 0 01110 11 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | orn vd.<t>, vn.<t>, vm.<t>
            """)
    static long ornVector(long vn, long vm) {
        return vn | ~vm;
    }

    /// Bitwise exclusive OR.
    @Insn("""
            0 q:1 1 01110 00 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | eor vd.<t>, vn.<t>, vm.<t>
            """)
    static long eorVector(long vn, long vm) {
        return vn ^ vm;
    }

    /// Bitwise select.
    @Insn("""
            0 q:1 1 01110 01 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | bsl vd.<t>, vn.<t>, vm.<t>
            """)
    static long bslVector(long vd, long vn, long vm) {
        return vd & vn | ~vd & vm;
    }

    /// Bitwise insert if true.
    @Insn("""
            0 q:1 1 01110 10 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | bit vd.<t>, vn.<t>, vm.<t>
            """)
    static long bitVector(long vd, long vn, long vm) {
        return vm & vn | ~vm & vd;
    }

    /// Bitwise insert if false.
    @Insn("""
            0 q:1 1 01110 11 1 vm:5 00011 1 vn:5 vd:5 t=arrangement(0,q) | bif vd.<t>, vn.<t>, vm.<t>
            """)
    static long bifVector(long vd, long vn, long vm) {
        return ~vm & vn | vm & vd;
    }
}
