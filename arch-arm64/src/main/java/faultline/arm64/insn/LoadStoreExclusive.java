package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import java.lang.invoke.VarHandle;

/// Load-exclusive, store-exclusive, load-acquire, store-release, and compare and swap (Arm ARM
/// C4.1.88, "Load/store exclusive register" and its neighbours).
///
/// All of them want their address aligned to what they access. Loads acquire and stores release by
/// themselves ([Mem]); what is left to do is to keep a store-release before a later load-acquire.
/// [faultline.core.mem.ExclusiveAccess] says what becomes of a reservation.
final class LoadStoreExclusive {

    private LoadStoreExclusive() {}

    // Exclusive, one register.

    /// Load exclusive register.
    @Insn("""
            size:2 001000 0 1 0 ///// acquire:1 ///// rn:5 rt:5 size==0 | ld<acquire>xrb wt, [xn|sp] | ea:=alignedRead
            size:2 001000 0 1 0 ///// acquire:1 ///// rn:5 rt:5 size==1 | ld<acquire>xrh wt, [xn|sp] | ea:=alignedRead
            size:2 001000 0 1 0 ///// acquire:1 ///// rn:5 rt:5 size==2 | ld<acquire>xr wt, [xn|sp] | ea:=alignedRead
            size:2 001000 0 1 0 ///// acquire:1 ///// rn:5 rt:5 size==3 | ld<acquire>xr xt, [xn|sp] | ea:=alignedRead
            """)
    static long ldxr(Mem mem, long ea, int size) {
        return mem.exclusives().load(ea, 1 << size);
    }

    /// Store exclusive register: 0 if it stored.
    @Insn("""
            size:2 001000 0 0 0 rs:5 release:1 ///// rn:5 rt:5 size==0 \
            | st<release>xrb ws, wt, [xn|sp] | ea:=alignedWrite
            size:2 001000 0 0 0 rs:5 release:1 ///// rn:5 rt:5 size==1 \
            | st<release>xrh ws, wt, [xn|sp] | ea:=alignedWrite
            size:2 001000 0 0 0 rs:5 release:1 ///// rn:5 rt:5 size==2 \
            | st<release>xr ws, wt, [xn|sp] | ea:=alignedWrite
            size:2 001000 0 0 0 rs:5 release:1 ///// rn:5 rt:5 size==3 \
            | st<release>xr ws, xt, [xn|sp] | ea:=alignedWrite
            """)
    static long stxr(Mem mem, long ea, long rt, int size) {
        return mem.exclusives().store(ea, 1 << size, rt) ? 0 : 1;
    }

    // Exclusive, pairs.

    /// Load exclusive pair of words.
    @Insn("""
            size:2 001000 0 1 1 ///// acquire:1 rt2:5 rn:5 rt:5 size==2 \
            | ld<acquire>xp wt, wt2, [xn|sp] | ea:=alignedReadPair rt2=secondLdxp
            """)
    static long ldxpWords(Mem mem, long ea) {
        return mem.exclusives().loadWords(ea);
    }

    /// Load exclusive pair of registers.
    @Insn("""
            size:2 001000 0 1 1 ///// acquire:1 rt2:5 rn:5 rt:5 size==3 \
            | ld<acquire>xp xt, xt2, [xn|sp] | ea:=alignedReadPair rt2=secondLdxp
            """)
    static long ldxp(Mem mem, long ea) {
        return mem.exclusives().loadPair(ea);
    }

    /// Behind the first: both are loaded at once.
    static long secondLdxp(Mem mem, long result) {
        return mem.exclusives().high();
    }

    /// Store exclusive pair of words.
    @Insn("""
            size:2 001000 0 0 1 rs:5 release:1 rt2:5 rn:5 rt:5 size==2 \
            | st<release>xp ws, wt, wt2, [xn|sp] | ea:=alignedWritePair
            """)
    static long stxpWords(Mem mem, long ea, long rt, long rt2) {
        return mem.exclusives().store(ea, Long.BYTES, Operands.words(rt, rt2)) ? 0 : 1;
    }

    /// Store exclusive pair of registers.
    @Insn("""
            size:2 001000 0 0 1 rs:5 release:1 rt2:5 rn:5 rt:5 size==3 \
            | st<release>xp ws, xt, xt2, [xn|sp] | ea:=alignedWritePair
            """)
    static long stxp(Mem mem, long ea, long rt, long rt2) {
        return mem.exclusives().storePair(ea, rt, rt2) ? 0 : 1;
    }

    /// Forgets what is reserved.
    @Insn("""
            11010101 000 0 0 011 0011 imm:4 010 11111 | clrex #0x<imm>
            11010101 000 0 0 011 0011 1111 010 11111  | clrex
            """)
    static void clrex(Mem mem) {
        mem.exclusives().clear();
    }

    // Ordered.

    /// Load-acquire register.
    @Insn("""
            size:2 001000 1 1 0 /1111 1 11111 rn:5 rt:5 size==0      | ldarb wt, [xn|sp]  | ea:=alignedRead
            size:2 001000 1 1 0 ///// 0 ///// rn:5 rt:5 size==0 ?LOR | ldlarb wt, [xn|sp] | ea:=alignedRead
            size:2 111 0 00 1 0 1 11111 1 100 00 rn:5 rt:5 size==0 ?LRCPC | ldaprb wt, [xn|sp] | ea:=alignedRead
            """)
    static long ldarb(Mem mem, long ea) {
        return mem.load8(ea) & 0xff;
    }

