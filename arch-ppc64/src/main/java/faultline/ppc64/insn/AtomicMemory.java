package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64Trap;

/// Atomic memory operations (Power ISA Book II 4.5): a function code says which, and operands are in
/// the registers behind the first.
///
/// Some look at the neighbour of the operand, too; both are in one block of 32 bytes. A code that is
/// none raises a data storage interrupt.
final class AtomicMemory {

    // Function codes of loads beyond the arithmetic ones, which stores share.
    private static final int SWAP = 8;
    private static final int SWAP_IF_NOT_EQUAL = 16;
    private static final int INCREMENT_BOUNDED = 24;
    private static final int INCREMENT_EQUAL = 25;
    private static final int DECREMENT_BOUNDED = 28;

    /// The function code of a store to two neighbours that are equal.
    private static final int STORE_TWIN = 24;

    private static final int BLOCK = 32;

    private AtomicMemory() {}

    /// Load atomic: the operation's result to memory, what was there to the register.
    @Insn("""
            011111 first:5 ra:5 fc:5 1001000110 / bytes=number(4) ?P9 | lwat r<first>,ra|0,fc | ea:=ra
            011111 first:5 ra:5 fc:5 1001100110 / bytes=number(8) ?P9 | ldat r<first>,ra|0,fc | ea:=ra
            """)
    static void loadAtomic(Ppc64Cpu cpu, Mem mem, long ea, int first, int fc, int bytes) {
        long operand = cpu.r[first + 1 & 31];
        cpu.r[first] = switch (fc) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> update(cpu, mem, ea, fc, operand, bytes);
            case SWAP -> swap(cpu, mem, ea, operand, bytes);
            case SWAP_IF_NOT_EQUAL -> swapIfNotEqual(cpu, mem, ea, operand, cpu.r[first + 2 & 31], bytes);
            case INCREMENT_BOUNDED -> step(cpu, mem, ea, bytes, bytes, 1, false);
            case INCREMENT_EQUAL -> step(cpu, mem, ea, bytes, bytes, 1, true);
            case DECREMENT_BOUNDED -> step(cpu, mem, ea, -bytes, bytes, -1, false);
            default -> throw noFunction(cpu, ea);
        };
    }

    /// Store atomic: the same, and nobody is told what was there.
    @Insn("""
            011111 rs:5 ra:5 fc:5 1011000110 / bytes=number(4) ?P9 | stwat rs,ra|0,fc | ea:=ra
            011111 rs:5 ra:5 fc:5 1011100110 / bytes=number(8) ?P9 | stdat rs,ra|0,fc | ea:=ra
            """)
    static void storeAtomic(Ppc64Cpu cpu, Mem mem, long ea, long rs, int fc, int bytes) {
        if (fc == STORE_TWIN) {
            storeTwin(cpu, mem, ea, rs, bytes);
        } else if (fc < SWAP) {
            long _ = update(cpu, mem, ea, fc, rs, bytes);
        } else {
            throw noFunction(cpu, ea);
        }
    }

    private static RuntimeException noFunction(Ppc64Cpu cpu, long ea) {
        cpu.dar = ea;
        return Ppc64Trap.NO_ATOMIC_OPERATION;
    }

    private static void requireAligned(Ppc64Cpu cpu, long ea, int bytes) {
        if ((ea & bytes - 1) != 0) {
            throw cpu.misaligned(ea);
        }
    }

    private static long update(Ppc64Cpu cpu, Mem mem, long ea, int fc, long operand, int bytes) {
        requireAligned(cpu, ea, bytes);
        while (true) {
            long old = load(mem, ea, bytes);
            if (replace(mem, ea, old, result(fc, old, operand, bytes), bytes)) {
                return old;
            }
        }
    }

    /// The result of one of the first eight functions; of words the high halves do not count.
    private static long result(int fc, long old, long operand, int bytes) {
        return switch (fc) {
            case 0 -> old + operand;
            case 1 -> old ^ operand;
            case 2 -> old | operand;
            case 3 -> old & operand;
            default -> fc < 6 == precedes(old, operand, bytes, (fc & 1) != 0) ? operand : old;
        };
    }

    private static boolean precedes(long a, long b, int bytes, boolean signed) {
        long x = bytes == 4 ? (int) a : a;
        long y = bytes == 4 ? (int) b : b;
        return signed ? x < y : Long.compareUnsigned(x, y) < 0;
    }

    private static long swap(Ppc64Cpu cpu, Mem mem, long ea, long operand, int bytes) {
        requireAligned(cpu, ea, bytes);
        while (true) {
            long old = load(mem, ea, bytes);
            if (replace(mem, ea, old, operand, bytes)) {
                return old;
            }
        }
    }

    private static long swapIfNotEqual(Ppc64Cpu cpu, Mem mem, long ea, long compared, long operand, int bytes) {
        requireAligned(cpu, ea, bytes);
        long other = bytes == 4 ? compared & 0xffff_ffffL : compared;
        while (true) {
            long old = load(mem, ea, bytes);
            if (old == other || replace(mem, ea, old, operand, bytes)) {
                return old;
            }
        }
    }

    /// Adds to a number unless its neighbour stops it: by being equal, or by not being it.
    private static long step(Ppc64Cpu cpu, Mem mem, long ea, int neighbour, int bytes, int by, boolean ifEqual) {
        requireBlock(cpu, ea, neighbour, bytes);
        while (true) {
            long old = load(mem, ea, bytes);
            if ((old == load(mem, ea + neighbour, bytes)) != ifEqual) {
                return 1L << 8 * bytes - 1;
            }
            if (replace(mem, ea, old, old + by, bytes)) {
                return old;
            }
        }
    }

    private static void storeTwin(Ppc64Cpu cpu, Mem mem, long ea, long value, int bytes) {
        requireBlock(cpu, ea, bytes, bytes);
        mem.probeWrite(ea, 2 * bytes);
        long old = load(mem, ea, bytes);
        if (old == load(mem, ea + bytes, bytes) && replace(mem, ea, old, value, bytes)) {
            store(mem, ea + bytes, value, bytes);
        }
    }

    private static void requireBlock(Ppc64Cpu cpu, long ea, int neighbour, int bytes) {
        requireAligned(cpu, ea, bytes);
        if (((ea ^ ea + neighbour) & -BLOCK) != 0) {
            throw cpu.misaligned(ea);
        }
    }

    private static long load(Mem mem, long ea, int bytes) {
        return bytes == 4 ? Integer.toUnsignedLong(mem.load32ForWrite(ea)) : mem.load64ForWrite(ea);
    }

    private static void store(Mem mem, long ea, long value, int bytes) {
        if (bytes == 4) {
            mem.store32(ea, (int) value);
        } else {
            mem.store64(ea, value);
        }
    }

    private static boolean replace(Mem mem, long ea, long old, long value, int bytes) {
        return bytes == 4 ? mem.cas32(ea, (int) old, (int) value) : mem.cas64(ea, old, value);
    }
}
