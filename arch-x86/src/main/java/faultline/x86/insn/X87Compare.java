package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Comparison Instructions (SDM volume 1, 5.2.3).
final class X87Compare {

    private X87Compare() {}

    /// With aliases of no manual, which every processor has; so have the next, FXCH and FSTP.
    @Insn("""
            D8 /2 reg | fcom STi  | x87
            DC /2 reg | fcom2 STi | x87
            """)
    static void fcom(X86Cpu cpu, int sti) {
        registers(cpu, sti, false);
    }

    @Insn("""
            D8 /3 reg | fcomp STi  | x87
            DC /3 reg | fcomp3 STi | x87
            DE /2 reg | fcomp5 STi | x87
            """)
    static void fcomp(X86Cpu cpu, int sti) {
        if (registers(cpu, sti, false)) {
            X87.pop(cpu);
        }
    }

    @Insn("DE D9 | fcompp | x87")
    static void fcompp(X86Cpu cpu) {
        if (registers(cpu, 1, false)) {
            X87.pop(cpu);
            X87.pop(cpu);
        }
    }

    @Insn("DD /4 reg | fucom STi | x87")
    static void fucom(X86Cpu cpu, int sti) {
        registers(cpu, sti, true);
    }

    @Insn("DD /5 reg | fucomp STi | x87")
    static void fucomp(X86Cpu cpu, int sti) {
        if (registers(cpu, sti, true)) {
            X87.pop(cpu);
        }
    }

    @Insn("DA E9 | fucompp | x87")
    static void fucompp(X86Cpu cpu) {
        if (registers(cpu, 1, true)) {
            X87.pop(cpu);
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /2 mem | fcom Md | x87
            DC /2 mem | fcom Mq | x87
            """)
    static void fcomMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, a, bits);
    }

    @Insn("""
            D8 /3 mem | fcomp Md | x87
            DC /3 mem | fcomp Mq | x87
            """)
    static void fcompMemory(X86Cpu cpu, long a, int bits) {
        if (real(cpu, a, bits)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            DE /2 mem | ficom Mw | x87
            DA /2 mem | ficom Md | x87
            """)
    static void ficom(X86Cpu cpu, long a) {
        integer(cpu, a);
    }

    @Insn("""
            DE /3 mem | ficomp Mw | x87
            DA /3 mem | ficomp Md | x87
            """)
    static void ficomp(X86Cpu cpu, long a) {
        if (integer(cpu, a)) {
            X87.pop(cpu);
        }
    }

    @Insn("DB /6 reg | fcomi ST0, STi | x87")
    static void fcomi(X86Cpu cpu, int sti) {
        intoFlags(cpu, sti, false);
    }

    @Insn("DF /6 reg | fcomip ST0, STi | x87")
    static void fcomip(X86Cpu cpu, int sti) {
        if (intoFlags(cpu, sti, false)) {
            X87.pop(cpu);
        }
    }

    @Insn("DB /5 reg | fucomi ST0, STi | x87")
    static void fucomi(X86Cpu cpu, int sti) {
        intoFlags(cpu, sti, true);
    }

    @Insn("DF /5 reg | fucomip ST0, STi | x87")
    static void fucomip(X86Cpu cpu, int sti) {
        if (intoFlags(cpu, sti, true)) {
            X87.pop(cpu);
        }
    }

    /// Compares the stack top with zero.
    @Insn("D9 E4 | ftst | x87")
    static void ftst(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (unordered(cpu, X87.underflow(cpu, 0, -1))) {
            return;
        }
        finish(cpu, unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), 0, 0, false));
    }

    /// Classifies the stack top, empty or not.
    @Insn("D9 E5 | fxam | x87")
    static void fxam(X86Cpu cpu) {
        X87.begin(cpu);
        int se = X87.se(cpu, 0);
        long m = X87.m(cpu, 0);
        int conditions;
        if (X87.empty(cpu, 0)) {
            conditions = X87.C3 | X87.C0;
        } else if (ExtendedUnit.isUnsupported(se, m)) {
            conditions = 0;
        } else if (ExtendedUnit.isNan(se, m)) {
            conditions = X87.C0;
        } else if (ExtendedUnit.isInfinite(se, m)) {
            conditions = X87.C2 | X87.C0;
        } else if (m == 0) {
            conditions = X87.C3;
        } else {
            conditions = (se & 0x7fff) == 0 ? X87.C3 | X87.C2 : X87.C2;
        }
        X87.setConditions(cpu, conditions);
        cpu.fpStatus |= (se & 0x8000) != 0 ? X87.C1 : 0;
    }

    private static boolean registers(X86Cpu cpu, int sti, boolean quiet) {
        ExtendedUnit unit = X87.begin(cpu);
        if (unordered(cpu, X87.underflow(cpu, 0, -1) || X87.underflow(cpu, sti, -1))) {
            return X87.invalidMasked(cpu);
        }
        return finish(cpu, unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), X87.se(cpu, sti), X87.m(cpu, sti), quiet));
    }

    private static boolean real(X86Cpu cpu, long bits, int width) {
        ExtendedUnit unit = X87.begin(cpu);
        if (unordered(cpu, X87.underflow(cpu, 0, -1))) {
            return X87.invalidMasked(cpu);
        }
        if (width == 32) {
            unit.fromFloatOperand((int) bits);
        } else {
            unit.fromDoubleOperand(bits);
        }
        X87.forgetDenormal(cpu);
        return finish(cpu, unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), unit.resultSe, unit.resultM, false));
    }

    private static boolean integer(X86Cpu cpu, long value) {
        ExtendedUnit unit = X87.begin(cpu);
        if (unordered(cpu, X87.underflow(cpu, 0, -1))) {
            return X87.invalidMasked(cpu);
        }
        unit.fromLong(value);
        return finish(cpu, unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), unit.resultSe, unit.resultM, false));
    }

    /// An empty operand compares unordered.
    private static boolean unordered(X86Cpu cpu, boolean underflow) {
        if (underflow) {
            X87.setConditions(cpu, X87.conditions(ExtendedUnit.Order.UNORDERED));
        }
        return underflow;
    }

    private static boolean finish(X86Cpu cpu, ExtendedUnit.Order order) {
        X87.setConditions(cpu, X87.conditions(order));
        return X87.accept(cpu);
    }

    /// Leaves C1 as it is, but for a stack underflow.
    private static boolean intoFlags(X86Cpu cpu, int sti, boolean quiet) {
        int c1 = cpu.fpStatus & X87.C1;
        ExtendedUnit unit = X87.begin(cpu);
        cpu.fpStatus |= c1;
        ExtendedUnit.Order order = ExtendedUnit.Order.UNORDERED;
        boolean completed;
        if (X87.underflow(cpu, 0, -1) || X87.underflow(cpu, sti, -1)) {
            completed = X87.invalidMasked(cpu);
        } else {
            order = unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), X87.se(cpu, sti), X87.m(cpu, sti), quiet);
            completed = X87.accept(cpu);
        }
        Flags.setImage(
                cpu,
                switch (order) {
                    case GREATER -> 0;
                    case LESS -> Flags.CF;
                    case EQUAL -> Flags.ZF;
                    case UNORDERED -> Flags.ZF | Flags.PF | Flags.CF;
                });
        return completed;
    }
}
