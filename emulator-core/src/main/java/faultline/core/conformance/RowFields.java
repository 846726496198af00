package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A row's encoding, taken apart: fixed bits and fields (the notation is that of
/// [faultline.core.isa.FixedWidth]). What is derived from fields and must hold of them is not looked
/// at: the decoder says whether a word is the row's.
public final class RowFields {

    private static final Pattern FIELD = Pattern.compile("(\\w+):(s?)(\\d+)(?:\\*(\\d+))?(?:\\+pc)?");
    private static final Pattern FIXED = Pattern.compile("(\\w+)==(\\d+)");

    private static final int WORD = 32;

    /// Bits of a word that may be anything: a number, signed or not, of so many units.
    public record Field(String name, int shift, int width, boolean signed, int unit) {

        /// The number in a word.
        public long number(int word) {
            long number = signed ? Words.signedField(word, shift, width) : Words.field(word, shift, width);
            return number * unit;
        }

        /// The word with its low bits here.
        public int put(int word, int value) {
            int mask = (1 << width) - 1;
            return word & ~(mask << shift) | (value & mask) << shift;
        }
    }

    private final InsnTable.Row row;
    private final List<Field> fields = new ArrayList<>();
    private int value;
    private int ignored;

    /// @param ignored what bits should be that do not count: 0 or 1
    public RowFields(InsnTable.Row row, char ignored) {
        this.row = row;
        int left = WORD;
        for (String token : row.encoding().split("\\s+")) {
            Matcher field = FIELD.matcher(token);
            Matcher fixed = FIXED.matcher(token);
            if (token.matches("[01/]+")) {
                left -= token.length();
                value |= Integer.parseUnsignedInt(token.replace('/', ignored), 2) << left;
                this.ignored |= Integer.parseUnsignedInt(token.replace('1', '0').replace('/', '1'), 2) << left;
            } else if (field.matches()) {
                int width = Integer.parseInt(field.group(3));
                left -= width;
                int unit = field.group(4) == null ? 1 : Integer.parseInt(field.group(4));
                fields.add(
                        new Field(field.group(1), left, width, !field.group(2).isEmpty(), unit));
            } else if (fixed.matches()) {
                fix(fixed.group(1), Integer.parseInt(fixed.group(2)));
            }
        }
        if (left != 0) {
            throw new IllegalStateException("conformance: " + (WORD - left) + " bits in the row " + row.text());
        }
    }

    public InsnTable.Row row() {
        return row;
    }

    /// The fixed bits, and what those should be that do not count; 0 elsewhere.
    public int value() {
        return value;
    }

    /// The bits that do not count.
    public int ignored() {
        return ignored;
    }

    /// What is not fixed.
    public List<Field> fields() {
        return Collections.unmodifiableList(fields);
    }

    private void fix(String name, int number) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                value = field.put(value, number);
                fields.remove(field);
                return;
            }
        }
    }
}
