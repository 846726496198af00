package faultline.x86.insn;

import static faultline.x86.insn.Bits.sx;
import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Trap;

/// Binary Arithmetic Instructions (SDM volume 1, 5.1.2).
///
/// Undefined flags, as chosen here: multiplications set SF, ZF and PF by the low half and clear AF;
/// divisions change no flag.
final class BinaryArithmetic {

    private BinaryArithmetic() {}

    /// Add with carry that reads and writes CF alone.
    @Insn("66 0F 38 F6 /r ?ADX | adcx Gy, Ey | flags=adcxFlags")
    static long adcx(long a, long b, boolean cf) {
        return a + b + (cf ? 1 : 0);
    }

    static long adcxFlags(long flags, long a, long b, int bits) {
        return Bits.carry(flags, carryOut(a, b, flags & Flags.CF, bits));
    }

    /// Add with carry that uses OF in the place of CF.
    @Insn("F3 0F 38 F6 /r ?ADX | adox Gy, Ey | flags=adoxFlags")
    static long adox(long flags, long a, long b) {
        return a + b + ((flags & Flags.OF) != 0 ? 1 : 0);
    }

    static long adoxFlags(long flags, long a, long b, int bits) {
        long in = (flags & Flags.OF) != 0 ? 1 : 0;
        return flags & ~Flags.OF | (carryOut(a, b, in, bits) != 0 ? Flags.OF : 0);
    }

    private static long carryOut(long a, long b, long in, int bits) {
        long sum = a + b + in;
        return Bits.top(a & b | (a | b) & ~sum, bits);
    }

    /// Add.
    @Insn("""
            00 /r    | add Eb, Gb  | add lock
            01 /r    | add Ev, Gv  | add lock
            02 /r    | add Gb, Eb  | add
            03 /r    | add Gv, Ev  | add
            04 ib    | add AL, Ib  | add
            05 iz    | add rAX, Iz | add
            80 /0 ib | add Eb, Ib  | add lock
            81 /0 iz | add Ev, Iz  | add lock
            83 /0 ib | add Ev, Ib  | add lock
            """)
    static long add(long a, long b) {
        return a + b;
    }

    /// Add with carry.
    @Insn("""
            10 /r    | adc Eb, Gb  | adc lock
            11 /r    | adc Ev, Gv  | adc lock
            12 /r    | adc Gb, Eb  | adc
            13 /r    | adc Gv, Ev  | adc
            14 ib    | adc AL, Ib  | adc
            15 iz    | adc rAX, Iz | adc
            80 /2 ib | adc Eb, Ib  | adc lock
            81 /2 iz | adc Ev, Iz  | adc lock
            83 /2 ib | adc Ev, Ib  | adc lock
            """)
    static long adc(long a, long b, boolean cf) {
        return a + b + (cf ? 1 : 0);
    }

    /// Subtract.
    @Insn("""
            28 /r    | sub Eb, Gb  | sub lock
            29 /r    | sub Ev, Gv  | sub lock
            2A /r    | sub Gb, Eb  | sub
            2B /r    | sub Gv, Ev  | sub
            2C ib    | sub AL, Ib  | sub
            2D iz    | sub rAX, Iz | sub
            80 /5 ib | sub Eb, Ib  | sub lock
            81 /5 iz | sub Ev, Iz  | sub lock
            83 /5 ib | sub Ev, Ib  | sub lock
            """)
    static long sub(long a, long b) {
        return a - b;
    }

    /// Subtract with borrow.
    @Insn("""
            18 /r    | sbb Eb, Gb  | sbb lock
            19 /r    | sbb Ev, Gv  | sbb lock
            1A /r    | sbb Gb, Eb  | sbb
            1B /r    | sbb Gv, Ev  | sbb
            1C ib    | sbb AL, Ib  | sbb
            1D iz    | sbb rAX, Iz | sbb
            80 /3 ib | sbb Eb, Ib  | sbb lock
            81 /3 iz | sbb Ev, Iz  | sbb lock
            83 /3 ib | sbb Ev, Ib  | sbb lock
            """)
    static long sbb(long a, long b, boolean cf) {
        return a - b - (cf ? 1 : 0);
    }

    /// Signed multiply of two operands: the low half of the product. CF and OF say whether it was
    /// cut off.
    @Insn("0F AF /r | imul Gv, Ev | mul(imulCut)")
    static long imul(long a, long b) {
        return a * b;
    }

    static long imulCut(long a, long b, int bits) {
        return cut(a, b, bits);
    }

