package faultline.arm64.insn;

import static faultline.arm64.insn.VectorLoadStore.load;
import static faultline.arm64.insn.VectorLoadStore.store;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Loads and stores of multiple structures (Arm ARM C4.1.88, "Advanced SIMD load/store multiple
/// structures" and its post-indexed form).
///
/// A structure has an element for each of one to four registers; one element a register follows
/// the other in memory. Single structures are in [SingleStructureLoadStore].
final class StructureLoadStore {

    private StructureLoadStore() {}

    // One element a structure: registers one behind the other.

    /// Load one register.
    @Insn("""
            0 q:1 001100 0 1 000000 0111 esize:2 rn:5 vt:5 list=vectors(vt,1,esize,q) \
            | ld1 <list>, [xn|sp] | -> vt
            0 q:1 001100 1 1 0 11111 0111 esize:2 rn:5 vt:5 list=vectors(vt,1,esize,q) imm=bytes(q,1) \
            | ld1 <list>, [xn|sp], #imm | rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 0111 esize:2 rn:5 vt:5 rm!=31 list=vectors(vt,1,esize,q) \
            | ld1 <list>, [xn|sp], xm | rn=afterBy -> vt
            """)
    static long ld1(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    /// Load two registers.
    @Insn("""
            0 q:1 001100 0 1 000000 1010 esize:2 rn:5 vt:5 vt2=behind(vt,1) list=vectors(vt,2,esize,q) \
            | ld1 <list>, [xn|sp] | vt2=second -> vt
            0 q:1 001100 1 1 0 11111 1010 esize:2 rn:5 vt:5 vt2=behind(vt,1) list=vectors(vt,2,esize,q) imm=bytes(q,2) \
            | ld1 <list>, [xn|sp], #imm | vt2=second rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 1010 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) list=vectors(vt,2,esize,q) \
            | ld1 <list>, [xn|sp], xm | vt2=second rn=afterBy -> vt
            """)
    static long ld1x2(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    /// Load three registers.
    @Insn("""
            0 q:1 001100 0 1 000000 0110 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) | ld1 <list>, [xn|sp] | vt2=second vt3=third -> vt
            0 q:1 001100 1 1 0 11111 0110 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) imm=bytes(q,3) | ld1 <list>, [xn|sp], #imm | vt2=second vt3=third rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 0110 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) | ld1 <list>, [xn|sp], xm | vt2=second vt3=third rn=afterBy -> vt
            """)
    static long ld1x3(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    /// Load four registers.
    @Insn("""
            0 q:1 001100 0 1 000000 0010 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            list=vectors(vt,4,esize,q) | ld1 <list>, [xn|sp] | vt2=second vt3=third vt4=fourth -> vt
            0 q:1 001100 1 1 0 11111 0010 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            list=vectors(vt,4,esize,q) imm=bytes(q,4) \
            | ld1 <list>, [xn|sp], #imm | vt2=second vt3=third vt4=fourth rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 0010 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,esize,q) \
            | ld1 <list>, [xn|sp], xm | vt2=second vt3=third vt4=fourth rn=afterBy -> vt
            """)
    static long ld1x4(Mem mem, long ea, int half) {
        return mem.load64(ea + 8L * half);
    }

    static long second(Mem mem, long ea, int q, int half) {
        return mem.load64(ea + (8L << q) + 8L * half);
    }

    static long third(Mem mem, long ea, int q, int half) {
        return mem.load64(ea + 2 * (8L << q) + 8L * half);
    }

    static long fourth(Mem mem, long ea, int q, int half) {
        return mem.load64(ea + 3 * (8L << q) + 8L * half);
    }

    private static void storeRegister(Mem mem, long ea, long low, long high, int q) {
        if (q == 0) {
            mem.store64(ea, low);
        } else {
            mem.store128(ea, low, high);
        }
    }

    /// Store one register.
    @Insn("""
            0 q:1 001100 0 0 000000 0111 esize:2 rn:5 vt:5 list=vectors(vt,1,esize,q) \
            | st1 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 0111 esize:2 rn:5 vt:5 list=vectors(vt,1,esize,q) imm=bytes(q,1) \
            | st1 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 0111 esize:2 rn:5 vt:5 rm!=31 list=vectors(vt,1,esize,q) \
            | st1 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st1(Mem mem, long ea, long vtLo, long vtHi, int q) {
        mem.probeWrite(ea, 1 * (8 << q));
        storeRegister(mem, ea, vtLo, vtHi, q);
    }

    /// Store two registers.
    @Insn("""
            0 q:1 001100 0 0 000000 1010 esize:2 rn:5 vt:5 vt2=behind(vt,1) list=vectors(vt,2,esize,q) \
            | st1 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 1010 esize:2 rn:5 vt:5 vt2=behind(vt,1) list=vectors(vt,2,esize,q) imm=bytes(q,2) \
            | st1 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 1010 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) list=vectors(vt,2,esize,q) \
            | st1 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st1x2(Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi, int q) {
        mem.probeWrite(ea, 2 * (8 << q));
        storeRegister(mem, ea, vtLo, vtHi, q);
        storeRegister(mem, ea + (8L << q), vt2Lo, vt2Hi, q);
    }

    /// Store three registers.
    @Insn("""
            0 q:1 001100 0 0 000000 0110 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) | st1 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 0110 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) imm=bytes(q,3) | st1 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 0110 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,esize,q) | st1 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st1x3(Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi, long vt3Lo, long vt3Hi, int q) {
        mem.probeWrite(ea, 3 * (8 << q));
        storeRegister(mem, ea, vtLo, vtHi, q);
        storeRegister(mem, ea + (8L << q), vt2Lo, vt2Hi, q);
        storeRegister(mem, ea + 2 * (8L << q), vt3Lo, vt3Hi, q);
    }

    /// Store four registers.
    @Insn("""
            0 q:1 001100 0 0 000000 0010 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            list=vectors(vt,4,esize,q) | st1 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 0010 esize:2 rn:5 vt:5 vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            list=vectors(vt,4,esize,q) imm=bytes(q,4) | st1 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 0010 esize:2 rn:5 vt:5 rm!=31 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,esize,q) | st1 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st1x4(
            Mem mem,
            long ea,
            long vtLo,
            long vtHi,
            long vt2Lo,
            long vt2Hi,
            long vt3Lo,
            long vt3Hi,
            long vt4Lo,
            long vt4Hi,
            int q) {
        mem.probeWrite(ea, 4 * (8 << q));
        storeRegister(mem, ea, vtLo, vtHi, q);
        storeRegister(mem, ea + (8L << q), vt2Lo, vt2Hi, q);
        storeRegister(mem, ea + 2 * (8L << q), vt3Lo, vt3Hi, q);
        storeRegister(mem, ea + 3 * (8L << q), vt4Lo, vt4Hi, q);
    }

    // Several elements a structure.

    /// Half a register of elements of one of `count` registers.
    private static long gather(Mem mem, long ea, int half, int size, int count, int register) {
        int lanes = 8 >> size;
        long at = ea + ((long) half * lanes * count + register << size);
        long value = 0;
        for (int lane = 0; lane < lanes; lane++) {
            value |= (load(mem, at, size) & -1L >>> 64 - (8 << size)) << (lane * 8 << size);
            at += (long) count << size;
        }
        return value;
    }

    /// The same of the first register. Before that it touches all of memory in its order: a fault
    /// is that of the lowest address.
    private static long gatherFirst(Mem mem, long ea, int q, int half, int size, int count) {
        if (half == 0) {
            mem.probeRead(ea, count * (8 << q));
        }
        return gather(mem, ea, half, size, count, 0);
    }

    private static void scatter(Mem mem, long ea, long low, long high, int q, int size, int count, int register) {
        int lanes = 8 >> size;
        long at = ea + ((long) register << size);
        for (int lane = 0; lane < lanes << q; lane++) {
            long half = lane < lanes ? low : high;
            store(mem, at, half >>> (lane * 8 << size), size);
            at += (long) count << size;
        }
    }

    /// Load structures of two elements.
    @Insn("""
            0 q:1 001100 0 1 000000 1000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) list=vectors(vt,2,size,q) \
            | ld2 <list>, [xn|sp] | vt2=secondLd2 -> vt
            0 q:1 001100 1 1 0 11111 1000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) list=vectors(vt,2,size,q) \
            imm=bytes(q,2) | ld2 <list>, [xn|sp], #imm | vt2=secondLd2 rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 1000 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) \
            list=vectors(vt,2,size,q) | ld2 <list>, [xn|sp], xm | vt2=secondLd2 rn=afterBy -> vt
            """)
    static long ld2(Mem mem, long ea, int q, int half, int size) {
        return gatherFirst(mem, ea, q, half, size, 2);
    }

    static long secondLd2(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 2, 1);
    }

    /// Load structures of three elements.
    @Insn("""
            0 q:1 001100 0 1 000000 0100 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) | ld3 <list>, [xn|sp] | vt2=secondLd3 vt3=thirdLd3 -> vt
            0 q:1 001100 1 1 0 11111 0100 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) imm=bytes(q,3) \
            | ld3 <list>, [xn|sp], #imm | vt2=secondLd3 vt3=thirdLd3 rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 0100 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) | ld3 <list>, [xn|sp], xm | vt2=secondLd3 vt3=thirdLd3 rn=afterBy -> vt
            """)
    static long ld3(Mem mem, long ea, int q, int half, int size) {
        return gatherFirst(mem, ea, q, half, size, 3);
    }

    static long secondLd3(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 3, 1);
    }

    static long thirdLd3(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 3, 2);
    }

    /// Load structures of four elements.
    @Insn("""
            0 q:1 001100 0 1 000000 0000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) \
            | ld4 <list>, [xn|sp] | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 -> vt
            0 q:1 001100 1 1 0 11111 0000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) imm=bytes(q,4) \
            | ld4 <list>, [xn|sp], #imm | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 rn=after -> vt
            0 q:1 001100 1 1 0 rm:5 0000 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) \
            | ld4 <list>, [xn|sp], xm | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 rn=afterBy -> vt
            """)
    static long ld4(Mem mem, long ea, int q, int half, int size) {
        return gatherFirst(mem, ea, q, half, size, 4);
    }

    static long secondLd4(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 4, 1);
    }

    static long thirdLd4(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 4, 2);
    }

    static long fourthLd4(Mem mem, long ea, int half, int size) {
        return gather(mem, ea, half, size, 4, 3);
    }

    /// Store structures of two elements.
    @Insn("""
            0 q:1 001100 0 0 000000 1000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) list=vectors(vt,2,size,q) \
            | st2 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 1000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) list=vectors(vt,2,size,q) \
            imm=bytes(q,2) | st2 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 1000 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) \
            list=vectors(vt,2,size,q) | st2 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st2(Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi, int q, int size) {
        mem.probeWrite(ea, 2 * (8 << q));
        scatter(mem, ea, vtLo, vtHi, q, size, 2, 0);
        scatter(mem, ea, vt2Lo, vt2Hi, q, size, 2, 1);
    }

    /// Store structures of three elements.
    @Insn("""
            0 q:1 001100 0 0 000000 0100 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) | st3 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 0100 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) imm=bytes(q,3) | st3 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 0100 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            list=vectors(vt,3,size,q) | st3 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st3(
            Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi, long vt3Lo, long vt3Hi, int q, int size) {
        mem.probeWrite(ea, 3 * (8 << q));
        scatter(mem, ea, vtLo, vtHi, q, size, 3, 0);
        scatter(mem, ea, vt2Lo, vt2Hi, q, size, 3, 1);
        scatter(mem, ea, vt3Lo, vt3Hi, q, size, 3, 2);
    }

    /// Store structures of four elements.
    @Insn("""
            0 q:1 001100 0 0 000000 0000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) | st4 <list>, [xn|sp]
            0 q:1 001100 1 0 0 11111 0000 size:2 rn:5 vt:5 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) imm=bytes(q,4) | st4 <list>, [xn|sp], #imm | rn=after
            0 q:1 001100 1 0 0 rm:5 0000 size:2 rn:5 vt:5 rm!=31 t=size:q t!=6 vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) list=vectors(vt,4,size,q) | st4 <list>, [xn|sp], xm | rn=afterBy
            """)
    static void st4(
            Mem mem,
            long ea,
            long vtLo,
            long vtHi,
            long vt2Lo,
            long vt2Hi,
            long vt3Lo,
            long vt3Hi,
            long vt4Lo,
            long vt4Hi,
            int q,
            int size) {
        mem.probeWrite(ea, 4 * (8 << q));
        scatter(mem, ea, vtLo, vtHi, q, size, 4, 0);
        scatter(mem, ea, vt2Lo, vt2Hi, q, size, 4, 1);
        scatter(mem, ea, vt3Lo, vt3Hi, q, size, 4, 2);
        scatter(mem, ea, vt4Lo, vt4Hi, q, size, 4, 3);
    }
}
