package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;

/// The last argument of FUTEX_WAKE_OP: how the second word changes, and which old values also wake
/// its waiters (FUTEX_OP in futex(2)).
record WakeOp(int encoded) {

    /// FUTEX_OP_OPARG_SHIFT: the operand says which bit.
    private static final int OPERAND_IS_BIT = 0x8000_0000;

    /// Changes the word. Returns the old value, zero-extended, or -1 when the page is not there.
    long tryApply(UserMemory memory, long va) {
        while (true) {
            long word = memory.tryLoad32(va);
            if (word < 0) {
                return -1;
            }
            long found = memory.tryCompareAndExchange32(va, (int) word, changed((int) word));
            if (found < 0 || found == word) {
                return found;
            }
        }
    }

    private int changed(int old) {
        int operand = encoded << 8 >> 20;
        if ((encoded & OPERAND_IS_BIT) != 0) {
            operand = 1 << (operand & 31);
        }
        return switch (encoded >>> 28 & 7) {
            case 0 -> operand;
            case 1 -> old + operand;
            case 2 -> old | operand;
            case 3 -> old & ~operand;
            case 4 -> old ^ operand;
            default -> throw Errno.ENOSYS.exception();
        };
    }

    boolean matches(int old) {
        int operand = encoded << 20 >> 20;
        return switch (encoded >>> 24 & 15) {
            case 0 -> old == operand;
            case 1 -> old != operand;
            case 2 -> old < operand;
            case 3 -> old <= operand;
            case 4 -> old > operand;
            case 5 -> old >= operand;
            default -> throw Errno.ENOSYS.exception();
        };
    }
}
