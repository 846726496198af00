package faultline.x86.insn;

import faultline.core.cpu.GuestTrap;
import faultline.core.isa.OpcodeInsn;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import faultline.x86.fp.SseUnit;

/// What generated instruction classes ask of this architecture: segments, short addresses, strings,
/// traps.
final class Glue {

    /// Bytes that are no instruction.
    static final GuestTrap UNDEFINED = X86Trap.UD;

    /// More than 15 bytes of instruction (SDM volume 2, 2.3.11).
    static final GuestTrap TOO_LONG = X86Trap.GP;

    /// Stands for the operand's address of an instruction without one: not canonical.
    static final long NO_OPERAND = 1L << 63;

    /// A 16-byte operand that is not aligned, of an instruction that wants it so.
    static final GuestTrap MISALIGNED = X86Trap.GP;

    private Glue() {}

    /// An effective address with a segment base or of 32 bits. The base is added after the
    /// truncation.
    static long override(X86Cpu cpu, long ea, int special) {
        return truncated(ea, special) + segment(cpu, special);
    }

    /// The base of the segment an override names, else 0.
    static long segment(X86Cpu cpu, int special) {
        if ((special & OpcodeInsn.SEGMENT_FS) != 0) {
            return cpu.fsBase;
        }
        return (special & OpcodeInsn.SEGMENT_GS) != 0 ? cpu.gsBase : 0;
    }

    /// Where a string's source element is: DS:rSI, or another segment.
    static long source(X86Cpu cpu, int special) {
        return override(cpu, cpu.r[X86Cpu.RSI], special);
    }

    /// Where a string's destination element is: ES:rDI, whatever the override.
    static long destination(X86Cpu cpu, int special) {
        return truncated(cpu.r[X86Cpu.RDI], special);
    }

    /// Where a table's element is: DS:rBX, or another segment, indexed by AL.
    static long table(X86Cpu cpu, int special) {
        return override(cpu, cpu.r[X86Cpu.RBX] + (cpu.r[X86Cpu.RAX] & 0xff), special);
    }

    /// Steps rSI or rDI over an element, up or down.
    static void advance(X86Cpu cpu, int register, int bytes, int special) {
        cpu.r[register] = truncated(cpu.r[register] + (cpu.down() ? -bytes : bytes), special);
    }

    /// rCX at address size.
    static long count(X86Cpu cpu, int special) {
        return truncated(cpu.r[X86Cpu.RCX], special);
    }

    static void setCount(X86Cpu cpu, long count, int special) {
        cpu.r[X86Cpu.RCX] = truncated(count, special);
    }

    /// What computes for SSE.
    static SseUnit unit(X86Cpu cpu) {
        return cpu.sse;
    }

    // MMX registers are the significands of the x87's, by physical number (SDM volume 1, 9.2.1 and 9.5).

    /// Begins an MMX instruction: an x87 exception that is pending comes first.
    static void beginMmx(X86Cpu cpu) {
        X87.waitForErrors(cpu);
    }

    /// Makes TOP 0 once the operands are read. A store that faults afterwards, or an exception of
    /// the operation, leaves it so, as on Intel's processors.
    static void enterMmx(X86Cpu cpu) {
        cpu.fpTop = 0;
    }

    /// Makes every register count as full: before the operation, or behind its store.
    static void fillMmx(X86Cpu cpu) {
        cpu.fpEmpty = 0;
    }

    static long mmx(X86Cpu cpu, int number) {
        return cpu.fpMantissa[number];
    }

    /// Sign and exponent become all ones: a NaN to the x87.
    static void setMmx(X86Cpu cpu, int number, long value) {
        cpu.fpMantissa[number] = value;
        cpu.fpSignExponent[number] = 0xffff;
    }

    /// The count of a shift: five bits of it, six with a 64-bit operand.
    static long masked(long count, int bits) {
        return count & (bits == 64 ? 63 : 31);
    }

    /// Begins an x87 instruction that waits: an exception left pending by an earlier one comes
    /// before anything else.
    static void waitForX87(X86Cpu cpu) {
        X87.waitForErrors(cpu);
    }

    /// Ends an x87 instruction that is no control instruction: its address is kept, and if it left
    /// an exception pending also its opcode and its operand's offset in its segment, as processors do that say
    /// FDP_EXCPTN_ONLY (SDM volume 1, 8.1.8 and 8.1.9).
    static void completeX87(X86Cpu cpu, long pc, int opcode, long ea, int special) {
        cpu.fpInstruction = pc;
        if (X87.isPending(cpu)) {
            cpu.fpOpcode = opcode;
            cpu.fpData = ea == NO_OPERAND ? cpu.fpData : ea - segment(cpu, special);
        }
    }

    private static long truncated(long address, int special) {
        return (special & OpcodeInsn.ADDRESS_32) == 0 ? address : address & 0xffffffffL;
    }
}
