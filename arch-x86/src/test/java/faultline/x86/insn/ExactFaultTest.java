package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An instruction that faults has changed nothing (I1), says so with the error code the hardware
/// has, and completes when it runs again.
class ExactFaultTest {

    private static final long READ_ONLY = OneInsnMachine.DATA + 2 * 4096;
    private static final long HOLE = OneInsnMachine.DATA + 3 * 4096;

    /// Present, write, user.
    private static final long WRITE_TO_READ_ONLY = 7;

    private static final long WRITE_TO_NOTHING = 6;

    private final OneInsnMachine machine = new OneInsnMachine(CpuModels.max());
    private final X86Cpu cpu = machine.newThread();

    @Test
    void repeatedMoveStopsAtTheFaultAndGoesOnWhereItStopped() {
        cpu.r[X86Cpu.RSI] = OneInsnMachine.DATA;
        cpu.r[X86Cpu.RDI] = READ_ONLY - 3;
        cpu.r[X86Cpu.RCX] = 8;

        expectFault("f3a4", WRITE_TO_READ_ONLY, READ_ONLY);
        assertThat(cpu.r[X86Cpu.RCX]).isEqualTo(5);
        assertThat(cpu.r[X86Cpu.RSI]).isEqualTo(OneInsnMachine.DATA + 3);
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(READ_ONLY);

        machine.map(2, true);
        expectCompletion("f3a4");
        assertThat(cpu.r[X86Cpu.RCX]).isZero();
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(READ_ONLY + 5);
    }

    @Test
    void pushAcrossIntoAReadOnlyPageStoresNothing() {
        cpu.r[X86Cpu.RSP] = READ_ONLY + 4;
        byte[] before = machine.memoryBytes();

        expectFault("50", WRITE_TO_READ_ONLY, READ_ONLY);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(READ_ONLY + 4);
        assertThat(machine.memoryBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0106", "f00106", "8706", "ff06", "f00fc106", "f71e", "0fab06", "d126", "f00fb10e"})
    void readModifyWriteReportsAWriteFaultTheFirstTime(String code) {
        cpu.r[X86Cpu.RAX] = 1;
        cpu.r[X86Cpu.RSI] = READ_ONLY + 16;
        expectFault(code, WRITE_TO_READ_ONLY, READ_ONLY + 16);

        cpu.r[X86Cpu.RSI] = HOLE + 16;
        expectFault(code, WRITE_TO_NOTHING, HOLE + 16);
    }

    /// The comparison fails, yet hardware writes the old value back.
    @Test
    void failedCompareAndExchangeNeedsTheWriteRight() {
        cpu.r[X86Cpu.RSI] = READ_ONLY;
        cpu.r[X86Cpu.RAX] = 0;
        expectFault("0fb10e", WRITE_TO_READ_ONLY, READ_ONLY);
        assertThat(cpu.r[X86Cpu.RAX]).isZero();
    }

    @Test
    void popIntoAFaultingOperandKeepsTheStackPointer() {
        cpu.r[X86Cpu.RSI] = READ_ONLY;
        expectFault("8f06", WRITE_TO_READ_ONLY, READ_ONLY);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(OneInsnMachine.STACK);
    }

    @Test
    void callThatCannotPushDoesNotJump() {
        cpu.r[X86Cpu.RSP] = READ_ONLY + 64;
        expectFault("e800010000", WRITE_TO_READ_ONLY, READ_ONLY + 56);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(READ_ONLY + 64);
    }

    private void expectFault(String code, long error, long address) {
        OneInsnMachine.Outcome outcome = machine.execute(cpu, HexFormat.of().parseHex(code));
        assertThat(outcome).isEqualTo(new OneInsnMachine.Outcome(14, error));
        assertThat(cpu.cr2).isEqualTo(address);
    }

    private void expectCompletion(String code) {
        assertThat(machine.execute(cpu, HexFormat.of().parseHex(code))).isEqualTo(new OneInsnMachine.Outcome(-1, 0));
    }
}
