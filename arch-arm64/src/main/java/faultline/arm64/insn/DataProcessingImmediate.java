package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Data processing with an immediate (Arm ARM C4.1.86).
final class DataProcessingImmediate {

    private DataProcessingImmediate() {}

    // PC-relative addressing.

    /// Form PC-relative address.
    @Insn("""
            0 lo:2 10000 hi:s19 rd:5 label=hi:lo+pc     | adr xd, label
            1 lo:2 10000 hi:s19 rd:5 label=page(pc,hi,lo) | adrp xd, label
            """)
    static long adr(long label) {
        return label;
    }

    // Add and subtract.

    /// Add.
    @Insn("""
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rd==31        | mov rd|sp, rn|sp              | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rn==31        | mov rd|sp, rn|sp              | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rd==31 rn==31 | mov rd|sp, rn|sp              | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5                      | add rd|sp, rn|sp, #0x<imm>    | rm:=imm
            sf:1 00 100010 1 imm:12 rn:5 rd:5 high=times4096(imm)  | add rd|sp, rn|sp, #0x<imm>, lsl #12 | rm:=high
            """)
    static long add(long rn, long rm) {
        return rn + rm;
    }

    /// Add, setting flags.
    @Insn("""
            sf:1 01 100010 0 imm:12 rn:5 rd:5                     | adds rd, rn|sp, #0x<imm>          | rm:=imm add
            sf:1 01 100010 1 imm:12 rn:5 rd:5 high=times4096(imm) | adds rd, rn|sp, #0x<imm>, lsl #12 | rm:=high add
            """)
    static long adds(long rn, long rm) {
        return rn + rm;
    }

    /// Compare negative.
    @Insn("""
            sf:1 01 100010 0 imm:12 rn:5 11111                     | cmn rn|sp, #0x<imm>          | rm:=imm add -> none
            sf:1 01 100010 1 imm:12 rn:5 11111 high=times4096(imm) | cmn rn|sp, #0x<imm>, lsl #12 | rm:=high add -> none
            """)
    static long cmn(long rn, long rm) {
        return rn + rm;
    }

    /// Subtract.
    @Insn("""
            sf:1 10 100010 0 imm:12 rn:5 rd:5                     | sub rd|sp, rn|sp, #0x<imm>          | rm:=imm
            sf:1 10 100010 1 imm:12 rn:5 rd:5 high=times4096(imm) | sub rd|sp, rn|sp, #0x<imm>, lsl #12 | rm:=high
            """)
    static long sub(long rn, long rm) {
        return rn - rm;
    }

    /// Subtract, setting flags.
    @Insn("""
            sf:1 11 100010 0 imm:12 rn:5 rd:5                     | subs rd, rn|sp, #0x<imm>          | rm:=imm sub
            sf:1 11 100010 1 imm:12 rn:5 rd:5 high=times4096(imm) | subs rd, rn|sp, #0x<imm>, lsl #12 | rm:=high sub
            """)
    static long subs(long rn, long rm) {
        return rn - rm;
    }

    /// Compare.
    @Insn("""
            sf:1 11 100010 0 imm:12 rn:5 11111                     | cmp rn|sp, #0x<imm>          | rm:=imm sub -> none
            sf:1 11 100010 1 imm:12 rn:5 11111 high=times4096(imm) | cmp rn|sp, #0x<imm>, lsl #12 | rm:=high sub -> none
            """)
    static long cmp(long rn, long rm) {
        return rn - rm;
    }

    // Logical.

    /// Bitwise AND.
    @Insn("""
            sf:1 00 100100 n:1 immr:6 imms:6 rn:5 rd:5 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            | and rd|sp, rn, #0x<mask>
            """)
    static long and(long rn, long mask) {
        return rn & mask;
    }

    /// Bitwise inclusive OR; a move where there is nothing to OR with.
    @Insn("""
            sf:1 01 100100 n:1 immr:6 imms:6 rn:5 rd:5 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            | orr rd|sp, rn, #0x<mask>
            sf:1 01 100100 n:1 immr:6 imms:6 rn:5 rd:5 rn==31 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            isBitmaskMove(bits,n,immr,imms) | mov rd|sp, #0x<mask>
            sf:1 01 100100 n:1 immr:6 imms:6 rn:5 rd:5 rn==31 rd==31 isBitmask(bits,n,imms) \
            mask=bitmask(bits,n,immr,imms) \
            | mov rd|sp, #0x<mask>
            """)
    static long orr(long rn, long mask) {
        return rn | mask;
    }

    /// Bitwise exclusive OR.
    @Insn("""
            sf:1 10 100100 n:1 immr:6 imms:6 rn:5 rd:5 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            | eor rd|sp, rn, #0x<mask>
            """)
    static long eor(long rn, long mask) {
        return rn ^ mask;
    }

