package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Data processing with registers (Arm ARM C4.1.94).
final class DataProcessingRegister {

    private DataProcessingRegister() {}

    // Two sources.

    /// Unsigned divide; by 0 it is 0.
    @Insn("sf:1 0 0 11010110 rm:5 000010 rn:5 rd:5 | udiv rd, rn, rm")
    static long udiv(long rn, long rm, int bits) {
        return rm == 0 ? 0 : Long.divideUnsigned(Operands.zx(rn, bits), Operands.zx(rm, bits));
    }

    /// Signed divide; by 0 it is 0.
    @Insn("sf:1 0 0 11010110 rm:5 000011 rn:5 rd:5 | sdiv rd, rn, rm")
    static long sdiv(long rn, long rm) {
        return rm == 0 ? 0 : rn / rm;
    }

    /// Logical shift left by a register.
    @Insn("sf:1 0 0 11010110 rm:5 001000 rn:5 rd:5 | lsl rd, rn, rm")
    static long lslv(long rn, long rm, int bits) {
        return rn << (rm & bits - 1);
    }

    /// Logical shift right by a register.
    @Insn("sf:1 0 0 11010110 rm:5 001001 rn:5 rd:5 | lsr rd, rn, rm")
    static long lsrv(long rn, long rm, int bits) {
        return Operands.zx(rn, bits) >>> (rm & bits - 1);
    }

    /// Arithmetic shift right by a register.
    @Insn("sf:1 0 0 11010110 rm:5 001010 rn:5 rd:5 | asr rd, rn, rm")
    static long asrv(long rn, long rm, int bits) {
        return rn >> (rm & bits - 1);
    }

    /// Rotate right by a register.
    @Insn("sf:1 0 0 11010110 rm:5 001011 rn:5 rd:5 | ror rd, rn, rm")
    static long rorv(long rn, long rm, int bits) {
        return Operands.rotated(rn, (int) rm & bits - 1, bits);
    }

    /// CRC-32 of the accumulator and 1, 2, 4 or 8 bytes.
    @Insn("""
            0 0 0 11010110 rm:5 010 0 00 rn:5 rd:5 ?CRC32 bytes=power(0) | crc32b wd, wn, wm
            0 0 0 11010110 rm:5 010 0 01 rn:5 rd:5 ?CRC32 bytes=power(1) | crc32h wd, wn, wm
            0 0 0 11010110 rm:5 010 0 10 rn:5 rd:5 ?CRC32 bytes=power(2) | crc32w wd, wn, wm
            1 0 0 11010110 rm:5 010 0 11 rn:5 rd:5 ?CRC32 bytes=power(3) | crc32x wd, wn, xm
            """)
    static long crc32(long rn, long rm, int bytes) {
        return reflected(0xedb88320, (int) rn, rm, bytes);
    }

    /// CRC-32C of the same.
    @Insn("""
            0 0 0 11010110 rm:5 010 1 00 rn:5 rd:5 ?CRC32 bytes=power(0) | crc32cb wd, wn, wm
            0 0 0 11010110 rm:5 010 1 01 rn:5 rd:5 ?CRC32 bytes=power(1) | crc32ch wd, wn, wm
            0 0 0 11010110 rm:5 010 1 10 rn:5 rd:5 ?CRC32 bytes=power(2) | crc32cw wd, wn, wm
            1 0 0 11010110 rm:5 010 1 11 rn:5 rd:5 ?CRC32 bytes=power(3) | crc32cx wd, wn, xm
            """)
    static long crc32c(long rn, long rm, int bytes) {
        return reflected(0x82f63b78, (int) rn, rm, bytes);
    }

    /// The remainder, bit-reflected, without the complements that checksums have around it.
    private static int reflected(int polynomial, int start, long data, int bytes) {
        int crc = start;
        for (int bit = 0; bit < 8 * bytes; bit++) {
            int low = (crc ^ (int) (data >>> bit)) & 1;
            crc = crc >>> 1 ^ (low == 0 ? 0 : polynomial);
        }
        return crc;
    }

    // One source.

    /// Reverse bits.
    @Insn("sf:1 1 0 11010110 00000 000000 rn:5 rd:5 | rbit rd, rn")
    static long rbit(long rn, int bits) {
        return bits == 32 ? Integer.reverse((int) rn) : Long.reverse(rn);
    }

