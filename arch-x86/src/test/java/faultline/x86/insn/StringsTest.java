package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;

/// Repeated strings that are done a page at a time must look as if done element by element.
class StringsTest {

    private static final String REP_MOVSB = "f3a4 cc";
    private static final String REP_STOSQ = "f348ab cc";

    private final SmallMachine machine = new SmallMachine(1);
    private final X86Cpu cpu = machine.cpu;

    @Test
    void movesAcrossPages() {
        for (int i = 0; i < 10_000; i++) {
            machine.memory.store8(SmallMachine.DATA + 100 + i, (byte) (i * 31));
        }
        run(REP_MOVSB, SmallMachine.DATA + 100, SmallMachine.DATA + 0x8003, 10_000);
        for (int i = 0; i < 10_000; i++) {
            assertThat(machine.memory.load8(SmallMachine.DATA + 0x8003 + i)).isEqualTo((byte) (i * 31));
        }
        assertThat(machine.memory.load8(SmallMachine.DATA + 0x8003 + 10_000)).isZero();
        assertThat(cpu.r[X86Cpu.RCX]).isZero();
        assertThat(cpu.r[X86Cpu.RSI]).isEqualTo(SmallMachine.DATA + 100 + 10_000);
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(SmallMachine.DATA + 0x8003 + 10_000);
    }

    @Test
    void overlappingMoveRepeatsTheBytesInBetween() {
        machine.memory.store8(SmallMachine.DATA, (byte) 1);
        machine.memory.store8(SmallMachine.DATA + 1, (byte) 2);
        run(REP_MOVSB, SmallMachine.DATA, SmallMachine.DATA + 2, 100);
        for (int i = 0; i < 102; i++) {
            assertThat(machine.memory.load8(SmallMachine.DATA + i)).isEqualTo((byte) (1 + i % 2));
        }
    }

    @Test
    void faultStopsAtTheFirstElementThatCouldNotBeStored() {
        machine.unmap(SmallMachine.DATA + 0x2000);
        cpu.r[X86Cpu.RAX] = 0x4141414141414141L;
        run(REP_STOSQ, 0, SmallMachine.DATA + 0x1f80, 100);
        assertThat(machine.events).containsExactly("fault " + Long.toHexString(SmallMachine.DATA + 0x2000));
        assertThat(cpu.r[X86Cpu.RCX]).isEqualTo(100 - 16);
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(SmallMachine.DATA + 0x2000);
        assertThat(cpu.pc).isEqualTo(SmallMachine.CODE);
        assertThat(machine.memory.load64(SmallMachine.DATA + 0x1ff8)).isEqualTo(0x4141414141414141L);
    }

    private void run(String code, long source, long destination, long count) {
        machine.load(SmallMachine.CODE, code);
        cpu.r[X86Cpu.RSI] = source;
        cpu.r[X86Cpu.RDI] = destination;
        cpu.r[X86Cpu.RCX] = count;
        cpu.pc = SmallMachine.CODE;
        machine.run();
    }
}
