package faultline.core.isa;

import org.jspecify.annotations.Nullable;

/// What an architecture of the fixed-width notation calls things in assembly text.
public interface WordNames {

    /// A register: `operand` is its name in the row's assembly column, with its suffix.
    String register(String operand, int number, int bits);

    /// What the value of a field is called, or null where it is a number.
    @Nullable
    String value(String field, long value);

    /// What a word is shown as that is no instruction.
    String unknown(int word);

    /// What the operands look like, given as the row has them.
    default String operands(String text) {
        return text;
    }
}
