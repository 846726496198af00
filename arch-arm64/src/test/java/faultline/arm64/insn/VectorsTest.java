package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.Nzcv;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Instructions with the registers, flags and memory that qemu-aarch64 leaves behind them.
///
/// A line is `word seed kind nzcv`, then every register and byte of memory that has changed. The
/// seed gives what was there before; kind 1 has a base register that points into the buffer. Behind
/// each word stands `add x28, x28, #1`, which branches over 8 bytes skip.
class VectorsTest {

    private static final int ADD = 0x9100079c;

    @Test
    void leaveWhatQemuLeaves() {
        leavesWhatQemuLeaves(A64Machine::run);
    }

    @Test
    void leaveWhatQemuLeavesWhenStepped() {
        leavesWhatQemuLeaves(A64Machine::runBySteps);
    }

    private static void leavesWhatQemuLeaves(Consumer<A64Machine> run) {
        A64Machine machine = new A64Machine();
        List<String> lines = Lines.of("vectors.txt");
        assertThat(lines).hasSizeGreaterThan(1000);
        List<String> different = new ArrayList<>();
        for (String line : lines) {
            String[] columns = line.split(" ", 4);
            int word = Integer.parseUnsignedInt(columns[0], 16);
            Before before = Before.of(Long.parseLong(columns[1]), word, columns[2].equals("1"));
            machine.load(word, ADD);
            before.into(machine);
            run.accept(machine);
            String found = machine.stop.equals("syscall") ? before.changes(machine) : machine.stop;
            if (!found.equals(columns[3])) {
                different.add(line + "\n    found " + found);
            }
        }
        assertThat(different).isEmpty();
    }

    /// What was there before.
    private record Before(long[] x, long sp, int nzcv, long[] buffer) {

        static Before of(long seed, int word, boolean memory) {
            Numbers numbers = new Numbers(seed);
            long[] x = new long[31];
            for (int n = 0; n < x.length; n++) {
                x[n] = numbers.value();
            }
            long sp = numbers.value();
            int nzcv = (int) numbers.mixed() & 15;
            if (memory) {
                int rn = word >> 5 & 31;
                int rm = word >> 16 & 31;
                if (rm < 31) {
                    x[rm] = (numbers.mixed() & 31) - ((word >> 13 & 7) == 2 ? 0 : 16);
                }
                long base = A64Machine.BUFFER + 0x800 + (numbers.mixed() & 15);
                if (rn == 31) {
                    sp = base & ~15L;
                } else {
                    x[rn] = base;
                }
            }
            long[] buffer = new long[A64Machine.BUFFER_BYTES / 8];
            for (int i = 0; i < buffer.length; i++) {
                buffer[i] = numbers.mixed();
            }
            return new Before(x, sp, nzcv, buffer);
        }

        void into(A64Machine machine) {
            System.arraycopy(x, 0, machine.cpu.x, 0, x.length);
            machine.cpu.x[A64Cpu.SP] = sp;
            Nzcv.setNzcv(machine.cpu, nzcv);
            for (int i = 0; i < buffer.length; i++) {
                machine.memory.store64(A64Machine.BUFFER + 8L * i, buffer[i]);
            }
        }

        String changes(A64Machine machine) {
            StringBuilder text = new StringBuilder(Long.toHexString(Nzcv.nzcv(machine.cpu)));
            for (int n = 0; n < x.length; n++) {
                if (machine.cpu.x[n] != x[n]) {
                    text.append(" x%d=%x".formatted(n, machine.cpu.x[n]));
                }
            }
            if (machine.cpu.x[A64Cpu.SP] != sp) {
                text.append(" sp=%x".formatted(machine.cpu.x[A64Cpu.SP]));
            }
            for (int i = 0; i < A64Machine.BUFFER_BYTES; i++) {
                byte was = (byte) (buffer[i / 8] >>> i % 8 * 8);
                byte is = machine.memory.load8(A64Machine.BUFFER + i);
                if (is != was) {
                    text.append(" m%x=%x".formatted(i, is));
                }
            }
            return text.toString();
        }
    }

    /// SplitMix64, and register values with interesting ones among them.
    private static final class Numbers {
        private long state;

        Numbers(long seed) {
            state = seed;
        }

        long mixed() {
            state += 0x9e3779b97f4a7c15L;
            long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            return z ^ z >>> 31;
        }

        long value() {
            long choice = mixed();
            long value = mixed();
            return switch ((int) choice & 7) {
                case 0 -> value & 15;
                case 1 -> -(value & 15);
                case 2 -> (int) value;
                case 3 -> value & 0xffffffffL;
                case 4 -> 1L << value;
                case 5 -> ~(1L << value);
                default -> value;
            };
        }
    }
}
