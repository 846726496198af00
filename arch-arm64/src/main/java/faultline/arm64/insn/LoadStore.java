package faultline.arm64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// Loads and stores of general registers (Arm ARM C4.1.88): literal, pairs, and single registers in
/// every addressing mode. Exclusive and atomic accesses are in [LoadStoreExclusive] and
/// [AtomicMemory].
///
/// A load may write the register that is also its base: the loaded value stays. Where the manual
/// leaves open what such an access with write-back does, this is one of its choices.
final class LoadStore {

    private LoadStore() {}

    // Load register (literal).

    /// Load register, from beside the code.
    @Insn("00 011 0 00 label:s19*4+pc rt:5 | ldr wt, label | ea:=label")
    static long ldrLiteralWord(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load register, from beside the code.
    @Insn("01 011 0 00 label:s19*4+pc rt:5 | ldr xt, label | ea:=label")
    static long ldrLiteral(Mem mem, long ea) {
        return mem.load64(ea);
    }

    /// Load register signed word, from beside the code.
    @Insn("10 011 0 00 label:s19*4+pc rt:5 | ldrsw xt, label | ea:=label")
    static long ldrswLiteral(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Prefetch does nothing.
    @Insn("""
            11 011 0 00 label:s19*4+pc prfop:5                | prfm <prfop>, label
            11 111 0 01 10 imm:12*8 rn:5 prfop:5              | prfm <prfop>, [xn|sp{, #imm}]
            11 111 0 00 10 0 imm:s9 00 rn:5 prfop:5           | prfum <prfop>, [xn|sp{, #imm}]
            11 111 0 00 10 1 rm:5 011 s:1 10 rn:5 prfop:5 amount=scale(s,3) | prfm <prfop>, [xn|sp, xm{, lsl #amount}]
            11 111 0 00 10 1 rm:5 o:1 10 s:1 10 rn:5 prfop:5 amount=scale(s,3) \
            | prfm <prfop>, [xn|sp, wm, <o>{ #amount}]
            11 111 0 00 10 1 rm:5 111 s:1 10 rn:5 prfop:5 amount=scale(s,3) | prfm <prfop>, [xn|sp, xm, sxtx{ #amount}]
            """)
    static void prfm() {}

    // Pairs.

    /// Load pair of words.
    @Insn("""
            00 101 0 000 1 imm:s7*4 rt2:5 rn:5 rt:5 | ldnp wt, wt2, [xn|sp{, #imm}] | rt2=secondLdpWords
            00 101 0 001 1 imm:s7*4 rt2:5 rn:5 rt:5 | ldp wt, wt2, [xn|sp], #imm | rt2=secondLdpWords rn=after
            00 101 0 010 1 imm:s7*4 rt2:5 rn:5 rt:5 | ldp wt, wt2, [xn|sp{, #imm}] | rt2=secondLdpWords
            00 101 0 011 1 imm:s7*4 rt2:5 rn:5 rt:5 | ldp wt, wt2, [xn|sp, #imm]! | rt2=secondLdpWords rn=ea
            """)
    static long ldpWords(Mem mem, long ea) {
        return mem.load32(ea);
    }

    static long secondLdpWords(Mem mem, long ea) {
        return mem.load32(ea + 4);
    }

    /// Load pair of signed words; into one register it is undefined, as assemblers have it.
    @Insn("""
            01 101 0 001 1 imm:s7*4 rt2:5 rn:5 rt:5 rt!=rt2 rt!=rn rt2!=rn \
            | ldpsw xt, xt2, [xn|sp], #imm | rt2=secondLdpsw rn=after
            01 101 0 001 1 imm:s7*4 rt2:5 rn:5 rt:5 rt!=rt2 rn==31 \
            | ldpsw xt, xt2, [xn|sp], #imm | rt2=secondLdpsw rn=after
            01 101 0 010 1 imm:s7*4 rt2:5 rn:5 rt:5 rt!=rt2 | ldpsw xt, xt2, [xn|sp{, #imm}] | rt2=secondLdpsw
            01 101 0 011 1 imm:s7*4 rt2:5 rn:5 rt:5 rt!=rt2 rt!=rn rt2!=rn \
            | ldpsw xt, xt2, [xn|sp, #imm]! | rt2=secondLdpsw rn=ea
            01 101 0 011 1 imm:s7*4 rt2:5 rn:5 rt:5 rt!=rt2 rn==31 \
            | ldpsw xt, xt2, [xn|sp, #imm]! | rt2=secondLdpsw rn=ea
            """)
    static long ldpsw(Mem mem, long ea) {
        return mem.load32(ea);
    }

    static long secondLdpsw(Mem mem, long ea) {
        return mem.load32(ea + 4);
    }

    /// Load pair of registers.
    @Insn("""
            10 101 0 000 1 imm:s7*8 rt2:5 rn:5 rt:5 | ldnp xt, xt2, [xn|sp{, #imm}] | rt2=secondLdp
            10 101 0 001 1 imm:s7*8 rt2:5 rn:5 rt:5 | ldp xt, xt2, [xn|sp], #imm | rt2=secondLdp rn=after
            10 101 0 010 1 imm:s7*8 rt2:5 rn:5 rt:5 | ldp xt, xt2, [xn|sp{, #imm}] | rt2=secondLdp
            10 101 0 011 1 imm:s7*8 rt2:5 rn:5 rt:5 | ldp xt, xt2, [xn|sp, #imm]! | rt2=secondLdp rn=ea
            """)
    static long ldp(Mem mem, long ea) {
        return mem.load64(ea);
    }

    static long secondLdp(Mem mem, long ea) {
        return mem.load64(ea + 8);
    }

    /// Store pair of words.
    @Insn("""
            00 101 0 000 0 imm:s7*4 rt2:5 rn:5 rt:5 | stnp wt, wt2, [xn|sp{, #imm}]
            00 101 0 001 0 imm:s7*4 rt2:5 rn:5 rt:5 | stp wt, wt2, [xn|sp], #imm | rn=after
            00 101 0 010 0 imm:s7*4 rt2:5 rn:5 rt:5 | stp wt, wt2, [xn|sp{, #imm}]
            00 101 0 011 0 imm:s7*4 rt2:5 rn:5 rt:5 | stp wt, wt2, [xn|sp, #imm]! | rn=ea
            """)
    static void stpWords(Mem mem, long ea, int rt, int rt2) {
        mem.probeWrite(ea, 8);
        mem.store32(ea, rt);
        mem.store32(ea + 4, rt2);
    }

    /// Store pair of registers.
    @Insn("""
            10 101 0 000 0 imm:s7*8 rt2:5 rn:5 rt:5 | stnp xt, xt2, [xn|sp{, #imm}]
            10 101 0 001 0 imm:s7*8 rt2:5 rn:5 rt:5 | stp xt, xt2, [xn|sp], #imm | rn=after
            10 101 0 010 0 imm:s7*8 rt2:5 rn:5 rt:5 | stp xt, xt2, [xn|sp{, #imm}]
            10 101 0 011 0 imm:s7*8 rt2:5 rn:5 rt:5 | stp xt, xt2, [xn|sp, #imm]! | rn=ea
            """)
    static void stp(Mem mem, long ea, long rt, long rt2) {
        mem.store128(ea, rt, rt2);
    }

    // One register.

    /// Store byte.
    @Insn("""
            00 111 0 00 00 0 imm:s9 00 rn:5 rt:5 | sturb wt, [xn|sp{, #imm}]
            00 111 0 00 00 0 imm:s9 01 rn:5 rt:5 | strb wt, [xn|sp], #imm | rn=after
            00 111 0 00 00 0 imm:s9 10 rn:5 rt:5 | sttrb wt, [xn|sp{, #imm}]
            00 111 0 00 00 0 imm:s9 11 rn:5 rt:5 | strb wt, [xn|sp, #imm]! | rn=ea
            00 111 0 00 00 1 rm:5 011 0 10 rn:5 rt:5 | strb wt, [xn|sp, xm] | ea:=rn+rm
            00 111 0 00 00 1 rm:5 o:1 10 0 10 rn:5 rt:5 amount=scale(0,0) \
            | strb wt, [xn|sp, wm, <o>] | ea:=indexedNarrow
            00 111 0 00 00 1 rm:5 111 0 10 rn:5 rt:5 | strb wt, [xn|sp, xm, sxtx] | ea:=rn+rm
            00 111 0 00 00 1 rm:5 011 1 10 rn:5 rt:5 | strb wt, [xn|sp, xm, lsl #0] | ea:=rn+rm
            00 111 0 00 00 1 rm:5 o:1 10 1 10 rn:5 rt:5 amount=scale(0,0) \
            | strb wt, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            00 111 0 00 00 1 rm:5 111 1 10 rn:5 rt:5 | strb wt, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            00 111 0 01 00 imm:12 rn:5 rt:5 | strb wt, [xn|sp{, #imm}]
            """)
    static void strb(Mem mem, long ea, int rt) {
        mem.store8(ea, (byte) rt);
    }

    /// Load byte.
    @Insn("""
            00 111 0 00 01 0 imm:s9 00 rn:5 rt:5 | ldurb wt, [xn|sp{, #imm}]
            00 111 0 00 01 0 imm:s9 01 rn:5 rt:5 | ldrb wt, [xn|sp], #imm | rn=after
            00 111 0 00 01 0 imm:s9 10 rn:5 rt:5 | ldtrb wt, [xn|sp{, #imm}]
            00 111 0 00 01 0 imm:s9 11 rn:5 rt:5 | ldrb wt, [xn|sp, #imm]! | rn=ea
            00 111 0 00 01 1 rm:5 011 0 10 rn:5 rt:5 | ldrb wt, [xn|sp, xm] | ea:=rn+rm
            00 111 0 00 01 1 rm:5 o:1 10 0 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrb wt, [xn|sp, wm, <o>] | ea:=indexedNarrow
            00 111 0 00 01 1 rm:5 111 0 10 rn:5 rt:5 | ldrb wt, [xn|sp, xm, sxtx] | ea:=rn+rm
            00 111 0 00 01 1 rm:5 011 1 10 rn:5 rt:5 | ldrb wt, [xn|sp, xm, lsl #0] | ea:=rn+rm
            00 111 0 00 01 1 rm:5 o:1 10 1 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrb wt, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            00 111 0 00 01 1 rm:5 111 1 10 rn:5 rt:5 | ldrb wt, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            00 111 0 01 01 imm:12 rn:5 rt:5 | ldrb wt, [xn|sp{, #imm}]
            """)
    static long ldrb(Mem mem, long ea) {
        return mem.load8(ea) & 0xff;
    }

    /// Load signed byte.
    @Insn("""
            00 111 0 00 10 0 imm:s9 00 rn:5 rt:5 | ldursb xt, [xn|sp{, #imm}]
            00 111 0 00 10 0 imm:s9 01 rn:5 rt:5 | ldrsb xt, [xn|sp], #imm | rn=after
            00 111 0 00 10 0 imm:s9 10 rn:5 rt:5 | ldtrsb xt, [xn|sp{, #imm}]
            00 111 0 00 10 0 imm:s9 11 rn:5 rt:5 | ldrsb xt, [xn|sp, #imm]! | rn=ea
            00 111 0 00 10 1 rm:5 011 0 10 rn:5 rt:5 | ldrsb xt, [xn|sp, xm] | ea:=rn+rm
            00 111 0 00 10 1 rm:5 o:1 10 0 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrsb xt, [xn|sp, wm, <o>] | ea:=indexedNarrow
            00 111 0 00 10 1 rm:5 111 0 10 rn:5 rt:5 | ldrsb xt, [xn|sp, xm, sxtx] | ea:=rn+rm
            00 111 0 00 10 1 rm:5 011 1 10 rn:5 rt:5 | ldrsb xt, [xn|sp, xm, lsl #0] | ea:=rn+rm
            00 111 0 00 10 1 rm:5 o:1 10 1 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrsb xt, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            00 111 0 00 10 1 rm:5 111 1 10 rn:5 rt:5 | ldrsb xt, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            00 111 0 01 10 imm:12 rn:5 rt:5 | ldrsb xt, [xn|sp{, #imm}]
            """)
    static long ldrsb(Mem mem, long ea) {
        return mem.load8(ea);
    }

    /// Load signed byte.
    @Insn("""
            00 111 0 00 11 0 imm:s9 00 rn:5 rt:5 | ldursb wt, [xn|sp{, #imm}]
            00 111 0 00 11 0 imm:s9 01 rn:5 rt:5 | ldrsb wt, [xn|sp], #imm | rn=after
            00 111 0 00 11 0 imm:s9 10 rn:5 rt:5 | ldtrsb wt, [xn|sp{, #imm}]
            00 111 0 00 11 0 imm:s9 11 rn:5 rt:5 | ldrsb wt, [xn|sp, #imm]! | rn=ea
            00 111 0 00 11 1 rm:5 011 0 10 rn:5 rt:5 | ldrsb wt, [xn|sp, xm] | ea:=rn+rm
            00 111 0 00 11 1 rm:5 o:1 10 0 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrsb wt, [xn|sp, wm, <o>] | ea:=indexedNarrow
            00 111 0 00 11 1 rm:5 111 0 10 rn:5 rt:5 | ldrsb wt, [xn|sp, xm, sxtx] | ea:=rn+rm
            00 111 0 00 11 1 rm:5 011 1 10 rn:5 rt:5 | ldrsb wt, [xn|sp, xm, lsl #0] | ea:=rn+rm
            00 111 0 00 11 1 rm:5 o:1 10 1 10 rn:5 rt:5 amount=scale(0,0) \
            | ldrsb wt, [xn|sp, wm, <o> #0] | ea:=indexedNarrow
            00 111 0 00 11 1 rm:5 111 1 10 rn:5 rt:5 | ldrsb wt, [xn|sp, xm, sxtx #0] | ea:=rn+rm
            00 111 0 01 11 imm:12 rn:5 rt:5 | ldrsb wt, [xn|sp{, #imm}]
            """)
    static long ldrsbw(Mem mem, long ea) {
        return mem.load8(ea);
    }

    /// Store halfword.
    @Insn("""
            01 111 0 00 00 0 imm:s9 00 rn:5 rt:5 | sturh wt, [xn|sp{, #imm}]
            01 111 0 00 00 0 imm:s9 01 rn:5 rt:5 | strh wt, [xn|sp], #imm | rn=after
            01 111 0 00 00 0 imm:s9 10 rn:5 rt:5 | sttrh wt, [xn|sp{, #imm}]
            01 111 0 00 00 0 imm:s9 11 rn:5 rt:5 | strh wt, [xn|sp, #imm]! | rn=ea
            01 111 0 00 00 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | strh wt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            01 111 0 00 00 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | strh wt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            01 111 0 00 00 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | strh wt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            01 111 0 01 00 imm:12*2 rn:5 rt:5 | strh wt, [xn|sp{, #imm}]
            """)
    static void strh(Mem mem, long ea, int rt) {
        mem.store16(ea, (short) rt);
    }

    /// Load halfword.
    @Insn("""
            01 111 0 00 01 0 imm:s9 00 rn:5 rt:5 | ldurh wt, [xn|sp{, #imm}]
            01 111 0 00 01 0 imm:s9 01 rn:5 rt:5 | ldrh wt, [xn|sp], #imm | rn=after
            01 111 0 00 01 0 imm:s9 10 rn:5 rt:5 | ldtrh wt, [xn|sp{, #imm}]
            01 111 0 00 01 0 imm:s9 11 rn:5 rt:5 | ldrh wt, [xn|sp, #imm]! | rn=ea
            01 111 0 00 01 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrh wt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            01 111 0 00 01 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrh wt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            01 111 0 00 01 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrh wt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            01 111 0 01 01 imm:12*2 rn:5 rt:5 | ldrh wt, [xn|sp{, #imm}]
            """)
    static long ldrh(Mem mem, long ea) {
        return mem.load16(ea) & 0xffff;
    }

    /// Load signed halfword.
    @Insn("""
            01 111 0 00 10 0 imm:s9 00 rn:5 rt:5 | ldursh xt, [xn|sp{, #imm}]
            01 111 0 00 10 0 imm:s9 01 rn:5 rt:5 | ldrsh xt, [xn|sp], #imm | rn=after
            01 111 0 00 10 0 imm:s9 10 rn:5 rt:5 | ldtrsh xt, [xn|sp{, #imm}]
            01 111 0 00 10 0 imm:s9 11 rn:5 rt:5 | ldrsh xt, [xn|sp, #imm]! | rn=ea
            01 111 0 00 10 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh xt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            01 111 0 00 10 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh xt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            01 111 0 00 10 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh xt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            01 111 0 01 10 imm:12*2 rn:5 rt:5 | ldrsh xt, [xn|sp{, #imm}]
            """)
    static long ldrsh(Mem mem, long ea) {
        return mem.load16(ea);
    }

    /// Load signed halfword.
    @Insn("""
            01 111 0 00 11 0 imm:s9 00 rn:5 rt:5 | ldursh wt, [xn|sp{, #imm}]
            01 111 0 00 11 0 imm:s9 01 rn:5 rt:5 | ldrsh wt, [xn|sp], #imm | rn=after
            01 111 0 00 11 0 imm:s9 10 rn:5 rt:5 | ldtrsh wt, [xn|sp{, #imm}]
            01 111 0 00 11 0 imm:s9 11 rn:5 rt:5 | ldrsh wt, [xn|sp, #imm]! | rn=ea
            01 111 0 00 11 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh wt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            01 111 0 00 11 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh wt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            01 111 0 00 11 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,1) \
            | ldrsh wt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            01 111 0 01 11 imm:12*2 rn:5 rt:5 | ldrsh wt, [xn|sp{, #imm}]
            """)
    static long ldrshw(Mem mem, long ea) {
        return mem.load16(ea);
    }

    /// Store word.
    @Insn("""
            10 111 0 00 00 0 imm:s9 00 rn:5 rt:5 | stur wt, [xn|sp{, #imm}]
            10 111 0 00 00 0 imm:s9 01 rn:5 rt:5 | str wt, [xn|sp], #imm | rn=after
            10 111 0 00 00 0 imm:s9 10 rn:5 rt:5 | sttr wt, [xn|sp{, #imm}]
            10 111 0 00 00 0 imm:s9 11 rn:5 rt:5 | str wt, [xn|sp, #imm]! | rn=ea
            10 111 0 00 00 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | str wt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            10 111 0 00 00 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | str wt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            10 111 0 00 00 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | str wt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            10 111 0 01 00 imm:12*4 rn:5 rt:5 | str wt, [xn|sp{, #imm}]
            """)
    static void strw(Mem mem, long ea, int rt) {
        mem.store32(ea, rt);
    }

    /// Load word.
    @Insn("""
            10 111 0 00 01 0 imm:s9 00 rn:5 rt:5 | ldur wt, [xn|sp{, #imm}]
            10 111 0 00 01 0 imm:s9 01 rn:5 rt:5 | ldr wt, [xn|sp], #imm | rn=after
            10 111 0 00 01 0 imm:s9 10 rn:5 rt:5 | ldtr wt, [xn|sp{, #imm}]
            10 111 0 00 01 0 imm:s9 11 rn:5 rt:5 | ldr wt, [xn|sp, #imm]! | rn=ea
            10 111 0 00 01 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldr wt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            10 111 0 00 01 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldr wt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            10 111 0 00 01 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldr wt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            10 111 0 01 01 imm:12*4 rn:5 rt:5 | ldr wt, [xn|sp{, #imm}]
            """)
    static long ldrw(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Load signed word.
    @Insn("""
            10 111 0 00 10 0 imm:s9 00 rn:5 rt:5 | ldursw xt, [xn|sp{, #imm}]
            10 111 0 00 10 0 imm:s9 01 rn:5 rt:5 | ldrsw xt, [xn|sp], #imm | rn=after
            10 111 0 00 10 0 imm:s9 10 rn:5 rt:5 | ldtrsw xt, [xn|sp{, #imm}]
            10 111 0 00 10 0 imm:s9 11 rn:5 rt:5 | ldrsw xt, [xn|sp, #imm]! | rn=ea
            10 111 0 00 10 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldrsw xt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            10 111 0 00 10 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldrsw xt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            10 111 0 00 10 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,2) \
            | ldrsw xt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            10 111 0 01 10 imm:12*4 rn:5 rt:5 | ldrsw xt, [xn|sp{, #imm}]
            """)
    static long ldrsw(Mem mem, long ea) {
        return mem.load32(ea);
    }

    /// Store register.
    @Insn("""
            11 111 0 00 00 0 imm:s9 00 rn:5 rt:5 | stur xt, [xn|sp{, #imm}]
            11 111 0 00 00 0 imm:s9 01 rn:5 rt:5 | str xt, [xn|sp], #imm | rn=after
            11 111 0 00 00 0 imm:s9 10 rn:5 rt:5 | sttr xt, [xn|sp{, #imm}]
            11 111 0 00 00 0 imm:s9 11 rn:5 rt:5 | str xt, [xn|sp, #imm]! | rn=ea
            11 111 0 00 00 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | str xt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            11 111 0 00 00 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | str xt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            11 111 0 00 00 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | str xt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            11 111 0 01 00 imm:12*8 rn:5 rt:5 | str xt, [xn|sp{, #imm}]
            """)
    static void str(Mem mem, long ea, long rt) {
        mem.store64(ea, rt);
    }

    /// Load register.
    @Insn("""
            11 111 0 00 01 0 imm:s9 00 rn:5 rt:5 | ldur xt, [xn|sp{, #imm}]
            11 111 0 00 01 0 imm:s9 01 rn:5 rt:5 | ldr xt, [xn|sp], #imm | rn=after
            11 111 0 00 01 0 imm:s9 10 rn:5 rt:5 | ldtr xt, [xn|sp{, #imm}]
            11 111 0 00 01 0 imm:s9 11 rn:5 rt:5 | ldr xt, [xn|sp, #imm]! | rn=ea
            11 111 0 00 01 1 rm:5 011 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | ldr xt, [xn|sp, xm{, lsl #amount}] | ea:=indexed
            11 111 0 00 01 1 rm:5 o:1 10 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | ldr xt, [xn|sp, wm, <o>{ #amount}] | ea:=indexedNarrow
            11 111 0 00 01 1 rm:5 111 s:1 10 rn:5 rt:5 amount=scale(s,3) \
            | ldr xt, [xn|sp, xm, sxtx{ #amount}] | ea:=indexed
            11 111 0 01 01 imm:12*8 rn:5 rt:5 | ldr xt, [xn|sp{, #imm}]
            """)
    static long ldr(Mem mem, long ea) {
        return mem.load64(ea);
    }
}
