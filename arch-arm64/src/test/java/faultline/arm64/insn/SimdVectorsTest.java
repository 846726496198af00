package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Vector instructions with what qemu-aarch64 leaves behind them.
///
/// A line is `word seed fpsr`, then every register and byte of memory that has changed. The seed
/// gives what was there before ([SimdCase]).
class SimdVectorsTest {

    @Test
    void leaveWhatQemuLeaves() {
        A64Machine machine = new A64Machine();
        List<String> lines = Lines.of("simd-vectors.txt");
        assertThat(lines).hasSizeGreaterThan(250);
        List<String> different = new ArrayList<>();
        for (String line : lines) {
            String[] columns = line.split(" ", 3);
            int word = Integer.parseUnsignedInt(columns[0], 16);
            SimdCase before = SimdCase.of(word, Long.parseLong(columns[1]));
            machine.load(word);
            before.into(machine);
            machine.run();
            String found = machine.stop.equals("syscall") ? before.changes(machine) : machine.stop;
            if (!found.equals(columns[2])) {
                different.add(line + "\n    found " + found);
            }
        }
        assertThat(different).isEmpty();
    }
}