    /// Reverse bytes in halfwords.
    @Insn("sf:1 1 0 11010110 00000 000001 rn:5 rd:5 | rev16 rd, rn")
    static long rev16(long rn) {
        return (rn & 0x00ff00ff00ff00ffL) << 8 | rn >>> 8 & 0x00ff00ff00ff00ffL;
    }

    /// Reverse bytes.
    @Insn("0 1 0 11010110 00000 000010 rn:5 rd:5 | rev wd, wn")
    static long revw(long rn) {
        return Integer.reverseBytes((int) rn);
    }

    /// Reverse bytes in words.
    @Insn("1 1 0 11010110 00000 000010 rn:5 rd:5 | rev32 xd, xn")
    static long rev32(long rn) {
        return Long.rotateLeft(Long.reverseBytes(rn), 32);
    }

    /// Reverse bytes.
    @Insn("1 1 0 11010110 00000 000011 rn:5 rd:5 | rev xd, xn")
    static long rev(long rn) {
        return Long.reverseBytes(rn);
    }

    /// Count leading zeros.
    @Insn("sf:1 1 0 11010110 00000 000100 rn:5 rd:5 | clz rd, rn")
    static long clz(long rn, int bits) {
        return bits == 32 ? Integer.numberOfLeadingZeros((int) rn) : Long.numberOfLeadingZeros(rn);
    }

    /// Count leading bits that are the sign's, without it.
    @Insn("sf:1 1 0 11010110 00000 000101 rn:5 rd:5 | cls rd, rn")
    static long cls(long rn, int bits) {
        return Long.numberOfLeadingZeros(rn ^ rn << 1 | 1) - (64L - bits);
    }

    // Logical, with a shifted register.

