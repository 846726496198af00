package faultline.arm64.insn;

import static faultline.arm64.insn.VectorLoadStore.load;
import static faultline.arm64.insn.VectorLoadStore.store;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.core.simd.Lanes;

/// Loads and stores of a single structure (Arm ARM C4.1.88, "Advanced SIMD load/store single
/// structure" and its post-indexed form): to or from one lane of one to four registers, or to all
/// lanes of them.
final class SingleStructureLoadStore {

    private SingleStructureLoadStore() {}

    // One lane.

    /// The half of a register that was `old`, with the element at an address in lane `index` of the
    /// register.
    private static long loaded(Mem mem, long ea, long old, int half, int index, int size) {
        if (index >> 3 - size != half) {
            return old;
        }
        int shift = index * 8 << size & 63;
        long mask = -1L >>> 64 - (8 << size);
        return old & ~(mask << shift) | (load(mem, ea, size) & mask) << shift;
    }

    private static void storeLane(Mem mem, long ea, long low, long high, int index, int size) {
        long half = index >> 3 - size == 0 ? low : high;
        store(mem, ea, half >>> (index * 8 << size), size);
    }

    /// Load a structure of one element to one lane.
    @Insn("""
            0 hi:1 001101 0 1 0 00000 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) | ld1 <lanes>, [xn|sp] | -> vt
            0 hi:1 001101 1 1 0 11111 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) imm=elementBytes(size,1) \
            | ld1 <lanes>, [xn|sp], #imm | rn=after -> vt
            0 hi:1 001101 1 1 0 rm:5 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) | ld1 <lanes>, [xn|sp], xm | rn=afterBy -> vt
            """)
    static long ld1Lane(Mem mem, long ea, long vt, int half, int index, int size) {
        return loaded(mem, ea, vt, half, index, size);
    }

    /// Load a structure of two elements to one lane.
    @Insn("""
            0 hi:1 001101 0 1 1 00000 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) \
            | ld2 <lanes>, [xn|sp] | vt2=secondLd2 -> vt
            0 hi:1 001101 1 1 1 11111 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) imm=elementBytes(size,2) \
            | ld2 <lanes>, [xn|sp], #imm | vt2=secondLd2 rn=after -> vt
            0 hi:1 001101 1 1 1 rm:5 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) \
            | ld2 <lanes>, [xn|sp], xm | vt2=secondLd2 rn=afterBy -> vt
            """)
    static long ld2Lane(Mem mem, long ea, long vt, int half, int index, int size) {
        return loaded(mem, ea, vt, half, index, size);
    }

    static long secondLd2(Mem mem, long ea, long vt2, int half, int index, int size) {
        return loaded(mem, ea + (1L << size), vt2, half, index, size);
    }

    /// Load a structure of three elements to one lane.
    @Insn("""
            0 hi:1 001101 0 1 0 00000 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            | ld3 <lanes>, [xn|sp] | vt2=secondLd3 vt3=thirdLd3 -> vt
            0 hi:1 001101 1 1 0 11111 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            imm=elementBytes(size,3) | ld3 <lanes>, [xn|sp], #imm | vt2=secondLd3 vt3=thirdLd3 rn=after -> vt
            0 hi:1 001101 1 1 0 rm:5 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            | ld3 <lanes>, [xn|sp], xm | vt2=secondLd3 vt3=thirdLd3 rn=afterBy -> vt
            """)
    static long ld3Lane(Mem mem, long ea, long vt, int half, int index, int size) {
        return loaded(mem, ea, vt, half, index, size);
    }

    static long secondLd3(Mem mem, long ea, long vt2, int half, int index, int size) {
        return loaded(mem, ea + (1L << size), vt2, half, index, size);
    }

    static long thirdLd3(Mem mem, long ea, long vt3, int half, int index, int size) {
        return loaded(mem, ea + (2L << size), vt3, half, index, size);
    }

    /// Load a structure of four elements to one lane.
    @Insn("""
            0 hi:1 001101 0 1 1 00000 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            | ld4 <lanes>, [xn|sp] | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 -> vt
            0 hi:1 001101 1 1 1 11111 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) imm=elementBytes(size,4) \
            | ld4 <lanes>, [xn|sp], #imm | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 rn=after -> vt
            0 hi:1 001101 1 1 1 rm:5 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            | ld4 <lanes>, [xn|sp], xm | vt2=secondLd4 vt3=thirdLd4 vt4=fourthLd4 rn=afterBy -> vt
            """)
    static long ld4Lane(Mem mem, long ea, long vt, int half, int index, int size) {
        return loaded(mem, ea, vt, half, index, size);
    }

