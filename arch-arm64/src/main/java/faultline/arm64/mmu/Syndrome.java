package faultline.arm64.mmu;

import faultline.core.mmu.Access;
import faultline.core.mmu.Privilege;

/// ESR_EL1 for aborts (Arm ARM D24.2.40): exception class, instruction length and the
/// instruction-specific syndrome.
public final class Syndrome {

    public static final int EC_SHIFT = 26;

    /// Instruction length: 32 bits.
    public static final long IL = 1 << 25;

    // Exception classes.

    public static final int EC_UNKNOWN = 0x00;
    public static final int EC_INSTRUCTION_ABORT = 0x20;
    public static final int EC_PC_ALIGNMENT = 0x22;
    public static final int EC_DATA_ABORT = 0x24;

    /// A data abort without a change of exception level: the kernel's own access.
    public static final int EC_DATA_ABORT_SAME = 0x25;

    public static final int EC_SP_ALIGNMENT = 0x26;

    // The syndrome of an abort.

    /// FAR holds no address.
    public static final long FNV = 1 << 10;

    /// A cache maintenance instruction.
    public static final long CM = 1 << 8;

    /// A write, not a read; also set for cache maintenance.
    public static final long WNR = 1 << 6;

    /// The fault status code.
    public static final long FSC = 0x3f;

    // Fault status codes. Of those with a level, the last two bits are it.

    public static final int ADDRESS_SIZE = 0x00;
    public static final int TRANSLATION = 0x04;
    public static final int ACCESS_FLAG = 0x08;
    public static final int PERMISSION = 0x0c;
    public static final int ALIGNMENT = 0x21;

    private static final long LEVEL = 3;

    private Syndrome() {}

    /// The syndrome of an access that a walk refused with a fault status code.
    static long of(Access access, Privilege privilege, int status) {
        int dataAbort = privilege == Privilege.USER ? EC_DATA_ABORT : EC_DATA_ABORT_SAME;
        long ec = access == Access.EXECUTE ? EC_INSTRUCTION_ABORT : dataAbort;
        return ec << EC_SHIFT | IL | (access == Access.WRITE ? WNR : 0) | status;
    }

    /// EC.
    public static int exceptionClass(long esr) {
        return (int) (esr >>> EC_SHIFT) & 0x3f;
    }

    /// The fault status code without its level.
    public static int kind(long esr) {
        return (int) (esr & FSC & ~LEVEL);
    }

    /// Whether the abort is a store's: WnR, but not of cache maintenance, which only reads.
    public static boolean isWrite(long esr) {
        return isDataAbort(esr) && (esr & WNR) != 0 && (esr & CM) == 0;
    }

    public static boolean isFetch(long esr) {
        return exceptionClass(esr) == EC_INSTRUCTION_ABORT;
    }

    private static boolean isDataAbort(long esr) {
        int ec = exceptionClass(esr);
        return ec == EC_DATA_ABORT || ec == EC_DATA_ABORT_SAME;
    }

    /// The syndrome in words: `DABT, WnR, level 3 translation: write`.
    public static String describe(long esr) {
        StringBuilder text = new StringBuilder(isFetch(esr) ? "IABT" : "DABT");
        if (exceptionClass(esr) == EC_DATA_ABORT_SAME) {
            text.append(" (current EL)");
        }
        if ((esr & WNR) != 0) {
            text.append("|WnR");
        }
        if ((esr & CM) != 0) {
            text.append("|CM");
        }
        text.append(": ").append(verb(esr)).append(", ").append(status(esr));
        return text.toString();
    }

    private static String verb(long esr) {
        if (isFetch(esr)) {
            return "instruction fetch";
        }
        return (esr & CM) != 0 ? "cache maintenance" : (esr & WNR) != 0 ? "write" : "read";
    }

    private static String status(long esr) {
        String kind = switch (kind(esr)) {
            case ADDRESS_SIZE -> "address size";
            case TRANSLATION -> "translation";
            case ACCESS_FLAG -> "access flag";
            case PERMISSION -> "permission";
            default -> "";
        };
        if (!kind.isEmpty()) {
            return "level " + (esr & LEVEL) + " " + kind + " fault";
        }
        return (esr & FSC) == ALIGNMENT ? "alignment fault" : "fault status 0x" + Long.toHexString(esr & FSC);
    }
}
