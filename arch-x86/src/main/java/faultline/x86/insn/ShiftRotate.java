package faultline.x86.insn;

import static faultline.x86.insn.Bits.count;
import static faultline.x86.insn.Bits.top;
import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;

/// Shift and Rotate Instructions (SDM volume 1, 5.1.5).
///
/// A masked count of 0 changes no flag. Undefined flags, as chosen here: AF is cleared by shifts;
/// OF is set for every count by the rule the manual gives for a count of 1; CF after a shift by
/// more than the width is a copy of what would have been shifted out had the operand been extended.
final class ShiftRotate {

    private ShiftRotate() {}

    /// Shift arithmetic right.
    @Insn("""
            C0 /7 ib | sar Eb, Ib | sar?
            C1 /7 ib | sar Ev, Ib | sar?
            D0 /7    | sar Eb, 1  | sar?
            D1 /7    | sar Ev, 1  | sar?
            D2 /7    | sar Eb, CL | sar?
            D3 /7    | sar Ev, CL | sar?
            """)
    static long sar(long a, long b, int bits) {
        return a >> count(b, bits);
    }

    /// Shift logical right.
    @Insn("""
            C0 /5 ib | shr Eb, Ib | shr?
            C1 /5 ib | shr Ev, Ib | shr?
            D0 /5    | shr Eb, 1  | shr?
            D1 /5    | shr Ev, 1  | shr?
            D2 /5    | shr Eb, CL | shr?
            D3 /5    | shr Ev, CL | shr?
            """)
    static long shr(long a, long b, int bits) {
        return zx(a, bits) >>> count(b, bits);
    }

    /// Shift left; `/6` is the same instruction under its other name, SAL.
    @Insn("""
            C0 /4 ib | shl Eb, Ib | shl?(shlCarry)
            C1 /4 ib | shl Ev, Ib | shl?(shlCarry)
            D0 /4    | shl Eb, 1  | shl?(shlCarry)
            D1 /4    | shl Ev, 1  | shl?(shlCarry)
            D2 /4    | shl Eb, CL | shl?(shlCarry)
            D3 /4    | shl Ev, CL | shl?(shlCarry)
            C0 /6 ib | shl Eb, Ib | shl?(shlCarry)
            C1 /6 ib | shl Ev, Ib | shl?(shlCarry)
            D0 /6    | shl Eb, 1  | shl?(shlCarry)
            D1 /6    | shl Ev, 1  | shl?(shlCarry)
            D2 /6    | shl Eb, CL | shl?(shlCarry)
            D3 /6    | shl Ev, CL | shl?(shlCarry)
            """)
    static long shl(long a, long b, int bits) {
        return a << count(b, bits);
    }

    /// The last bit shifted out at the top.
    static long shlCarry(long a, long b, int bits) {
        int n = count(b, bits);
        return n > bits ? 0 : zx(a, bits) >>> bits - n & 1;
    }

    /// Shift right double: bits of the second operand come in at the top.
    @Insn("""
            0F AC /r ib | shrd Ev, Gv, Ib | flags=shrdFlags
            0F AD /r    | shrd Ev, Gv, CL | flags=shrdFlags
            """)
    static long shrd(long a, long b, long c, int bits) {
        int n = count(c, bits);
        if (bits == 64) {
            return n == 0 ? a : a >>> n | b << 64 - n;
        }
        return around(a, b, bits) >>> n;
    }

    static long shrdFlags(long flags, long a, long b, long c, int bits) {
        int n = count(c, bits);
        return n == 0 ? flags : doubleFlags(a, shrd(a, b, c, bits), a >> n - 1 & 1, bits);
    }

    /// Shift left double: bits of the second operand come in at the bottom.
    @Insn("""
            0F A4 /r ib | shld Ev, Gv, Ib | flags=shldFlags
            0F A5 /r    | shld Ev, Gv, CL | flags=shldFlags
            """)
    static long shld(long a, long b, long c, int bits) {
        int n = count(c, bits);
        if (bits == 64) {
            return n == 0 ? a : a << n | b >>> 64 - n;
        }
        return around(b, a, bits) << n >>> 64 - bits;
    }

    /// The 64 bits a double shift of 16 or 32 bits moves through: `high:low`, and for 16 bits `low:high:low:high`.
    private static long around(long low, long high, int bits) {
        long pair = zx(high, bits) << bits | zx(low, bits);
        return bits == 32 ? pair : pair << 32 | pair;
    }

    static long shldFlags(long flags, long a, long b, long c, int bits) {
        return count(c, bits) == 0 ? flags : doubleFlags(a, shld(a, b, c, bits), shlCarry(a, c, bits), bits);
    }

