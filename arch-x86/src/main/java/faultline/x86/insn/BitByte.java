package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;

/// Bit and Byte Instructions (SDM volume 1, 5.1.6).
///
/// Undefined flags, as chosen here: bit tests change CF alone; BSF and BSR clear all but ZF. A scan
/// of 0 leaves the destination untouched, upper half included, as processors do and AMD's manual
/// says.
final class BitByte {

    private BitByte() {}

    /// Bit test. In memory a register's bit offset moves the address: `Ebit`.
    @Insn("""
            0F A3 /r    | bt Ebit, Gv | flags=bitToCarry
            0F BA /4 ib | bt Ev, Ib   | flags=bitToCarry
            """)
    static void bt() {}

    /// Bit test and set.
    @Insn("""
            0F AB /r    | bts Ebit, Gv | flags=bitToCarry lock
            0F BA /5 ib | bts Ev, Ib   | flags=bitToCarry lock
            """)
    static long bts(long a, long b, int bits) {
        return a | 1L << (b & bits - 1);
    }

    /// Bit test and reset.
    @Insn("""
            0F B3 /r    | btr Ebit, Gv | flags=bitToCarry lock
            0F BA /6 ib | btr Ev, Ib   | flags=bitToCarry lock
            """)
    static long btr(long a, long b, int bits) {
        return a & ~(1L << (b & bits - 1));
    }

    /// Bit test and complement.
    @Insn("""
            0F BB /r    | btc Ebit, Gv | flags=bitToCarry lock
            0F BA /7 ib | btc Ev, Ib   | flags=bitToCarry lock
            """)
    static long btc(long a, long b, int bits) {
        return a ^ 1L << (b & bits - 1);
    }

    static long bitToCarry(long flags, long a, long b, int bits) {
        return Bits.carry(flags, a >>> (b & bits - 1) & 1);
    }

    /// Bit scan forward.
    @Insn("0F BC /r | bsf Gv, Ev | zero(b) -> a[found]")
    static long bsf(long b) {
        return Long.numberOfTrailingZeros(b);
    }

    /// Bit scan reverse.
    @Insn("0F BD /r | bsr Gv, Ev | zero(b) -> a[found]")
    static long bsr(long b, int bits) {
        return 63L - Long.numberOfLeadingZeros(zx(b, bits));
    }

    static boolean found(long b) {
        return b != 0;
    }

    /// Set byte on condition.
    @Insn("0F 90+cc /r | set{cc} Eb")
    static long setcc(boolean cond) {
        return cond ? 1 : 0;
    }

    /// Test: and, keeping only the flags. `/1` is an alias.
    @Insn("""
            84 /r    | test Eb, Gb  | logic -> none
            85 /r    | test Ev, Gv  | logic -> none
            A8 ib    | test AL, Ib  | logic -> none
            A9 iz    | test rAX, Iz | logic -> none
            F6 /0 ib | test Eb, Ib  | logic -> none
            F6 /1 ib | test Eb, Ib  | logic -> none
            F7 /0 iz | test Ev, Iz  | logic -> none
            F7 /1 iz | test Ev, Iz  | logic -> none
            """)
    static long test(long a, long b) {
        return a & b;
    }

    /// Accumulate CRC-32C (polynomial 0x1EDC6F41, bits reflected).
    @Insn("""
            F2 0F 38 F0 /r ?SSE4_2 | crc32 Gy, Eb
            F2 0F 38 F1 /r ?SSE4_2 | crc32 Gy, Ev
            """)
    static long crc32(long a, long b, int bits2) {
        long crc = zx(a, 32);
        for (int i = 0; i < bits2; i++) {
            long feedback = (crc ^ b >>> i) & 1;
            crc = crc >>> 1 ^ 0x82F63B78L * feedback;
        }
        return crc;
    }

    /// Count of bits set. ZF says whether there are none, the other flags are cleared.
    @Insn("F3 0F B8 /r ?POPCNT | popcnt Gv, Ev | flags=popcntFlags")
    static long popcnt(long b, int bits) {
        return Long.bitCount(zx(b, bits));
    }

    static long popcntFlags(long b) {
        return b == 0 ? Flags.ZF : 0;
    }
}
