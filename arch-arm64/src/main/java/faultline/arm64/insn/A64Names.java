package faultline.arm64.insn;

import faultline.core.isa.WordNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What assemblers call registers, conditions, shifts, hints and barriers.
public final class A64Names implements WordNames {

    private static final int ZERO_OR_SP = 31;

    private static final List<String> CONDITIONS =
            List.of("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv");

    private static final List<String> SHIFTS = List.of("lsl", "lsr", "asr", "ror");

    private static final List<String> EXTENSIONS =
            List.of("uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx");

    /// By the logarithm of their bytes.
    static final List<String> ELEMENTS = List.of("b", "h", "s", "d", "q");

    /// Element size and number, as [Operands#arrangement] has them.
    static final List<String> ARRANGEMENTS = List.of("8b", "16b", "4h", "8h", "2s", "4s", "1d", "2d", "2h", "1q");

    /// The arrangement that is none of a whole vector.
    static final int TWO_HALVES = 8;

    private static final List<String> ROUNDINGS = List.of("n", "p", "m", "z");

    /// By which rule a number is rounded to an integer in its format.
    private static final List<String> INTEGRAL = List.of("n", "p", "m", "z", "a", "", "x", "i");

    private static final Map<Integer, String> BARRIERS = Map.ofEntries(
            Map.entry(1, "oshld"),
            Map.entry(2, "oshst"),
            Map.entry(3, "osh"),
            Map.entry(5, "nshld"),
            Map.entry(6, "nshst"),
            Map.entry(7, "nsh"),
            Map.entry(9, "ishld"),
            Map.entry(10, "ishst"),
            Map.entry(11, "ish"),
            Map.entry(13, "ld"),
            Map.entry(14, "st"),
            Map.entry(15, "sy"));

    /// Hints by CRm:op2.
    private static final Map<Integer, String> HINTS = Map.ofEntries(
            Map.entry(0, "nop"),
            Map.entry(1, "yield"),
            Map.entry(2, "wfe"),
            Map.entry(3, "wfi"),
            Map.entry(4, "sev"),
            Map.entry(5, "sevl"),
            Map.entry(7, "xpaclri"),
            Map.entry(8, "pacia1716"),
            Map.entry(10, "pacib1716"),
            Map.entry(12, "autia1716"),
            Map.entry(14, "autib1716"),
            Map.entry(16, "esb"),
            Map.entry(17, "psb csync"),
            Map.entry(18, "tsb csync"),
            Map.entry(20, "csdb"),
            Map.entry(22, "clearbhb"),
            Map.entry(24, "paciaz"),
            Map.entry(25, "paciasp"),
            Map.entry(26, "pacibz"),
            Map.entry(27, "pacibsp"),
            Map.entry(28, "autiaz"),
            Map.entry(29, "autiasp"),
            Map.entry(30, "autibz"),
            Map.entry(31, "autibsp"),
            Map.entry(32, "bti"),
            Map.entry(34, "bti c"),
            Map.entry(36, "bti j"),
            Map.entry(38, "bti jc"));

    /// What a hint is called, or null.
    static @Nullable String hint(int number) {
        return HINTS.get(number);
    }

    @Override
    public String register(String operand, int number, int bits) {
        switch (operand.charAt(0)) {
            case 'v', 'e' -> {
                return "v" + number;
            }
            case 'b', 'h', 's', 'd', 'q', 'f', 'g' -> {
                return scalar(bits) + number;
            }
            default -> {}
        }
        String letter = bits == 32 ? "w" : "x";
        if (number != ZERO_OR_SP) {
            return letter + number;
        }
        return operand.endsWith("|sp") ? (bits == 32 ? "wsp" : "sp") : letter + "zr";
    }

    /// The letter of a part of a vector register.
    private static String scalar(int bits) {
        return ELEMENTS.get(Integer.numberOfTrailingZeros(bits) - 3);
    }

    @Override
    public @Nullable String value(String field, long value) {
        int number = (int) value;
        return switch (field) {
            case "cond", "inverted" -> CONDITIONS.get(number);
            case "shift" -> SHIFTS.get(number);
            case "option" -> EXTENSIONS.get(number);
            case "o" -> number == 0 ? "uxtw" : "sxtw";
            case "crm" -> BARRIERS.getOrDefault(number, "#0x%02x".formatted(number));
            case "rmode" -> ROUNDINGS.get(number);
            case "rint" -> INTEGRAL.get(number);
            case "number" -> "%.18e".formatted(Double.longBitsToDouble(value));
            case "t", "ta", "tb" -> ARRANGEMENTS.get(number);
            case "part" -> number == 0 ? "" : "2";
            case "ts" -> ELEMENTS.get(number);
            case "hint" -> hint(number);
            case "acquire" -> number == 0 ? "" : "a";
            case "release" -> number == 0 ? "" : "l";
            case "order" -> List.of("", "l", "a", "al").get(number);
            case "sysreg" -> SystemNames.register(number);
            case "sysop" -> SystemNames.operation(number);
            case "prfop" -> prefetch(number);
            default -> VectorNames.value(field, number);
        };
    }

    /// `pldl1keep`: what for, which cache, whether it is to stay.
    private static String prefetch(int operation) {
        int kind = operation >> 3;
        int level = operation >> 1 & 3;
        if (kind == 3 || level == 3) {
            return "#0x%02x".formatted(operation);
        }
        return List.of("pld", "pli", "pst").get(kind) + "l" + (level + 1) + ((operation & 1) == 0 ? "keep" : "strm");
    }

    @Override
    public String unknown(int word) {
        return ".inst 0x%08x".formatted(word);
    }
}
