package faultline.ppc64.mmu;

import faultline.core.mmu.Access;
import java.util.Locale;
import java.util.StringJoiner;

/// Interrupts of storage (Power ISA 3.0B Book III 6.5.3 to 6.5.6) and the bits that say why. A walk
/// that fails says both in one word: the vector above, and below it what DSISR gets, or for a fetch
/// SRR1.
public final class StorageInterrupt {

    public static final int DATA_STORAGE = 0x300;
    public static final int DATA_SEGMENT = 0x380;
    public static final int INSTRUCTION_STORAGE = 0x400;
    public static final int INSTRUCTION_SEGMENT = 0x480;

    // DSISR, by Linux's names (arch/powerpc/include/asm/reg.h). SRR1 has the same bits for a fetch,
    // as far as they make sense for one.

    public static final int DSISR_BAD_DIRECT_ST = 0x8000_0000;

    /// No translation: neither a valid leaf nor an entry of the hashed table.
    public static final int DSISR_NOHPTE = 0x4000_0000;

    public static final int DSISR_ATTR_CONFLICT = 0x2000_0000;

    /// A fetch from memory that is no-execute or guarded.
    public static final int DSISR_NOEXEC_OR_G = 0x1000_0000;

    public static final int DSISR_PROTFAULT = 0x0800_0000;
    public static final int DSISR_BADACCESS = 0x0400_0000;
    public static final int DSISR_ISSTORE = 0x0200_0000;
    public static final int DSISR_DABRMATCH = 0x0040_0000;

    /// The storage key forbids it.
    public static final int DSISR_KEYFAULT = 0x0020_0000;

    public static final int DSISR_BAD_EXT_CTRL = 0x0010_0000;
    public static final int DSISR_UNSUPP_MMU = 0x0008_0000;

    /// Reference or change bit could not be set.
    public static final int DSISR_SET_RC = 0x0004_0000;

    /// The process table or a directory could not be read.
    public static final int DSISR_PRTABLE_FAULT = 0x0002_0000;

    public static final int DSISR_BAD_COPYPASTE = 0x8;
    public static final int DSISR_BAD_AMO = 0x4;
    public static final int DSISR_BAD_CI_LDST = 0x2;

    /// What no page can mend: user mode gets SIGBUS.
    public static final int DSISR_BAD_FAULT_64S = DSISR_BAD_DIRECT_ST
            | DSISR_ATTR_CONFLICT
            | DSISR_BADACCESS
            | DSISR_BAD_EXT_CTRL
            | DSISR_UNSUPP_MMU
            | DSISR_PRTABLE_FAULT
            | DSISR_BAD_COPYPASTE
            | DSISR_BAD_AMO
            | DSISR_BAD_CI_LDST;

    /// What SRR1 can say of a fetch (`DSISR_SRR1_MATCH_64S`).
    public static final int SRR1_MATCH_64S = DSISR_NOHPTE
            | DSISR_NOEXEC_OR_G
            | DSISR_PROTFAULT
            | DSISR_KEYFAULT
            | DSISR_UNSUPP_MMU
            | DSISR_SET_RC
            | DSISR_PRTABLE_FAULT;

    private static final int VECTOR_SHIFT = 32;

    private StorageInterrupt() {}

    /// A data or instruction storage interrupt.
    static long storage(Access access, int reason) {
        if (access == Access.EXECUTE) {
            return of(INSTRUCTION_STORAGE, reason & SRR1_MATCH_64S);
        }
        return of(DATA_STORAGE, access == Access.WRITE ? reason | DSISR_ISSTORE : reason);
    }

    /// A data or instruction segment interrupt, which has no reason beside the address.
    static long segment(Access access) {
        return of(access == Access.EXECUTE ? INSTRUCTION_SEGMENT : DATA_SEGMENT, 0);
    }

    private static long of(int vector, int reason) {
        return (long) vector << VECTOR_SHIFT | Integer.toUnsignedLong(reason);
    }

    /// The interrupt's vector.
    public static int vector(long code) {
        return (int) (code >>> VECTOR_SHIFT);
    }

    /// The bits for DSISR or SRR1.
    public static long reason(long code) {
        return code & 0xffff_ffffL;
    }

    public static boolean has(long code, int bit) {
        return (code & Integer.toUnsignedLong(bit)) != 0;
    }

    public static boolean isFetch(long code) {
        int vector = vector(code);
        return vector == INSTRUCTION_STORAGE || vector == INSTRUCTION_SEGMENT;
    }

    public static boolean isSegment(long code) {
        int vector = vector(code);
        return vector == DATA_SEGMENT || vector == INSTRUCTION_SEGMENT;
    }

    /// What the access was.
    public static Access access(long code) {
        if (isFetch(code)) {
            return Access.EXECUTE;
        }
        return has(code, DSISR_ISSTORE) ? Access.WRITE : Access.READ;
    }

    /// The word in words: `DSI NOHPTE|ISSTORE: write, no translation`.
    public static String describe(long code) {
        StringJoiner names = new StringJoiner("|", " ", "");
        names.setEmptyValue("");
        addIf(names, code, DSISR_BAD_DIRECT_ST, "BAD_DIRECT_ST");
        addIf(names, code, DSISR_NOHPTE, "NOHPTE");
        addIf(names, code, DSISR_ATTR_CONFLICT, "ATTR_CONFLICT");
        addIf(names, code, DSISR_NOEXEC_OR_G, "NOEXEC_OR_G");
        addIf(names, code, DSISR_PROTFAULT, "PROTFAULT");
        addIf(names, code, DSISR_BADACCESS, "BADACCESS");
        addIf(names, code, DSISR_ISSTORE, "ISSTORE");
        addIf(names, code, DSISR_DABRMATCH, "DABRMATCH");
        addIf(names, code, DSISR_KEYFAULT, "KEYFAULT");
        addIf(names, code, DSISR_BAD_EXT_CTRL, "BAD_EXT_CTRL");
        addIf(names, code, DSISR_UNSUPP_MMU, "UNSUPP_MMU");
        addIf(names, code, DSISR_SET_RC, "SET_RC");
        addIf(names, code, DSISR_PRTABLE_FAULT, "PRTABLE_FAULT");
        return kind(code) + names + ": " + verb(code) + ", " + reasonInWords(code);
    }

    private static String kind(long code) {
        return switch (vector(code)) {
            case DATA_STORAGE -> "DSI";
            case DATA_SEGMENT -> "DSegI";
            case INSTRUCTION_STORAGE -> "ISI";
            case INSTRUCTION_SEGMENT -> "ISegI";
            default -> "vector 0x" + Integer.toHexString(vector(code));
        };
    }

    private static String verb(long code) {
        return access(code) == Access.EXECUTE
                ? "instruction fetch"
                : access(code).name().toLowerCase(Locale.ROOT);
    }

    private static String reasonInWords(long code) {
        if (isSegment(code)) {
            return "no segment";
        }
        if (has(code, DSISR_NOHPTE)) {
            return "no translation";
        }
        if (has(code, DSISR_KEYFAULT)) {
            return "the storage key forbids it";
        }
        return has(code, DSISR_PROTFAULT | DSISR_NOEXEC_OR_G) ? "not permitted" : "bad access";
    }

    private static void addIf(StringJoiner names, long code, int bit, String name) {
        if (has(code, bit)) {
            names.add(name);
        }
    }
}
