package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Exclusive, ordered and atomic accesses with what qemu-aarch64 leaves behind them.
class AtomicVectorsTest {

    private static final long AT = A64Machine.BUFFER + 0x40;

    @Test
    void leaveWhatQemuLeaves() {
        A64Machine machine = new A64Machine();
        List<String> lines = Lines.of("atomics.txt");
        assertThat(lines).hasSizeGreaterThan(200);
        List<String> different = new ArrayList<>();
        for (String line : lines) {
            List<Long> columns = Arrays.stream(line.split(" "))
                    .map(column -> Long.parseUnsignedLong(column, 16))
                    .toList();
            int first = columns.get(0).intValue();
            int word = columns.get(1).intValue();
            if (first == 0) {
                machine.load(word);
            } else {
                machine.load(first, word);
            }
            machine.cpu.x[0] = AT;
            for (int i = 0; i < 4; i++) {
                machine.cpu.x[2 + i] = columns.get(2 + i);
            }
            machine.memory.store64(AT, columns.get(6));
            machine.memory.store64(AT + 8, columns.get(7));
            machine.run();
            List<Long> found = List.of(
                    machine.cpu.x[2],
                    machine.cpu.x[3],
                    machine.cpu.x[4],
                    machine.cpu.x[5],
                    machine.memory.load64(AT),
                    machine.memory.load64(AT + 8));
            if (!machine.stop.equals("syscall") || !found.equals(columns.subList(8, 14))) {
                different.add(line + "\n    " + machine.stop + " found "
                        + found.stream().map(Long::toHexString).toList());
            }
        }
        assertThat(different).isEmpty();
    }
}
