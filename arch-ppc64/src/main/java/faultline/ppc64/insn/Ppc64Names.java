package faultline.ppc64.insn;

import faultline.core.isa.WordNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What assemblers call registers, conditions and bits of CR.
public final class Ppc64Names implements WordNames {

    private static final List<String> CONDITIONS = List.of("lt", "gt", "eq", "so", "ge", "le", "ne", "ns");

    private static final List<String> BITS = List.of("lt", "gt", "eq", "so");

    /// The orders a trap asks for that have a name, by TO.
    private static final Map<Integer, String> TRAPS = Map.ofEntries(
            Map.entry(1, "lgt"),
            Map.entry(2, "llt"),
            Map.entry(4, "eq"),
            Map.entry(5, "lge"),
            Map.entry(6, "lle"),
            Map.entry(8, "gt"),
            Map.entry(12, "ge"),
            Map.entry(16, "lt"),
            Map.entry(20, "le"),
            Map.entry(24, "ne"),
            Map.entry(31, "u"));

    /// By AA and LK.
    private static final List<String> LINKS = List.of("", "l", "a", "la");

    /// The two bits by which a branch says what is likely.
    private static final List<String> HINTS = List.of("", "", "-", "+");

    /// Elements, by the logarithm of their bytes.
    private static final List<String> SIZES = List.of("b", "h", "w", "d");

    /// The first VSX register that is a vector register.
    private static final int VECTOR = 32;

    /// What the orders of TO are called, or null.
    static @Nullable String trap(int to) {
        return TRAPS.get(to);
    }

    @Override
    public String register(String operand, int number, int bits) {
        if (operand.endsWith("|0") && number == 0) {
            return "0";
        }
        return switch (operand.charAt(0)) {
            case 'f' -> (operand.startsWith("fr") ? "f" : "vs") + number;
            case 'g' -> number < VECTOR ? "f" + number : "v" + (number - VECTOR);
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
            case "to" -> trap(number);
            case "dot" -> number == 0 ? "" : ".";
            case "odd" -> number == 0 ? "" : "o";
            case "ex" -> number == 0 ? "" : "x";
            case "link" -> LINKS.get(number);
            case "hint" -> HINTS.get(number);
            case "bf", "bfa" -> "cr" + number;
            case "bt", "ba", "bb", "bc", "bi" -> bit(number);
            case "size" -> SIZES.get(number);
            case "sx", "tx" -> number == 0 ? "fpr" : "vr";
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
