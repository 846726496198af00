package faultline.cli.run;

import java.math.BigDecimal;
import java.util.Locale;

/// Sizes, times and counts as people write and read them.
public final class Quantities {

    private Quantities() {}

    /// `512M`, `4G`, `65536`: bytes. `name` is the option, for the message.
    public static long bytes(String name, String text) {
        String digits = text.endsWith("B") ? text.substring(0, text.length() - 1) : text;
        digits = digits.endsWith("i") ? digits.substring(0, digits.length() - 1) : digits;
        int shift = digits.isEmpty() ? -1 : "KMGT".indexOf(Character.toUpperCase(digits.charAt(digits.length() - 1)));
        if (shift >= 0) {
            digits = digits.substring(0, digits.length() - 1);
        }
        try {
            long bytes = Math.multiplyExact(Long.parseLong(digits), 1L << 10 * (shift + 1));
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException | ArithmeticException _) {
            // Said below.
        }
        throw Refusal.usage(name + " " + text + ": expected a size such as 512M or 4G");
    }

    /// `10`, `1.5s`, `200ms`, `50us`, `2m`, `1h`: nanoseconds, more than none.
    public static long nanos(String name, String text) {
        long nanos = nanosOrZero(name, text);
        if (nanos == 0) {
            throw notATime(name, text);
        }
        return nanos;
    }

    private static Refusal notATime(String name, String text) {
        return Refusal.usage(name + " " + text + ": expected a time such as 10, 1.5s, 200ms or 2m");
    }

    /// The same, where no time is a time too.
    public static long nanosOrZero(String name, String text) {
        int letters = text.length();
        while (letters > 0 && Character.isLetter(text.charAt(letters - 1))) {
            letters--;
        }
        long unit = switch (text.substring(letters)) {
            case "ns" -> 1;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "", "s" -> 1_000_000_000L;
            case "m", "min" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 0;
        };
        try {
            long nanos = new BigDecimal(text.substring(0, letters))
                    .multiply(BigDecimal.valueOf(unit))
                    .longValueExact();
            // A unit that is none makes 0 of any number.
            if (nanos > 0 || nanos == 0 && unit > 0) {
                return nanos;
            }
        } catch (NumberFormatException | ArithmeticException _) {
            // Said below.
        }
        throw notATime(name, text);
    }

    /// Bytes for people: `1.2 MiB`.
    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(
                Locale.ROOT, "%.1f %siB", (double) bytes / (1L << 10 * unit), "KMGTPE".substring(unit - 1, unit));
    }

    /// How many single-letter changes make one word the other (Levenshtein).
    public static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(previous[j - 1] + change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[to.length()];
    }
}
