package faultline.arm64.insn;

import org.jspecify.annotations.Nullable;

/// What assemblers call lists of vector registers, and what else only vectors have.
final class VectorNames {

    private VectorNames() {}

    static @Nullable String value(String field, int value) {
        return switch (field) {
            case "size" -> A64Names.ELEMENTS.get(value);
            case "q" -> value == 0 ? "" : "2";
            case "list" -> list(value);
            case "lanes" -> lanes(value);
            default -> null;
        };
    }

    /// `{v0.16b-v3.16b}`, of [Operands#vectors].
    private static String list(int value) {
        return registers(value & 31, value >> 5 & 7, "." + A64Names.ARRANGEMENTS.get(value >> 8));
    }

    /// `{v0.b, v1.b}[3]`, of [Operands#lanes].
    private static String lanes(int value) {
        int size = value >> 8 & 3;
        return registers(value & 31, value >> 5 & 7, "." + A64Names.ELEMENTS.get(size)) + "[" + (value >> 10) + "]";
    }

    private static String registers(int first, int count, String suffix) {
        int last = first + count - 1 & 31;
        if (count > 2 && last > first) {
            return "{v" + first + suffix + "-v" + last + suffix + "}";
        }
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "v" : ", v").append(first + i & 31).append(suffix);
        }
        return text.append('}').toString();
    }
}
