package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Basic Arithmetic Instructions (SDM volume 1, 5.2.2).
///
/// Each operation has a form with the stack top as destination, one with ST(i), one that also pops,
/// and memory forms with a float or double and with a 16- or 32-bit integer.
final class X87Arithmetic {

    private X87Arithmetic() {}

    private enum Operation {
        ADD,
        MULTIPLY,
        SUBTRACT,
        DIVIDE
    }

    /// Add.
    @Insn("D8 /0 reg | fadd ST0, STi | x87")
    static void fadd(X86Cpu cpu, int sti) {
        registers(cpu, Operation.ADD, false, sti, 0);
    }

    @Insn("DC /0 reg | fadd STi, ST0 | x87")
    static void faddTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.ADD, false, sti, sti);
    }

    @Insn("DE /0 reg | faddp STi, ST0 | x87")
    static void faddp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.ADD, false, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /0 mem | fadd Md | x87
            DC /0 mem | fadd Mq | x87
            """)
    static void faddMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.ADD, false, a, bits);
    }

    @Insn("""
            DA /0 mem | fiadd Md | x87
            DE /0 mem | fiadd Mw | x87
            """)
    static void fiadd(X86Cpu cpu, long a) {
        integer(cpu, Operation.ADD, false, a);
    }

    /// Multiply.
    @Insn("D8 /1 reg | fmul ST0, STi | x87")
    static void fmul(X86Cpu cpu, int sti) {
        registers(cpu, Operation.MULTIPLY, false, sti, 0);
    }

    @Insn("DC /1 reg | fmul STi, ST0 | x87")
    static void fmulTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.MULTIPLY, false, sti, sti);
    }

    @Insn("DE /1 reg | fmulp STi, ST0 | x87")
    static void fmulp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.MULTIPLY, false, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /1 mem | fmul Md | x87
            DC /1 mem | fmul Mq | x87
            """)
    static void fmulMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.MULTIPLY, false, a, bits);
    }

    @Insn("""
            DA /1 mem | fimul Md | x87
            DE /1 mem | fimul Mw | x87
            """)
    static void fimul(X86Cpu cpu, long a) {
        integer(cpu, Operation.MULTIPLY, false, a);
    }

    /// Subtract.
    @Insn("D8 /4 reg | fsub ST0, STi | x87")
    static void fsub(X86Cpu cpu, int sti) {
        registers(cpu, Operation.SUBTRACT, false, sti, 0);
    }

    @Insn("DC /5 reg | fsub STi, ST0 | x87")
    static void fsubTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.SUBTRACT, true, sti, sti);
    }

    @Insn("DE /5 reg | fsubp STi, ST0 | x87")
    static void fsubp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.SUBTRACT, true, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /4 mem | fsub Md | x87
            DC /4 mem | fsub Mq | x87
            """)
    static void fsubMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.SUBTRACT, false, a, bits);
    }

    @Insn("""
            DA /4 mem | fisub Md | x87
            DE /4 mem | fisub Mw | x87
            """)
    static void fisub(X86Cpu cpu, long a) {
        integer(cpu, Operation.SUBTRACT, false, a);
    }

    /// Subtract reversed.
    @Insn("D8 /5 reg | fsubr ST0, STi | x87")
    static void fsubr(X86Cpu cpu, int sti) {
        registers(cpu, Operation.SUBTRACT, true, sti, 0);
    }

    @Insn("DC /4 reg | fsubr STi, ST0 | x87")
    static void fsubrTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.SUBTRACT, false, sti, sti);
    }

    @Insn("DE /4 reg | fsubrp STi, ST0 | x87")
    static void fsubrp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.SUBTRACT, false, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /5 mem | fsubr Md | x87
            DC /5 mem | fsubr Mq | x87
            """)
    static void fsubrMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.SUBTRACT, true, a, bits);
    }

    @Insn("""
            DA /5 mem | fisubr Md | x87
            DE /5 mem | fisubr Mw | x87
            """)
    static void fisubr(X86Cpu cpu, long a) {
        integer(cpu, Operation.SUBTRACT, true, a);
    }

    /// Divide.
    @Insn("D8 /6 reg | fdiv ST0, STi | x87")
    static void fdiv(X86Cpu cpu, int sti) {
        registers(cpu, Operation.DIVIDE, false, sti, 0);
    }

    @Insn("DC /7 reg | fdiv STi, ST0 | x87")
    static void fdivTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.DIVIDE, true, sti, sti);
    }

    @Insn("DE /7 reg | fdivp STi, ST0 | x87")
    static void fdivp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.DIVIDE, true, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /6 mem | fdiv Md | x87
            DC /6 mem | fdiv Mq | x87
            """)
    static void fdivMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.DIVIDE, false, a, bits);
    }

    @Insn("""
            DA /6 mem | fidiv Md | x87
            DE /6 mem | fidiv Mw | x87
            """)
    static void fidiv(X86Cpu cpu, long a) {
        integer(cpu, Operation.DIVIDE, false, a);
    }

    /// Divide reversed.
    @Insn("D8 /7 reg | fdivr ST0, STi | x87")
    static void fdivr(X86Cpu cpu, int sti) {
        registers(cpu, Operation.DIVIDE, true, sti, 0);
    }

    @Insn("DC /6 reg | fdivr STi, ST0 | x87")
    static void fdivrTo(X86Cpu cpu, int sti) {
        registers(cpu, Operation.DIVIDE, false, sti, sti);
    }

    @Insn("DE /6 reg | fdivrp STi, ST0 | x87")
    static void fdivrp(X86Cpu cpu, int sti) {
        if (registers(cpu, Operation.DIVIDE, false, sti, sti)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /7 mem | fdivr Md | x87
            DC /7 mem | fdivr Mq | x87
            """)
    static void fdivrMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, Operation.DIVIDE, true, a, bits);
    }

    @Insn("""
            DA /7 mem | fidivr Md | x87
            DE /7 mem | fidivr Mw | x87
            """)
    static void fidivr(X86Cpu cpu, long a) {
        integer(cpu, Operation.DIVIDE, true, a);
    }

    /// `ST(0) op ST(i)`, or `ST(i) op ST(0)` when reversed, to ST(target); whether the instruction
    /// completed.
    private static boolean registers(X86Cpu cpu, Operation operation, boolean reversed, int sti, int target) {
        ExtendedUnit unit = X87.begin(cpu);
        if (X87.empty(cpu, 0) || X87.empty(cpu, sti)) {
            X87.underflow(cpu, X87.empty(cpu, 0) ? 0 : sti, target);
            return X87.invalidMasked(cpu);
        }
        compute(unit, operation, reversed, cpu, X87.se(cpu, sti), X87.m(cpu, sti));
        if (X87.accept(cpu)) {
            X87.setResult(cpu, target);
            return true;
        }
        return false;
    }

    private static void real(X86Cpu cpu, Operation operation, boolean reversed, long bits, int width) {
        ExtendedUnit unit = X87.begin(cpu);
        if (X87.underflow(cpu, 0, 0)) {
            return;
        }
        if (width == 32) {
            unit.fromFloatOperand((int) bits);
        } else {
            unit.fromDoubleOperand(bits);
        }
        X87.forgetDenormal(cpu);
        memory(cpu, unit, operation, reversed);
    }

    private static void integer(X86Cpu cpu, Operation operation, boolean reversed, long value) {
        ExtendedUnit unit = X87.begin(cpu);
        if (X87.underflow(cpu, 0, 0)) {
            return;
        }
        unit.fromLong(value);
        memory(cpu, unit, operation, reversed);
    }

    private static void memory(X86Cpu cpu, ExtendedUnit unit, Operation operation, boolean reversed) {
        compute(unit, operation, reversed, cpu, unit.resultSe, unit.resultM);
        if ((unit.flags & ExtendedUnit.ZERO_DIVIDE) != 0) {
            unit.flags &= ~ExtendedUnit.DENORMAL;
        }
        if (X87.accept(cpu)) {
            X87.setResult(cpu, 0);
        }
    }

    private static void compute(
            ExtendedUnit unit, Operation operation, boolean reversed, X86Cpu cpu, int bse, long bm) {
        int ase = X87.se(cpu, 0);
        long am = X87.m(cpu, 0);
        switch (operation) {
            case ADD -> unit.add(ase, am, bse, bm);
            case MULTIPLY -> unit.multiply(ase, am, bse, bm);
            case SUBTRACT -> {
                if (reversed) {
                    unit.subtract(bse, bm, ase, am);
                } else {
                    unit.subtract(ase, am, bse, bm);
                }
            }
            case DIVIDE -> {
                if (reversed) {
                    unit.divide(bse, bm, ase, am);
                } else {
                    unit.divide(ase, am, bse, bm);
                }
            }
        }
    }

    /// Square root of the stack top.
    @Insn("D9 FA | fsqrt | x87")
    static void fsqrt(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!X87.underflow(cpu, 0, 0)) {
            unit.squareRoot(X87.se(cpu, 0), X87.m(cpu, 0));
            store(cpu);
        }
    }

    /// Rounds the stack top to an integer.
    @Insn("D9 FC | frndint | x87")
    static void frndint(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!X87.underflow(cpu, 0, 0)) {
            unit.roundToIntegral(X87.se(cpu, 0), X87.m(cpu, 0));
            store(cpu);
        }
    }

    /// Scales ST(0) by 2 to the power of ST(1), truncated.
    @Insn("D9 FD | fscale | x87")
    static void fscale(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!X87.underflow(cpu, 0, 0) && !X87.underflow(cpu, 1, 0)) {
            unit.scale(X87.se(cpu, 0), X87.m(cpu, 0), X87.se(cpu, 1), X87.m(cpu, 1));
            store(cpu);
        }
    }

    /// Partial remainder, truncating.
    @Insn("D9 F8 | fprem | x87")
    static void fprem(X86Cpu cpu) {
        remainder(cpu, false);
    }

    /// Partial remainder as IEEE 754 defines it.
    @Insn("D9 F5 | fprem1 | x87")
    static void fprem1(X86Cpu cpu) {
        remainder(cpu, true);
    }

    private static void remainder(X86Cpu cpu, boolean nearest) {
        ExtendedUnit unit = X87.begin(cpu);
        cpu.fpStatus &= ~X87.C2;
        if (X87.underflow(cpu, 0, 0) || X87.underflow(cpu, 1, 0)) {
            return;
        }
        int quotient = unit.remainder(X87.se(cpu, 0), X87.m(cpu, 0), X87.se(cpu, 1), X87.m(cpu, 1), nearest);
        if (X87.accept(cpu)) {
            X87.setResult(cpu, 0);
            if (ExtendedUnit.isNan(unit.resultSe, unit.resultM)) {
                return;
            }
            int conditions = X87.C2;
            if (quotient >= 0) {
                conditions = ((quotient & 4) != 0 ? X87.C0 : 0) | ((quotient & 2) != 0 ? X87.C3 : 0);
                cpu.fpStatus |= (quotient & 1) != 0 ? X87.C1 : 0;
            }
            X87.setConditions(cpu, conditions);
        }
    }

    /// Splits ST(0) into its exponent, left there, and its significand, pushed.
    @Insn("D9 F4 | fxtract | x87")
    static void fxtract(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (X87.underflow(cpu, 0, 0)) {
            if (X87.invalidMasked(cpu)) {
                X87.pushIndefinite(cpu);
            }
            return;
        }
        if (X87.overflow(cpu)) {
            return;
        }
        unit.extract(X87.se(cpu, 0), X87.m(cpu, 0));
        if (!X87.accept(cpu)) {
            return;
        }
        X87.setResult(cpu, 0);
        X87.push(cpu, unit.significandSe, unit.significandM);
    }

    /// Clears the sign.
    @Insn("D9 E1 | fabs | x87")
    static void fabs(X86Cpu cpu) {
        X87.begin(cpu);
        if (!X87.underflow(cpu, 0, 0)) {
            X87.set(cpu, 0, X87.se(cpu, 0) & 0x7fff, X87.m(cpu, 0));
        }
    }

    /// Changes the sign.
    @Insn("D9 E0 | fchs | x87")
    static void fchs(X86Cpu cpu) {
        X87.begin(cpu);
        if (!X87.underflow(cpu, 0, 0)) {
            X87.set(cpu, 0, X87.se(cpu, 0) ^ 0x8000, X87.m(cpu, 0));
        }
    }

    private static void store(X86Cpu cpu) {
        if (X87.accept(cpu)) {
            X87.setResult(cpu, 0);
        }
    }
}
