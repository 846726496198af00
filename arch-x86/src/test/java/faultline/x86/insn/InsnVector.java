package faultline.x86.insn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// One line of a vector file: an instruction, the state before it and what it changed. The format,
/// and the defaults of what a line does not say, are described in `src/test/native/insn-vectors.c`,
/// which writes the files.
record InsnVector(
        int line,
        String form,
        byte[] code,
        Map<String, Long> before,
        Map<String, Long> after,
        long undefined,
        List<Bytes> memoryBefore,
        List<Bytes> memoryAfter) {

    /// Bytes at an address.
    record Bytes(long at, byte[] value) {}

    static List<InsnVector> parse(List<String> lines) {
        List<InsnVector> vectors = new ArrayList<>();
        String form = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("# ")) {
                form = line.substring(2);
            } else if (!line.isBlank()) {
                vectors.add(parse(i + 1, form, line.split("\\|", -1)));
            }
        }
        return vectors;
    }

    private static InsnVector parse(int line, String form, String[] parts) {
        List<Bytes> memoryBefore = new ArrayList<>();
        List<Bytes> memoryAfter = new ArrayList<>();
        return new InsnVector(
                line,
                form,
                HexFormat.of().parseHex(parts[0].strip()),
                state(parts[1], memoryBefore),
                state(parts[2], memoryAfter),
                parts.length > 3 ? Long.parseUnsignedLong(parts[3].strip(), 16) : 0,
                memoryBefore,
                memoryAfter);
    }

    private static Map<String, Long> state(String text, List<Bytes> memory) {
        Map<String, Long> values = new HashMap<>();
        for (String item : text.strip().split(" ")) {
            int equals = item.indexOf('=');
            if (item.startsWith("@")) {
                long at = Long.parseUnsignedLong(item.substring(1, equals), 16);
                memory.add(new Bytes(at, HexFormat.of().parseHex(item.substring(equals + 1))));
            } else if (equals > 0) {
                values.put(item.substring(0, equals), Long.parseUnsignedLong(item.substring(equals + 1), 16));
            }
        }
        return values;
    }

    boolean traps() {
        return after.containsKey("trap");
    }

    @Override
    public String toString() {
        return "line " + line + ": " + form + ": " + HexFormat.of().formatHex(code);
    }
}