    /// Bitwise AND, setting flags.
    @Insn("""
            sf:1 11 100100 n:1 immr:6 imms:6 rn:5 rd:5 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            | ands rd, rn, #0x<mask> | logic
            """)
    static long ands(long rn, long mask) {
        return rn & mask;
    }

    /// Test bits.
    @Insn("""
            sf:1 11 100100 n:1 immr:6 imms:6 rn:5 11111 isBitmask(bits,n,imms) mask=bitmask(bits,n,immr,imms) \
            | tst rn, #0x<mask> | logic -> none
            """)
    static long tst(long rn, long mask) {
        return rn & mask;
    }

    // Move wide.

    /// Move wide with zero, or its complement.
    @Insn("""
            0 10 100101 0 hw:1 imm:16 rd:5 value=movz(imm,hw)                 | mov wd, #0x<value>
            1 10 100101 hw:2 imm:16 rd:5 value=movz(imm,hw)                   | mov xd, #0x<value>
            0 10 100101 01 imm:16 rd:5 imm==0 value=movz(imm,1)               | movz wd, #0x0, lsl #16
            1 10 100101 hw:2 imm:16 rd:5 imm==0 hw!=0 value=movz(imm,hw) left=sixteens(hw) | movz xd, #0x0, lsl #left
            0 00 100101 0 hw:1 imm:16 rd:5 value=movn(32,imm,hw)              | mov wd, #0x<value>
            1 00 100101 hw:2 imm:16 rd:5 value=movn(64,imm,hw)                | mov xd, #0x<value>
            0 00 100101 01 imm:16 rd:5 imm==0 value=movn(32,imm,1)            | movn wd, #0x0, lsl #16
            0 00 100101 0 hw:1 imm:16 rd:5 imm==65535 value=movn(32,imm,hw) left=sixteens(hw) \
            | movn wd, #0xffff{, lsl #left}
            1 00 100101 hw:2 imm:16 rd:5 imm==0 hw!=0 value=movn(64,imm,hw) left=sixteens(hw) | movn xd, #0x0, lsl #left
            """)
    static long mov(long value) {
        return value;
    }

    /// Move wide with keep.
    @Insn("""
            0 11 100101 0 hw:1 imm:16 rd:5 left=sixteens(hw) | movk wd, #0x<imm>{, lsl #left}
            1 11 100101 hw:2 imm:16 rd:5 left=sixteens(hw)   | movk xd, #0x<imm>{, lsl #left}
            """)
    static long movk(long rd, long imm, int left) {
        return rd & ~(0xffffL << left) | imm << left;
    }

    // Bitfields.

    /// Signed bitfield insert in zeros: bits 0 to `imms` go `left` up.
    @Insn("""
            0 00 100110 0 0 immr:5 0 imms:5 rn:5 rd:5 left=leftward(32,immr) width=insertedWidth(imms) \
            | sbfiz wd, wn, #left, #width
            1 00 100110 1 immr:6 imms:6 rn:5 rd:5 left=leftward(64,immr) width=insertedWidth(imms) \
            | sbfiz xd, xn, #left, #width
            """)
    static long sbfiz(long rn, int left, int width) {
        return rn << 64 - width >> 64 - width << left;
    }

    /// Signed bitfield extract.
    @Insn("""
            0 00 100110 00 immr:5 0 imms:5 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) | sbfx wd, wn, #immr, #width
            1 00 100110 1 immr:6 imms:6 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) | sbfx xd, xn, #immr, #width
            """)
    static long sbfx(long rn, int immr, int width) {
        return rn << 64 - width - immr >> 64 - width;
    }

    /// Arithmetic shift right.
    @Insn("""
            0 00 100110 0 0 immr:5 0 imms:5 rn:5 rd:5 imms==31 | asr wd, wn, #immr
            1 00 100110 1 immr:6 imms:6 rn:5 rd:5 imms==63     | asr xd, xn, #immr
            """)
    static long asr(long rn, int immr) {
        return rn >> immr;
    }

    /// Sign-extend byte.
    @Insn("""
            0 00 100110 0 000000 000111 rn:5 rd:5 | sxtb wd, wn
            1 00 100110 1 000000 000111 rn:5 rd:5 | sxtb xd, wn
            """)
    static long sxtb(long rn) {
        return (byte) rn;
    }

    /// Sign-extend halfword.
    @Insn("""
            0 00 100110 0 000000 001111 rn:5 rd:5 | sxth wd, wn
            1 00 100110 1 000000 001111 rn:5 rd:5 | sxth xd, wn
            """)
    static long sxth(long rn) {
        return (short) rn;
    }

    /// Sign-extend word.
    @Insn("1 00 100110 1 000000 011111 rn:5 rd:5 | sxtw xd, wn")
    static long sxtw(long rn) {
        return (int) rn;
    }

