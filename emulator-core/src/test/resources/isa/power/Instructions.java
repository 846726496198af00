package power;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

final class Instructions {

    private Instructions() {}

    @Insn("""
            001110 rt:5 ra:5 si:s16            | addi rt,ra|0,si        | rb:=si
            001110 rt:5 ra:5 si:s16 ra==0      | li rt,si               | rb:=si
            001111 rt:5 ra:5 si:s16 | addis rt,ra|0,si | rb:=upper
            011111 rt:5 ra:5 rb:5 0 100001010 0 | add rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 100001010 1 | add. rt,ra,rb         | cr0
            """)
    static long add(long ra, long rb) {
        return ra + rb;
    }

    static long upper(int si) {
        return (long) si << 16;
    }

    @Insn("""
            011111 rt:5 ra:5 rb:5 0 000101000 0 | subf rt,ra,rb
            011111 rt:5 ra:5 rb:5 0 000101000 1 | subf. rt,ra,rb | cr0
            """)
    static long subf(long ra, long rb) {
        return rb - ra;
    }

    @Insn("011111 rt:5 ra:5 rb:5 0 010001010 0 | adde rt,ra,rb | ca=carry")
    static long adde(long ra, long rb, boolean ca) {
        return ra + rb + (ca ? 1 : 0);
    }

    static boolean carry(long ra, long rb, boolean ca) {
        long sum = ra + rb;
        return Long.compareUnsigned(sum, ra) < 0 || ca && sum == -1;
    }

    @Insn("""
            011111 rs:5 ra:5 rb:5 0110111100 0          | or ra,rs,rb
            011111 rs:5 ra:5 rb:5 0110111100 0 rs==rb | mr ra,rs
            """)
    static long or(long rs, long rb) {
        return rs | rb;
    }

    @Insn("""
            011000 rs:5 ra:5 ui:16                                     | ori ra,rs,ui
            011000 rs:5 ra:5 ui:16 rs==0 ra==0 ui==0                   | nop | -> ra
            """)
    static long ori(long rs, long ui) {
        return rs | ui;
    }

    @Insn("011111 rt:5 ra:5 rb:5 / 001001001 0 | mulhd rt,ra,rb")
    static long mulhd(long ra, long rb) {
        return Math.multiplyHigh(ra, rb);
    }

    @Insn("011111 rs:5 ra:5 00000 1111011010 0 | extsw ra,rs")
    static long extsw(long rs) {
        return (int) rs;
    }

    @Insn("""
            011111 bf:3 / 1 ra:5 rb:5 0000000000 / bf==0 | cmpd ra,rb       | cmp0 -> none
            011111 bf:3 / 1 ra:5 rb:5 0000000000 /       | cmpd <bf>,ra,rb  | cmp(bf,ra) -> none
            001011 bf:3 / 1 ra:5 si:s16                  | cmpdi {<bf>,}ra,si | rb:=si cmp -> none
            """)
    static long cmpd(long ra, long rb) {
        return ra - rb;
    }

    @Insn("010101 rs:5 ra:5 sh:5 mb:5 me:5 0 mask=mask32(mb,me) | rlwinm ra,rs,sh,mb,me")
    static long rlwinm(long rs, int sh, long mask) {
        return PowerShared.doubled(Integer.rotateLeft((int) rs, sh)) & mask;
    }

    @Insn("""
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 count=sh:sl mb=mh:ml mask=mask64(mb)       | rldicl ra,rs,count,mb
            011110 rs:5 ra:5 sl:5 ml:5 mh:1 000 sh:1 0 count=sh:sl mb=mh:ml mask=mask64(mb) sl==0 sh==0 | clrldi ra,rs,mb
            """)
    static long rldicl(long rs, int count, long mask) {
        return Long.rotateLeft(rs, count) & mask;
    }

    @Insn("011111 rt:5 ra:5 rb:5 bc:5 01111 / | isel rt,ra|0,rb,bc | set:=bit(bc)")
    static long isel(long ra, long rb, boolean set) {
        return set ? ra : rb;
    }

    @Insn("""
            010010 target:s24*4+pc 0 0 | b target
            """)
    static void b() {}

    @Insn("010010 target:s24*4+pc 0 1 | bl target | lr=next")
    static void bl() {}

    @Insn("010000 bo:5 bi:5 target:s14*4+pc 0 0 cond=condition(bo,bi) isPlain(bo,bi) bf=field(bi) | b<cond> {<bf>,}target")
    static boolean bc(boolean cond) {
        return cond;
    }

    @Insn("010000 10000 00000 target:s14*4+pc 0 0 | bdnz target | ctr=less")
    static boolean bdnz(long ctr) {
        return ctr != 1;
    }

    static long less(long ctr) {
        return ctr - 1;
    }

    @Insn("010011 10100 00000 /// 00 0000010000 0 | blr | -> pc")
    static long blr(long lr) {
        return lr & ~3L;
    }

    @Insn("010011 10100 00000 /// 00 1000010000 1 | bctrl | lr=next -> pc")
    static long bctr(long ctr) {
        return ctr & ~3L;
    }

