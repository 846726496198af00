package faultline.cli.debug;

/// How `x` shows memory: `/COUNT LETTER SIZE`, as gdb writes it.
record MemoryFormat(int count, char letter, int size) {

    static final MemoryFormat DEFAULT = new MemoryFormat(1, 'x', 4);

    /// The format after `text`: what it does not say stays, but for the count.
    MemoryFormat with(String text) {
        int at = 0;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        int newCount = at == 0 ? 1 : parse(text.substring(0, at));
        char newLetter = letter;
        int newSize = size;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case 'b' -> newSize = 1;
                case 'h' -> newSize = 2;
                case 'w' -> newSize = 4;
                case 'g' -> newSize = 8;
                case 'x', 'd', 'u', 'o', 't', 's', 'i' -> newLetter = c;
                case 'c' -> {
                    newLetter = c;
                    newSize = 1;
                }
                case 'a' -> {
                    newLetter = c;
                    newSize = 8;
                }
                default ->
                    throw new CommandError(
                            "x: no format or size '" + c + "'; formats x d u o t c a s i, sizes b h w g");
            }
        }
        return new MemoryFormat(newCount, newLetter, newSize);
    }

    private static int parse(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException _) {
            throw new CommandError("x: a count of " + digits + " is too large");
        }
    }

    /// How many units a line holds.
    int perLine() {
        return switch (letter) {
            case 'a' -> 1;
            case 't' -> Math.max(1, 4 / size);
            default -> size == 8 ? 2 : size == 4 ? 4 : 8;
        };
    }

    /// A number of `size` bytes, zero-extended in `value`, as a letter says.
    static String number(char letter, long value, int size) {
        int unused = Long.SIZE - 8 * size;
        return switch (letter) {
            case 'd' -> Long.toString(value << unused >> unused);
            case 'u' -> Long.toUnsignedString(value);
            case 'o' -> "0" + Long.toOctalString(value);
            case 't' -> Long.toBinaryString(value);
            case 'c' -> value + " '" + printable((int) value & 0xff) + "'";
            case 'x', 'a' -> "0x" + (letter == 'x' ? padded(value, size) : Long.toHexString(value));
            default -> throw new CommandError("No format '" + letter + "'; there are x d u o t c a");
        };
    }

    private static String padded(long value, int size) {
        String digits = Long.toHexString(value);
        return "0".repeat(Math.max(0, 2 * size - digits.length())) + digits;
    }

    /// A byte as C writes it in a string.
    static String printable(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            default -> c >= ' ' && c < 0x7f ? String.valueOf((char) c) : String.format("\\%03o", c);
        };
    }
}