    private static long doubleFlags(long before, long result, long carry, int bits) {
        return Bits.carryAndOverflow(Bits.signZeroParity(result, bits), carry, top(before ^ result, bits));
    }

    /// Rotate right.
    @Insn("""
            C0 /1 ib | ror Eb, Ib | flags=rorFlags
            C1 /1 ib | ror Ev, Ib | flags=rorFlags
            D0 /1    | ror Eb, 1  | flags=rorFlags
            D1 /1    | ror Ev, 1  | flags=rorFlags
            D2 /1    | ror Eb, CL | flags=rorFlags
            D3 /1    | ror Ev, CL | flags=rorFlags
            """)
    static long ror(long a, long b, int bits) {
        int n = count(b, bits) & bits - 1;
        long value = zx(a, bits);
        return n == 0 ? value : value >>> n | value << bits - n;
    }

    static long rorFlags(long flags, long a, long b, int bits) {
        if (count(b, bits) == 0) {
            return flags;
        }
        long result = ror(a, b, bits);
        return Bits.carryAndOverflow(flags, top(result, bits), top(result ^ result << 1, bits));
    }

    /// Rotate left.
    @Insn("""
            C0 /0 ib | rol Eb, Ib | flags=rolFlags
            C1 /0 ib | rol Ev, Ib | flags=rolFlags
            D0 /0    | rol Eb, 1  | flags=rolFlags
            D1 /0    | rol Ev, 1  | flags=rolFlags
            D2 /0    | rol Eb, CL | flags=rolFlags
            D3 /0    | rol Ev, CL | flags=rolFlags
            """)
    static long rol(long a, long b, int bits) {
        int n = count(b, bits) & bits - 1;
        long value = zx(a, bits);
        return n == 0 ? value : value << n | value >>> bits - n;
    }

    static long rolFlags(long flags, long a, long b, int bits) {
        if (count(b, bits) == 0) {
            return flags;
        }
        long result = rol(a, b, bits);
        return Bits.carryAndOverflow(flags, result & 1, top(result, bits) ^ result & 1);
    }

    /// Rotate right through CF: the operand is one bit wider than its width.
    @Insn("""
            C0 /3 ib | rcr Eb, Ib | flags=rcrFlags
            C1 /3 ib | rcr Ev, Ib | flags=rcrFlags
            D0 /3    | rcr Eb, 1  | flags=rcrFlags
            D1 /3    | rcr Ev, 1  | flags=rcrFlags
            D2 /3    | rcr Eb, CL | flags=rcrFlags
            D3 /3    | rcr Ev, CL | flags=rcrFlags
            """)
    static long rcr(long a, long b, boolean cf, int bits) {
        int n = count(b, bits) % (bits + 1);
        long value = zx(a, bits);
        if (n == 0) {
            return value;
        }
        // Two shifts, because a count of the full width must give 0 and the second one may be by 64.
        long wrapped = value << bits - n << 1;
        return (n == bits ? 0 : value >>> n) | (cf ? 1L : 0) << bits - n | wrapped;
    }

    static long rcrFlags(long flags, long a, long b, int bits) {
        int n = count(b, bits) % (bits + 1);
        if (n == 0) {
            return flags;
        }
        long result = rcr(a, b, (flags & Flags.CF) != 0, bits);
        return Bits.carryAndOverflow(flags, zx(a, bits) >>> n - 1 & 1, top(result ^ result << 1, bits));
    }

    /// Rotate left through CF.
    @Insn("""
            C0 /2 ib | rcl Eb, Ib | flags=rclFlags
            C1 /2 ib | rcl Ev, Ib | flags=rclFlags
            D0 /2    | rcl Eb, 1  | flags=rclFlags
            D1 /2    | rcl Ev, 1  | flags=rclFlags
            D2 /2    | rcl Eb, CL | flags=rclFlags
            D3 /2    | rcl Ev, CL | flags=rclFlags
            """)
    static long rcl(long a, long b, boolean cf, int bits) {
        int n = count(b, bits) % (bits + 1);
        long value = zx(a, bits);
        if (n == 0) {
            return value;
        }
        long wrapped = value >>> bits - n >>> 1;
        return (n == bits ? 0 : value << n) | (cf ? 1L : 0) << n - 1 | wrapped;
    }

    static long rclFlags(long flags, long a, long b, int bits) {
        int n = count(b, bits) % (bits + 1);
        if (n == 0) {
            return flags;
        }
        long result = rcl(a, b, (flags & Flags.CF) != 0, bits);
        long carry = zx(a, bits) >>> bits - n & 1;
        return Bits.carryAndOverflow(flags, carry, top(result, bits) ^ carry);
    }
}