    @Insn("010011 bt:5 ba:5 bb:5 0011000001 / | crxor <bt>,<ba>,<bb> | -> cr")
    static long crxor(long cr, int bt, int ba, int bb) {
        long bit = (cr >>> 31 - ba ^ cr >>> 31 - bb) & 1;
        return cr & ~(1L << 31 - bt) | bit << 31 - bt;
    }

    @Insn("011111 rt:5 0 00000000 / 0000010011 / | mfcr rt")
    static long mfcr(long cr) {
        return cr;
    }

    @Insn("011111 rs:5 1 fxm:8 / 0010010000 / | mtocrf fxm,rs | -> cr")
    static long mtocrf(long rs, long cr, int fxm) {
        long mask = 0;
        for (int field = 0; field < 8; field++) {
            mask |= (fxm >> field & 1) == 0 ? 0 : 15L << 4 * field;
        }
        return cr & ~mask | rs & mask;
    }

    @Insn("011111 rs:5 01000 00000 0111010011 / | mtlr rs | -> lr")
    static long mtlr(long rs) {
        return rs;
    }

    @Insn("""
            111010 rt:5 ra:5 ds:s14*4 00      | ld rt,ds(ra|0)
            111010 rt:5 ra:5 ds:s14*4 01 ra!=0 ra!=rt | ldu rt,ds(ra) | ra=ea
            011111 rt:5 ra:5 rb:5 0000010101 / | ldx rt,ra|0,rb | ea:=ra+rb
            """)
    static long ld(Mem mem, long ea) {
        return mem.load64(ea);
    }

    @Insn("100000 rt:5 ra:5 d:s16 | lwz rt,d(ra|0)")
    static long lwz(Mem mem, long ea) {
        return Integer.toUnsignedLong(mem.load32(ea));
    }

    @Insn("""
            111110 rs:5 ra:5 ds:s14*4 00       | std rs,ds(ra|0)
            111110 rs:5 ra:5 ds:s14*4 01 ra!=0 | stdu rs,ds(ra)    | ra=ea
            """)
    static void std(Mem mem, long ea, long rs) {
        mem.store64(ea, rs);
    }

    @Insn("011111 rt:5 ra:5 rb:5 0001010100 0 | ldarx rt,ra|0,rb | ea:=ra+rb")
    static long ldarx(PowerCpu cpu, Mem mem, long ea) {
        cpu.reservation = ea;
        cpu.reserved = mem.load64(ea);
        return cpu.reserved;
    }

    @Insn("011111 rs:5 ra:5 rb:5 0011010110 1 | stdcx. rs,ra|0,rb | ea:=ra+rb")
    static void stdcx(PowerCpu cpu, Mem mem, long ea, long rs) {
        boolean stored = cpu.reservation == ea && mem.cas64(ea, cpu.reserved, rs);
        cpu.reservation = -1;
        cpu.cr[0] = (stored ? 2 : 0) | (cpu.so ? 1 : 0);
    }

    @Insn("111111 frt:5 fra:5 frb:5 00000 10101 0 | fadd frt,fra,frb")
    static long fadd(long fra, long frb) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(fra) + Double.longBitsToDouble(frb));
    }

    @Insn("111111 frt:5 fra:5 frb:5 frc:5 11101 0 | fmadd frt,fra,frc,frb")
    static long fmadd(long fra, long frb, long frc) {
        return Double.doubleToRawLongBits(
                Math.fma(Double.longBitsToDouble(fra), Double.longBitsToDouble(frc), Double.longBitsToDouble(frb)));
    }

    @Insn("110010 frt:5 ra:5 d:s16 | lfd frt,d(ra|0)")
    static long lfd(Mem mem, long ea) {
        return mem.load64(ea);
    }

    @Insn("000100 vrt:5 vra:5 vrb:5 00011000000 | vaddudm vrt,vra,vrb")
    static long vaddudm(long vra, long vrb) {
        return vra + vrb;
    }

    @Insn("111100 t:5 a:5 b:5 10010010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxlor xt,xa,xb")
    static long xxlor(long xa, long xb) {
        return xa | xb;
    }

    @Insn("111100 t:5 a:5 b:5 0 dm:2 01010 ax:1 bx:1 tx:1 xt=tx:t xa=ax:a xb=bx:b | xxpermdi xt,xa,xb,dm | high=upperHalf")
    static long xxpermdi(long xbLo, long xbHi, int dm) {
        return (dm & 1) == 0 ? xbHi : xbLo;
    }

    static long upperHalf(long xaLo, long xaHi, int dm) {
        return (dm & 2) == 0 ? xaHi : xaLo;
    }

    @Insn("011111 rt:5 01101 01000 0101010011 / | mftb rt")
    static long mftb(PowerCpu cpu) {
        return cpu.ctr;
    }

    @Insn("010001 00000 00000 0000 lev:7 000 1 / | sc{ lev} | syscall")
    static void sc(PowerCpu cpu) {}

    @Insn("011111 00000 00000 00000 1001010110 / | hwsync")
    static void sync() {}
}
