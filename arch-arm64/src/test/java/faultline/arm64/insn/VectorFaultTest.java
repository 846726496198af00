package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Loads and stores of vectors where memory ends in the middle: nothing has changed, and the fault
/// is that of the first byte that is not there (I1).
class VectorFaultTest {

    private static final long END = 4 << 20;

    private final A64Machine machine = new A64Machine();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3cc10400", // ldr q0, [x0], #16
                "acc10400", // ldp q0, q1, [x0], #32
                "6cc10400", // ldp d0, d1, [x0], #16
                "4cdf2000", // ld1 {v0.16b-v3.16b}, [x0], #64
                "4cdf8000", // ld2 {v0.16b, v1.16b}, [x0], #32
                "4cdf4000", // ld3 {v0.16b-v2.16b}, [x0], #48
                "4cdf0800", // ld4 {v0.4s-v3.4s}, [x0], #64
                "4dffa400", // ld4 {v0.d-v3.d}[1], [x0], #32
                "4dffec00", // ld4r {v0.2d-v3.2d}, [x0], #32
                "3c810400", // str q0, [x0], #16
                "ac810400", // stp q0, q1, [x0], #32
                "6c810400", // stp d0, d1, [x0], #16
                "4c9f2000", // st1 {v0.16b-v3.16b}, [x0], #64
                "4c9f8000", // st2 {v0.16b, v1.16b}, [x0], #32
                "4c9f4000", // st3 {v0.16b-v2.16b}, [x0], #48
                "4c9f0800", // st4 {v0.4s-v3.4s}, [x0], #64
                "4dbfa400" // st4 {v0.d-v3.d}[1], [x0], #32
            })
    void leaveEverythingAsItWas(String word) {
        for (int there = 1; there < 16; there++) {
            long base = END - there;
            machine.load(Integer.parseUnsignedInt(word, 16));
            machine.cpu.x[0] = base;
            for (int i = 0; i < 64; i++) {
                machine.cpu.v[i] = 0x0101010101010101L * i;
                machine.memory.store8(END - 64 + i, (byte) (0x80 | i));
            }
            long[] before = machine.cpu.v.clone();
            machine.run();
            assertThat(machine.stop).isEqualTo("fault");
            assertThat(machine.cpu.far).isEqualTo(END);
            assertThat(machine.cpu.x[0]).isEqualTo(base);
            assertThat(Arrays.equals(machine.cpu.v, before)).isTrue();
            for (int i = 0; i < 64; i++) {
                assertThat(machine.memory.load8(END - 64 + i)).isEqualTo((byte) (0x80 | i));
            }
        }
    }

    /// A literal lies beside the code.
    @Test
    void loadLiterals() {
        // ldr s1, .+12; ldr d2, .+8; ldr q3, .+4, with a system call behind them.
        machine.load(0x1c000061, 0x5c000042, 0x9c000023);
        machine.run();
        assertThat(machine.cpu.v[2]).isEqualTo(0xd4000001L);
        assertThat(machine.cpu.v[4] & 0xffffffffL).isEqualTo(0xd4000001L);
        assertThat(machine.cpu.v[6] & 0xffffffffL).isEqualTo(0xd4000001L);
        assertThat(machine.cpu.v[3] | machine.cpu.v[5]).isZero();
    }
}
