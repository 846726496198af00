package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// Data Transfer Instructions (SDM volume 1, 5.1.1).
///
/// Moves to and from segment registers are in [SegmentRegister]. PUSHA and POPA do not exist in 64-bit mode.
final class DataTransfer {

    private DataTransfer() {}

    /// Move.
    @Insn("""
            88 /r    | mov Eb, Gb
            89 /r    | mov Ev, Gv
            8A /r    | mov Gb, Eb
            8B /r    | mov Gv, Ev
            A0       | mov AL, Ob
            A1       | mov rAX, Ov
            A2       | mov Ob, AL
            A3       | mov Ov, rAX
            B0+r ib  | mov Zb, Ib
            B8+r iv  | mov Zv, Iv
            C6 /0 ib | mov Eb, Ib
            C7 /0 iz | mov Ev, Iz
            """)
    static long mov(long b) {
        return b;
    }

    /// Conditional move. The source is read whatever the condition, and a 32-bit destination loses its upper half.
    @Insn("0F 40+cc /r | cmov{cc} Gv, Ev")
    static long cmov(long a, long b, boolean cond) {
        return cond ? b : a;
    }

    /// Exchange; with memory always atomic.
    @Insn("""
            86 /r | xchg Eb, Gb  | locked b=old
            87 /r | xchg Ev, Gv  | locked b=old
            90+r  | xchg Zv, rAX | b=old
            """)
    static long xchg(long b) {
        return b;
    }

    /// What the destination held before: goes to the source operand of `xchg` and `xadd`.
    static long old(long a) {
        return a;
    }

    /// Byte swap. With a 16-bit operand the result is undefined: 0 here.
    @Insn("0F C8+r | bswap Zv")
    static long bswap(long a, int bits) {
        return switch (bits) {
            case 16 -> 0;
            case 32 -> Integer.reverseBytes((int) a);
            default -> Long.reverseBytes(a);
        };
    }

    /// Exchange and add.
    @Insn("""
            0F C0 /r | xadd Eb, Gb | add lock b=old
            0F C1 /r | xadd Ev, Gv | add lock b=old
            """)
    static long xadd(long a, long b) {
        return a + b;
    }

    /// Compare and exchange. The flags are those of `cmp accumulator, destination`. The destination in memory is
    /// always written, so a failed comparison with a read-only page faults too.
    @Insn("0F B1 /r | cmpxchg Ev, Gv | sub(rAX,a) lock rAX=seen[differs] -> a[equal]")
    static long cmpxchg(long a, long b, long rAX) {
        return a == rAX ? b : a;
    }

    static long seen(long a) {
        return a;
    }

    static boolean differs(long a, long rAX) {
        return a != rAX;
    }

    static boolean equal(long a, long rAX) {
        return a == rAX;
    }

    /// Compare and exchange, byte form: the accumulator is AL.
    @Insn("0F B0 /r | cmpxchg Eb, Gb | sub(AL,a) lock AL=seen[differsByte] -> a[equalByte]")
    static long cmpxchgByte(long a, long b, long AL) {
        return a == AL ? b : a;
    }

    static boolean differsByte(long a, long AL) {
        return a != AL;
    }

    static boolean equalByte(long a, long AL) {
        return a == AL;
    }

    /// Compare EDX:EAX with eight bytes and exchange them with ECX:EBX. ZF says whether they were equal; the other
    /// flags stay. Writes memory either way, as the hardware does.
    @Insn("0F C7 /1 mem W0 | cmpxchg8b Mq | lock")
    static void cmpxchg8b(X86Cpu cpu, Mem mem, long ea) {
        long[] r = cpu.r;
        long expected = zx(r[X86Cpu.RAX], 32) | r[X86Cpu.RDX] << 32;
        long replacement = zx(r[X86Cpu.RBX], 32) | r[X86Cpu.RCX] << 32;
        long seen;
        do {
            seen = mem.load64ForWrite(ea);
        } while (!mem.cas64(ea, seen, seen == expected ? replacement : seen));
        long flags = Flags.image(cpu);
        if (seen == expected) {
            Flags.setImage(cpu, flags | Flags.ZF);
        } else {
            Flags.setImage(cpu, flags & ~Flags.ZF);
            r[X86Cpu.RAX] = zx(seen, 32);
            r[X86Cpu.RDX] = seen >>> 32;
        }
    }

    /// Compare RDX:RAX with sixteen aligned bytes and exchange them with RCX:RBX.
    @Insn("0F C7 /1 mem W1 ?CX16 | cmpxchg16b Mdq | lock")
    static void cmpxchg16b(X86Cpu cpu, Mem mem, long ea) {
        if ((ea & 15) != 0) {
            throw X86Trap.GP;
        }
        long[] r = cpu.r;
        long low;
        long high;
        boolean equal;
        do {
            mem.probeWrite(ea, 16);
            low = mem.load64(ea);
            high = mem.load64(ea + 8);
            equal = low == r[X86Cpu.RAX] && high == r[X86Cpu.RDX];
        } while (!mem.cas128(ea, low, high, equal ? r[X86Cpu.RBX] : low, equal ? r[X86Cpu.RCX] : high));
        long flags = Flags.image(cpu);
        if (equal) {
            Flags.setImage(cpu, flags | Flags.ZF);
        } else {
            Flags.setImage(cpu, flags & ~Flags.ZF);
            r[X86Cpu.RAX] = low;
            r[X86Cpu.RDX] = high;
        }
    }

    /// Push: the store comes first, RSP changes only if it succeeds. `push rsp` stores the old value.
    @Insn("""
            50+r  | push Zv | d64 -> RSP
            68 iz | push Iz | d64 -> RSP
            6A ib | push Ib | d64 -> RSP
            FF /6 | push Ev | d64 -> RSP
            """)
    static long push(Mem mem, long RSP, long a, int bits) {
        return Stack.push(mem, RSP, a, bits);
    }

    /// Pop. An address that uses RSP sees it already incremented; `pop rsp` ends with the popped value.
    @Insn("""
            58+r      | pop Zv | d64 RSP=popped
            8F /0 reg | pop Ev | d64 RSP=popped
            8F /0 mem | pop Mv | d64 eapop RSP=popped
            """)
    static long pop(Mem mem, long RSP, int bits) {
        return Stack.load(mem, RSP, bits);
    }

    static long popped(long RSP, int bits) {
        return RSP + bits / 8;
    }

    /// Sign-extend the lower half of the accumulator into all of it.
    @Insn("98 | cbw/cwde/cdqe | -> rAX")
    static long convertHalf(long rAX, int bits) {
        return Bits.sx(rAX, bits / 2);
    }

    /// Fill rDX with the sign of rAX.
    @Insn("99 | cwd/cdq/cqo | -> rDX")
    static long convertSign(long rAX) {
        return rAX >> 63;
    }

    /// Move with sign extension.
    @Insn("""
            0F BE /r | movsx Gv, Eb
            0F BF /r | movsx Gv, Ew
            63 /r    | movsxd Gv, Ed
            """)
    static long movsx(long b) {
        return b;
    }

    /// Move with zero extension.
    @Insn("""
            0F B6 /r | movzx Gv, Eb
            0F B7 /r | movzx Gv, Ew
            """)
    static long movzx(long b, int bits2) {
        return zx(b, bits2);
    }
}
