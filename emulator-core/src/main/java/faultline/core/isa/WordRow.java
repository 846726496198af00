package faultline.core.isa;

import org.jspecify.annotations.Nullable;

/// One table row at run time: where its fields are, what it is called, which exec forms it has.
///
/// Made by generated code when a word first matches it.
public final class WordRow {

    // What else is to know, as bits of `how`.
    public static final int ENDS_BLOCK = 1;

    /// No field.
    public static final int NONE = -1;

    private static final int SIGNED = 1 << 10;
    private static final int RELATIVE = 1 << 11;

    private static final int EQUAL = 1 << 15;

    final String assembly;
    final int how;
    final @Nullable String feature;
    private final int[] fields;
    private final int[] choices;
    private final int[] forms;
    private final int target;
    private final int condition;
    private final int narrow;

    /// `assembly` has its fields resolved (see [WordDisassembler]); `fields` are made by [#field];
    /// `choices`, made by [#value] and [#equal], are the bits of the place among `forms`; `target`,
    /// `condition` and `narrow` are numbers of fields or [#NONE].
    public WordRow(
            String assembly,
            int how,
            @Nullable String feature,
            int target,
            int condition,
            int narrow,
            int[] fields,
            int[] choices,
            int... forms) {
        this.assembly = assembly;
        this.how = how;
        this.feature = feature;
        this.target = target;
        this.condition = condition;
        this.narrow = narrow;
        this.fields = fields;
        this.choices = choices;
        this.forms = forms;
    }

    /// A field: `width` bits from bit `shift` on, as a signed number or not, times a power of two,
    /// and relative to the instruction's address or not.
    public static int field(int shift, int width, boolean signed, int scale, boolean relative) {
        return shift | width << 5 | (signed ? SIGNED : 0) | (relative ? RELATIVE : 0) | scale << 12;
    }

    /// A choice by the value of a field of so many bits.
    public static int value(int field, int width) {
        return field | width << 8;
    }

    /// A choice by whether a field is a number.
    public static int equal(int field, int number) {
        return field | EQUAL | number << 16;
    }

    /// Cuts the fields out of the word.
    void cut(WordInsn insn) {
        long word = insn.word & 0xffffffffL;
        for (int i = 0; i < fields.length; i++) {
            int field = fields[i];
            int width = field >> 5 & 31;
            long value = word << 64 - width - (field & 31);
            value = (field & SIGNED) != 0 ? value >> 64 - width : value >>> 64 - width;
            value <<= field >> 12;
            insn.value[i] = (field & RELATIVE) != 0 ? value + insn.pc : value;
        }
    }

    /// Fills in what depends on the fields, once they are complete.
    void accept(WordInsn insn) {
        int at = 0;
        for (int choice : choices) {
            int value = (int) insn.value[choice & 0xff];
            at = (choice & EQUAL) == 0 ? at << (choice >> 8) | value : at << 1 | (value == choice >> 16 ? 1 : 0);
        }
        insn.row = this;
        insn.form = at < forms.length ? forms[at] : 0;
        insn.endsBlock = insn.form == 0 || (how & ENDS_BLOCK) != 0;
        insn.target = target == NONE ? 0 : insn.value[target];
        insn.condition = condition == NONE ? 0 : (int) insn.value[condition];
    }

    /// How wide registers are whose operand does not say it.
    int bits(WordInsn insn) {
        return narrow != NONE && insn.value[narrow] == 0 ? 32 : 64;
    }
}
