package faultline.arm64.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A row's encoding, taken apart: fixed bits and fields (the notation is that of
/// [faultline.core.isa.FixedWidth]). What is derived from fields and must hold of them is not looked
/// at: the decoder says whether a word is the row's.
final class RowFields {

    private static final Pattern FIELD = Pattern.compile("(\\w+):s?(\\d+)(?:\\*\\d+)?(?:\\+pc)?");
    private static final Pattern FIXED = Pattern.compile("(\\w+)==(\\d+)");
    private static final Pattern REGISTER = Pattern.compile("r[dnmast]2?|v[dnmat]2?");

    private static final int WORD = 32;

    /// Bits of a word that may be anything.
    record Field(String name, int shift, int width) {

        boolean isRegister() {
            return width == 5 && REGISTER.matcher(name).matches();
        }

        boolean isVector() {
            return isRegister() && name.charAt(0) == 'v';
        }

        int of(int word) {
            return Words.field(word, shift, width);
        }

        int put(int word, int value) {
            int mask = (1 << width) - 1;
            return word & ~(mask << shift) | (value & mask) << shift;
        }
    }

    final InsnTable.Row row;

    /// The fixed bits, and ones for those that should be; 0 elsewhere.
    int value;

    final List<Field> fields = new ArrayList<>();

    RowFields(InsnTable.Row row) {
        this.row = row;
        int left = WORD;
        for (String token : row.encoding().split("\\s+")) {
            Matcher field = FIELD.matcher(token);
            Matcher fixed = FIXED.matcher(token);
            if (token.matches("[01/]+")) {
                left -= token.length();
                value |= Integer.parseInt(token.replace('/', '1'), 2) << left;
            } else if (field.matches()) {
                int width = Integer.parseInt(field.group(2));
                left -= width;
                fields.add(new Field(field.group(1), left, width));
            } else if (fixed.matches()) {
                fix(fixed.group(1), Integer.parseInt(fixed.group(2)));
            }
        }
        if (left != 0) {
            throw new IllegalStateException("conformance: " + (WORD - left) + " bits in the row " + row.text());
        }
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
