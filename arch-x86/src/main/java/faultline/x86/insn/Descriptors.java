package faultline.x86.insn;

/// The segment descriptors that user mode sees in Linux's GDT, as LAR, LSL, VERR and VERW show
/// them.
///
/// Thread-local segments, which 64-bit programs do not use, are not set up. The requested privilege
/// level does not matter, because all of these are user segments.
final class Descriptors {

    private static final int USER32_CODE = 0x20;
    private static final int USER_DATA = 0x28;
    private static final int USER_CODE = 0x30;

    /// Its limit is no length, but the processor's number.
    private static final int PROCESSOR = 0x78;

    private static final long FLAT = 0xffffffffL;

    private Descriptors() {}

    /// The second doubleword of the descriptor without base and limit; 0 if there is none for user
    /// mode.
    static long accessRights(long selector) {
        return switch (index(selector)) {
            case USER32_CODE -> 0xcffb00;
            case USER_DATA -> 0xcff300;
            case USER_CODE -> 0xaffb00;
            case PROCESSOR -> 0x40f500;
            default -> 0;
        };
    }

    static long limit(long selector, int processor) {
        return index(selector) == PROCESSOR ? processor : FLAT;
    }

    static boolean isWritable(long selector) {
        return index(selector) == USER_DATA;
    }

    /// Whether a data-segment register may hold it: user data and code, which can be read.
    static boolean isReadable(long selector) {
        return accessRights(selector) != 0;
    }

    /// Without the privilege level. What names the local descriptor table, which there is none,
    /// matches nothing.
    private static int index(long selector) {
        return (int) selector & 0xfffc;
    }
}
