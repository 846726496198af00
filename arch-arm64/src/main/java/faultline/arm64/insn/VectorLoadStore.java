package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Loads and stores of vector registers (Arm ARM C4.1.88): literal, pairs, and single registers in
/// every addressing mode. Structures are in [StructureLoadStore].
///
/// Of 16 bytes each half is single-copy atomic where it is aligned.
final class VectorLoadStore {

    private VectorLoadStore() {}

    /// The element of 8, 16, 32 or 64 bits at an address; what is above it is no matter.
    static long load(Mem mem, long ea, int size) {
        return switch (size) {
            case 0 -> mem.load8(ea);
            case 1 -> mem.load16(ea);
            case 2 -> mem.load32(ea);
            default -> mem.load64(ea);
        };
    }

    static void store(Mem mem, long ea, long value, int size) {
        switch (size) {
            case 0 -> mem.store8(ea, (byte) value);
            case 1 -> mem.store16(ea, (short) value);
            case 2 -> mem.store32(ea, (int) value);
            default -> mem.store64(ea, value);
        }
    }

    // Pairs.

    /// Load pair of SIMD and floating-point registers.
    @Insn("""
            0 d:1 101 1 000 1 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | ldnp ft, ft2, [xn|sp{, #imm}] | vt2=secondLdp
            0 d:1 101 1 001 1 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | ldp ft, ft2, [xn|sp], #imm | vt2=secondLdp rn=after
            0 d:1 101 1 010 1 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | ldp ft, ft2, [xn|sp{, #imm}] | vt2=secondLdp
            0 d:1 101 1 011 1 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | ldp ft, ft2, [xn|sp, #imm]! | vt2=secondLdp rn=ea
            """)
    static long ldp(Mem mem, long ea, int size) {
        return load(mem, ea, size);
    }

    static long secondLdp(Mem mem, long ea, int size) {
        return load(mem, ea + (1L << size), size);
    }

