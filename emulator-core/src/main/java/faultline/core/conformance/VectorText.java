package faultline.core.conformance;

import java.util.HexFormat;
import java.util.List;

/// A test vector as one line of text:
///
/// ```
/// CODE | BEFORE | AFTER [| OPEN]
/// ```
///
/// | part | holds |
/// |---|---|
/// | CODE | the bytes of the code |
/// | BEFORE | `word=value` where a word is not standard, `@address=bytes` for memory |
/// | AFTER | the same for what changed; the program counter unless it is behind the code (completed) or at it |
/// | OPEN | `word=mask` and `@address=mask` for bits that do not count, `word~rule` for what need not be exact |
///
/// Everything is hexadecimal.
public final class VectorText {

    private static final HexFormat HEX = HexFormat.of();

    private final StateLayout layout;

    public VectorText(StateLayout layout) {
        this.layout = layout;
    }

    public String format(TestVector vector) {
        StringBuilder line = new StringBuilder(HEX.formatHex(vector.code)).append(" |");
        for (int i = 0; i < layout.size(); i++) {
            if (vector.before[i] != layout.standard(i)) {
                append(line, i, '=', vector.before[i]);
            }
        }
        append(line, vector.memoryBefore);
        line.append(" |");
        for (int i = 0; i < layout.size(); i++) {
            long same = i == layout.pc() ? usualEnd(vector) : vector.before[i];
            long counts = vector.tolerances.isEmpty() ? ~vector.undefined[i] : -1;
            if (((vector.after[i] ^ same) & counts) != 0) {
                append(line, i, '=', vector.after[i]);
            }
        }
        append(line, vector.memoryAfter);
        appendOpen(line, vector);
        return line.toString();
    }

    /// Where a vector ends unless it says otherwise.
    private long usualEnd(TestVector vector) {
        return vector.before[layout.pc()] + (vector.after[layout.ending()] == 0 ? vector.code.length : 0);
    }

    private void appendOpen(StringBuilder line, TestVector vector) {
        int start = line.length();
        for (int i = 0; i < layout.size(); i++) {
            if (vector.undefined[i] != 0) {
                append(line, i, '=', vector.undefined[i]);
            }
        }
        append(line, vector.memoryUndefined);
        vector.tolerances.forEach(tolerance ->
                line.append(' ').append(tolerance.word()).append('~').append(tolerance.rule()));
        if (line.length() > start) {
            line.insert(start, " |");
        }
    }

    private void append(StringBuilder line, int word, char sign, long value) {
        line.append(' ').append(layout.name(word)).append(sign).append(Long.toHexString(value));
    }

    private static void append(StringBuilder line, List<MemoryRun> runs) {
        for (MemoryRun run : runs) {
            line.append(" @").append(Long.toHexString(run.at())).append('=').append(HEX.formatHex(run.bytes()));
        }
    }

    /// Reads a line.
    ///
    /// @throws IllegalArgumentException with what is wrong, if it is none
    public TestVector parse(String line) {
        String[] parts = line.split("\\|", -1);
        if (parts.length < 3 || parts.length > 4) {
            throw new IllegalArgumentException("'" + shorten(line) + "': expected CODE | BEFORE | AFTER [| OPEN]");
        }
        TestVector vector = new TestVector(layout);
        vector.code = bytes(parts[0].strip());
        if (vector.code.length == 0 || vector.code.length > TestMemory.LONGEST_CODE) {
            throw new IllegalArgumentException(
                    "'" + shorten(line) + "': expected 1 to " + TestMemory.LONGEST_CODE + " bytes of code");
        }
        state(parts[1], vector.before, vector.memoryBefore, vector);
        System.arraycopy(vector.before, 0, vector.after, 0, vector.after.length);
        vector.after[layout.pc()] = Long.MIN_VALUE;
        state(parts[2], vector.after, vector.memoryAfter, vector);
        if (vector.after[layout.pc()] == Long.MIN_VALUE) {
            vector.after[layout.pc()] = usualEnd(vector);
        }
        if (parts.length > 3) {
            state(parts[3], vector.undefined, vector.memoryUndefined, vector);
        }
        for (MemoryRun run : vector.memoryBefore) {
            requireWritable(run);
        }
        for (MemoryRun run : vector.memoryAfter) {
            requireWritable(run);
        }
        return vector;
    }

    private static void requireWritable(MemoryRun run) {
        if (!TestMemory.isWritable(run.at(), run.bytes().length)) {
            throw new IllegalArgumentException(
                    "@" + Long.toHexString(run.at()) + ": is not in memory that vectors may write");
        }
    }

    private void state(String text, long[] words, List<MemoryRun> memory, TestVector vector) {
        for (String item : text.strip().split(" +")) {
            int sign = Math.max(item.indexOf('='), item.indexOf('~'));
            if (item.isEmpty()) {
                continue;
            }
            if (sign < 1) {
                throw new IllegalArgumentException("'" + shorten(item) + "': expected word=value");
            }
            String name = item.substring(0, sign);
            String value = item.substring(sign + 1);
            if (item.charAt(sign) == '~') {
                vector.tolerances.add(new TestVector.Tolerance(name, value));
            } else if (name.charAt(0) == '@') {
                memory.add(new MemoryRun(number(name.substring(1)), bytes(value)));
            } else {
                words[layout.index(name)] = number(value);
            }
        }
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + shorten(text) + "': expected a hexadecimal number");
        }
    }

    private static byte[] bytes(String text) {
        try {
            return HEX.parseHex(text);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("'" + shorten(text) + "': expected bytes in hexadecimal");
        }
    }

    private static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