    static long secondLd4(Mem mem, long ea, long vt2, int half, int index, int size) {
        return loaded(mem, ea + (1L << size), vt2, half, index, size);
    }

    static long thirdLd4(Mem mem, long ea, long vt3, int half, int index, int size) {
        return loaded(mem, ea + (2L << size), vt3, half, index, size);
    }

    static long fourthLd4(Mem mem, long ea, long vt4, int half, int index, int size) {
        return loaded(mem, ea + (3L << size), vt4, half, index, size);
    }

    /// Store a structure of one element from one lane.
    @Insn("""
            0 hi:1 001101 0 0 0 00000 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) | st1 <lanes>, [xn|sp]
            0 hi:1 001101 1 0 0 11111 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) imm=elementBytes(size,1) \
            | st1 <lanes>, [xn|sp], #imm | rn=after
            0 hi:1 001101 1 0 0 rm:5 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,1,size,index) | st1 <lanes>, [xn|sp], xm | rn=afterBy
            """)
    static void st1Lane(Mem mem, long ea, long vtLo, long vtHi, int index, int size) {
        storeLane(mem, ea, vtLo, vtHi, index, size);
    }

    /// Store a structure of two elements from one lane.
    @Insn("""
            0 hi:1 001101 0 0 1 00000 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) | st2 <lanes>, [xn|sp]
            0 hi:1 001101 1 0 1 11111 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) imm=elementBytes(size,2) \
            | st2 <lanes>, [xn|sp], #imm | rn=after
            0 hi:1 001101 1 0 1 rm:5 op:2 0 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,2,size,index) vt2=behind(vt,1) \
            | st2 <lanes>, [xn|sp], xm | rn=afterBy
            """)
    static void st2Lane(Mem mem, long ea, long vtLo, long vtHi, long vt2Lo, long vt2Hi, int index, int size) {
        mem.probeWrite(ea, 2 << size);
        storeLane(mem, ea, vtLo, vtHi, index, size);
        storeLane(mem, ea + (1L << size), vt2Lo, vt2Hi, index, size);
    }

    /// Store a structure of three elements from one lane.
    @Insn("""
            0 hi:1 001101 0 0 0 00000 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            | st3 <lanes>, [xn|sp]
            0 hi:1 001101 1 0 0 11111 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            imm=elementBytes(size,3) | st3 <lanes>, [xn|sp], #imm | rn=after
            0 hi:1 001101 1 0 0 rm:5 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,3,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            | st3 <lanes>, [xn|sp], xm | rn=afterBy
            """)
    static void st3Lane(
            Mem mem,
            long ea,
            long vtLo,
            long vtHi,
            long vt2Lo,
            long vt2Hi,
            long vt3Lo,
            long vt3Hi,
            int index,
            int size) {
        mem.probeWrite(ea, 3 << size);
        storeLane(mem, ea, vtLo, vtHi, index, size);
        storeLane(mem, ea + (1L << size), vt2Lo, vt2Hi, index, size);
        storeLane(mem, ea + (2L << size), vt3Lo, vt3Hi, index, size);
    }

    /// Store a structure of four elements from one lane.
    @Insn("""
            0 hi:1 001101 0 0 1 00000 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            | st4 <lanes>, [xn|sp]
            0 hi:1 001101 1 0 1 11111 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) \
            vt4=behind(vt,3) imm=elementBytes(size,4) | st4 <lanes>, [xn|sp], #imm | rn=after
            0 hi:1 001101 1 0 1 rm:5 op:2 1 s:1 low:2 rn:5 vt:5 op!=3 rm!=31 isLane(op,s,low) size:2=laneSize(op,low) \
            index=lane(hi,s,low,size) lanes=lanes(vt,4,size,index) vt2=behind(vt,1) vt3=behind(vt,2) vt4=behind(vt,3) \
            | st4 <lanes>, [xn|sp], xm | rn=afterBy
            """)
    static void st4Lane(
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
            int index,
            int size) {
        mem.probeWrite(ea, 4 << size);
        storeLane(mem, ea, vtLo, vtHi, index, size);
        storeLane(mem, ea + (1L << size), vt2Lo, vt2Hi, index, size);
        storeLane(mem, ea + (2L << size), vt3Lo, vt3Hi, index, size);
        storeLane(mem, ea + (3L << size), vt4Lo, vt4Hi, index, size);
    }

    // All lanes.

    private static long replicated(Mem mem, long ea, int size) {
        return Lanes.replicate(load(mem, ea, size), size);
    }

