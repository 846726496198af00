package faultline.core.conformance;

import java.util.List;

/// The memory that every test vector finds, here and in an oracle (`oracle.h` in this module's
/// `src/oracle`): where code stands, what data holds, what cannot be accessed.
public final class TestMemory {

    public static final int PAGE = 4096;

    /// Two pages that can be read and executed, filled with what traps.
    public static final long CODE_PAGE = 0x1000_0000L;

    public static final int CODE_PAGES = 2;

    /// Where a vector's code stands.
    public static final long CODE = CODE_PAGE + 0x800;

    /// Two pages that can be read and written.
    public static final long DATA = 0x2000_0000L;

    public static final int WRITABLE_BYTES = 2 * PAGE;

    /// One page that can only be read.
    public static final long READ_ONLY = DATA + WRITABLE_BYTES;

    public static final int DATA_BYTES = WRITABLE_BYTES + PAGE;

    /// From here on nothing is mapped.
    public static final long HOLE = DATA + DATA_BYTES;

    /// Where the stack pointer is by default.
    public static final long STACK = DATA + 0x800;

    /// The longest code of a vector.
    public static final int LONGEST_CODE = 0x800;

    private TestMemory() {}

    /// A page of the address space and the frame it is mapped to.
    public record Page(long va, long pfn, boolean writable, boolean executable) {}

    /// All pages, code first; code's frames begin at `codeFrame`, data's at `dataFrame`.
    static List<Page> pages(long codeFrame, long dataFrame) {
        return List.of(
                new Page(CODE_PAGE, codeFrame, false, true),
                new Page(CODE_PAGE + PAGE, codeFrame + 1, false, true),
                new Page(DATA, dataFrame, true, false),
                new Page(DATA + PAGE, dataFrame + 1, true, false),
                new Page(READ_ONLY, dataFrame + 2, false, false));
    }

    /// What the data pages hold unless a vector says otherwise.
    static byte[] pattern() {
        byte[] pattern = new byte[DATA_BYTES];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (i * 167 + 13 ^ i >> 8);
        }
        return pattern;
    }

    /// Whether these bytes lie in memory that can be written.
    public static boolean isWritable(long at, int bytes) {
        return at >= DATA && at + bytes <= READ_ONLY;
    }
}
