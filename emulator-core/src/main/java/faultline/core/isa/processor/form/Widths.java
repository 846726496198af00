package faultline.core.isa.processor.form;

/// Java's types by width in bits.
public final class Widths {

    private Widths() {}

    /// A value cut to a width, which sign-extends it when it is used as a `long`.
    public static String cast(String value, int width) {
        return switch (width) {
            case 8, 16, 32 -> "(" + type(width) + ") " + value;
            default -> value;
        };
    }

    /// What leaves of a value its low bits, as the end of an expression.
    public static String mask(int width) {
        return switch (width) {
            case 8 -> " & 0xff";
            case 16 -> " & 0xffff";
            case 32 -> " & 0xffffffffL";
            default -> "";
        };
    }

    public static String type(int width) {
        return switch (width) {
            case 8 -> "byte";
            case 16 -> "short";
            case 32 -> "int";
            default -> "long";
        };
    }
}
