package faultline.core.isa;

import org.jspecify.annotations.Nullable;

/// One table row at run time: what bytes it matches, where its operands are, which exec forms it
/// has.
///
/// Made by generated code when its opcode is first decoded. `assembly` is the row's own text.
public final class OpcodeRow {

    // Mandatory prefix.
    public static final int ANY = 0;
    public static final int NONE = 1;
    public static final int P66 = 2;
    public static final int PF3 = 3;
    public static final int PF2 = 4;
    public static final int NO_REPEAT = 5;

    // What must hold, as bits of `match`: prefix in bits 0-2, then
    public static final int MODRM = 1 << 3;
    public static final int MEMORY = 1 << 4;
    public static final int REGISTER = 1 << 5;
    public static final int W0 = 1 << 6;
    public static final int W1 = 1 << 7;
    public static final int B0 = 1 << 8;
    /// Bits 9-11 are the opcode digit.
    public static final int DIGIT = 1 << 12;
    /// Bits 13-20 are the ModRM byte.
    public static final int EXACT = 1 << 21;

    public static final int L0 = 1 << 22;
    public static final int L1 = 1 << 23;

    // What else is to know, as bits of `how`.
    public static final int SIZED = 1;
    public static final int SIZED_Y = 1 << 1;
    public static final int DEFAULT_64 = 1 << 2;
    public static final int FORCED_64 = 1 << 3;
    public static final int LOCKABLE = 1 << 4;
    public static final int CONDITION = 1 << 5;
    public static final int CONDITION_FORMS = 1 << 6;
    public static final int ENDS_BLOCK = 1 << 7;
    /// The address is formed after the stack pointer was incremented by the operand's width.
    public static final int POPS = 1 << 8;

    public static final int REPEATS = 1 << 9;

    final int match;
    final int how;
    final @Nullable String feature;
    final String assembly;
    final String immediates;
    final Operand[] operands;
    final int[] forms;

    /// `immediates` is the encoding's immediate tokens in order, one letter each; `operands` the
    /// operand kinds in order, separated by commas; `forms` are indexed by size, memory and lock
    /// (see [OpcodeDecoder]).
    public OpcodeRow(
            int match,
            int how,
            @Nullable String feature,
            String assembly,
            String immediates,
            String operands,
            int... forms) {
        this.match = match;
        this.how = how;
        this.feature = feature;
        this.assembly = assembly;
        this.immediates = immediates;
        this.forms = forms;
        this.operands = Operand.list(operands);
    }

    /// Whether an operand is in a place.
    boolean hasOperand(char place) {
        for (Operand operand : operands) {
            if (operand.place() == place) {
                return true;
            }
        }
        return false;
    }

    boolean has(int bit) {
        return (how & bit) != 0;
    }

    /// The row's text between its bars.
    public String assembly() {
        return assembly;
    }

    /// The mnemonic with `{cc}` in it where the row has a condition.
    public String mnemonic() {
        int space = assembly.indexOf(' ');
        return space < 0 ? assembly : assembly.substring(0, space);
    }

    /// An operand kind of the opcode map: where it is encoded and how wide it is.
    record Operand(char place, String size, int fixed) {

        static Operand[] list(String text) {
            if (text.isEmpty()) {
                return new Operand[0];
            }
            String[] parts = text.split(",");
            Operand[] operands = new Operand[parts.length];
            for (int i = 0; i < parts.length; i++) {
                operands[i] = of(parts[i].strip());
            }
            return operands;
        }

        /// Parses `Ev`, `AL`, `rAX`, `1`, `STi` …
        static Operand of(String text) {
            return switch (text) {
                case "AL" -> new Operand('F', "b", 0);
                case "CL" -> new Operand('F', "b", 1);
                case "AX" -> new Operand('F', "w", 0);
                case "DX" -> new Operand('F', "w", 2);
                case "EAX" -> new Operand('F', "d", 0);
                case "RAX" -> new Operand('F', "q", 0);
                case "rAX" -> new Operand('F', "v", 0);
                case "eAX" -> new Operand('F', "z", 0);
                case "1" -> new Operand('1', "b", 1);
                case "BXAL" -> new Operand('x', "b", 0);
                case "ES", "CS", "SS", "DS", "FS", "GS" -> new Operand('s', text, 0);
                case "ST0" -> new Operand('t', "t", 0);
                case "XMM0" -> new Operand('v', "dq", 0);
                case "STi" -> new Operand('T', "t", 0);
                default -> new Operand(text.charAt(0), text.substring(1), 0);
            };
        }
    }
}
