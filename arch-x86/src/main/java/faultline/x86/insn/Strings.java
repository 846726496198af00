package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.isa.OpcodeInsn;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.x86.cpu.X86Cpu;

/// String Instructions (SDM volume 1, 5.1.8).
///
/// One element per execution; a repeated instruction leaves the registers exact after each, so that
/// a fault in the middle restarts where it stopped. MOVS and STOS also have a way to do all
/// elements of a page at once, as fast-string operation does; faults and self-modified code see the
/// same elements done. I/O strings are in [InputOutput].
final class Strings {

    /// Below this a page's worth is not worth looking up twice.
    private static final long BULK_BYTES = 32;

    private static final long PAGE_BYTES = PhysicalMemory.FRAME_BYTES;

    private Strings() {}

    /// Move an element.
    @Insn("""
            A4 | movs Yb, Xb | rep(movsBulk)
            A5 | movs Yv, Xv | rep(movsBulk)
            """)
    static long movs(long b) {
        return b;
    }

    /// Moves as many elements as lie in one page on both sides. Not when the destination overlaps what is still to
    /// be read, where a forward move repeats a pattern.
    static boolean movsBulk(X86Cpu cpu, Mem mem, int bits, int special) {
        long[] r = cpu.r;
        long from = Glue.source(cpu, special);
        long to = r[X86Cpu.RDI];
        long bytes = bulkBytes(cpu, Math.min(leftInPage(from), leftInPage(to)), bits, special);
        if (bytes < BULK_BYTES) {
            return false;
        }
        long source = mem.readable(from, (int) bytes);
        long destination = mem.writable(to, (int) bytes);
        if (destination - source > 0 && destination - source < bytes) {
            return false;
        }
        mem.memory().copy(source, destination, bytes);
        r[X86Cpu.RSI] += bytes;
        step(cpu, bytes, bits);
        return true;
    }

    /// Compare elements: the first operand is the source. The second is read first: if both fault,
    /// processors report that one.
    @Insn("""
            A6 | cmps Xb, Yb | repz sub -> none
            A7 | cmps Xv, Yv | repz sub -> none
            """)
    static long cmps(long b, long a) {
        return a - b;
    }

    /// Store the accumulator.
    @Insn("""
            AA | stos Yb, AL  | rep(stosBulk)
            AB | stos Yv, rAX | rep(stosBulk)
            """)
    static long stos(long b) {
        return b;
    }

    /// Fills as many elements as lie in one page, if all bytes of the element are the same.
    static boolean stosBulk(X86Cpu cpu, Mem mem, int bits, int special) {
        long to = cpu.r[X86Cpu.RDI];
        long bytes = bulkBytes(cpu, leftInPage(to), bits, special);
        byte value = (byte) cpu.r[X86Cpu.RAX];
        boolean uniform = Bits.zx(cpu.r[X86Cpu.RAX], bits) == Bits.zx((value & 0xff) * 0x0101010101010101L, bits);
        if (bytes < BULK_BYTES || !uniform) {
            return false;
        }
        mem.memory().fill(mem.writable(to, (int) bytes), bytes, value);
        step(cpu, bytes, bits);
        return true;
    }

    private static long leftInPage(long va) {
        return PAGE_BYTES - (va & PAGE_BYTES - 1);
    }

    /// How many bytes can be done at once, whole elements of those `inPage`; 0 for downward strings and short
    /// addresses.
    private static long bulkBytes(X86Cpu cpu, long inPage, int bits, int special) {
        if (cpu.down() || cpu.checksAlignment() || (special & OpcodeInsn.ADDRESS_32) != 0) {
            return 0;
        }
        int size = bits / 8;
        long elements = inPage / size;
        long count = cpu.r[X86Cpu.RCX];
        return Long.compareUnsigned(count, elements) < 0 ? count * size : elements * size;
    }

    private static void step(X86Cpu cpu, long bytes, int bits) {
        cpu.r[X86Cpu.RDI] += bytes;
        cpu.r[X86Cpu.RCX] -= bytes / (bits / 8);
    }

    /// Load the accumulator.
    @Insn("""
            AC | lods AL, Xb  | rep
            AD | lods rAX, Xv | rep
            """)
    static long lods(long b) {
        return b;
    }

    /// Compare the accumulator with an element.
    @Insn("""
            AE | scas AL, Yb  | repz sub -> none
            AF | scas rAX, Yv | repz sub -> none
            """)
    static long scas(long a, long b) {
        return a - b;
    }
}
