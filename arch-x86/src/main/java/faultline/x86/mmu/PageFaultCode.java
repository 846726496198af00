package faultline.x86.mmu;

import java.util.StringJoiner;

/// The error code of a page fault (SDM Vol. 3A, 4.7).
public final class PageFaultCode {

    /// The page was present: a protection violation. Clear: not present.
    public static final long P = 1;

    /// A store.
    public static final long W = 1 << 1;

    /// An access from user mode.
    public static final long U = 1 << 2;

    /// A reserved bit was set in an entry of the walk.
    public static final long RSVD = 1 << 3;

    /// An instruction fetch.
    public static final long I = 1 << 4;

    /// The page's protection key is denied by PKRU.
    public static final long PK = 1 << 5;

    /// A shadow-stack access.
    public static final long SS = 1 << 6;

    /// A violation of SGX's own access control.
    public static final long SGX = 1 << 15;

    private PageFaultCode() {}

    /// The code in words: `W|U: write to a not-present page from user mode`.
    public static String describe(long code) {
        return names(code) + ": " + verb(code) + " " + page(code)
                + ((code & U) != 0 ? " from user mode" : " by the kernel");
    }

    private static String names(long code) {
        StringJoiner names = new StringJoiner("|");
        names.setEmptyValue("0");
        addIf(names, code, P, "P");
        addIf(names, code, W, "W");
        addIf(names, code, U, "U");
        addIf(names, code, RSVD, "RSVD");
        addIf(names, code, I, "I");
        addIf(names, code, PK, "PK");
        addIf(names, code, SS, "SS");
        addIf(names, code, SGX, "SGX");
        return names.toString();
    }

    private static void addIf(StringJoiner names, long code, long bit, String name) {
        if ((code & bit) != 0) {
            names.add(name);
        }
    }

    private static String verb(long code) {
        String kind = (code & SS) != 0 ? "shadow-stack " : "";
        if ((code & I) != 0) {
            return kind + "instruction fetch from";
        }
        return kind + ((code & W) != 0 ? "write to" : "read of");
    }

    private static String page(long code) {
        if ((code & RSVD) != 0) {
            return "a page with reserved bits set in its tables";
        }
        if ((code & P) == 0) {
            return "a not-present page";
        }
        if ((code & PK) != 0) {
            return "a page whose protection key is denied";
        }
        return (code & I) != 0 ? "a no-execute page" : (code & W) != 0 ? "a read-only page" : "a protected page";
    }
}
