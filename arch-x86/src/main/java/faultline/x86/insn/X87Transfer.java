package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Data Transfer Instructions (SDM volume 1, 5.2.1).
final class X87Transfer {

    private X87Transfer() {}

    @Insn("""
            D9 /0 mem | fld Md | x87
            DD /0 mem | fld Mq | x87
            """)
    static void fld(X86Cpu cpu, long a, int bits) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!X87.empty(cpu, 7)) {
            X87.push(cpu, 0, 0);
            return;
        }
        if (bits == 32) {
            unit.fromFloat((int) a);
        } else {
            unit.fromDouble(a);
        }
        // A denormal is loaded even if its exception is not masked.
        if (X87.accept(cpu) || (unit.flags & ExtendedUnit.INVALID) == 0) {
            X87.push(cpu, unit.resultSe, unit.resultM);
        }
    }

    /// An 80-bit load changes nothing and raises nothing, signalling NaNs included.
    @Insn("DB /5 mem | fld Mt | x87")
    static void fldExtended(X86Cpu cpu, Mem mem, long ea) {
        mem.requireAligned(ea, 8);
        mem.probeRead(ea, 10);
        X87.begin(cpu);
        long m = mem.load64(ea);
        X87.push(cpu, mem.load16(ea + 8) & 0xffff, m);
    }

    @Insn("D9 /0 reg | fld STi | x87")
    static void fldRegister(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        if (X87.empty(cpu, sti)) {
            if (X87.stackFault(cpu, 0)) {
                X87.pushIndefinite(cpu);
            }
            return;
        }
        X87.push(cpu, X87.se(cpu, sti), X87.m(cpu, sti));
    }

    @Insn("""
            DF /0 mem | fild Mw | x87
            DB /0 mem | fild Md | x87
            DF /5 mem | fild Mq | x87
            """)
    static void fild(X86Cpu cpu, long a) {
        ExtendedUnit unit = X87.begin(cpu);
        unit.fromLong(a);
        X87.push(cpu, unit.resultSe, unit.resultM);
    }

    @Insn("D9 /2 mem | fst Md | x87")
    static void fstSingle(X86Cpu cpu, Mem mem, long ea) {
        storeSingle(cpu, mem, ea);
    }

    @Insn("D9 /3 mem | fstp Md | x87")
    static void fstpSingle(X86Cpu cpu, Mem mem, long ea) {
        if (storeSingle(cpu, mem, ea)) {
            X87.pop(cpu);
        }
    }

    private static boolean storeSingle(X86Cpu cpu, Mem mem, long ea) {
        int before = cpu.fpStatus;
        ExtendedUnit unit = X87.begin(cpu);
        int value = 0xffc00000;
        if (!X87.underflow(cpu, 0, -1)) {
            value = unit.toFloat(X87.se(cpu, 0), X87.m(cpu, 0));
            if (!acceptStore(cpu)) {
                return false;
            }
        } else if (!X87.invalidMasked(cpu)) {
            return false;
        }
        X87.checkStore(cpu, mem, ea, 4, before);
        mem.store32(ea, value);
        return true;
    }

    @Insn("DD /2 mem | fst Mq | x87")
    static void fstDouble(X86Cpu cpu, Mem mem, long ea) {
        storeDouble(cpu, mem, ea);
    }

    @Insn("DD /3 mem | fstp Mq | x87")
    static void fstpDouble(X86Cpu cpu, Mem mem, long ea) {
        if (storeDouble(cpu, mem, ea)) {
            X87.pop(cpu);
        }
    }

    private static boolean storeDouble(X86Cpu cpu, Mem mem, long ea) {
        int before = cpu.fpStatus;
        ExtendedUnit unit = X87.begin(cpu);
        long value = 0xfff8000000000000L;
        if (!X87.underflow(cpu, 0, -1)) {
            value = unit.toDouble(X87.se(cpu, 0), X87.m(cpu, 0));
            if (!acceptStore(cpu)) {
                return false;
            }
        } else if (!X87.invalidMasked(cpu)) {
            return false;
        }
        X87.checkStore(cpu, mem, ea, 8, before);
        mem.store64(ea, value);
        return true;
    }

    /// A store to memory is not made when overflow or underflow is unmasked either (SDM volume 1,
    /// 8.5.4, 8.5.5).
    private static boolean acceptStore(X86Cpu cpu) {
        int unmasked = cpu.extended.flags & ~cpu.fpControl;
        if ((unmasked & (ExtendedUnit.OVERFLOW | ExtendedUnit.UNDERFLOW)) != 0) {
            cpu.extended.flags &= ~ExtendedUnit.PRECISION;
        }
        return X87.accept(cpu) && (unmasked & (ExtendedUnit.OVERFLOW | ExtendedUnit.UNDERFLOW)) == 0;
    }

    @Insn("DB /7 mem | fstp Mt | x87")
    static void fstpExtended(X86Cpu cpu, Mem mem, long ea) {
        int before = cpu.fpStatus;
        X87.begin(cpu);
        int se = 0xffff;
        long m = 3L << 62;
        if (!X87.underflow(cpu, 0, -1)) {
            se = X87.se(cpu, 0);
            m = X87.m(cpu, 0);
        } else if (!X87.invalidMasked(cpu)) {
            return;
        }
        X87.checkStore(cpu, mem, ea, 10, before);
        mem.store64(ea, m);
        mem.store16(ea + 8, (short) se);
        X87.pop(cpu);
    }

    @Insn("DD /2 reg | fst STi | x87")
    static void fstRegister(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        if (!X87.underflow(cpu, 0, sti)) {
            X87.set(cpu, sti, X87.se(cpu, 0), X87.m(cpu, 0));
        }
    }

    @Insn("""
            DD /3 reg | fstp STi  | x87
            DF /2 reg | fstp8 STi | x87
            DF /3 reg | fstp9 STi | x87
            """)
    static void fstpRegister(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        boolean underflow = X87.underflow(cpu, 0, sti);
        if (!underflow) {
            X87.set(cpu, sti, X87.se(cpu, 0), X87.m(cpu, 0));
        }
        if (!underflow || X87.invalidMasked(cpu)) {
            X87.pop(cpu);
        }
    }

    /// The alias that finds nothing wrong with an empty stack.
    @Insn("D9 /3 reg | fstp1 STi | x87")
    static void fstpUnchecked(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        if (!X87.empty(cpu, 0)) {
            X87.set(cpu, sti, X87.se(cpu, 0), X87.m(cpu, 0));
        }
        X87.pop(cpu);
    }

    @Insn("""
            DF /2 mem | fist Mw | x87
            DB /2 mem | fist Md | x87
            """)
    static void fist(X86Cpu cpu, Mem mem, long ea, int bits) {
        storeInteger(cpu, mem, ea, bits, false);
    }

    @Insn("""
            DF /3 mem | fistp Mw | x87
            DB /3 mem | fistp Md | x87
            DF /7 mem | fistp Mq | x87
            """)
    static void fistp(X86Cpu cpu, Mem mem, long ea, int bits) {
        if (storeInteger(cpu, mem, ea, bits, false)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            DF /1 mem ?SSE3 | fisttp Mw | x87
            DB /1 mem ?SSE3 | fisttp Md | x87
            DD /1 mem ?SSE3 | fisttp Mq | x87
            """)
    static void fisttp(X86Cpu cpu, Mem mem, long ea, int bits) {
        if (storeInteger(cpu, mem, ea, bits, true)) {
            X87.pop(cpu);
        }
    }

    private static boolean storeInteger(X86Cpu cpu, Mem mem, long ea, int bits, boolean truncate) {
        int before = cpu.fpStatus;
        ExtendedUnit unit = X87.begin(cpu);
        long value = -1L << (bits - 1);
        if (!X87.underflow(cpu, 0, -1)) {
            value = unit.toInteger(X87.se(cpu, 0), X87.m(cpu, 0), bits, truncate);
            if (!X87.accept(cpu)) {
                return false;
            }
        } else if (!X87.invalidMasked(cpu)) {
            return false;
        }
        X87.checkStore(cpu, mem, ea, bits / 8, before);
        switch (bits) {
            case 16 -> mem.store16(ea, (short) value);
            case 32 -> mem.store32(ea, (int) value);
            default -> mem.store64(ea, value);
        }
        return true;
    }

    /// Loads an 18-digit packed decimal.
    @Insn("DF /4 mem | fbld Mt | x87")
    static void fbld(X86Cpu cpu, Mem mem, long ea) {
        mem.requireAligned(ea, 8);
        mem.probeRead(ea, 10);
        ExtendedUnit unit = X87.begin(cpu);
        long value = 0;
        for (int i = 8; i >= 0; i--) {
            int pair = mem.load8(ea + i) & 0xff;
            value = value * 100 + (pair >>> 4) * 10L + (pair & 15);
        }
        unit.fromLong(value);
        boolean negative = mem.load8(ea + 9) < 0;
        X87.push(cpu, unit.resultSe | (negative ? 0x8000 : 0), unit.resultM);
    }

    /// Stores an 18-digit packed decimal and pops; what does not fit is the packed decimal
    /// indefinite.
    @Insn("DF /6 mem | fbstp Mt | x87")
    static void fbstp(X86Cpu cpu, Mem mem, long ea) {
        int before = cpu.fpStatus;
        ExtendedUnit unit = X87.begin(cpu);
        boolean indefinite = X87.underflow(cpu, 0, -1);
        long value = 0;
        if (!indefinite) {
            value = unit.toInteger(X87.se(cpu, 0), X87.m(cpu, 0), 64, false);
            if (Math.abs(value) > 999_999_999_999_999_999L || value == Long.MIN_VALUE) {
                unit.flags = ExtendedUnit.INVALID;
            }
            indefinite = (unit.flags & ExtendedUnit.INVALID) != 0;
            if (!X87.accept(cpu)) {
                return;
            }
        } else if (!X87.invalidMasked(cpu)) {
            return;
        }
        X87.checkStore(cpu, mem, ea, 10, before);
        if (indefinite) {
            mem.store64(ea, 0xc000000000000000L);
            mem.store16(ea + 8, (short) 0xffff);
        } else {
            storeDecimal(mem, ea, Math.abs(value), (X87.se(cpu, 0) & 0x8000) != 0);
        }
        X87.pop(cpu);
    }

    private static void storeDecimal(Mem mem, long ea, long value, boolean negative) {
        for (int i = 0; i < 9; i++) {
            int pair = (int) (value % 100);
            mem.store8(ea + i, (byte) (pair / 10 << 4 | pair % 10));
            value /= 100;
        }
        mem.store8(ea + 9, (byte) (negative ? 0x80 : 0));
    }

    @Insn("""
            D9 /1 reg | fxch STi  | x87
            DD /1 reg | fxch4 STi | x87
            DF /1 reg | fxch7 STi | x87
            """)
    static void fxch(X86Cpu cpu, int sti) {
        X87.begin(cpu);
        if (X87.empty(cpu, 0) || X87.empty(cpu, sti)) {
            boolean firstEmpty = X87.empty(cpu, 0);
            boolean secondEmpty = X87.empty(cpu, sti);
            if (!X87.stackFault(cpu, 0)) {
                return;
            }
            if (firstEmpty) {
                X87.set(cpu, 0, 0xffff, 3L << 62);
            }
            if (secondEmpty) {
                X87.set(cpu, sti, 0xffff, 3L << 62);
            }
        }
        int se = X87.se(cpu, 0);
        long m = X87.m(cpu, 0);
        X87.set(cpu, 0, X87.se(cpu, sti), X87.m(cpu, sti));
        X87.set(cpu, sti, se, m);
    }

    @Insn("DA /0 reg | fcmovb ST0, STi | x87")
    static void fcmovb(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.CF, true);
    }

    @Insn("DA /1 reg | fcmove ST0, STi | x87")
    static void fcmove(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.ZF, true);
    }

    @Insn("DA /2 reg | fcmovbe ST0, STi | x87")
    static void fcmovbe(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.CF | Flags.ZF, true);
    }

    @Insn("DA /3 reg | fcmovu ST0, STi | x87")
    static void fcmovu(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.PF, true);
    }

    @Insn("DB /0 reg | fcmovnb ST0, STi | x87")
    static void fcmovnb(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.CF, false);
    }

    @Insn("DB /1 reg | fcmovne ST0, STi | x87")
    static void fcmovne(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.ZF, false);
    }

    @Insn("DB /2 reg | fcmovnbe ST0, STi | x87")
    static void fcmovnbe(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.CF | Flags.ZF, false);
    }

    @Insn("DB /3 reg | fcmovnu ST0, STi | x87")
    static void fcmovnu(X86Cpu cpu, int sti) {
        move(cpu, sti, Flags.PF, false);
    }

    /// Moves ST(i) to the top when any of `mask` is set (or none, for the negated forms).
    private static void move(X86Cpu cpu, int sti, long mask, boolean whenSet) {
        if (X87.empty(cpu, 0) || X87.empty(cpu, sti)) {
            X87.underflow(cpu, X87.empty(cpu, 0) ? 0 : sti, 0);
        } else if (((cpu.flags() & mask) != 0) == whenSet) {
            X87.set(cpu, 0, X87.se(cpu, sti), X87.m(cpu, sti));
        }
    }
}
