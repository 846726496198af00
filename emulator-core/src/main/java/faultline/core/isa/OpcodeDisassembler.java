package faultline.core.isa;

import faultline.core.arch.Disassembler;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Assembly text in the manual's operand order, spelt as `objdump -M intel` spells it.
///
/// Text comes from the assembly column of the row that the decoder matched: there is no second
/// table to be wrong.
public final class OpcodeDisassembler implements Disassembler {

    private static final int NO_REGISTER = 16;

    /// The segments a string instruction reads from and writes to.
    private static final String SOURCE = "ds:[%s]";

    private static final String DESTINATION = "es:[%s]";
    private static final int TABLE = 3;
    private static final int SOURCE_INDEX = 6;
    private static final int DESTINATION_INDEX = 7;

    /// What a far pointer has behind its offset.
    private static final int SELECTOR_BITS = 16;

    private final OpcodeDecoder decoder;
    private final OpcodeNames names;

    public OpcodeDisassembler(OpcodeDecoder decoder, OpcodeNames names) {
        this.decoder = decoder;
        this.names = names;
    }

    @Override
    public Line disassemble(byte[] bytes, int offset, int limit, long pc) {
        OpcodeInsn insn = decoder.scratch();
        if (!decoder.decode(bytes, offset, limit, pc, insn) || insn.row == null) {
            return new Line(1, ".byte", "0x" + HexFormat.of().toHexDigits(bytes[offset]));
        }
        OpcodeRow row = insn.row;
        String name = names(row, insn);
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < row.operands.length; i++) {
            operands.add(operand(insn, row, i));
        }
        // What assemblers pad with is shown as what it exchanges.
        if (insn.operand16 && (insn.rex & 8) == 0 && row.assembly.equals("nop")) {
            name = "xchg";
            operands = List.of("ax", "ax");
        }
        return new Line(insn.length, idle(bytes, offset) + prefixes(row, insn) + name, String.join(",", operands));
    }

    /// Prefixes that change nothing, as padding has them: all but the last 66, and the code
    /// segment.
    private static String idle(byte[] bytes, int offset) {
        StringBuilder text = new StringBuilder();
        boolean narrow = false;
        for (int at = offset; bytes[at] == 0x66 || bytes[at] == 0x2e; at++) {
            if (bytes[at] == 0x2e) {
                text.append("cs ");
            } else if (narrow) {
                text.insert(0, "data16 ");
            }
            narrow |= bytes[at] == 0x66;
        }
        return text.toString();
    }

    private static String prefixes(OpcodeRow row, OpcodeInsn insn) {
        StringBuilder text = new StringBuilder();
        if (insn.lock) {
            text.append("lock ");
        }
        if (row.has(OpcodeRow.REPEATS) && insn.repeat != 0) {
            boolean compares = row.mnemonic().equals("cmps") || row.mnemonic().equals("scas");
            text.append(insn.repeat == OpcodeInsn.REPEAT ? compares ? "repz " : "rep " : "repnz ");
        } else if (insn.repeat == OpcodeInsn.REPEAT_NOT && row.has(OpcodeRow.FORCED_64)) {
            text.append("bnd ");
        }
        return text.toString();
    }

    private String names(OpcodeRow row, OpcodeInsn insn) {
        String name = row.mnemonic();
        if (name.indexOf('/') > 0) {
            String[] bySize = name.split("/");
            return bySize[insn.bits == 16 ? 0 : insn.bits == 32 ? 1 : 2];
        }
        if (name.equals("jrcxz") && addressBits(insn) == 32) {
            return "jecxz";
        }
        if (row.has(OpcodeRow.CONDITION)) {
            return name.replace("{cc}", names.condition(insn.condition));
        }
        boolean wideImmediate = row.immediates.equals("v") && insn.bits == 64;
        boolean offset = false;
        for (OpcodeRow.Operand operand : row.operands) {
            offset |= operand.place() == 'O';
        }
        return wideImmediate || offset && addressBits(insn) == 64 ? "movabs" : name;
    }

    private String operand(OpcodeInsn insn, OpcodeRow row, int at) {
        OpcodeRow.Operand operand = row.operands[at];
        int bits = width(operand, insn);
        return switch (operand.place()) {
            case 'O' -> address(insn);
            case 'E', 'M', 'W', 'Q' -> insn.memory ? size(bits) + address(insn) : register(insn, operand, at);
            case 'I' -> immediate(insn, row, at);
            case 'J' -> Long.toHexString(insn.target);
            case '1' -> "1";
            case 'X' -> size(bits) + string(SOURCE, SOURCE_INDEX, insn);
            case 'Y' -> size(bits) + string(DESTINATION, DESTINATION_INDEX, insn);
            case 'x' -> size(bits) + string(SOURCE, TABLE, insn);
            case 's' -> operand.size().toLowerCase(Locale.ROOT);
            default -> register(insn, operand, at);
        };
    }

    private String register(OpcodeInsn insn, OpcodeRow.Operand operand, int at) {
        int number = insn.reg[at];
        return switch (operand.place()) {
            case 'V', 'W', 'U', 'v' -> names.vector(number);
            case 'P', 'Q', 'N' -> names.mmx(number);
            case 't' -> "st";
            case 'T' -> names.stack(number);
            case 'S' -> names.segment(number);
            case 'C' -> names.control(number);
            case 'D' -> names.debug(number);
            default -> names.general(number, width(operand, insn), insn.shift[at] != 0);
        };
    }

    private static int width(OpcodeRow.Operand operand, OpcodeInsn insn) {
        return switch (operand.size()) {
            case "b" -> 8;
            case "w" -> 16;
            case "d" -> 32;
            case "q", "qz" -> 64;
            case "v", "bit" -> insn.bits;
            case "z" -> Math.min(insn.bits, 32);
            case "y" -> insn.bits == 64 ? 64 : 32;
            case "dq" -> 128;
            case "t" -> 80;
            case "p" -> insn.bits + SELECTOR_BITS;
            default -> 0;
        };
    }

    private static String size(int bits) {
        return switch (bits) {
            case 8 -> "BYTE PTR ";
            case 16 -> "WORD PTR ";
            case 32 -> "DWORD PTR ";
            case 48 -> "FWORD PTR ";
            case 64 -> "QWORD PTR ";
            case 80 -> "TBYTE PTR ";
            case 128 -> "XMMWORD PTR ";
            default -> "";
        };
    }

    private String immediate(OpcodeInsn insn, OpcodeRow row, int at) {
        OpcodeRow.Operand operand = row.operands[at];
        int bits = insn.isSignExtended() ? insn.bits : width(operand, insn);
        if (operand.size().equals("z") || operand.size().equals("v")) {
            bits = row.has(OpcodeRow.SIZED) ? insn.bits : 32;
        }
        long value = bits == 64 ? insn.imm[at] : insn.imm[at] & (1L << bits) - 1;
        return "0x" + Long.toHexString(value);
    }

    private static int addressBits(OpcodeInsn insn) {
        return (insn.special & OpcodeInsn.ADDRESS_32) != 0 ? 32 : 64;
    }

    private String string(String form, int register, OpcodeInsn insn) {
        String text = String.format(form, names.general(register, addressBits(insn), false));
        return form.equals(SOURCE) && !segment(insn).isEmpty() ? segment(insn) + text.substring(3) : text;
    }

    private static String segment(OpcodeInsn insn) {
        return (insn.special & OpcodeInsn.SEGMENT_FS) != 0
                ? "fs:"
                : (insn.special & OpcodeInsn.SEGMENT_GS) != 0 ? "gs:" : "";
    }

    private String address(OpcodeInsn insn) {
        int bits = addressBits(insn);
        boolean based = insn.base != NO_REGISTER || insn.pcRelative;
        boolean indexed = insn.index != NO_REGISTER;
        if (!based && !indexed) {
            String segment = segment(insn).isEmpty() ? "ds:" : segment(insn);
            return segment + "0x" + Long.toHexString(bits == 32 ? insn.disp & 0xffffffffL : insn.disp);
        }
        StringBuilder text = new StringBuilder(segment(insn)).append('[');
        if (based) {
            text.append(insn.pcRelative ? names.programCounter(bits == 32) : names.general(insn.base, bits, false));
        }
        if (indexed) {
            text.append(based ? "+" : "").append(names.general(insn.index, bits, false));
            text.append('*').append(1 << insn.scale);
        }
        long disp = insn.encodedDisplacement();
        if (disp < 0 && !insn.pcRelative) {
            text.append("-0x").append(Long.toHexString(-disp));
        } else if (disp != 0 || insn.hasDisplacement()) {
            text.append("+0x").append(Long.toHexString(disp));
        }
        return text.append(']').toString();
    }
}
