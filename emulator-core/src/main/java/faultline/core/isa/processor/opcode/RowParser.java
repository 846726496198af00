package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses `encoding | assembly | effects` of the opcode map's notation.
final class RowParser {

    private static final Set<String> WORDS = Set.of(
            "lock", "locked", "rep", "repz", "d64", "f64", "eapop", "unaligned", "syscall", "ends", "waits", "x87");

    private final Set<String> features;
    private final Set<String> kinds;

    // The encoding under construction.
    private int map;
    private int opcode;
    private int opcodes;
    private Row.Prefix prefix = Row.Prefix.ANY;
    private boolean modrm;
    private int digit;
    private int exact;
    private Row.Mod mod = Row.Mod.ANY;
    private int w;
    private int l;
    private boolean vex;
    private @Nullable String feature;
    private final StringBuilder immediates = new StringBuilder();

    RowParser(Set<String> features, Set<String> kinds) {
        this.features = features;
        this.kinds = kinds;
    }

    Row parse(String text, Meaning meaning) {
        String[] columns = text.split("\\|", -1);
        if (columns.length < 2 || columns.length > 3) {
            throw new Refusal("row needs encoding | assembly | effects");
        }
        encoding(columns[0].strip());
        if (vex && (map == 0 || prefix == Row.Prefix.ANY)) {
            throw new Refusal("VEX: names a map from 1 on and one of NP, 66, F3, F2");
        }
        String assembly = columns[1].strip();
        List<Operand> operands = operands(assembly);
        Effects effects = Effects.parse(columns.length == 3 ? columns[2] : "", WORDS, kinds);
        if (!vex && (l >= 0 || operands.stream().anyMatch(o -> o.place() == 'B'))) {
            throw new Refusal("L0, L1 and operands B are in a VEX prefix");
        }
        boolean needsModrm = modrm || operands.stream().anyMatch(Operand::usesModrm);
        if (needsModrm && !modrm) {
            throw new Refusal("an operand is in ModRM, but the encoding has no /r, digit or ModRM byte");
        }
        long places = operands.stream().filter(o -> o.place() == 'I').count();
        long given = immediates.chars().filter(c -> c != 'B' && c != 'Z').count();
        if (places != given) {
            throw new Refusal("encoding has " + given + " immediates, assembly " + places);
        }
        boolean branch = operands.stream().anyMatch(o -> o.place() == 'J');
        if (branch != immediates.chars().anyMatch(c -> c == 'B' || c == 'Z')) {
            throw new Refusal("a branch operand J needs cb or cz, and these need it");
        }
        return new Row(
                text,
                vex ? map + Row.VEX_MAPS : map,
                opcode,
                opcodes,
                prefix,
                modrm,
                digit,
                exact,
                mod,
                w,
                l,
                feature,
                immediates.toString(),
                assembly,
                operands,
                effects,
                meaning);
    }

    private static List<Operand> operands(String assembly) {
        List<Operand> operands = new ArrayList<>();
        int space = assembly.startsWith("call far ") || assembly.startsWith("jmp far ")
                ? assembly.lastIndexOf(' ')
                : assembly.indexOf(' ');
        if (space > 0) {
            for (String part : assembly.substring(space).split(",")) {
                operands.add(Operand.of(part.strip()));
            }
        }
        if (operands.size() > 4) {
            throw new Refusal("more than four operands");
        }
        return List.copyOf(operands);
    }

    private void encoding(String text) {
        reset();
        String[] tokens = text.split("\\s+");
        int at = prefixes(tokens);
        at = opcode(tokens, at);
        for (; at < tokens.length; at++) {
            suffix(tokens[at]);
        }
    }

    private void reset() {
        map = 0;
        opcodes = 1;
        prefix = Row.Prefix.ANY;
        modrm = false;
        digit = -1;
        exact = -1;
        mod = Row.Mod.ANY;
        w = -1;
        l = -1;
        vex = false;
        feature = null;
        immediates.setLength(0);
    }

    private int prefixes(String[] tokens) {
        int at = 0;
        for (; at < tokens.length; at++) {
            switch (tokens[at]) {
                case "66" -> prefix = Row.Prefix.P66;
                case "F3" -> prefix = Row.Prefix.PF3;
                case "F2" -> prefix = Row.Prefix.PF2;
                case "NP" -> prefix = Row.Prefix.NONE;
                case "NFx" -> prefix = Row.Prefix.NO_REPEAT;
                case "VEX" -> vex = true;
                default -> {
                    return at;
                }
            }
        }
        return at;
    }

    private int opcode(String[] tokens, int start) {
        int at = start;
        if (at < tokens.length - 1 && tokens[at].equals("0F")) {
            map = 1;
            at++;
            if (at < tokens.length - 1 && (tokens[at].equals("38") || tokens[at].equals("3A"))) {
                map = tokens[at].equals("38") ? 2 : 3;
                at++;
            }
        }
        if (at >= tokens.length) {
            throw new Refusal("encoding has no opcode");
        }
        String token = tokens[at];
        if (token.endsWith("+r")) {
            opcodes = 8;
            token = token.substring(0, token.length() - 2);
        } else if (token.endsWith("+cc")) {
            opcodes = 16;
            token = token.substring(0, token.length() - 3);
        }
        opcode = hex(token);
        return at + 1;
    }

    private static int hex(String token) {
        if (!token.matches("[0-9A-F]{2}")) {
            throw new Refusal("encoding token " + token + ": unknown");
        }
        return Integer.parseInt(token, 16);
    }

    private void suffix(String token) {
        switch (token) {
            case "/r" -> modrm = true;
            case "mem" -> mod = Row.Mod.MEMORY;
            case "reg" -> mod = Row.Mod.REGISTER;
            case "W0" -> w = 0;
            case "W1" -> w = 1;
            case "L0" -> l = 0;
            case "L1" -> l = 1;
            case "ib" -> immediates.append('b');
            case "iw" -> immediates.append('w');
            case "iz" -> immediates.append('z');
            case "iv" -> immediates.append('v');
            case "cb" -> immediates.append('B');
            case "cz" -> immediates.append('Z');
            default -> other(token);
        }
    }

    private void other(String token) {
        if (token.matches("/[0-7]")) {
            modrm = true;
            digit = token.charAt(1) - '0';
        } else if (token.startsWith("?")) {
            feature = token.substring(1);
            if (!features.contains(feature)) {
                throw new Refusal("feature " + feature + ": no CPU model knows it");
            }
        } else {
            modrm = true;
            exact = hex(token);
            if (exact < 0xc0) {
                throw new Refusal("ModRM byte " + token + ": an exact byte has mod=3");
            }
        }
    }
}
