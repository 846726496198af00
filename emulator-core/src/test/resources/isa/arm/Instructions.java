package arm;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

final class Instructions {

    private Instructions() {}

    @Insn("""
            sf:1 00 100010 0 imm:12 rn:5 rd:5                                     | add rd|sp, rn|sp, #0x<imm>            | rm:=imm
            sf:1 00 100010 1 imm:12*4096 rn:5 rd:5 shown=top(imm)                 | add rd|sp, rn|sp, #0x<shown>, lsl #12 | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rd==31                       | mov rd|sp, rn|sp                      | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rn==31                       | mov rd|sp, rn|sp                      | rm:=imm
            sf:1 00 100010 0 imm:12 rn:5 rd:5 imm==0 rd==31 rn==31                | mov rd|sp, rn|sp                      | rm:=imm
            sf:1 00 01011 00 0 rm:5 000000 rn:5 rd:5                              | add rd, rn, rm
            sf:1 00 01011 shift:2 0 rm:5 amount:6 rn:5 rd:5 shift!=3 amount<bits  | add rd, rn, rm, <shift> #amount       | rm:=shifted
            sf:1 00 01011 001 rm:5 option:3 amount:3 rn:5 rd:5 amount<=4          | add rd|sp, rn|sp, wm, <option>{ #amount} | rm:=extended
            """)
    static long add(long rn, long rm) {
        return rn + rm;
    }

    @Insn("""
            sf:1 11 01011 00 0 rm:5 000000 rn:5 rd:5          | subs rd, rn, rm | sub
            """)
    static long subs(long rn, long rm) {
        return rn - rm;
    }

    @Insn("""
            sf:1 11 01011 00 0 rm:5 000000 rn:5 11111         | cmp rn, rm              | sub -> none
            sf:1 11 100010 0 imm:12 rn:5 11111                | cmp rn|sp, #0x<imm>     | rm:=imm sub -> none
            """)
    static long cmp(long rn, long rm) {
        return rn - rm;
    }

    @Insn("sf:1 00 11010000 rm:5 000000 rn:5 rd:5 | adc rd, rn, rm")
    static long adc(long rn, long rm, boolean cf) {
        return rn + rm + (cf ? 1 : 0);
    }

    @Insn("sf:1 11 11010010 rm:5 cond:4 00 rn:5 0 flags:4 | ccmp rn, rm, #0x<flags>, <cond> | -> nzcv")
    static long ccmp(long rn, long rm, boolean cond, int flags) {
        long result = rn - rm;
        long image = (result < 0 ? 8 : 0)
                | (result == 0 ? 4 : 0)
                | (Long.compareUnsigned(rn, rm) >= 0 ? 2 : 0)
                | (((rn ^ rm) & (rn ^ result)) < 0 ? 1 : 0);
        return cond ? image : flags;
    }

    @Insn("""
            sf:1 00 100100 n:1 immr:6 imms:6 rn:5 rd:5 isBitmask(bits,n,imms) rm=bitmask(bits,n,immr,imms) | and rd|sp, rn, #0x<rm>
            sf:1 00 01010 00 0 rm:5 000000 rn:5 rd:5                                                       | and rd, rn, rm
            """)
    static long and(long rn, long rm) {
        return rn & rm;
    }

    @Insn("""
            sf:1 01 01010 00 0 rm:5 000000 rn:5 rd:5 rn==31 | mov rd, rm
            sf:1 01 01010 00 0 rm:5 000000 rn:5 rd:5        | orr rd, rn, rm
            """)
    static long orr(long rn, long rm) {
        return rn | rm;
    }

    @Insn("sf:1 10 100101 hw:2 imm16:16 rd:5 value=movz(imm16,hw) hw<=1 | mov rd, #0x<value>")
    static long movz(long value) {
        return value;
    }

    @Insn("sf:1 11 100101 hw:2 imm16:16 rd:5 left=sixteens(hw) left<bits | movk rd, #0x<imm16>{, lsl #<left>}")
    static long movk(long rd, int imm16, int hw) {
        return rd & ~(0xffffL << 16 * hw) | (long) imm16 << 16 * hw;
    }

    @Insn("sf:1 10 100110 n:1 immr:6 imms:6 rn:5 rd:5 n==sf imms>=immr width=width(immr,imms) | ubfx rd, rn, #immr, #width")
    static long ubfx(long rn, int immr, int width) {
        return rn >>> immr & -1L >>> 64 - width;
    }

