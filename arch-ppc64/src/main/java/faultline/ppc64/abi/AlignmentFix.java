package faultline.ppc64.abi;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;

/// What Linux does for a program after an alignment interrupt (`arch/powerpc/kernel/align.c`,
/// `fix_alignment`): of the instructions that raise one, it executes those that move several registers,
/// which processors do not do in little-endian order. Reservations and atomic operations it cannot.
final class AlignmentFix {

    private static final int LMW = 46;
    private static final int STMW = 47;

    private static final int EXTENDED = 31;
    private static final int LSWX = 533;
    private static final int LSWI = 597;
    private static final int STSWX = 661;
    private static final int STSWI = 725;

    private static final int REGISTERS = 32;
    private static final int XER_LENGTH = 0x7f;

    private AlignmentFix() {}

    /// Executes a word whose access, at DAR, the processor refused; false when Linux does not. Throws
    /// `ErrnoException` EFAULT. `pc` stays.
    static boolean execute(Ppc64Cpu cpu, UserMemory memory, int word) {
        int first = word >>> 21 & 31;
        switch (word >>> 26) {
            case LMW -> load(cpu, memory, first, 4 * (REGISTERS - first));
            case STMW -> store(cpu, memory, first, 4 * (REGISTERS - first));
            case EXTENDED -> {
                return string(cpu, memory, word, first);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean string(Ppc64Cpu cpu, UserMemory memory, int word, int first) {
        int named = word >>> 11 & 31;
        int immediate = named == 0 ? REGISTERS : named;
        int indexed = (int) Ppc64State.xer(cpu) & XER_LENGTH;
        switch (word >>> 1 & 0x3ff) {
            case LSWX -> load(cpu, memory, first, indexed);
            case LSWI -> load(cpu, memory, first, immediate);
            case STSWX -> store(cpu, memory, first, indexed);
            case STSWI -> store(cpu, memory, first, immediate);
            default -> {
                return false;
            }
        }
        return true;
    }

    /// Words in the program's order into registers that wrap round; of the last, which may be short, the
    /// first bytes.
    private static void load(Ppc64Cpu cpu, UserMemory memory, int first, int bytes) {
        byte[] from = new byte[bytes];
        memory.read(cpu.dar, from, 0, bytes);
        for (int at = 0; at < bytes; at++) {
            int n = first + at / 4 & 31;
            long before = at % 4 == 0 ? 0 : cpu.r[n];
            cpu.r[n] = before | (from[at] & 0xffL) << 8 * (at % 4);
        }
    }

    private static void store(Ppc64Cpu cpu, UserMemory memory, int first, int bytes) {
        byte[] to = new byte[bytes];
        for (int at = 0; at < bytes; at++) {
            to[at] = (byte) (cpu.r[first + at / 4 & 31] >>> 8 * (at % 4));
        }
        memory.write(cpu.dar, to, 0, bytes);
    }
}