    /// Bitwise AND.
    @Insn("""
            sf:1 00 01010 00 0 rm:5 000000 rn:5 rd:5 | and rd, rn, rm
            sf:1 00 01010 shift:2 0 rm:5 imm6:6 rn:5 rd:5 imm6<bits | and rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long and(long rn, long rm) {
        return rn & rm;
    }

    /// Bitwise AND with the complement.
    @Insn("""
            sf:1 00 01010 00 1 rm:5 000000 rn:5 rd:5 | bic rd, rn, rm
            sf:1 00 01010 shift:2 1 rm:5 imm6:6 rn:5 rd:5 imm6<bits | bic rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long bic(long rn, long rm) {
        return rn & ~rm;
    }

    /// Bitwise inclusive OR.
    @Insn("""
            sf:1 01 01010 00 0 rm:5 000000 rn:5 rd:5 | orr rd, rn, rm
            sf:1 01 01010 shift:2 0 rm:5 imm6:6 rn:5 rd:5 imm6<bits | orr rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long orr(long rn, long rm) {
        return rn | rm;
    }

    /// Move: inclusive OR with the zero register.
    @Insn("sf:1 01 01010 00 0 rm:5 000000 11111 rd:5 | mov rd, rm")
    static long mov(long rm) {
        return rm;
    }

    /// Bitwise inclusive OR with the complement.
    @Insn("""
            sf:1 01 01010 00 1 rm:5 000000 rn:5 rd:5 | orn rd, rn, rm
            sf:1 01 01010 shift:2 1 rm:5 imm6:6 rn:5 rd:5 imm6<bits | orn rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long orn(long rn, long rm) {
        return rn | ~rm;
    }

    /// Bitwise complement.
    @Insn("""
            sf:1 01 01010 00 1 rm:5 000000 11111 rd:5 | mvn rd, rm
            sf:1 01 01010 shift:2 1 rm:5 imm6:6 11111 rd:5 imm6<bits | mvn rd, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long mvn(long rm) {
        return ~rm;
    }

    /// Bitwise exclusive OR.
    @Insn("""
            sf:1 10 01010 00 0 rm:5 000000 rn:5 rd:5 | eor rd, rn, rm
            sf:1 10 01010 shift:2 0 rm:5 imm6:6 rn:5 rd:5 imm6<bits | eor rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long eor(long rn, long rm) {
        return rn ^ rm;
    }

    /// Bitwise exclusive OR with the complement.
    @Insn("""
            sf:1 10 01010 00 1 rm:5 000000 rn:5 rd:5 | eon rd, rn, rm
            sf:1 10 01010 shift:2 1 rm:5 imm6:6 rn:5 rd:5 imm6<bits | eon rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long eon(long rn, long rm) {
        return rn ^ ~rm;
    }

    /// Bitwise AND, setting flags.
    @Insn("""
            sf:1 11 01010 00 0 rm:5 000000 rn:5 rd:5 | ands rd, rn, rm | logic
            sf:1 11 01010 shift:2 0 rm:5 imm6:6 rn:5 rd:5 imm6<bits \
            | ands rd, rn, rm, <shift> #imm6 | rm:=shiftedBy logic
            """)
    static long ands(long rn, long rm) {
        return rn & rm;
    }

    /// Test bits.
    @Insn("""
            sf:1 11 01010 00 0 rm:5 000000 rn:5 11111 | tst rn, rm | logic -> none
            sf:1 11 01010 shift:2 0 rm:5 imm6:6 rn:5 11111 imm6<bits \
            | tst rn, rm, <shift> #imm6 | rm:=shiftedBy logic -> none
            """)
    static long tst(long rn, long rm) {
        return rn & rm;
    }

    /// Bitwise AND with the complement, setting flags.
    @Insn("""
            sf:1 11 01010 00 1 rm:5 000000 rn:5 rd:5 | bics rd, rn, rm | logic
            sf:1 11 01010 shift:2 1 rm:5 imm6:6 rn:5 rd:5 imm6<bits \
            | bics rd, rn, rm, <shift> #imm6 | rm:=shiftedBy logic
            """)
    static long bics(long rn, long rm) {
        return rn & ~rm;
    }

    static long shiftedBy(long rm, int shift, int imm6, int bits) {
        return Operands.shifted(rm, shift, imm6, bits);
    }

    // Add and subtract, with a shifted or an extended register.

    /// Add.
    @Insn("""
            sf:1 00 01011 00 0 rm:5 000000 rn:5 rd:5 | add rd, rn, rm
            sf:1 00 01011 shift:2 0 rm:5 imm6:6 rn:5 rd:5 shift!=3 imm6<bits \
            | add rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            sf:1 00 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 imm3<=4 \
            | add rd|sp, rn|sp, wm, <option>{ #imm3} | rm:=extendedBy
            1 00 01011 001 rm:5 s:1 11 imm3:3 rn:5 rd:5 imm3<=4 option=joined(s) \
            | add rd|sp, rn|sp, xm, <option>{ #imm3} | rm:=extendedBy
            sf:1 00 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 sf==0 option==2 imm3<=4 isSp(rn,rd) \
            | add rd|sp, rn|sp, wm{, lsl #imm3} | rm:=extendedBy
            1 00 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 option==3 imm3<=4 isSp(rn,rd) \
            | add rd|sp, rn|sp, xm{, lsl #imm3} | rm:=extendedBy
            """)
    static long add(long rn, long rm) {
        return rn + rm;
    }

    /// Add, setting flags.
    @Insn("""
            sf:1 01 01011 00 0 rm:5 000000 rn:5 rd:5 | adds rd, rn, rm | add
            sf:1 01 01011 shift:2 0 rm:5 imm6:6 rn:5 rd:5 shift!=3 imm6<bits \
            | adds rd, rn, rm, <shift> #imm6 | rm:=shiftedBy add
            sf:1 01 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 imm3<=4 \
            | adds rd, rn|sp, wm, <option>{ #imm3} | rm:=extendedBy add
            1 01 01011 001 rm:5 s:1 11 imm3:3 rn:5 rd:5 imm3<=4 option=joined(s) \
            | adds rd, rn|sp, xm, <option>{ #imm3} | rm:=extendedBy add
            sf:1 01 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 sf==0 option==2 imm3<=4 isSp(rn,rn) \
            | adds rd, rn|sp, wm{, lsl #imm3} | rm:=extendedBy add
            1 01 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 option==3 imm3<=4 isSp(rn,rn) \
            | adds rd, rn|sp, xm{, lsl #imm3} | rm:=extendedBy add
            """)
    static long adds(long rn, long rm) {
        return rn + rm;
    }

    /// Compare negative.
    @Insn("""
            sf:1 01 01011 00 0 rm:5 000000 rn:5 11111 | cmn rn, rm | add -> none
            sf:1 01 01011 shift:2 0 rm:5 imm6:6 rn:5 11111 shift!=3 imm6<bits \
            | cmn rn, rm, <shift> #imm6 | rm:=shiftedBy add -> none
            sf:1 01 01011 001 rm:5 option:3 imm3:3 rn:5 11111 imm3<=4 \
            | cmn rn|sp, wm, <option>{ #imm3} | rm:=extendedBy add -> none
            1 01 01011 001 rm:5 s:1 11 imm3:3 rn:5 11111 imm3<=4 option=joined(s) \
            | cmn rn|sp, xm, <option>{ #imm3} | rm:=extendedBy add -> none
            sf:1 01 01011 001 rm:5 option:3 imm3:3 rn:5 11111 sf==0 option==2 imm3<=4 isSp(rn,rn) \
            | cmn rn|sp, wm{, lsl #imm3} | rm:=extendedBy add -> none
            1 01 01011 001 rm:5 option:3 imm3:3 rn:5 11111 option==3 imm3<=4 isSp(rn,rn) \
            | cmn rn|sp, xm{, lsl #imm3} | rm:=extendedBy add -> none
            """)
    static long cmn(long rn, long rm) {
        return rn + rm;
    }

    /// Subtract.
    @Insn("""
            sf:1 10 01011 00 0 rm:5 000000 rn:5 rd:5 | sub rd, rn, rm
            sf:1 10 01011 shift:2 0 rm:5 imm6:6 rn:5 rd:5 shift!=3 imm6<bits \
            | sub rd, rn, rm, <shift> #imm6 | rm:=shiftedBy
            sf:1 10 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 imm3<=4 \
            | sub rd|sp, rn|sp, wm, <option>{ #imm3} | rm:=extendedBy
            1 10 01011 001 rm:5 s:1 11 imm3:3 rn:5 rd:5 imm3<=4 option=joined(s) \
            | sub rd|sp, rn|sp, xm, <option>{ #imm3} | rm:=extendedBy
            sf:1 10 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 sf==0 option==2 imm3<=4 isSp(rn,rd) \
            | sub rd|sp, rn|sp, wm{, lsl #imm3} | rm:=extendedBy
            1 10 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 option==3 imm3<=4 isSp(rn,rd) \
            | sub rd|sp, rn|sp, xm{, lsl #imm3} | rm:=extendedBy
            """)
    static long sub(long rn, long rm) {
        return rn - rm;
    }

    /// Subtract, setting flags.
    @Insn("""
            sf:1 11 01011 00 0 rm:5 000000 rn:5 rd:5 | subs rd, rn, rm | sub
            sf:1 11 01011 shift:2 0 rm:5 imm6:6 rn:5 rd:5 shift!=3 imm6<bits \
            | subs rd, rn, rm, <shift> #imm6 | rm:=shiftedBy sub
            sf:1 11 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 imm3<=4 \
            | subs rd, rn|sp, wm, <option>{ #imm3} | rm:=extendedBy sub
            1 11 01011 001 rm:5 s:1 11 imm3:3 rn:5 rd:5 imm3<=4 option=joined(s) \
            | subs rd, rn|sp, xm, <option>{ #imm3} | rm:=extendedBy sub
            sf:1 11 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 sf==0 option==2 imm3<=4 isSp(rn,rn) \
            | subs rd, rn|sp, wm{, lsl #imm3} | rm:=extendedBy sub
            1 11 01011 001 rm:5 option:3 imm3:3 rn:5 rd:5 option==3 imm3<=4 isSp(rn,rn) \
            | subs rd, rn|sp, xm{, lsl #imm3} | rm:=extendedBy sub
            """)
    static long subs(long rn, long rm) {
        return rn - rm;
    }

    /// Compare.
    @Insn("""
            sf:1 11 01011 00 0 rm:5 000000 rn:5 11111 | cmp rn, rm | sub -> none
            sf:1 11 01011 shift:2 0 rm:5 imm6:6 rn:5 11111 shift!=3 imm6<bits \
            | cmp rn, rm, <shift> #imm6 | rm:=shiftedBy sub -> none
            sf:1 11 01011 001 rm:5 option:3 imm3:3 rn:5 11111 imm3<=4 \
            | cmp rn|sp, wm, <option>{ #imm3} | rm:=extendedBy sub -> none
            1 11 01011 001 rm:5 s:1 11 imm3:3 rn:5 11111 imm3<=4 option=joined(s) \
            | cmp rn|sp, xm, <option>{ #imm3} | rm:=extendedBy sub -> none
            sf:1 11 01011 001 rm:5 option:3 imm3:3 rn:5 11111 sf==0 option==2 imm3<=4 isSp(rn,rn) \
            | cmp rn|sp, wm{, lsl #imm3} | rm:=extendedBy sub -> none
            1 11 01011 001 rm:5 option:3 imm3:3 rn:5 11111 option==3 imm3<=4 isSp(rn,rn) \
            | cmp rn|sp, xm{, lsl #imm3} | rm:=extendedBy sub -> none
            """)
    static long cmp(long rn, long rm) {
        return rn - rm;
    }

    /// Negate.
    @Insn("""
            sf:1 10 01011 00 0 rm:5 000000 11111 rd:5 | neg rd, rm
            sf:1 10 01011 shift:2 0 rm:5 imm6:6 11111 rd:5 shift!=3 imm6<bits \
            | neg rd, rm, <shift> #imm6 | rm:=shiftedBy
            """)
    static long neg(long rm) {
        return -rm;
    }

    /// Negate, setting flags.
    @Insn("""
            sf:1 11 01011 00 0 rm:5 000000 rn:5 rd:5 rn==31 rd!=31 | negs rd, rm | sub
            sf:1 11 01011 shift:2 0 rm:5 imm6:6 rn:5 rd:5 rn==31 rd!=31 shift!=3 imm6<bits \
            | negs rd, rm, <shift> #imm6 | rm:=shiftedBy sub
            """)
    static long negs(long rn, long rm) {
        return rn - rm;
    }

    static long extendedBy(long rm, int option, int imm3) {
        return Operands.extended(rm, option, imm3);
    }

    // Add and subtract with carry.

    /// Add with carry.
    @Insn("sf:1 00 11010000 rm:5 000000 rn:5 rd:5 | adc rd, rn, rm")
    static long adc(long rn, long rm, boolean cf) {
        return rn + rm + (cf ? 1 : 0);
    }

    /// Add with carry, setting flags.
    @Insn("sf:1 01 11010000 rm:5 000000 rn:5 rd:5 | adcs rd, rn, rm | add")
    static long adcs(long rn, long rm, boolean cf) {
        return rn + rm + (cf ? 1 : 0);
    }

    /// Subtract with carry.
    @Insn("""
            sf:1 10 11010000 rm:5 000000 rn:5 rd:5        | sbc rd, rn, rm
            sf:1 10 11010000 rm:5 000000 rn:5 rd:5 rn==31 | ngc rd, rm
            """)
    static long sbc(long rn, long rm, boolean cf) {
        return rn - rm - (cf ? 0 : 1);
    }

    /// Subtract with carry, setting flags.
    @Insn("""
            sf:1 11 11010000 rm:5 000000 rn:5 rd:5        | sbcs rd, rn, rm | sbc
            sf:1 11 11010000 rm:5 000000 rn:5 rd:5 rn==31 | ngcs rd, rm     | sbc
            """)
    static long sbcs(long rn, long rm, boolean cf) {
        return rn - rm - (cf ? 0 : 1);
    }

    // Conditional compare.

    /// Conditional compare negative.
    @Insn("""
            sf:1 01 11010010 rm:5 cond:4 0 0 rn:5 0 flags:4   | ccmn rn, rm, #0x<flags>, <cond>        | addIf -> none
            sf:1 01 11010010 imm:5 cond:4 1 0 rn:5 0 flags:4 \
            | ccmn rn, #0x<imm>, #0x<flags>, <cond> | rm:=imm addIf -> none
            """)
    static long ccmn(long rn, long rm) {
        return rn + rm;
    }

    /// Conditional compare.
    @Insn("""
            sf:1 11 11010010 rm:5 cond:4 0 0 rn:5 0 flags:4   | ccmp rn, rm, #0x<flags>, <cond>        | subIf -> none
            sf:1 11 11010010 imm:5 cond:4 1 0 rn:5 0 flags:4 \
            | ccmp rn, #0x<imm>, #0x<flags>, <cond> | rm:=imm subIf -> none
            """)
    static long ccmp(long rn, long rm) {
        return rn - rm;
    }

    // Conditional select.

    /// Conditional select.
    @Insn("sf:1 00 11010100 rm:5 cond:4 0 0 rn:5 rd:5 | csel rd, rn, rm, <cond>")
    static long csel(long rn, long rm, boolean cond) {
        return cond ? rn : rm;
    }

    /// Conditional select increment.
    @Insn("""
            sf:1 00 11010100 rm:5 cond:4 0 1 rn:5 rd:5 | csinc rd, rn, rm, <cond>
            sf:1 00 11010100 rm:5 cond:4 0 1 rn:5 rd:5 rn==31 rm==31 cond<14 inverted=invert(cond) | cset rd, <inverted>
            sf:1 00 11010100 rm:5 cond:4 0 1 rn:5 rd:5 rn==rm rn!=31 cond<14 inverted=invert(cond) \
            | cinc rd, rn, <inverted>
            """)
    static long csinc(long rn, long rm, boolean cond) {
        return cond ? rn : rm + 1;
    }

    /// Conditional select invert.
    @Insn("""
            sf:1 10 11010100 rm:5 cond:4 0 0 rn:5 rd:5 | csinv rd, rn, rm, <cond>
            sf:1 10 11010100 rm:5 cond:4 0 0 rn:5 rd:5 rn==31 rm==31 cond<14 inverted=invert(cond) \
            | csetm rd, <inverted>
            sf:1 10 11010100 rm:5 cond:4 0 0 rn:5 rd:5 rn==rm rn!=31 cond<14 inverted=invert(cond) \
            | cinv rd, rn, <inverted>
            """)
    static long csinv(long rn, long rm, boolean cond) {
        return cond ? rn : ~rm;
    }

    /// Conditional select negation.
    @Insn("""
            sf:1 10 11010100 rm:5 cond:4 0 1 rn:5 rd:5                                      | csneg rd, rn, rm, <cond>
            sf:1 10 11010100 rm:5 cond:4 0 1 rn:5 rd:5 rn==rm cond<14 inverted=invert(cond) | cneg rd, rn, <inverted>
            """)
    static long csneg(long rn, long rm, boolean cond) {
        return cond ? rn : -rm;
    }

    // Three sources.

    /// Multiply and add.
    @Insn("""
            sf:1 00 11011 000 rm:5 0 ra:5 rn:5 rd:5  | madd rd, rn, rm, ra
            1 00 11011 001 rm:5 0 ra:5 rn:5 rd:5     | smaddl xd, wn, wm, xa
            """)
    static long madd(long rn, long rm, long ra) {
        return ra + rn * rm;
    }

    /// Multiply.
    @Insn("""
            sf:1 00 11011 000 rm:5 0 11111 rn:5 rd:5 | mul rd, rn, rm
            1 00 11011 001 rm:5 0 11111 rn:5 rd:5    | smull xd, wn, wm
            """)
    static long mul(long rn, long rm) {
        return rn * rm;
    }

    /// Multiply and subtract.
    @Insn("""
            sf:1 00 11011 000 rm:5 1 ra:5 rn:5 rd:5          | msub rd, rn, rm, ra
            sf:1 00 11011 000 rm:5 1 ra:5 rn:5 rd:5 ra==31   | mneg rd, rn, rm
            1 00 11011 001 rm:5 1 ra:5 rn:5 rd:5             | smsubl xd, wn, wm, xa
            1 00 11011 001 rm:5 1 ra:5 rn:5 rd:5 ra==31      | smnegl xd, wn, wm
            """)
    static long msub(long rn, long rm, long ra) {
        return ra - rn * rm;
    }

    /// Signed multiply, the high half.
    @Insn("1 00 11011 010 rm:5 0 ///// rn:5 rd:5 | smulh xd, xn, xm")
    static long smulh(long rn, long rm) {
        return Math.multiplyHigh(rn, rm);
    }

    /// Unsigned multiply and add, long.
    @Insn("""
            1 00 11011 101 rm:5 0 ra:5 rn:5 rd:5        | umaddl xd, wn, wm, xa
            1 00 11011 101 rm:5 0 ra:5 rn:5 rd:5 ra==31 | umull xd, wn, wm
            """)
    static long umaddl(long rn, long rm, long ra) {
        return ra + (rn & 0xffffffffL) * (rm & 0xffffffffL);
    }

    /// Unsigned multiply and subtract, long.
    @Insn("""
            1 00 11011 101 rm:5 1 ra:5 rn:5 rd:5        | umsubl xd, wn, wm, xa
            1 00 11011 101 rm:5 1 ra:5 rn:5 rd:5 ra==31 | umnegl xd, wn, wm
            """)
    static long umsubl(long rn, long rm, long ra) {
        return ra - (rn & 0xffffffffL) * (rm & 0xffffffffL);
    }

    /// Unsigned multiply, the high half.
    @Insn("1 00 11011 110 rm:5 0 ///// rn:5 rd:5 | umulh xd, xn, xm")
    static long umulh(long rn, long rm) {
        return Math.unsignedMultiplyHigh(rn, rm);
    }
}
