package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Comparison Instructions (SDM volume 1, 5.2.3).
final class X87Compare {

    private X87Compare() {}

    @Insn("D8 /2 reg | fcom STi")
    static void fcom(X86Cpu cpu, int sti) {
        registers(cpu, sti, false);
    }

    @Insn("D8 /3 reg | fcomp STi")
    static void fcomp(X86Cpu cpu, int sti) {
        if (registers(cpu, sti, false)) {
            X87.pop(cpu);
        }
    }

    @Insn("DE D9 | fcompp")
    static void fcompp(X86Cpu cpu) {
        if (registers(cpu, 1, false)) {
            X87.pop(cpu);
            X87.pop(cpu);
        }
    }

    @Insn("DD /4 reg | fucom STi")
    static void fucom(X86Cpu cpu, int sti) {
        registers(cpu, sti, true);
    }

    @Insn("DD /5 reg | fucomp STi")
    static void fucomp(X86Cpu cpu, int sti) {
        if (registers(cpu, sti, true)) {
            X87.pop(cpu);
        }
    }

    @Insn("DA E9 | fucompp")
    static void fucompp(X86Cpu cpu) {
        if (registers(cpu, 1, true)) {
            X87.pop(cpu);
            X87.pop(cpu);
        }
    }

    @Insn("""
            D8 /2 mem | fcom Md
            DC /2 mem | fcom Mq
            """)
    static void fcomMemory(X86Cpu cpu, long a, int bits) {
        real(cpu, a, bits);
    }

    @Insn("""
            D8 /3 mem | fcomp Md
            DC /3 mem | fcomp Mq
            """)
    static void fcompMemory(X86Cpu cpu, long a, int bits) {
        if (real(cpu, a, bits)) {
            X87.pop(cpu);
        }
    }

    @Insn("""
            DE /2 mem | ficom Mw
            DA /2 mem | ficom Md
            """)
    static void ficom(X86Cpu cpu, long a) {
        integer(cpu, a);
    }

    @Insn("""
            DE /3 mem | ficomp Mw
            DA /3 mem | ficomp Md
            """)
    static void ficomp(X86Cpu cpu, long a) {
        if (integer(cpu, a)) {
            X87.pop(cpu);
        }
    }

    @Insn("DB /6 reg | fcomi ST0, STi")
    static void fcomi(X86Cpu cpu, int sti) {
        intoFlags(cpu, sti, false);
    }

    @Insn("DF /6 reg | fcomip ST0, STi")
    static void fcomip(X86Cpu cpu, int sti) {
        if (intoFlags(cpu, sti, false)) {
            X87.pop(cpu);
        }
    }

    @Insn("DB /5 reg | fucomi ST0, STi")
    static void fucomi(X86Cpu cpu, int sti) {
        intoFlags(cpu, sti, true);
    }

    @Insn("DF /5 reg | fucomip ST0, STi")
    static void fucomip(X86Cpu cpu, int sti) {
        if (intoFlags(cpu, sti, true)) {
            X87.pop(cpu);
        }
    }

    /// Compares the stack top with zero.
    @Insn("D9 E4 | ftst")
    static void ftst(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (unordered(cpu, X87.underflow(cpu, 0, -1))) {
            return;
        }
        finish(cpu, unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), 0, 0, false));
    }

    /// Classifies the stack top, empty or not.
    @Insn("D9 E5 | fxam")
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
            unit.fromFloat((int) bits);
        } else {
            unit.fromDouble(bits);
        }
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

    /// An empty operand compares unordered when invalid is masked.
    private static boolean unordered(X86Cpu cpu, boolean underflow) {
        if (underflow && X87.invalidMasked(cpu)) {
            X87.setConditions(cpu, X87.conditions(ExtendedUnit.Order.UNORDERED));
        }
        return underflow;
    }

    private static boolean finish(X86Cpu cpu, ExtendedUnit.Order order) {
        if (!X87.accept(cpu)) {
            return false;
        }
        X87.setConditions(cpu, X87.conditions(order));
        return true;
    }

    private static boolean intoFlags(X86Cpu cpu, int sti, boolean quiet) {
        ExtendedUnit unit = X87.begin(cpu);
        ExtendedUnit.Order order = ExtendedUnit.Order.UNORDERED;
        if (X87.underflow(cpu, 0, -1) || X87.underflow(cpu, sti, -1)) {
            if (!X87.invalidMasked(cpu)) {
                return false;
            }
        } else {
            order = unit.compare(X87.se(cpu, 0), X87.m(cpu, 0), X87.se(cpu, sti), X87.m(cpu, sti), quiet);
            if (!X87.accept(cpu)) {
                return false;
            }
        }
        Flags.setImage(
                cpu,
                switch (order) {
                    case GREATER -> 0;
                    case LESS -> Flags.CF;
                    case EQUAL -> Flags.ZF;
                    case UNORDERED -> Flags.ZF | Flags.PF | Flags.CF;
                });
        return true;
    }
}