    /// Load pair of whole SIMD registers.
    @Insn("""
            10 101 1 000 1 imm:s7*16 vt2:5 rn:5 vt:5 | ldnp qt, qt2, [xn|sp{, #imm}] | vt2=secondLdpq
            10 101 1 001 1 imm:s7*16 vt2:5 rn:5 vt:5 | ldp qt, qt2, [xn|sp], #imm | vt2=secondLdpq rn=after
            10 101 1 010 1 imm:s7*16 vt2:5 rn:5 vt:5 | ldp qt, qt2, [xn|sp{, #imm}] | vt2=secondLdpq
            10 101 1 011 1 imm:s7*16 vt2:5 rn:5 vt:5 | ldp qt, qt2, [xn|sp, #imm]! | vt2=secondLdpq rn=ea
            """)
    static long ldpq(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    static long secondLdpq(Mem mem, long ea, int half) {
        return mem.load64(ea + 16 + 8L * half);
    }

    /// Store pair of SIMD and floating-point registers.
    @Insn("""
            0 d:1 101 1 000 0 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | stnp ft, ft2, [xn|sp{, #imm}]
            0 d:1 101 1 001 0 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | stp ft, ft2, [xn|sp], #imm | rn=after
            0 d:1 101 1 010 0 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | stp ft, ft2, [xn|sp{, #imm}]
            0 d:1 101 1 011 0 imm7:s7 vt2:5 rn:5 vt:5 size:2=wordSize(d) size>=2 imm=scaledBy(imm7,size) \
            | stp ft, ft2, [xn|sp, #imm]! | rn=ea
            """)
    static void stp(Mem mem, long ea, long vt, long vt2, int size) {
        mem.probeWrite(ea, 2 << size);
        store(mem, ea, vt, size);
        store(mem, ea + (1L << size), vt2, size);
    }

    /// Store pair of whole SIMD registers.
    @Insn("""
            10 101 1 000 0 imm:s7*16 vt2:5 rn:5 vt:5 | stnp qt, qt2, [xn|sp{, #imm}]
            10 101 1 001 0 imm:s7*16 vt2:5 rn:5 vt:5 | stp qt, qt2, [xn|sp], #imm | rn=after
            10 101 1 010 0 imm:s7*16 vt2:5 rn:5 vt:5 | stp qt, qt2, [xn|sp{, #imm}]
            10 101 1 011 0 imm:s7*16 vt2:5 rn:5 vt:5 | stp qt, qt2, [xn|sp, #imm]! | rn=ea
            """)
    static void stpq(Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi) {
        mem.probeWrite(ea, 32);
        mem.store128(ea, vtLo, vtHi);
        mem.store128(ea + 16, vt2Lo, vt2Hi);
    }

    // One register.

    /// Load SIMD and floating-point register.
    @Insn("""
            0 d:1 011 1 00 label:s19*4+pc vt:5 size:2=wordSize(d) size>=2 | ldr ft, label | ea:=label
            size:2 111 1 00 01 0 imm:s9 00 rn:5 vt:5 | ldur ft, [xn|sp{, #imm}]
            size:2 111 1 00 01 0 imm:s9 01 rn:5 vt:5 | ldr ft, [xn|sp], #imm | rn=after
            size:2 111 1 00 01 0 imm:s9 11 rn:5 vt:5 | ldr ft, [xn|sp, #imm]! | rn=ea
            size:2 111 1 00 01 1 rm:5 011 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | ldr ft, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            size:2 111 1 00 01 1 rm:5 o:1 10 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | ldr ft, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            size:2 111 1 00 01 1 rm:5 111 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | ldr ft, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            size:2 111 1 00 01 1 rm:5 011 1 10 rn:5 vt:5 size==0 | ldr ft, [xn|sp, xm, lsl #0] | ea:=rn+rm
            size:2 111 1 00 01 1 rm:5 o:1 10 1 10 rn:5 vt:5 size==0 amount=scale(0,0) \
            | ldr ft, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            size:2 111 1 00 01 1 rm:5 111 1 10 rn:5 vt:5 size==0 | ldr ft, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            size:2 111 1 01 01 imm12:12 rn:5 vt:5 imm=scaledBy(imm12,size) | ldr ft, [xn|sp{, #imm}]
            """)
    static long ldr(Mem mem, long ea, int size) {
        return load(mem, ea, size);
    }

    /// Load whole SIMD register.
    @Insn("""
            10 011 1 00 label:s19*4+pc vt:5 | ldr qt, label | ea:=label
            00 111 1 00 11 0 imm:s9 00 rn:5 vt:5 | ldur qt, [xn|sp{, #imm}]
            00 111 1 00 11 0 imm:s9 01 rn:5 vt:5 | ldr qt, [xn|sp], #imm | rn=after
            00 111 1 00 11 0 imm:s9 11 rn:5 vt:5 | ldr qt, [xn|sp, #imm]! | rn=ea
            00 111 1 00 11 1 rm:5 011 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | ldr qt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            00 111 1 00 11 1 rm:5 o:1 10 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | ldr qt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            00 111 1 00 11 1 rm:5 111 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | ldr qt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            00 111 1 01 11 imm:12*16 rn:5 vt:5 | ldr qt, [xn|sp{, #imm}]
            """)
    static long ldrq(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    /// Store SIMD and floating-point register.
    @Insn("""
            size:2 111 1 00 00 0 imm:s9 00 rn:5 vt:5 | stur ft, [xn|sp{, #imm}]
            size:2 111 1 00 00 0 imm:s9 01 rn:5 vt:5 | str ft, [xn|sp], #imm | rn=after
            size:2 111 1 00 00 0 imm:s9 11 rn:5 vt:5 | str ft, [xn|sp, #imm]! | rn=ea
            size:2 111 1 00 00 1 rm:5 011 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | str ft, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            size:2 111 1 00 00 1 rm:5 o:1 10 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | str ft, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            size:2 111 1 00 00 1 rm:5 111 s:1 10 rn:5 vt:5 amount=scale(s,size) \
            | str ft, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            size:2 111 1 00 00 1 rm:5 011 1 10 rn:5 vt:5 size==0 | str ft, [xn|sp, xm, lsl #0] | ea:=rn+rm
            size:2 111 1 00 00 1 rm:5 o:1 10 1 10 rn:5 vt:5 size==0 amount=scale(0,0) \
            | str ft, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            size:2 111 1 00 00 1 rm:5 111 1 10 rn:5 vt:5 size==0 | str ft, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            size:2 111 1 01 00 imm12:12 rn:5 vt:5 imm=scaledBy(imm12,size) | str ft, [xn|sp{, #imm}]
            """)
    static void str(Mem mem, long ea, long vt, int size) {
        store(mem, ea, vt, size);
    }

    /// Store whole SIMD register.
    @Insn("""
            00 111 1 00 10 0 imm:s9 00 rn:5 vt:5 | stur qt, [xn|sp{, #imm}]
            00 111 1 00 10 0 imm:s9 01 rn:5 vt:5 | str qt, [xn|sp], #imm | rn=after
            00 111 1 00 10 0 imm:s9 11 rn:5 vt:5 | str qt, [xn|sp, #imm]! | rn=ea
            00 111 1 00 10 1 rm:5 011 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | str qt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            00 111 1 00 10 1 rm:5 o:1 10 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | str qt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            00 111 1 00 10 1 rm:5 111 s:1 10 rn:5 vt:5 amount=scale(s,4) \
            | str qt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            00 111 1 01 10 imm:12*16 rn:5 vt:5 | str qt, [xn|sp{, #imm}]
            """)
    static void strq(Mem mem, long ea, long vtLo, long vtHi) {
        mem.store128(ea, vtLo, vtHi);
    }
}
