package faultline.x86.insn;

import faultline.core.mem.Mem;

/// Stack accesses of 2 and 8 bytes, the only sizes 64-bit mode has.
final class Stack {

    private Stack() {}

    /// Stores below `rsp` and returns the new stack pointer.
    static long push(Mem mem, long rsp, long value, int bits) {
        if (bits == 16) {
            mem.store16(rsp - 2, (short) value);
            return rsp - 2;
        }
        mem.store64(rsp - 8, value);
        return rsp - 8;
    }

    /// Loads the top of the stack, sign-extended.
    static long load(Mem mem, long rsp, int bits) {
        return bits == 16 ? mem.load16(rsp) : mem.load64(rsp);
    }
}
