package faultline.ppc64.insn;

import faultline.core.isa.WordNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What assemblers call registers, conditions and bits of CR.
public final class Ppc64Names implements WordNames {

    private static final List<String> CONDITIONS = List.of("lt", "gt", "eq", "so", "ge", "le", "ne", "ns");

    private static final List<String> BITS = List.of("lt", "gt", "eq", "so");

    /// By AA and LK.
    private static final List<String> LINKS = List.of("", "l", "a", "la");

    /// The two bits by which a branch says what is likely.
    private static final List<String> HINTS = List.of("", "", "-", "+");

    @Override
    public String register(String operand, int number, int bits) {
        if (operand.endsWith("|0") && number == 0) {
            return "0";
        }
        return switch (operand.charAt(0)) {
            case 'f' -> (operand.startsWith("fr") ? "f" : "vs") + number;
            case 'v' -> "v" + number;
            case 'x' -> "vs" + number;
            default -> "r" + number;
        };
    }

    @Override
    public @Nullable String value(String field, long value) {
        int number = (int) value;
        return switch (field) {
            case "cond", "bit" -> CONDITIONS.get(number);
            case "link" -> LINKS.get(number);
            case "hint" -> HINTS.get(number);
            case "bf", "bfa" -> "cr" + number;
            case "bt", "ba", "bb", "bc", "bi" -> bit(number);
            default -> null;
        };
    }

    /// `4*cr1+eq`, or without its field where that is the first.
    private static String bit(int number) {
        String name = BITS.get(number & 3);
        return number < 4 ? name : "4*cr" + (number >> 2) + "+" + name;
    }

    @Override
    public String unknown(int word) {
        return ".long 0x%x".formatted(word);
    }
}
