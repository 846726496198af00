package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedFunctions;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Transcendental Instructions (SDM volume 1, 5.2.4).
final class X87Transcendental {

    private X87Transcendental() {}

    @Insn("D9 F0 | f2xm1 | x87")
    static void f2xm1(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (X87.underflow(cpu, 0, 0)) {
            return;
        }
        new ExtendedFunctions(unit).exponentialMinusOne(X87.se(cpu, 0), X87.m(cpu, 0));
        if (X87.accept(cpu)) {
            X87.setResult(cpu, 0);
        }
    }

    @Insn("D9 F1 | fyl2x | x87")
    static void fyl2x(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (present(cpu)) {
            new ExtendedFunctions(unit).logarithm(X87.se(cpu, 1), X87.m(cpu, 1), X87.se(cpu, 0), X87.m(cpu, 0));
            replaceBoth(cpu);
        }
    }

    @Insn("D9 F9 | fyl2xp1 | x87")
    static void fyl2xp1(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (present(cpu)) {
            new ExtendedFunctions(unit).logarithmPlusOne(X87.se(cpu, 1), X87.m(cpu, 1), X87.se(cpu, 0), X87.m(cpu, 0));
            replaceBoth(cpu);
        }
    }

    @Insn("D9 F3 | fpatan | x87")
    static void fpatan(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (present(cpu)) {
            new ExtendedFunctions(unit).arcTangent(X87.se(cpu, 1), X87.m(cpu, 1), X87.se(cpu, 0), X87.m(cpu, 0));
            replaceBoth(cpu);
        }
    }

    /// Whether ST(0) and ST(1) are there; if not, the masked response is an indefinite that
    /// replaces both.
    private static boolean present(X86Cpu cpu) {
        if (!X87.empty(cpu, 0) && !X87.empty(cpu, 1)) {
            return true;
        }
        X87.underflow(cpu, X87.empty(cpu, 0) ? 0 : 1, 1);
        if (X87.invalidMasked(cpu)) {
            X87.pop(cpu);
        }
        return false;
    }

    private static void replaceBoth(X86Cpu cpu) {
        if (X87.accept(cpu)) {
            X87.setResult(cpu, 1);
            X87.pop(cpu);
        }
    }

    @Insn("D9 FE | fsin | x87")
    static void fsin(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!isAbsent(cpu)) {
            inRange(cpu, new ExtendedFunctions(unit).sine(X87.se(cpu, 0), X87.m(cpu, 0)));
        }
    }

    @Insn("D9 FF | fcos | x87")
    static void fcos(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (!isAbsent(cpu)) {
            inRange(cpu, new ExtendedFunctions(unit).cosine(X87.se(cpu, 0), X87.m(cpu, 0)));
        }
    }

    /// Replaces ST(0) by its sine and pushes its cosine.
    @Insn("D9 FB | fsincos | x87")
    static void fsincos(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (isAbsent(cpu)) {
            if (X87.invalidMasked(cpu)) {
                X87.pushIndefinite(cpu);
            }
            return;
        }
        if (X87.overflow(cpu)) {
            return;
        }
        ExtendedFunctions functions = new ExtendedFunctions(unit);
        int se = X87.se(cpu, 0);
        long m = X87.m(cpu, 0);
        if (inRange(cpu, functions.sine(se, m))) {
            functions.cosine(se, m);
            X87.push(cpu, unit.resultSe, unit.resultM);
        }
    }

    /// Replaces ST(0) by its tangent and pushes 1.
    @Insn("D9 F2 | fptan | x87")
    static void fptan(X86Cpu cpu) {
        ExtendedUnit unit = X87.begin(cpu);
        if (isAbsent(cpu)) {
            if (X87.invalidMasked(cpu)) {
                X87.pushIndefinite(cpu);
            }
            return;
        }
        if (X87.overflow(cpu)) {
            return;
        }
        if (inRange(cpu, new ExtendedFunctions(unit).tangent(X87.se(cpu, 0), X87.m(cpu, 0)))) {
            if (ExtendedUnit.isNan(X87.se(cpu, 0), X87.m(cpu, 0))) {
                X87.push(cpu, X87.se(cpu, 0), X87.m(cpu, 0));
            } else {
                X87.push(cpu, 0x3fff, 1L << 63);
            }
        }
    }

    /// Whether ST(0) is empty; then the indefinite takes its place. C2 is clear whatever happens,
    /// unless the argument is out of range.
    private static boolean isAbsent(X86Cpu cpu) {
        X87.setConditions(cpu, cpu.fpStatus & (X87.C0 | X87.C3));
        return X87.underflow(cpu, 0, 0);
    }

    /// Stores the result, or sets C2 and leaves ST(0) when the argument was 2^63 or more.
    private static boolean inRange(X86Cpu cpu, boolean reduced) {
        if (!reduced) {
            X87.setConditions(cpu, cpu.fpStatus & (X87.C0 | X87.C3) | X87.C2);
            return false;
        }
        if (!X87.accept(cpu)) {
            return false;
        }
        X87.setResult(cpu, 0);
        return true;
    }
}
