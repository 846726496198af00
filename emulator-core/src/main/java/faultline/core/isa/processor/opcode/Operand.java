package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Refusal;
import java.util.Set;

/// An operand of an opcode-map row: where the encoding holds it, and its size.
record Operand(char place, String size, String text) {

    private static final String PLACES = "EGZIJMVWUXYORF1TtBsSPQNxvCD";
    private static final Set<String> SIZES =
            Set.of("", "b", "w", "d", "q", "v", "z", "y", "dq", "qz", "bit", "t", "env", "p");
    private static final Set<String> SELECTORS = Set.of("ES", "CS", "SS", "DS", "FS", "GS");

    static Operand of(String text) {
        Operand operand = switch (text) {
            case "AL", "CL" -> new Operand('F', "b", text);
            case "AX", "DX" -> new Operand('F', "w", text);
            case "EAX" -> new Operand('F', "d", text);
            case "RAX" -> new Operand('F', "q", text);
            case "rAX" -> new Operand('F', "v", text);
            case "eAX" -> new Operand('F', "z", text);
            case "1" -> new Operand('1', "b", text);
            case "ST0" -> new Operand('t', "t", text);
            case "STi" -> new Operand('T', "t", text);
            case "XMM0" -> new Operand('v', "dq", text);
            case "BXAL" -> new Operand('x', "b", text);
            default ->
                SELECTORS.contains(text)
                        ? new Operand('s', "w", text)
                        : new Operand(text.charAt(0), text.substring(1), text);
        };
        if (PLACES.indexOf(operand.place) < 0 || !SIZES.contains(operand.size)) {
            throw new Refusal("operand " + text + ": no such kind");
        }
        return operand;
    }

    /// In general registers or memory through ModRM.
    boolean isGeneralRm() {
        return place == 'E';
    }

    boolean isVector() {
        return place == 'V' || place == 'W' || place == 'U' || place == 'v';
    }

    /// A 64-bit vector register, or memory: MMX.
    boolean isMmx() {
        return place == 'P' || place == 'Q' || place == 'N';
    }

    boolean isImmediate() {
        return place == 'I' || place == '1';
    }

    boolean isString() {
        return place == 'X' || place == 'Y';
    }

    /// Whether ModRM may say memory.
    boolean mayBeMemory() {
        return place == 'E' || place == 'W' || place == 'Q' || place == 'M' || place == 'O';
    }

    /// Whether ModRM is read to find it.
    boolean usesModrm() {
        return "EGMVWURTSPQNBCD".indexOf(place) >= 0;
    }

    /// A numbered register: general, fixed, in the opcode or in VEX.
    boolean isGeneralRegister(boolean memory) {
        return place == 'G' || place == 'Z' || place == 'F' || place == 'R' || place == 'B' || place == 'E' && !memory;
    }

    boolean inMemory(boolean memory) {
        return place == 'M' || place == 'O' || memory && mayBeMemory();
    }

    /// Whether the operand's width follows the operand size.
    boolean isSized() {
        return size.equals("v") || size.equals("bit") || size.equals("z") && !isImmediate() && place != 'J';
    }

    /// Its width in bits at an operand size; 0 where it has none.
    int width(int bits) {
        return switch (size) {
            case "b" -> 8;
            case "w" -> 16;
            case "d" -> 32;
            case "q", "qz" -> 64;
            case "v", "bit" -> bits;
            case "z" -> Math.min(bits, 32);
            case "y" -> bits == 64 ? 64 : 32;
            case "dq" -> 128;
            default -> 0;
        };
    }

    /// Its part of a form's name.
    String shape(int bits, boolean memory) {
        String width = width(bits) == 0 ? "" : String.valueOf(width(bits));
        if (inMemory(memory)) {
            return "M" + width + (size.equals("bit") ? "Bit" : "");
        }
        return switch (place) {
            case 'I', '1' -> "I";
            case 'J' -> "";
            case 'V', 'W', 'U', 'v' -> "V" + width + (size.equals("qz") ? "z" : "");
            case 'P', 'Q', 'N' -> "P" + width;
            case 'X', 'Y' -> place + width;
            case 'T' -> "T";
            case 't' -> "T0";
            case 'S' -> "S";
            case 's', 'x' -> text;
            default -> "R" + width;
        };
    }
}
