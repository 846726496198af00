package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/// `sc` and `scv` as `syscall64-abi.rst` has them.
final class Ppc64SyscallAbiTest {

    private static final int ENOENT = 2;

    private final Ppc64SyscallAbi abi = new Ppc64SyscallAbi();
    private final Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), ByteOrder.LITTLE_ENDIAN);

    private void call(int number) {
        cpu.r[0] = number;
        for (int i = 0; i < 6; i++) {
            cpu.r[3 + i] = 0x100L + i;
        }
        abi.arguments(cpu, new long[6]);
    }

    @Test
    void theNumberIsAllOfR0() {
        cpu.r[0] = 4;
        assertThat(abi.number(cpu)).isEqualTo(4);
        cpu.r[0] = 1L << 32 | 4;
        assertThat(abi.name(abi.number(cpu))).isNull();
    }

    @Test
    void argumentsAreR3ToR8() {
        cpu.r[3] = 7;
        cpu.r[8] = 9;
        cpu.r[9] = 11;
        long[] arguments = new long[6];
        abi.arguments(cpu, arguments);
        assertThat(arguments).containsExactly(7, 0, 0, 0, 0, 9);
    }

    @Test
    void anErrorIsAPositiveNumberAndSo() {
        call(5);
        Ppc64State.setField(cpu, 0, Ppc64State.GT);
        abi.setResult(cpu, -ENOENT);
        assertThat(cpu.r[3]).isEqualTo(ENOENT);
        assertThat(Ppc64State.field(cpu, 0)).isEqualTo(Ppc64State.GT | Ppc64State.SO);
    }

    @Test
    void successClearsSoAndNothingElse() {
        Ppc64State.setField(cpu, 0, Ppc64State.LT | Ppc64State.SO);
        call(5);
        assertThat(Ppc64State.field(cpu, 0))
                .as("before the result, as a child finds it")
                .isEqualTo(Ppc64State.LT);
        abi.setResult(cpu, 3);
        assertThat(cpu.r[3]).isEqualTo(3);
        assertThat(Ppc64State.field(cpu, 0)).isEqualTo(Ppc64State.LT);
        abi.setResult(cpu, -4096);
        assertThat(cpu.r[3]).as("no errno is so great").isEqualTo(-4096);
        assertThat(Ppc64State.field(cpu, 0)).isEqualTo(Ppc64State.LT);
    }

    @Test
    void anErrorOfScvIsNegative() {
        cpu.vectored = true;
        Ppc64State.setField(cpu, 0, Ppc64State.EQ | Ppc64State.SO);
        call(5);
        abi.setResult(cpu, -ENOENT);
        assertThat(cpu.r[3]).isEqualTo(-ENOENT);
        assertThat(Ppc64State.field(cpu, 0)).isEqualTo(Ppc64State.EQ | Ppc64State.SO);
        assertThat(cpu.thread.trap).isEqualTo(0x3000);
    }

    @Test
    void aRestartMakesTheCallAgainWithItsFirstArgument() {
        call(162);
        cpu.pc = 0x1004;
        abi.setResult(cpu, -4);
        abi.restart(cpu, 162);
        assertThat(cpu.pc).isEqualTo(0x1000);
        assertThat(cpu.r[3]).isEqualTo(0x100);
        assertThat(abi.number(cpu)).isEqualTo(162);
        cpu.pc = 0x1004;
        abi.restartWithBlock(cpu);
        assertThat(abi.name(abi.number(cpu))).isEqualTo("restart_syscall");
        assertThat(cpu.pc).isEqualTo(0x1000);
    }
}
