package faultline.x86.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row's encoding and operands, taken apart (the notation is that of
/// [faultline.core.isa.OpcodeMap]).
final class RowEncoding {

    /// An operand kind of the opcode map: where it is encoded and how wide it is. Fixed registers
    /// have the place `F`.
    record Operand(char place, String size) {

        boolean isMemoryOnly() {
            return place == 'M';
        }

        boolean mayBeMemory() {
            return "EWQM".indexOf(place) >= 0;
        }

        boolean isGeneral() {
            return "EGBZR".indexOf(place) >= 0;
        }

        boolean isVector() {
            return "VWU".indexOf(place) >= 0;
        }

        boolean isMmx() {
            return "PQN".indexOf(place) >= 0;
        }

        /// The width in bytes with an operand size of `bits`.
        int bytes(int bits) {
            return switch (size) {
                case "b", "bit" -> 1;
                case "w" -> 2;
                case "d" -> 4;
                case "q", "qz" -> 8;
                case "dq" -> 16;
                case "t" -> 10;
                case "env" -> 512;
                case "y" -> bits == 64 ? 8 : 4;
                case "z" -> bits == 16 ? 2 : 4;
                case "v" -> bits / 8;
                default -> 16;
            };
        }
    }

    final InsnTable.Row row;
    final List<Operand> operands = new ArrayList<>();
    final List<String> immediates = new ArrayList<>();

    boolean vex;
    boolean noPrefix;

    /// The mandatory prefix, or 0.
    int prefix;

    /// 0 to 3.
    int map;

    int opcode;
    boolean plusRegister;
    boolean plusCondition;
    boolean modrm;

    /// The opcode digit, the exact ModRM byte, REX.W and VEX.L that are asked for, or -1.
    int digit = -1;

    int exact = -1;
    int w = -1;
    int l = -1;
    boolean memoryOnly;

    /// Whether the operand is an offset with a selector.
    final boolean farPointer;

    boolean registerOnly;

    RowEncoding(InsnTable.Row row) {
        this.row = row;
        boolean opcodeRead = false;
        for (String token : row.encoding().split(" ")) {
            opcodeRead = hexadecimal(token) ? number(token, opcodeRead) : word(token, opcodeRead);
        }
        farPointer = row.assembly().contains(" far ")
                || row.assembly().startsWith("l") && row.chapter().equals("SegmentRegister");
        String assembly = row.assembly().replace(" far ", " ");
        int space = assembly.indexOf(' ');
        if (space >= 0) {
            for (String operand : assembly.substring(space + 1).split(",")) {
                operands.add(operand(operand.strip()));
            }
        }
        memoryOnly |= operands.stream().anyMatch(Operand::isMemoryOnly);
        registerOnly |= exact >= 0;
    }

    private static boolean hexadecimal(String token) {
        return token.matches("[0-9A-F]{2}(\\+r|\\+cc)?");
    }

    /// Reads a byte; returns whether the opcode is read by now.
    private boolean number(String token, boolean opcodeRead) {
        int value = Integer.parseInt(token.substring(0, 2), 16);
        plusRegister |= token.endsWith("+r");
        plusCondition |= token.endsWith("+cc");
        if (opcodeRead) {
            exact = value;
            return true;
        }
        if (map == 0 && (value == 0x66 || value == 0xf2 || value == 0xf3)) {
            prefix = value;
        } else if (map == 0 && value == 0x0f) {
            map = 1;
        } else if (map == 1 && (value == 0x38 || value == 0x3a)) {
            map = value == 0x38 ? 2 : 3;
        } else {
            opcode = value;
            return true;
        }
        return false;
    }

    private boolean word(String token, boolean opcodeRead) {
        switch (token) {
            case "VEX" -> vex = true;
            case "NP" -> noPrefix = true;
            // Only the repeat prefixes are refused, which no case of such a row has.
            case "NFx" -> {}
            case "/r" -> modrm = true;
            case "mem" -> memoryOnly = true;
            case "reg" -> registerOnly = true;
            case "W0", "W1" -> w = token.charAt(1) - '0';
            case "L0", "L1" -> l = token.charAt(1) - '0';
            case "ib", "iw", "iz", "iv", "cb", "cz" -> immediates.add(token);
            default -> {
                if (token.charAt(0) == '/') {
                    modrm = true;
                    digit = token.charAt(1) - '0';
                } else if (token.charAt(0) != '?') {
                    throw new IllegalStateException("conformance: '" + token + "' in the row " + row.text());
                }
            }
        }
        return opcodeRead;
    }

    private static Operand operand(String text) {
        return switch (text) {
            case "AL", "CL", "1" -> new Operand('F', "b");
            case "AX", "DX" -> new Operand('F', "w");
            case "EAX" -> new Operand('F', "d");
            case "rAX", "eAX" -> new Operand('F', "v");
            case "XMM0" -> new Operand('v', "dq");
            case "BXAL", "ST0", "STi", "ES", "CS", "SS", "DS", "FS", "GS", "CRn", "DRn" -> new Operand('F', text);
            default -> new Operand(text.charAt(0), text.substring(1));
        };
    }

    String mnemonic() {
        return row.mnemonic();
    }

    boolean hasEffect(String word) {
        return (" " + row.effects() + " ").contains(" " + word + " ");
    }

    /// Moves from and to control and debug registers.
    boolean isPrivilegedMove() {
        return map == 1 && opcode >> 2 == 0x20 >> 2;
    }

    boolean isX87() {
        return map == 0 && opcode >= 0xd8 && opcode <= 0xdf;
    }

    boolean isMmx() {
        return operands.stream().anyMatch(Operand::isMmx) || mnemonic().equals("emms");
    }

    boolean isVector() {
        return operands.stream().anyMatch(Operand::isVector);
    }

    /// Whether 16, 32 and 64 bits are told apart by 66 and REX.W.
    boolean isSized() {
        return operands.stream()
                        .anyMatch(o -> o.size().equals("v")
                                || o.size().equals("z")
                                || o.size().equals("bit"))
                || operands.isEmpty() && map == 0 && !isX87();
    }

    boolean isSizedByW() {
        return operands.stream().anyMatch(o -> o.size().equals("y"));
    }

    /// The operand that may be in memory, or null.
    @Nullable
    Operand memoryOperand() {
        for (Operand operand : operands) {
            if (operand.mayBeMemory()) {
                return operand;
            }
        }
        return null;
    }
}