    /// Load a structure of one element to all lanes.
    @Insn("""
            0 q:1 001101 0 1 0 00000 11 0 0 size:2 rn:5 vt:5 list=vectors(vt,1,size,q) \
            | ld1r <list>, [xn|sp] | -> vt
            0 q:1 001101 1 1 0 11111 11 0 0 size:2 rn:5 vt:5 list=vectors(vt,1,size,q) imm=elementBytes(size,1) \
            | ld1r <list>, [xn|sp], #imm | rn=after -> vt
            0 q:1 001101 1 1 0 rm:5 11 0 0 size:2 rn:5 vt:5 rm!=31 list=vectors(vt,1,size,q) \
            | ld1r <list>, [xn|sp], xm | rn=afterBy -> vt
            """)
    static long ld1r(Mem mem, long ea, int size) {
        return replicated(mem, ea, size);
    }

    /// Load a structure of two elements to all lanes.
    @Insn("""
            0 q:1 001101 0 1 1 00000 11 0 0 size:2 rn:5 vt:5 list=vectors(vt,2,size,q) vt2=behind(vt,1) \
            | ld2r <list>, [xn|sp] | vt2=secondLd2r -> vt
            0 q:1 001101 1 1 1 11111 11 0 0 size:2 rn:5 vt:5 list=vectors(vt,2,size,q) vt2=behind(vt,1) \
            imm=elementBytes(size,2) | ld2r <list>, [xn|sp], #imm | vt2=secondLd2r rn=after -> vt
            0 q:1 001101 1 1 1 rm:5 11 0 0 size:2 rn:5 vt:5 rm!=31 list=vectors(vt,2,size,q) vt2=behind(vt,1) \
            | ld2r <list>, [xn|sp], xm | vt2=secondLd2r rn=afterBy -> vt
            """)
    static long ld2r(Mem mem, long ea, int size) {
        return replicated(mem, ea, size);
    }

    static long secondLd2r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (1L << size), size);
    }

    /// Load a structure of three elements to all lanes.
    @Insn("""
            0 q:1 001101 0 1 0 00000 11 1 0 size:2 rn:5 vt:5 list=vectors(vt,3,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) | ld3r <list>, [xn|sp] | vt2=secondLd3r vt3=thirdLd3r -> vt
            0 q:1 001101 1 1 0 11111 11 1 0 size:2 rn:5 vt:5 list=vectors(vt,3,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) imm=elementBytes(size,3) \
            | ld3r <list>, [xn|sp], #imm | vt2=secondLd3r vt3=thirdLd3r rn=after -> vt
            0 q:1 001101 1 1 0 rm:5 11 1 0 size:2 rn:5 vt:5 rm!=31 list=vectors(vt,3,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) | ld3r <list>, [xn|sp], xm | vt2=secondLd3r vt3=thirdLd3r rn=afterBy -> vt
            """)
    static long ld3r(Mem mem, long ea, int size) {
        return replicated(mem, ea, size);
    }

    static long secondLd3r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (1L << size), size);
    }

    static long thirdLd3r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (2L << size), size);
    }

    /// Load a structure of four elements to all lanes.
    @Insn("""
            0 q:1 001101 0 1 1 00000 11 1 0 size:2 rn:5 vt:5 list=vectors(vt,4,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) vt4=behind(vt,3) | ld4r <list>, [xn|sp] | vt2=secondLd4r vt3=thirdLd4r vt4=fourthLd4r -> vt
            0 q:1 001101 1 1 1 11111 11 1 0 size:2 rn:5 vt:5 list=vectors(vt,4,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) vt4=behind(vt,3) imm=elementBytes(size,4) \
            | ld4r <list>, [xn|sp], #imm | vt2=secondLd4r vt3=thirdLd4r vt4=fourthLd4r rn=after -> vt
            0 q:1 001101 1 1 1 rm:5 11 1 0 size:2 rn:5 vt:5 rm!=31 list=vectors(vt,4,size,q) vt2=behind(vt,1) \
            vt3=behind(vt,2) vt4=behind(vt,3) \
            | ld4r <list>, [xn|sp], xm | vt2=secondLd4r vt3=thirdLd4r vt4=fourthLd4r rn=afterBy -> vt
            """)
    static long ld4r(Mem mem, long ea, int size) {
        return replicated(mem, ea, size);
    }

    static long secondLd4r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (1L << size), size);
    }

    static long thirdLd4r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (2L << size), size);
    }

    static long fourthLd4r(Mem mem, long ea, int size) {
        return replicated(mem, ea + (3L << size), size);
    }
}
