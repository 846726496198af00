package faultline.arm64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;
import static faultline.core.conformance.Words.signedField;

import org.jspecify.annotations.Nullable;

/// Where a load or store goes, by its class (Arm ARM C4.1.88): the base register, what is added to
/// it before the access, how many bytes are accessed.
///
/// @param base 31 for the stack pointer
/// @param index the register that is added, shifted; -1 if there is none
/// @param writesBack whether the base register changes
record Access(int base, int index, int option, int shift, long offset, int bytes, boolean writesBack) {

    private static final int NONE = -1;
    private static final int SIGNED_WORD = 6;

    /// The access of a word, or null if it is none with a base register.
    static @Nullable Access of(int word) {
        if (!EncodingClasses.isLoadStore(word)) {
            return null;
        }
        if (is(word, 0x3a000000, 0x28000000)) {
            return pair(word);
        }
        if (is(word, 0x3b000000, 0x39000000)) {
            int size = size(word);
            return plain(word, (long) field(word, 10, 12) << size, 1 << size, false);
        }
        if (is(word, 0x3b200c00, 0x38200800)) {
            int size = size(word);
            int shift = field(word, 12, 1) * size;
            return new Access(base(word), field(word, 16, 5), field(word, 13, 3), shift, 0, 1 << size, false);
        }
        if (is(word, 0x3b200000, 0x38000000)) {
            int mode = field(word, 10, 2);
            long offset = mode == 1 ? 0 : signedField(word, 12, 9);
            return plain(word, offset, 1 << size(word), (mode & 1) != 0);
        }
        if (is(word, 0xbf000000, 0x0c000000) || is(word, 0xbf000000, 0x0d000000)) {
            return plain(word, 0, structureBytes(word), field(word, 23, 1) != 0);
        }
        if (is(word, 0x3f000000, 0x08000000) || is(word, 0x3b200c00, 0x38200000)) {
            return plain(word, 0, exclusiveBytes(word), false);
        }
        if (is(word, 0x3f200c00, 0x19000000)) {
            return plain(word, signedField(word, 12, 9), 1 << field(word, 30, 2), false);
        }
        return null;
    }

    private static Access pair(int word) {
        int opc = field(word, 30, 2);
        int size = field(word, 26, 1) != 0 ? 2 + opc : 2 + (opc >> 1);
        int mode = field(word, 23, 2);
        long offset = mode == 1 ? 0 : (long) signedField(word, 15, 7) << size;
        return plain(word, offset, 2 << size, (mode & 1) != 0);
    }

    private static Access plain(int word, long offset, int bytes, boolean writesBack) {
        return new Access(base(word), NONE, 0, 0, offset, bytes, writesBack);
    }

    private static int base(int word) {
        return field(word, 5, 5);
    }

    /// The power of two that is the size of one register's access.
    private static int size(int word) {
        boolean quad = field(word, 26, 1) != 0 && field(word, 23, 1) != 0;
        return quad ? 4 : field(word, 30, 2);
    }

    private static int exclusiveBytes(int word) {
        boolean pair = is(word, 0x3f200000, 0x08200000);
        boolean narrow = field(word, 30, 2) < 2;
        // CASP has its size in bit 30 alone.
        return pair ? narrow ? 8 << field(word, 30, 1) : 2 << field(word, 30, 2) : 1 << field(word, 30, 2);
    }

    private static int structureBytes(int word) {
        int registers = 1 + field(word, 21, 1) + 2 * field(word, 13, 1);
        boolean single = field(word, 24, 1) != 0;
        return single ? 8 * registers : (field(word, 30, 1) != 0 ? 16 : 8) * 4;
    }

    /// What is added to the base, with the registers of a state.
    long offset(long[] words) {
        if (index < 0) {
            return offset;
        }
        long value = index == A64State.SP ? 0 : words[A64State.GENERAL + index];
        return switch (option & 3) {
                    case 2 -> option == SIGNED_WORD ? (long) (int) value : value & 0xffffffffL;
                    default -> value;
                }
                << shift;
    }
}
