package faultline.x86.insn;

import faultline.core.mem.Mem;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import faultline.x86.fp.ExtendedUnit;

/// The x87's register stack, its exceptions and how a result gets into a register (SDM volume 1,
/// chapter 8).
///
/// The word `x87` or `waits` in a row has an exception that an earlier instruction left pending
/// delivered first. Then memory operands are checked, and [#begin] prepares the rest. It computes
/// in the thread's [ExtendedUnit], then asks [#accept]: an unmasked invalid-operation, denormal or
/// zero-divide exception leaves registers and stack as they were (8.6); overflow, underflow and
/// precision do not.
final class X87 {

    private static final int STACK_FAULT = 0x40;
    private static final int ERROR_SUMMARY = 0x80;
    private static final int BUSY = 0x8000;
    private static final int CONTROL_BITS = 0x1f3f;
    static final int C0 = 0x100;
    static final int C1 = 0x200;
    static final int C2 = 0x400;
    static final int C3 = 0x4000;
    private static final int INDEFINITE_SE = 0xffff;
    private static final long INDEFINITE_M = 3L << 62;
    private static final int BEFORE_RESULT = ExtendedUnit.INVALID | ExtendedUnit.DENORMAL | ExtendedUnit.ZERO_DIVIDE;

    private X87() {}

    /// Starts an instruction whose operands can be accessed: sets up rounding, clears the unit's
    /// flags and C1.
    static ExtendedUnit begin(X86Cpu cpu) {
        ExtendedUnit unit = cpu.extended;
        int control = cpu.fpControl;
        unit.setControl(control >>> 10 & 3, precision(control));
        unit.setMasks(control);
        unit.flags = 0;
        unit.roundedUp = false;
        cpu.fpStatus &= ~C1;
        return unit;
    }

    /// #MF when an unmasked exception is pending: what FWAIT does.
    static void waitForErrors(X86Cpu cpu) {
        if (isPending(cpu)) {
            throw X86Trap.MF;
        }
    }

    static boolean isPending(X86Cpu cpu) {
        return (cpu.fpStatus & ERROR_SUMMARY) != 0;
    }

    private static int precision(int control) {
        return switch (control >>> 8 & 3) {
            case 0 -> 24;
            case 2 -> 53;
            // 1 is reserved; processors take it for 3.
            default -> 64;
        };
    }

    /// Takes over the unit's flags; false when an unmasked one forbids the result.
    static boolean accept(X86Cpu cpu) {
        ExtendedUnit unit = cpu.extended;
        if (unit.flags == 0) {
            return true;
        }
        boolean accepted = (unit.flags & BEFORE_RESULT & ~cpu.fpControl) == 0;
        // An unmasked exception of the operands comes before there is a result that could raise others.
        cpu.fpStatus |= accepted ? unit.flags : unit.flags & BEFORE_RESULT;
        if (accepted && unit.roundedUp && (unit.flags & ExtendedUnit.PRECISION) != 0) {
            cpu.fpStatus |= C1;
        }
        summarise(cpu);
        return accepted;
    }

    /// Sets or clears ES and B by what is flagged and not masked.
    static void summarise(X86Cpu cpu) {
        if ((cpu.fpStatus & ~cpu.fpControl & 0x3f) != 0) {
            cpu.fpStatus |= ERROR_SUMMARY | BUSY;
        } else {
            cpu.fpStatus &= ~(ERROR_SUMMARY | BUSY);
        }
    }

    /// Clears all exceptions (FNCLEX).
    static void clearExceptions(X86Cpu cpu) {
        cpu.fpStatus &= ~(0x7f | ERROR_SUMMARY | BUSY);
    }

    // Registers: ST(i) is physical register (top + i) & 7.

    static int physical(X86Cpu cpu, int i) {
        return cpu.fpTop + i & 7;
    }

    static boolean empty(X86Cpu cpu, int i) {
        return (cpu.fpEmpty >>> physical(cpu, i) & 1) != 0;
    }

    static int se(X86Cpu cpu, int i) {
        return cpu.fpSignExponent[physical(cpu, i)];
    }

    static long m(X86Cpu cpu, int i) {
        return cpu.fpMantissa[physical(cpu, i)];
    }

    /// Writes ST(i) and marks it full.
    static void set(X86Cpu cpu, int i, int se, long m) {
        int register = physical(cpu, i);
        cpu.fpSignExponent[register] = se & 0xffff;
        cpu.fpMantissa[register] = m;
        cpu.fpEmpty &= ~(1 << register);
    }

    /// Writes the unit's result to ST(i).
    static void setResult(X86Cpu cpu, int i) {
        set(cpu, i, cpu.extended.resultSe, cpu.extended.resultM);
    }

    static void pop(X86Cpu cpu) {
        cpu.fpEmpty |= 1 << cpu.fpTop;
        cpu.fpTop = cpu.fpTop + 1 & 7;
    }

    /// Pushes a value. A full stack is a stack overflow: the indefinite is pushed when invalid is
    /// masked.
    static void push(X86Cpu cpu, int se, long m) {
        if (empty(cpu, 7)) {
            cpu.fpTop = cpu.fpTop - 1 & 7;
            set(cpu, 0, se, m);
        } else if (stackFault(cpu, C1)) {
            pushIndefinite(cpu);
        }
    }

