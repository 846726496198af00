package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.Nzcv;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the corpus cannot say, because its oracle does otherwise than the manual.
class FloatingPointConversionTest {

    private static final int FJCVTZS = 0x1e7e0000;
    private static final int FCVTZS_HALF = 0x5f1ffc00;
    private static final int FZ = 1 << 24;
    private static final int Z = 4;

    private final A64Machine machine = new A64Machine();

    /// FPToFixedJS: a zero is exact if it is positive and was no denormal.
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, true, 0",
        "8000000000000000, false, 0",
        "0000000000000001, false, 80",
        "800fffffffffffff, false, 80",
        "4000000000000000, true, 0",
        "3ff8000000000000, false, 10"
    })
    void javaScriptConversionOfWhatIsFlushedIsNotExact(String operand, boolean exact, String status) {
        machine.load(FJCVTZS);
        machine.cpu.v[0] = Long.parseUnsignedLong(operand, 16);
        machine.cpu.fp.setFpcr(FZ);
        machine.cpu.fp.setFpsr(0);
        machine.run();
        assertThat(Nzcv.nzcv(machine.cpu)).isEqualTo(exact ? Z : 0);
        assertThat(machine.cpu.fp.fpsr()).isEqualTo(Integer.parseInt(status, 16));
    }

    /// `fcvtzs h0, h0, #1` of -1: as many bits as the operand has, and zeros above.
    @ParameterizedTest
    @CsvSource({"bc00, fffe", "3c00, 2"})
    void halfPrecisionBecomesSixteenBits(String operand, String result) {
        machine.load(FCVTZS_HALF);
        machine.cpu.v[0] = Long.parseUnsignedLong(operand, 16);
        machine.cpu.v[1] = -1;
        machine.run();
        assertThat(machine.cpu.v[0]).isEqualTo(Long.parseUnsignedLong(result, 16));
        assertThat(machine.cpu.v[1]).isZero();
    }
}
