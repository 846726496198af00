package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Floating-point instructions with the registers, flags and exceptions that qemu-aarch64 leaves
/// behind them.
///
/// A line is `word fpcr fpsr type seed`, then `ill`, or NZCV, FPSR and every register that has
/// changed. Type and seed give what was there before; see [FloatOperands].
class FloatVectorsTest {

    @Test
    void leaveWhatQemuLeaves() {
        List<String> lines = Lines.of("float-vectors.txt");
        assertThat(lines).hasSizeGreaterThan(2000);
        assertThat(different(lines)).isEmpty();
    }

    private static List<String> different(List<String> lines) {
        A64Machine machine = new A64Machine();
        List<String> different = new ArrayList<>();
        for (String line : lines) {
            String[] columns = line.split(" ", 6);
            FloatOperands before = FloatOperands.of(Integer.parseInt(columns[3]), Long.parseLong(columns[4]));
            machine.load(Integer.parseUnsignedInt(columns[0], 16));
            before.into(machine.cpu, Integer.parseInt(columns[1], 16), Integer.parseInt(columns[2], 16));
            machine.run();
            String found = switch (machine.stop) {
                case "syscall" -> before.changes(machine.cpu);
                case "UNDEFINED" -> "ill";
                default -> machine.stop;
            };
            if (!found.equals(columns[5])) {
                different.add(line + "\n    found " + found);
            }
        }
        return different;
    }

    /// Compares the lines of files, of any number.
    public static void main(String[] files) throws IOException {
        for (String file : files) {
            List<String> lines = Files.readAllLines(Path.of(file));
            List<String> different = different(lines);
            different.forEach(System.out::println);
            System.out.println(lines.size() + " lines, " + different.size() + " differ");
        }
    }
}
