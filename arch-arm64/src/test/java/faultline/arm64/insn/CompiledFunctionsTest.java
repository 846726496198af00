package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.insn.CompiledFunctions.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What compiled functions return, and what the same ones return under qemu-aarch64.
class CompiledFunctionsTest {

    private final CompiledFunctions functions = new CompiledFunctions();

    @ParameterizedTest
    @CsvSource({"SIEVE, db8", "CRC, 99211ef4", "HASH, 209f6311034879b", "FIB, 1055"})
    void returnsWhatQemuReturns(Program program, String expected) {
        functions.prepare(program);
        functions.machine.run();
        assertThat(functions.machine.stop).isEqualTo("syscall");
        assertThat(Long.toHexString(functions.machine.cpu.x[0])).isEqualTo(expected);
    }

    @Test
    void sortsAsQemuDoes() {
        functions.prepare(Program.QUICKSORT);
        functions.machine.run();
        functions.start(Program.HASH);
        functions.machine.cpu.x[1] = 1 << 14;
        functions.machine.run();
        assertThat(Long.toHexString(functions.machine.cpu.x[0])).isEqualTo("2198e30bb0cebf36");
    }
}
