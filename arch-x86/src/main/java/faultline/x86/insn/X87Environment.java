package faultline.x86.insn;

import faultline.core.mem.Mem;
import faultline.x86.cpu.X86Cpu;

/// The x87's environment in memory, and the registers behind it, as FNSTENV and FNSAVE store them
/// (SDM volume 1, 8.1.10): seven words of 32 bits, or of 16 with an operand-size prefix, which have
/// no room for the opcode and for whole addresses. Selectors are 0, as processors have them that
/// say ZERO_SELECTORS.
record X87Environment(Mem mem, long at, int width) {

    static final int WIDE = 4;
    static final int NARROW = 2;

    private static final int WORDS = 7;
    private static final int REGISTER_BYTES = 10;

    /// What stands above a 16-bit register in its word.
    private static final int RESERVED = 0xffff0000;

    private int bytes() {
        return WORDS * width;
    }

    private void put(int word, int value) {
        if (width == WIDE) {
            mem.store32(at + 4L * word, value);
        } else {
            mem.store16(at + 2L * word, (short) value);
        }
    }

    private int get(int word) {
        return width == WIDE ? mem.load32(at + 4L * word) : mem.load16(at + 2L * word) & 0xffff;
    }

    void store(X86Cpu cpu) {
        mem.requireAligned(at, width);
        mem.probeWrite(at, bytes());
        put(0, RESERVED | cpu.fpControl);
        put(1, RESERVED | X87.status(cpu));
        put(2, RESERVED | X87.tags(cpu));
        put(3, (int) cpu.fpInstruction);
        put(4, width == WIDE ? cpu.fpOpcode << 16 : 0);
        put(5, (int) cpu.fpData);
        put(6, width == WIDE ? RESERVED : 0);
    }

    void load(X86Cpu cpu) {
        mem.requireAligned(at, width);
        mem.probeRead(at, bytes());
        cpu.fpControl = X87.control(get(0));
        X87.setStatus(cpu, get(1) & 0xffff);
        X87.setTags(cpu, get(2) & 0xffff);
        cpu.fpInstruction = get(3) & 0xffffffffL;
        cpu.fpOpcode = width == WIDE ? get(4) >>> 16 & 0x7ff : 0;
        cpu.fpData = get(5) & 0xffffffffL;
    }

    /// The environment and the eight registers.
    void storeAll(X86Cpu cpu) {
        mem.requireAligned(at, width);
        mem.probeWrite(at, bytes() + 8 * REGISTER_BYTES);
        store(cpu);
        for (int i = 0; i < 8; i++) {
            putRegister(register(i), X87.m(cpu, i), X87.se(cpu, i));
        }
    }

    void loadAll(X86Cpu cpu) {
        mem.requireAligned(at, width);
        mem.probeRead(at, bytes() + 8 * REGISTER_BYTES);
        load(cpu);
        for (int i = 0; i < 8; i++) {
            int physical = X87.physical(cpu, i);
            cpu.fpMantissa[physical] = significand(register(i));
            cpu.fpSignExponent[physical] = mem.load16(register(i) + 8) & 0xffff;
        }
    }

    /// In pieces that are aligned wherever the image may lie.
    private void putRegister(long to, long m, int se) {
        for (int i = 0; i < 4; i++) {
            mem.store16(to + 2L * i, (short) (m >>> 16 * i));
        }
        mem.store16(to + 8, (short) se);
    }

    private long significand(long from) {
        long m = 0;
        for (int i = 0; i < 4; i++) {
            m |= (mem.load16(from + 2L * i) & 0xffffL) << 16 * i;
        }
        return m;
    }

    private long register(int i) {
        return at + bytes() + (long) REGISTER_BYTES * i;
    }
}