    /// Signed multiply by an immediate.
    @Insn("""
            69 /r iz | imul Gv, Ev, Iz | mul(imulImmediateCut)
            6B /r ib | imul Gv, Ev, Ib | mul(imulImmediateCut)
            """)
    static long imulImmediate(long b, long c) {
        return b * c;
    }

    static long imulImmediateCut(long b, long c, int bits) {
        return cut(b, c, bits);
    }

    /// Signed multiply of the accumulator, double width.
    @Insn("F7 /5 | imul Ev | mul(imulWideCut) rDX=imulHigh -> rAX")
    static long imulWide(long rAX, long a) {
        return rAX * a;
    }

    static long imulHigh(long rAX, long a, int bits) {
        return bits == 64 ? Math.multiplyHigh(rAX, a) : rAX * a >> bits;
    }

    static long imulWideCut(long rAX, long a, int bits) {
        return cut(rAX, a, bits);
    }

    /// Signed multiply of AL: the product is AX.
    @Insn("F6 /5 | imul Eb | flags=imulByteFlags -> AX")
    static long imulByte(long AL, long a) {
        return AL * a;
    }

    static long imulByteFlags(long AL, long a) {
        long carry = cut(AL, a, 8);
        return Bits.carryAndOverflow(Bits.signZeroParity(AL * a, 8), carry, carry);
    }

    /// 1 if the signed product needs more than `bits` bits.
    private static long cut(long a, long b, int bits) {
        long low = a * b;
        return low != sx(low, bits) || Math.multiplyHigh(a, b) != low >> 63 ? 1 : 0;
    }

    /// Unsigned multiply of the accumulator, double width. CF and OF say whether the upper half is
    /// in use.
    @Insn("F7 /4 | mul Ev | mul(mulWideCut) rDX=mulHigh -> rAX")
    static long mul(long rAX, long a) {
        return rAX * a;
    }

    static long mulHigh(long rAX, long a, int bits) {
        return bits == 64 ? Math.unsignedMultiplyHigh(rAX, a) : zx(rAX, bits) * zx(a, bits) >>> bits;
    }

    static long mulWideCut(long rAX, long a, int bits) {
        return mulHigh(rAX, a, bits) != 0 ? 1 : 0;
    }

    /// Unsigned multiply of AL: the product is AX.
    @Insn("F6 /4 | mul Eb | flags=mulByteFlags -> AX")
    static long mulByte(long AL, long a) {
        return zx(AL, 8) * zx(a, 8);
    }

    static long mulByteFlags(long AL, long a) {
        long product = mulByte(AL, a);
        return Bits.carryAndOverflow(Bits.signZeroParity(product, 8), product >>> 8, product >>> 8);
    }