    /// Load-acquire register.
    @Insn("""
            size:2 001000 1 1 0 /1111 1 11111 rn:5 rt:5 size==1      | ldarh wt, [xn|sp]  | ea:=alignedRead
            size:2 001000 1 1 0 ///// 0 ///// rn:5 rt:5 size==1 ?LOR | ldlarh wt, [xn|sp] | ea:=alignedRead
            size:2 111 0 00 1 0 1 11111 1 100 00 rn:5 rt:5 size==1 ?LRCPC | ldaprh wt, [xn|sp] | ea:=alignedRead
            """)
    static long ldarh(Mem mem, long ea) {
        return mem.load16(ea) & 0xffff;
    }

    /// Load-acquire register.
    @Insn("""
            size:2 001000 1 1 0 /1111 1 11111 rn:5 rt:5 size==2      | ldar wt, [xn|sp]  | ea:=alignedRead
            size:2 001000 1 1 0 ///// 0 ///// rn:5 rt:5 size==2 ?LOR | ldlar wt, [xn|sp] | ea:=alignedRead
            size:2 111 0 00 1 0 1 11111 1 100 00 rn:5 rt:5 size==2 ?LRCPC | ldapr wt, [xn|sp] | ea:=alignedRead
            """)
    static long ldarWord(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load-acquire register.
    @Insn("""
            size:2 001000 1 1 0 /1111 1 11111 rn:5 rt:5 size==3      | ldar xt, [xn|sp]  | ea:=alignedRead
            size:2 001000 1 1 0 ///// 0 ///// rn:5 rt:5 size==3 ?LOR | ldlar xt, [xn|sp] | ea:=alignedRead
            size:2 111 0 00 1 0 1 11111 1 100 00 rn:5 rt:5 size==3 ?LRCPC | ldapr xt, [xn|sp] | ea:=alignedRead
            """)
    static long ldar(Mem mem, long ea) {
        return mem.load64(ea);
    }

    /// Store-release register; a load-acquire behind it may not come first.
    @Insn("""
            size:2 001000 1 0 0 ///// 1 ///// rn:5 rt:5 size==0      | stlrb wt, [xn|sp]  | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 1 ///// rn:5 rt:5 size==1      | stlrh wt, [xn|sp]  | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 1 ///// rn:5 rt:5 size==2      | stlr wt, [xn|sp]   | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 1 ///// rn:5 rt:5 size==3      | stlr xt, [xn|sp]   | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 0 ///// rn:5 rt:5 size==0 ?LOR | stllrb wt, [xn|sp] | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 0 ///// rn:5 rt:5 size==1 ?LOR | stllrh wt, [xn|sp] | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 0 ///// rn:5 rt:5 size==2 ?LOR | stllr wt, [xn|sp]  | ea:=alignedWrite
            size:2 001000 1 0 0 ///// 0 ///// rn:5 rt:5 size==3 ?LOR | stllr xt, [xn|sp]  | ea:=alignedWrite
            """)
    static void stlr(Mem mem, long ea, long rt, int size) {
        switch (size) {
            case 0 -> mem.store8(ea, (byte) rt);
            case 1 -> mem.store16(ea, (short) rt);
            case 2 -> mem.store32(ea, (int) rt);
            default -> mem.store64(ea, rt);
        }
        VarHandle.fullFence();
    }

    // Compare and swap. A value that was not as expected is stored again.

    /// Compare and swap.
    @Insn("""
            size:2 001000 1 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==0 ?LSE \
            | cas<acquire><release>b ws, wt, [xn|sp] | ea:=alignedRead rs=before -> atomic8
            size:2 001000 1 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==1 ?LSE \
            | cas<acquire><release>h ws, wt, [xn|sp] | ea:=alignedRead rs=before -> atomic16
            size:2 001000 1 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==2 ?LSE \
            | cas<acquire><release> ws, wt, [xn|sp] | ea:=alignedRead rs=before -> atomic32
            size:2 001000 1 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==3 ?LSE \
            | cas<acquire><release> xs, xt, [xn|sp] | ea:=alignedRead rs=before -> atomic64
            """)
    static long cas(long old, long rs, long rt, int size) {
        return Operands.narrowed(rs, size) == old ? rt : old;
    }

    /// Compare and swap pair of words.
    @Insn("""
            0 size:1 001000 0 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==0 ?LSE \
            rs2=pairWith(rs) rt2=pairWith(rt) isEven(rs) isEven(rt) \
            | casp<acquire><release> ws, ws2, wt, wt2, [xn|sp] | ea:=alignedWords rs=lowWord rs2=highWord -> atomic64
            """)
    static long caspWords(long old, long rs, long rs2, long rt, long rt2) {
        return Operands.words(rs, rs2) == old ? Operands.words(rt, rt2) : old;
    }

    static long lowWord(long old) {
        return old;
    }

    static long highWord(long old) {
        return old >>> 32;
    }

    /// Compare and swap pair of registers.
    @Insn("""
            0 size:1 001000 0 acquire:1 1 rs:5 release:1 11111 rn:5 rt:5 size==1 ?LSE \
            rs2=pairWith(rs) rt2=pairWith(rt) isEven(rs) isEven(rt) \
            | casp<acquire><release> xs, xs2, xt, xt2, [xn|sp] | ea:=alignedQuad rs2=secondLdxp
            """)
    static long casp(Mem mem, long ea, long rs, long rs2, long rt, long rt2) {
        return mem.exclusives().swapPair(ea, rs, rs2, rt, rt2);
    }
}
