package faultline.core.isa;

import org.jspecify.annotations.Nullable;

/// A decoded word. Constructors of generated nodes read it.
public final class WordInsn extends FormInsn {

    /// More fields, cut out or derived, than any row has.
    public static final int FIELDS = 16;

    public int word;

    /// The row it matched; null for an illegal instruction.
    public @Nullable WordRow row;

    /// The row's place in the table, of an instruction that has one.
    public int number;

    /// Its fields by their numbers in the row.
    public final long[] value = new long[FIELDS];

    /// Where a relative branch goes.
    public long target;

    /// The number of the condition of a branch.
    public int condition;

    /// The element of a register file that a field stands for.
    public int element(int field) {
        return (int) value[field];
    }

    /// The same, where the number `special` stands for the element `instead`.
    public int element(int field, int special, int instead) {
        return value[field] == special ? instead : (int) value[field];
    }
}
