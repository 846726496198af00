package faultline.kernel;

import java.util.List;

/// Flags that a program has in other bits than the kernel, whose values are asm-generic's.
///
/// Fields that are not named stand in the same bits for both. A bit of the program's that no field of its own takes
/// and that means something to the kernel is dropped: the program cannot have meant that.
public final class FlagMap {

    /// Nothing differs.
    public static final FlagMap SAME = new FlagMap(List.of());

    /// A field's bits in a program and in the kernel, as masks: equally many, each without a gap.
    public record Field(int user, int kernel) {
        public Field {
            if (user == 0 || user >>> shift(user) != kernel >>> shift(kernel)) {
                throw new IllegalArgumentException("flags: %#x is no field like %#x".formatted(user, kernel));
            }
        }

        private static int shift(int mask) {
            return Integer.numberOfTrailingZeros(mask);
        }
    }

    private final List<Field> fields;
    private final int user;
    private final int kernel;

    public FlagMap(List<Field> fields) {
        this.fields = List.copyOf(fields);
        this.user = fields.stream().mapToInt(Field::user).reduce(0, (a, b) -> a | b);
        this.kernel = fields.stream().mapToInt(Field::kernel).reduce(0, (a, b) -> a | b);
    }

    /// A map of fields given as pairs of masks: the program's, then the kernel's.
    public static FlagMap of(int... masks) {
        Field[] fields = new Field[masks.length / 2];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = new Field(masks[2 * i], masks[2 * i + 1]);
        }
        return new FlagMap(List.of(fields));
    }

    /// A program's flags as the kernel has them.
    public int toKernel(int flags) {
        int result = flags & ~(user | kernel);
        for (Field field : fields) {
            result |= (flags & field.user) >>> Field.shift(field.user) << Field.shift(field.kernel);
        }
        return result;
    }

    /// The kernel's flags as a program has them.
    public int toUser(int flags) {
        int result = flags & ~(user | kernel);
        for (Field field : fields) {
            result |= (flags & field.kernel) >>> Field.shift(field.kernel) << Field.shift(field.user);
        }
        return result;
    }

    /// Whether [#toKernel] drops some of a program's flags.
    public boolean drops(int flags) {
        return (flags & kernel & ~user) != 0;
    }
}
