package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.RowFields;
import faultline.core.isa.table.InsnTable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a load, store or cache instruction goes, as its row's assembly says: the base register,
/// what is added to it, how many bytes are accessed.
///
/// @param base -1 if there is none
/// @param index the register that is added; -1 if there is none
record Access(int base, int index, long offset, String mnemonic, int word) {

    private static final int NONE = -1;

    /// `d(ra|0)`, and `ra|0,rb`.
    private static final Pattern DISPLACED = Pattern.compile("(\\w+)\\(ra(\\|0)?\\)");

    private static final Pattern INDEXED = Pattern.compile("\\bra(\\|0)?,rb\\b");

    private static final int CACHE_BLOCK = 128;
    private static final int WORD_BYTES = 4;
    private static final int REGISTERS = 32;

    /// The size by the mnemonic without what says in which way it is loaded or stored.
    private static final Pattern SIZE = Pattern.compile("(?:l|st)(?:xs|xv|x|v|f)?(.*)");

    /// The access of a row's word, or null if it is none.
    static @Nullable Access of(InsnTable.Row row, int word) {
        int ra = field(word, 16, 5);
        int base = ra == 0 && row.assembly().contains("ra|0") ? NONE : ra;
        Matcher displaced = DISPLACED.matcher(row.assembly());
        if (displaced.find()) {
            return new Access(base, NONE, displacement(row, displaced.group(1), word), row.mnemonic(), word);
        }
        if (!row.effects().contains("ea:=")) {
            return null;
        }
        boolean indexed = INDEXED.matcher(row.assembly()).find();
        return new Access(base, indexed ? field(word, 11, 5) : NONE, 0, row.mnemonic(), word);
    }

    private static long displacement(InsnTable.Row row, String name, int word) {
        for (RowFields.Field field : new RowFields(row, PowerSampler.IGNORED).fields()) {
            if (field.name().equals(name)) {
                return field.number(word);
            }
        }
        throw new IllegalStateException("conformance: no displacement in the row " + row.text());
    }

    /// How many bytes, with that XER.
    int bytes(long xer) {
        if (mnemonic.endsWith("mw")) {
            return WORD_BYTES * (REGISTERS - field(word, 21, 5));
        }
        if (mnemonic.endsWith("swi")) {
            int bytes = field(word, 11, 5);
            return bytes == 0 ? REGISTERS : bytes;
        }
        if (mnemonic.endsWith("swx")) {
            return Math.max(1, (int) xer & 0x7f);
        }
        Matcher size = SIZE.matcher(mnemonic);
        if (!size.matches()) {
            return CACHE_BLOCK;
        }
        String rest = size.group(1);
        if (mnemonic.contains("xv")
                || mnemonic.matches("(l|st)vxl?")
                || rest.startsWith("q")
                || rest.startsWith("dp")) {
            return 16;
        }
        return switch (rest.replaceFirst("^[ei]", "").charAt(0)) {
            case 'b' -> 1;
            case 'h' -> 2;
            case 'w', 's' -> WORD_BYTES;
            default -> 8;
        };
    }

    /// Gives registers values with which the access goes to an address.
    void set(RandomSource random, long[] words, long at) {
        if (index == NONE) {
            if (base != NONE) {
                words[base] = at - offset;
            }
        } else if (base == NONE) {
            words[index] = at;
        } else if (base == index) {
            words[base] = at >>> 1;
        } else {
            words[index] = random.oneIn(8) ? random.integer() : random.below(512) - 256;
            words[base] = at - words[index];
        }
    }
}