    @Insn("""
            sf:1 00 11010100 rm:5 cond:4 01 rn:5 rd:5                                            | csinc rd, rn, rm, <cond>
            sf:1 00 11010100 rm:5 cond:4 01 rn:5 rd:5 rm==31 rn==31 cond<14 inverted=invert(cond) | cset rd, <inverted>
            """)
    static long csinc(long rn, long rm, boolean cond) {
        return cond ? rn : rm + 1;
    }

    @Insn("sf:1 00 11011 000 rm:5 0 ra:5 rn:5 rd:5 | madd rd, rn, rm, ra")
    static long madd(long rn, long rm, long ra) {
        return ra + rn * rm;
    }

    @Insn("1 00 11011 1 10 rm:5 0 11111 rn:5 rd:5 | umulh xd, xn, xm")
    static long umulh(long rn, long rm) {
        return Math.unsignedMultiplyHigh(rn, rm);
    }

    @Insn("0 lo:2 10000 hi:s19 rd:5 label=hi:lo+pc | adr xd, label")
    static long adr(long label) {
        return label;
    }

    @Insn("1 lo:2 10000 hi:s19 rd:5 label=page(pc,hi,lo) | adrp xd, label")
    static long adrp(long label) {
        return label;
    }

    @Insn("0 00101 target:s26*4+pc | b target")
    static void b() {}

    @Insn("1 00101 target:s26*4+pc | bl target | lr=next")
    static void bl() {}

    @Insn("0101010 0 target:s19*4+pc 0 cond:4 | b.<cond> target")
    static boolean bcond(boolean cond) {
        return cond;
    }

    @Insn("sf:1 011010 0 target:s19*4+pc rt:5 | cbz rt, target")
    static boolean cbz(long rt) {
        return rt == 0;
    }

    @Insn("""
            0 011011 0 bit:5 target:s14*4+pc rt:5                         | tbz wt, #bit, target
            b5:1 011011 0 b40:5 target:s14*4+pc rt:5 bit=b5:b40 b5==1     | tbz xt, #bit, target
            """)
    static boolean tbz(long rt, int bit) {
        return (rt >>> bit & 1) == 0;
    }

    @Insn("1101011 0 0 10 11111 000000 rn:5 00000 rn==30 | ret | -> pc")
    static long ret(long rn) {
        return rn;
    }

    @Insn("""
            11 111 0 01 01 imm:12*8 rn:5 rt:5            | ldr xt, [rn|sp{, #imm}]
            11 111 0 00 01 0 imm:s9 01 rn:5 rt:5 rn!=rt  | ldr xt, [rn|sp], #imm      | rn=after
            11 111 0 00 01 0 imm:s9 11 rn:5 rt:5 rn!=rt  | ldr xt, [rn|sp, #imm]!     | rn=ea
            11 111 0 00 01 1 rm:5 011 s:1 10 rn:5 rt:5 s==1 amount=three() | ldr xt, [rn|sp, rm, lsl #amount] | ea:=indexed
            01 011 0 00 label:s19*4+pc rt:5              | ldr xt, label              | ea:=label
            """)
    static long ldr(Mem mem, long ea) {
        return mem.load64(ea);
    }

    static long after(long rn, long imm) {
        return rn + imm;
    }

    @Insn("00 111 0 01 11 imm:12 rn:5 rt:5 | ldrsb wt, [rn|sp{, #imm}]")
    static long ldrsb(Mem mem, long ea) {
        return mem.load8(ea);
    }

    @Insn("10 111 0 01 00 imm:12*4 rn:5 rt:5 | str wt, [rn|sp{, #imm}]")
    static void str(Mem mem, long ea, int rt) {
        mem.store32(ea, rt);
    }

    @Insn("10 101 0 011 1 imm:s7*8 rt2:5 rn:5 rt:5 rt!=rt2 rt!=rn rt2!=rn | ldp xt, xt2, [rn|sp, #imm]! | rt2=second rn=ea")
    static long ldp(Mem mem, long ea) {
        return mem.load64(ea);
    }

    static long second(Mem mem, long ea) {
        return mem.load64(ea + 8);
    }

    @Insn("10 101 0 011 0 imm:s7*8 rt2:5 rn:5 rt:5 | stp xt, xt2, [rn|sp, #imm]! | rn=ea")
    static void stp(Mem mem, long ea, long rt, long rt2) {
        mem.store128(ea, rt, rt2);
    }

    @Insn("11 001000 1 1 0 11111 1 11111 rn:5 rt:5 | ldar xt, [rn|sp]")
    static long ldar(Mem mem, long ea) {
        return mem.load64(ea);
    }

