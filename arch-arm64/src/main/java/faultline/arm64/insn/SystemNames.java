package faultline.arm64.insn;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What assemblers call system registers and system instructions: the names of the Arm ARM (D23 and
/// C5), read from tables when first asked for.
final class SystemNames {

    /// Stands before a system instruction that takes no register.
    private static final String ALONE = "*";

    private SystemNames() {}

    /// A class of its own, so that only disassembly reads it.
    private static final class Registers {
        static final Map<Integer, String> NAMES = read("system-registers.txt");
    }

    /// Likewise.
    private static final class Operations {
        static final Map<Integer, String> NAMES = read("system-instructions.txt");
    }

    private static Map<Integer, String> read(String table) {
        Map<Integer, String> names = new HashMap<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SystemNames.class.getResourceAsStream(table), table), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    names.put(Integer.parseInt(line.substring(0, space), 16), line.substring(space + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /// The name of a register by `o0:op1:CRn:CRm:op2`, where op0 is 2 + o0.
    static String register(int number) {
        String name = Registers.NAMES.get(number);
        return name != null
                ? name
                : "s%d_%d_c%d_c%d_%d"
                        .formatted(
                                2 + (number >> 14), number >> 11 & 7, number >> 7 & 15, number >> 3 & 15, number & 7);
    }

    /// The name of a system instruction by `op1:CRn:CRm:op2`, or null.
    static @Nullable String operation(int number) {
        String name = Operations.NAMES.get(number);
        return name != null && name.startsWith(ALONE) ? name.substring(ALONE.length()) : name;
    }

    /// Whether it has a name, and an operand or none.
    static boolean isOperation(int number, boolean operand) {
        String name = Operations.NAMES.get(number);
        return name != null && name.startsWith(ALONE) != operand;
    }
}
