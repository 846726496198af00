package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.ExtendedUnit;

/// x87 FPU Load Constants Instructions (SDM volume 1, 5.2.5).
///
/// The irrational ones are rounded by rounding control: each is given as its truncation and whether
/// that is also the nearest value.
final class X87Constants {

    private X87Constants() {}

    @Insn("D9 E8 | fld1 | x87")
    static void fld1(X86Cpu cpu) {
        X87.begin(cpu);
        X87.push(cpu, 0x3fff, 0x8000000000000000L);
    }

    /// log2 10.
    @Insn("D9 E9 | fldl2t | x87")
    static void fldl2t(X86Cpu cpu) {
        constant(cpu, 0x4000, 0xd49a784bcd1b8afeL, true);
    }

    /// log2 e.
    @Insn("D9 EA | fldl2e | x87")
    static void fldl2e(X86Cpu cpu) {
        constant(cpu, 0x3fff, 0xb8aa3b295c17f0bbL, false);
    }

    /// pi.
    @Insn("D9 EB | fldpi | x87")
    static void fldpi(X86Cpu cpu) {
        constant(cpu, 0x4000, 0xc90fdaa22168c234L, false);
    }

    /// log10 2.
    @Insn("D9 EC | fldlg2 | x87")
    static void fldlg2(X86Cpu cpu) {
        constant(cpu, 0x3ffd, 0x9a209a84fbcff798L, false);
    }

    /// ln 2.
    @Insn("D9 ED | fldln2 | x87")
    static void fldln2(X86Cpu cpu) {
        constant(cpu, 0x3ffe, 0xb17217f7d1cf79abL, false);
    }

    @Insn("D9 EE | fldz | x87")
    static void fldz(X86Cpu cpu) {
        X87.begin(cpu);
        X87.push(cpu, 0, 0);
    }

    private static void constant(X86Cpu cpu, int se, long truncated, boolean truncationIsNearest) {
        X87.begin(cpu);
        boolean up = switch (cpu.fpControl >>> 10 & 3) {
            case ExtendedUnit.TO_NEAREST -> !truncationIsNearest;
            case ExtendedUnit.UP -> true;
            default -> false;
        };
        X87.push(cpu, se, up ? truncated + 1 : truncated);
    }
}