    @Insn("11 001000 0 1 0 11111 0 11111 rn:5 rt:5 | ldxr xt, [rn|sp]")
    static long ldxr(ArmCpu cpu, Mem mem, long ea) {
        cpu.monitor = ea;
        cpu.monitored = mem.load64(ea);
        return cpu.monitored;
    }

    @Insn("11 001000 0 0 0 rs:5 0 11111 rn:5 rt:5 | stxr ws, xt, [rn|sp]")
    static long stxr(ArmCpu cpu, Mem mem, long ea, long rt) {
        boolean stored = cpu.monitor == ea && mem.cas64(ea, cpu.monitored, rt);
        cpu.monitor = -1;
        return stored ? 0 : 1;
    }

    @Insn("11 111000 order:2 1 rs:5 0 000 00 rn:5 rt:5 ?LSE | ldadd<order> xs, xt, [rn|sp] | rt=old -> atomic64")
    static long ldadd(long old, long rs) {
        return old + rs;
    }

    @Insn("0 0 0 11110 01 1 vm:5 0010 10 vn:5 vd:5 | fadd dd, dn, dm")
    static long fadd(long vn, long vm) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(vn) + Double.longBitsToDouble(vm));
    }

    @Insn("0 q:1 0 01110 size:2 1 vm:5 10000 1 vn:5 vd:5 t=lanes(size,q) t!=6 | add vd.<t>, vn.<t>, vm.<t>")
    static long addv(long vn, long vm, int size) {
        long sum = 0;
        for (int lane = 0; lane < 64; lane += 8 << size) {
            long mask = size == 3 ? -1 : (1L << (8 << size)) - 1;
            sum |= ((vn >>> lane) + (vm >>> lane) & mask) << lane;
        }
        return sum;
    }

    @Insn("0 q:1 0 01110 size:2 0 vm:5 0 0 11 10 vn:5 vd:5 t=size:q t!=6 | zip1 vd.<t>, vn.<t>, vm.<t>")
    static long zip1(long vnLo, long vmLo, int half, int size) {
        long zipped = 0;
        int bits = 8 << size;
        for (int at = 0; at < 32; at += bits) {
            long mask = size == 3 ? -1 : (1L << bits) - 1;
            zipped |= (vnLo >>> at + 32 * half & mask) << 2 * at;
            zipped |= size == 3 ? half == 0 ? 0 : vmLo : (vmLo >>> at + 32 * half & mask) << 2 * at + bits;
        }
        return zipped;
    }

    @Insn("""
            01 1 11110 size:2 1 vm:5 00001 1 vn:5 vd:5             | uqadd ed, en, em          | qc=carries
            0 q:1 1 01110 size:2 1 vm:5 00001 1 vn:5 vd:5 t=size:q t!=6 | uqadd vd.<t>, vn.<t>, vm.<t> | qc=carries
            """)
    static long uqadd(long vn, long vm, int size) {
        return addv(vn, vm, size) | carries(vn, vm, size) * 0xff;
    }

    static long carries(long vn, long vm, int size) {
        long sum = addv(vn, vm, size);
        return (vn & vm | (vn | vm) & ~sum) >>> (8 << size) - 1 & 0x0101010101010101L;
    }

    @Insn("0 q:1 0 01110 000 imm5:5 0 0001 1 rn:5 vd:5 isLane(imm5) size:2=laneSize(imm5) t=size:q t!=6 | dup vd.<t>, wn")
    static long dup(long rn) {
        return rn;
    }

    @Insn("01 1 11110 size:2 10000 10100 10 vn:5 vd:5 size!=3 | uqxtn ed, fn")
    static long uqxtn(long vn) {
        return vn;
    }

    @Insn("0 0 111101 11 imm:12*16 rn:5 vt:5 | ldr qt, [rn|sp{, #imm}] | high=upper")
    static long ldrq(Mem mem, long ea) {
        return mem.load64(ea);
    }

    static long upper(Mem mem, long ea) {
        return mem.load64(ea + 8);
    }

    @Insn("11010101 000 0 0 011 0010 0000 000 11111 | nop")
    static void nop() {}

    @Insn("11010101 0011 1 011 1101 0000 010 rt:5 | mrs xt, tpidr_el0")
    static long mrs(ArmCpu cpu) {
        return cpu.threadPointer;
    }

    @Insn("11010100 000 imm:16 000 01 | svc #0x<imm> | syscall")
    static void svc(ArmCpu cpu) {}
}