    /// Unsigned divide of rDX:rAX. `#DE` when the divisor is 0 or the quotient needs more than the
    /// width.
    @Insn("F7 /6 | div Ev | rDX=remainder -> rAX")
    static long div(long rDX, long rAX, long a, int bits) {
        long divisor = zx(a, bits);
        long high = zx(rDX, bits);
        // The quotient fits exactly when the upper half is below the divisor; a divisor of 0 never is.
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw X86Trap.DE;
        }
        if (bits == 64) {
            return high == 0 ? Long.divideUnsigned(rAX, divisor) : divideWide(high, rAX, divisor);
        }
        return Long.divideUnsigned(high << bits | zx(rAX, bits), divisor);
    }

    static long remainder(long rDX, long rAX, long a, int bits) {
        // Modulo 2^64 the upper half of the dividend cancels out.
        return rAX - div(rDX, rAX, a, bits) * a;
    }

    /// Unsigned divide of AX: quotient to AL, remainder to AH.
    @Insn("F6 /6 | div Eb | -> AX")
    static long divByte(long AX, long a) {
        long divisor = zx(a, 8);
        long dividend = zx(AX, 16);
        if (divisor == 0 || dividend / divisor > 0xff) {
            throw X86Trap.DE;
        }
        return dividend % divisor << 8 | dividend / divisor;
    }

    /// Signed divide of rDX:rAX. The quotient is rounded towards 0, the remainder has the
    /// dividend's sign.
    @Insn("F7 /7 | idiv Ev | rDX=signedRemainder -> rAX")
    static long idiv(long rDX, long rAX, long a, int bits) {
        if (a == 0) {
            throw X86Trap.DE;
        }
        if (bits == 64) {
            return rDX == rAX >> 63 && !(rAX == Long.MIN_VALUE && a == -1) ? rAX / a : divideWideSigned(rDX, rAX, a);
        }
        long dividend = rDX << bits | zx(rAX, bits);
        if (dividend == Long.MIN_VALUE && a == -1) {
            throw X86Trap.DE;
        }
        return fits(dividend / a, bits);
    }

    static long signedRemainder(long rDX, long rAX, long a, int bits) {
        return rAX - idiv(rDX, rAX, a, bits) * a;
    }

    /// Signed divide of AX: quotient to AL, remainder to AH.
    @Insn("F6 /7 | idiv Eb | -> AX")
    static long idivByte(long AX, long a) {
        if (a == 0) {
            throw X86Trap.DE;
        }
        long quotient = fits(AX / a, 8);
        return AX % a << 8 | zx(quotient, 8);
    }

    private static long fits(long quotient, int bits) {
        if (quotient != sx(quotient, bits)) {
            throw X86Trap.DE;
        }
        return quotient;
    }

    private static long divideWideSigned(long high, long low, long divisor) {
        boolean negative = high < 0 != divisor < 0;
        long magnitudeLow = high < 0 ? -low : low;
        long magnitudeHigh = high < 0 ? ~high + (low == 0 ? 1 : 0) : high;
        long magnitude = Math.abs(divisor);
        if (Long.compareUnsigned(magnitudeHigh, magnitude) >= 0) {
            throw X86Trap.DE;
        }
        long quotient = divideWide(magnitudeHigh, magnitudeLow, magnitude);
        // As an unsigned number the quotient may be up to 2^63 if negative and below it if not.
        if (quotient < 0 && !(negative && quotient == Long.MIN_VALUE)) {
            throw X86Trap.DE;
        }
        return negative ? -quotient : quotient;
    }

    /// Divides 128 bits by 64, `high` below `divisor`: long division in base 2^32 on normalised
    /// operands (Knuth, The Art of Computer Programming, 4.3.1, algorithm D with two digits).
    private static long divideWide(long high, long low, long divisor) {
        int shift = Long.numberOfLeadingZeros(divisor);
        long d = divisor << shift;
        long top = shift == 0 ? high : high << shift | low >>> 64 - shift;
        long bottom = low << shift;
        long first = digit(top, bottom >>> 32, d);
        long rest = (top << 32 | bottom >>> 32) - first * d;
        long second = digit(rest, bottom & 0xffffffffL, d);
        return first << 32 | second;
    }

    /// One base-2^32 digit of `(top * 2^32 + next) / d`, `top` below `d` and `d` normalised.
    private static long digit(long top, long next, long d) {
        long dHigh = d >>> 32;
        long dLow = d & 0xffffffffL;
        long estimate = Long.divideUnsigned(top, dHigh);
        long rest = top - estimate * dHigh;
        // The estimate from the first digit is at most two too large.
        while (estimate >>> 32 != 0 || Long.compareUnsigned(estimate * dLow, rest << 32 | next) > 0) {
            estimate--;
            rest += dHigh;
            if (rest >>> 32 != 0) {
                break;
            }
        }
        return estimate;
    }

    /// Increment; CF stays.
    @Insn("""
            FE /0 | inc Eb | inc lock
            FF /0 | inc Ev | inc lock
            """)
    static long inc(long a) {
        return a + 1;
    }

    /// Decrement; CF stays.
    @Insn("""
            FE /1 | dec Eb | dec lock
            FF /1 | dec Ev | dec lock
            """)
    static long dec(long a) {
        return a - 1;
    }

    /// Negate: the flags are those of `0 - a`.
    @Insn("""
            F6 /3 | neg Eb | sub(zero,a) lock
            F7 /3 | neg Ev | sub(zero,a) lock
            """)
    static long neg(long a) {
        return -a;
    }

    static long zero() {
        return 0;
    }

    /// Compare: subtract, keeping only the flags.
    @Insn("""
            38 /r    | cmp Eb, Gb  | sub -> none
            39 /r    | cmp Ev, Gv  | sub -> none
            3A /r    | cmp Gb, Eb  | sub -> none
            3B /r    | cmp Gv, Ev  | sub -> none
            3C ib    | cmp AL, Ib  | sub -> none
            3D iz    | cmp rAX, Iz | sub -> none
            80 /7 ib | cmp Eb, Ib  | sub -> none
            81 /7 iz | cmp Ev, Iz  | sub -> none
            83 /7 ib | cmp Ev, Ib  | sub -> none
            """)
    static long cmp(long a, long b) {
        return a - b;
    }
}
