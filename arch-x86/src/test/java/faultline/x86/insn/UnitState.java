package faultline.x86.insn;

import faultline.x86.cpu.X86Cpu;
import java.util.List;
import java.util.Map;

/// The vector and floating-point state of vectors, by the keys that
/// `src/test/native/table-vectors.c` describes.
final class UnitState {

    private UnitState() {}

    /// Gives a thread the state before a vector's instruction.
    static void setUp(X86Cpu cpu, Map<String, Long> before) {
        for (int n = 0; n < 16; n++) {
            cpu.v[2 * n] = value(before, "x" + n + "l");
            cpu.v[2 * n + 1] = value(before, "x" + n + "h");
        }
        cpu.sse.mxcsr = (int) value(before, "mx");
        cpu.fpControl = (int) value(before, "cw");
        X87.setStatus(cpu, (int) value(before, "sw"));
        cpu.fpStatus = (int) value(before, "sw") & ~0x3800;
        cpu.fpEmpty = ~(int) value(before, "tw") & 0xff;
        cpu.fpOpcode = (int) value(before, "op");
        cpu.fpInstruction = value(before, "ip");
        cpu.fpData = value(before, "dp");
        for (int i = 0; i < 8; i++) {
            int register = X87.physical(cpu, i);
            cpu.fpMantissa[register] = value(before, "s" + i + "m");
            cpu.fpSignExponent[register] = (int) value(before, "s" + i + "e");
        }
    }

    /// Adds to `differences` where a thread's state is not the one behind the vector's instruction.
    static void compare(X86Cpu cpu, Map<String, Long> before, Map<String, Long> after, List<String> differences) {
        for (int n = 0; n < 16; n++) {
            compare("x" + n + "l", cpu.v[2 * n], before, after, differences);
            compare("x" + n + "h", cpu.v[2 * n + 1], before, after, differences);
        }
        compare("mx", cpu.sse.mxcsr, before, after, differences);
        compare("cw", cpu.fpControl, before, after, differences);
        compare("sw", X87.status(cpu), before, after, differences);
        compare("tw", ~cpu.fpEmpty & 0xff, before, after, differences);
        compare("op", cpu.fpOpcode, before, after, differences);
        compare("ip", cpu.fpInstruction, before, after, differences);
        compare("dp", cpu.fpData, before, after, differences);
        for (int i = 0; i < 8; i++) {
            compare("s" + i + "m", X87.m(cpu, i), before, after, differences);
            compare("s" + i + "e", X87.se(cpu, i), before, after, differences);
        }
    }

    private static void compare(
            String key, long found, Map<String, Long> before, Map<String, Long> after, List<String> differences) {
        Long expected = after.get(key);
        if (found != (expected == null ? value(before, key) : expected)) {
            differences.add(String.format(
                    "%s is %x instead of %x", key, found, expected == null ? value(before, key) : expected));
        }
    }

    private static long value(Map<String, Long> state, String key) {
        Long given = state.get(key);
        return given == null ? standard(key) : given;
    }

    private static long standard(String key) {
        return switch (key.charAt(0)) {
            case 'x' -> {
                long low = 0x0202020202020202L * (Integer.parseInt(key.substring(1, key.length() - 1)) + 1);
                yield key.endsWith("l") ? low : ~low;
            }
            case 'm' -> 0x1f80;
            case 'c' -> 0x37f;
            default -> 0;
        };
    }
}