    /// Unsigned bitfield insert in zeros.
    @Insn("""
            0 10 100110 0 0 immr:5 0 imms:5 rn:5 rd:5 left=leftward(32,immr) width=insertedWidth(imms) \
            | ubfiz wd, wn, #left, #width
            1 10 100110 1 immr:6 imms:6 rn:5 rd:5 left=leftward(64,immr) width=insertedWidth(imms) \
            | ubfiz xd, xn, #left, #width
            """)
    static long ubfiz(long rn, int left, int width) {
        return (rn & -1L >>> 64 - width) << left;
    }

    /// Logical shift left.
    @Insn("""
            0 10 100110 00 immr:5 0 imms:5 rn:5 rd:5 isLeftShift(32,immr,imms) left=leftward(32,immr) \
            | lsl wd, wn, #left
            1 10 100110 1 immr:6 imms:6 rn:5 rd:5 isLeftShift(64,immr,imms) left=leftward(64,immr) | lsl xd, xn, #left
            """)
    static long lsl(long rn, int left) {
        return rn << left;
    }

    /// Unsigned bitfield extract.
    @Insn("""
            0 10 100110 00 immr:5 0 imms:5 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) | ubfx wd, wn, #immr, #width
            1 10 100110 1 immr:6 imms:6 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) | ubfx xd, xn, #immr, #width
            """)
    static long ubfx(long rn, int immr, int width) {
        return rn >>> immr & -1L >>> 64 - width;
    }

    /// Logical shift right.
    @Insn("0 10 100110 0 0 immr:5 0 imms:5 rn:5 rd:5 imms==31 | lsr wd, wn, #immr")
    static long lsrw(long rn, int immr) {
        return (rn & 0xffffffffL) >>> immr;
    }

    /// Logical shift right.
    @Insn("1 10 100110 1 immr:6 imms:6 rn:5 rd:5 imms==63 | lsr xd, xn, #immr")
    static long lsr(long rn, int immr) {
        return rn >>> immr;
    }

    /// Zero-extend byte.
    @Insn("0 10 100110 0 000000 000111 rn:5 rd:5 | uxtb wd, wn")
    static long uxtb(long rn) {
        return rn & 0xff;
    }

    /// Zero-extend halfword.
    @Insn("0 10 100110 0 000000 001111 rn:5 rd:5 | uxth wd, wn")
    static long uxth(long rn) {
        return rn & 0xffff;
    }

    /// Bitfield insert; clear where zeros are inserted.
    @Insn("""
            0 01 100110 0 0 immr:5 0 imms:5 rn:5 rd:5 left=leftward(32,immr) width=insertedWidth(imms) \
            | bfi wd, wn, #left, #width
            1 01 100110 1 immr:6 imms:6 rn:5 rd:5 left=leftward(64,immr) width=insertedWidth(imms) \
            | bfi xd, xn, #left, #width
            0 01 100110 00 immr:5 0 imms:5 rn:5 rd:5 rn==31 imms<immr left=leftward(32,immr) width=insertedWidth(imms) \
            | bfc wd, #left, #width
            1 01 100110 1 immr:6 imms:6 rn:5 rd:5 rn==31 imms<immr left=leftward(64,immr) width=insertedWidth(imms) \
            | bfc xd, #left, #width
            """)
    static long bfi(long rd, long rn, int left, int width) {
        long mask = -1L >>> 64 - width << left;
        return rd & ~mask | rn << left & mask;
    }

    /// Bitfield extract and insert at the low end.
    @Insn("""
            0 01 100110 00 immr:5 0 imms:5 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) \
            | bfxil wd, wn, #immr, #width
            1 01 100110 1 immr:6 imms:6 rn:5 rd:5 imms>=immr width=fieldWidth(immr,imms) | bfxil xd, xn, #immr, #width
            """)
    static long bfxil(long rd, long rn, int immr, int width) {
        long mask = -1L >>> 64 - width;
        return rd & ~mask | rn >>> immr & mask;
    }

    // Extract.

    /// Extract register.
    @Insn("0 00 100111 0 0 rm:5 0 imms:5 rn:5 rd:5 | extr wd, wn, wm, #imms")
    static long extrw(long rn, long rm, int imms) {
        return (rn << 32 | rm & 0xffffffffL) >>> imms;
    }

    /// Extract register.
    @Insn("1 00 100111 1 0 rm:5 imms:6 rn:5 rd:5 | extr xd, xn, xm, #imms")
    static long extr(long rn, long rm, int imms) {
        return imms == 0 ? rm : rm >>> imms | rn << 64 - imms;
    }

    /// Rotate right.
    @Insn("""
            0 00 100111 0 0 rm:5 0 imms:5 rn:5 rd:5 rn==rm | ror wd, wn, #imms
            """)
    static long rorw(long rn, int imms) {
        return Integer.rotateRight((int) rn, imms);
    }

    /// Rotate right.
    @Insn("1 00 100111 1 0 rm:5 imms:6 rn:5 rd:5 rn==rm | ror xd, xn, #imms")
    static long ror(long rn, int imms) {
        return Long.rotateRight(rn, imms);
    }
}