    static void pushIndefinite(X86Cpu cpu) {
        cpu.fpTop = cpu.fpTop - 1 & 7;
        set(cpu, 0, INDEFINITE_SE, INDEFINITE_M);
    }

    /// Whether an instruction that replaces ST(0) and pushes finds the stack full; then that is
    /// recorded and, when masked, both results are the indefinite.
    static boolean overflow(X86Cpu cpu) {
        if (empty(cpu, 7)) {
            return false;
        }
        if (stackFault(cpu, C1)) {
            set(cpu, 0, INDEFINITE_SE, INDEFINITE_M);
            pushIndefinite(cpu);
        }
        return true;
    }

    /// Faults now if storing the result would, and gives the status word from before the
    /// instruction back (I1). Only a result that will be stored is checked: an unmasked exception
    /// goes before.
    static void checkStore(X86Cpu cpu, Mem mem, long ea, int bytes, int statusBefore) {
        int status = cpu.fpStatus;
        cpu.fpStatus = statusBefore;
        mem.requireAligned(ea, Math.min(bytes & -2, 8));
        mem.probeWrite(ea, bytes);
        cpu.fpStatus = status;
    }

    /// Takes the denormal exception of a memory operand back: beside a NaN or an unsupported number
    /// it does not count.
    static void forgetDenormal(X86Cpu cpu) {
        if (ExtendedUnit.isNan(se(cpu, 0), m(cpu, 0)) || ExtendedUnit.isUnsupported(se(cpu, 0), m(cpu, 0))) {
            cpu.extended.flags &= ~ExtendedUnit.DENORMAL;
        }
    }

    /// The control word as the unit keeps it: reserved bits are fixed.
    static int control(int value) {
        return value & CONTROL_BITS | 0x40;
    }

    /// Whether ST(i) is empty; then the underflow is recorded and, when masked, the indefinite
    /// stored to `target` (-1: nowhere).
    static boolean underflow(X86Cpu cpu, int i, int target) {
        if (!empty(cpu, i)) {
            return false;
        }
        if (stackFault(cpu, 0) && target >= 0) {
            set(cpu, target, INDEFINITE_SE, INDEFINITE_M);
        }
        return true;
    }

    /// Records a stack overflow (C1 set) or underflow; true when masked.
    static boolean stackFault(X86Cpu cpu, int c1) {
        cpu.fpStatus = cpu.fpStatus & ~C1 | STACK_FAULT | ExtendedUnit.INVALID | c1;
        summarise(cpu);
        return (cpu.fpControl & ExtendedUnit.INVALID) != 0;
    }

    /// Whether an invalid operation that has just happened is masked.
    static boolean invalidMasked(X86Cpu cpu) {
        return (cpu.fpControl & ExtendedUnit.INVALID) != 0;
    }

    static void setConditions(X86Cpu cpu, int conditions) {
        cpu.fpStatus = cpu.fpStatus & ~(C0 | C2 | C3) | conditions;
    }

    /// The status word with TOP in its place.
    static int status(X86Cpu cpu) {
        return cpu.fpStatus & ~0x3800 | cpu.fpTop << 11;
    }

    static void setStatus(X86Cpu cpu, int status) {
        cpu.fpTop = status >>> 11 & 7;
        cpu.fpStatus = status & ~0x3800;
        summarise(cpu);
    }

    /// The full tag word: 0 valid, 1 zero, 2 special, 3 empty, for each physical register.
    static int tags(X86Cpu cpu) {
        int tags = 0;
        for (int register = 0; register < 8; register++) {
            tags |= tag(cpu, register) << (2 * register);
        }
        return tags;
    }

    private static int tag(X86Cpu cpu, int register) {
        if ((cpu.fpEmpty >>> register & 1) != 0) {
            return 3;
        }
        int exponent = cpu.fpSignExponent[register] & 0x7fff;
        long m = cpu.fpMantissa[register];
        if (exponent == 0 && m == 0) {
            return 1;
        }
        return exponent == 0 || exponent == 0x7fff || m >= 0 ? 2 : 0;
    }

    static void setTags(X86Cpu cpu, int tags) {
        int empty = 0;
        for (int register = 0; register < 8; register++) {
            if ((tags >>> (2 * register) & 3) == 3) {
                empty |= 1 << register;
            }
        }
        cpu.fpEmpty = empty;
    }

    /// FNINIT.
    static void initialise(X86Cpu cpu) {
        cpu.fpControl = 0x37f;
        cpu.fpStatus = 0;
        cpu.fpTop = 0;
        cpu.fpEmpty = 0xff;
        cpu.fpInstruction = 0;
        cpu.fpData = 0;
        cpu.fpOpcode = 0;
    }

    // Comparisons of ST(0) with a value.

    static int conditions(ExtendedUnit.Order order) {
        return switch (order) {
            case LESS -> C0;
            case EQUAL -> C3;
            case GREATER -> 0;
            case UNORDERED -> C0 | C2 | C3;
        };
    }
}
