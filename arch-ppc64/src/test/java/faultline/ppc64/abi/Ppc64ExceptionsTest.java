package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;
import faultline.kernel.testing.FlatMemory;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import faultline.ppc64.cpu.Ppc64Trap;
import faultline.ppc64.fp.Fpscr;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What `arch/powerpc/kernel/traps.c` makes of an interrupt.
final class Ppc64ExceptionsTest {

    private static final long PC = 0x1000;
    private static final long DAR = 0x2001;

    private final Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), ByteOrder.BIG_ENDIAN);
    private final FlatMemory memory = new FlatMemory(PC, 16, ByteOrder.BIG_ENDIAN);

    private @Nullable Siginfo signal(GuestTrap trap, int word) {
        cpu.pc = PC;
        cpu.dar = DAR;
        memory.store32(PC, word);
        return Ppc64Exceptions.signal(cpu, memory, trap);
    }

    @Test
    void signalsAreThoseOfLinux() {
        assertThat(signal(Ppc64Trap.ILLEGAL, 0)).isEqualTo(Siginfo.fault(4, 1, PC));
        assertThat(cpu.thread.trap).isEqualTo(0x700);
        assertThat(signal(Ppc64Trap.PRIVILEGED, 0)).isEqualTo(Siginfo.fault(4, 5, PC));
        assertThat(signal(Ppc64Trap.FACILITY, 0)).isEqualTo(Siginfo.fault(4, 1, PC));
        assertThat(cpu.thread.trap).isEqualTo(0xf60);
        assertThat(signal(Ppc64Trap.TRAP, 0)).isEqualTo(Siginfo.fault(5, 1, PC));
        assertThat(signal(Ppc64Trap.ALIGNMENT, 0)).isEqualTo(Siginfo.fault(7, 1, DAR));
        assertThat(cpu.thread.trap).isEqualTo(0x600);
    }

    @Test
    void aFloatingPointExceptionSaysWhichOneIsEnabled() {
        assertThat(code(Fpscr.VE, Fpscr.VX)).isEqualTo(7);
        assertThat(code(Fpscr.OE, Fpscr.OX)).isEqualTo(4);
        assertThat(code(Fpscr.UE, Fpscr.UX)).isEqualTo(5);
        assertThat(code(Fpscr.ZE, Fpscr.ZX)).isEqualTo(3);
        assertThat(code(Fpscr.XE, Fpscr.XX)).isEqualTo(6);
        assertThat(code(Fpscr.ZE, Fpscr.XX)).as("none that is enabled").isEqualTo(14);
    }

    private static int code(int enable, int exception) {
        return Ppc64Exceptions.floatCode(Integer.toUnsignedLong(enable | exception));
    }

    @Test
    void dscrIsReadAndWrittenByTheSupervisorsNumber() {
        cpu.r[5] = 0x55;
        assertThat(signal(Ppc64Trap.PRIVILEGED, 0x7cb1_03a6)).as("mtspr 17,r5").isNull();
        assertThat(cpu.dscr).isEqualTo(0x55);
        assertThat(cpu.pc).isEqualTo(PC + 4);
        assertThat(signal(Ppc64Trap.PRIVILEGED, 0x7cd1_02a6)).as("mfspr r6,17").isNull();
        assertThat(cpu.r[6]).isEqualTo(0x55);
    }

    @Test
    void mcrxrMovesTheFlagsOfXer() {
        Ppc64State.setXer(cpu, 0xa000_0003L);
        assertThat(signal(Ppc64Trap.ILLEGAL, 0x7e00_0400)).as("mcrxr cr4").isNull();
        assertThat(Ppc64State.field(cpu, 4)).isEqualTo(0xa);
        assertThat(Ppc64State.xer(cpu)).isEqualTo(3);
    }

    /// In little-endian order, where processors refuse them.
    @Test
    void severalRegistersAreMovedByTheKernel() {
        Ppc64Cpu little = new Ppc64Cpu(CpuModels.max(), ByteOrder.LITTLE_ENDIAN);
        FlatMemory words = new FlatMemory(PC, 64);
        little.pc = PC;
        little.dar = PC + 17;
        little.r[30] = 0x1122_3344_5566_7788L;
        little.r[31] = 0x99aa_bbccL;
        words.store32(PC, 0xbfc0_0000);
        assertThat(Ppc64Exceptions.signal(little, words, Ppc64Trap.ALIGNMENT))
                .as("stmw r30")
                .isNull();
        assertThat(little.pc).isEqualTo(PC + 4);
        assertThat(words.load64(PC + 17)).isEqualTo(0x99aa_bbcc_5566_7788L);
        words.store32(PC + 4, 0x7fc9_34aa);
        assertThat(Ppc64Exceptions.signal(little, words, Ppc64Trap.ALIGNMENT))
                .as("lswi r30,r9,6")
                .isNull();
        assertThat(little.r[30]).isEqualTo(0x5566_7788L);
        assertThat(little.r[31]).isEqualTo(0xbbccL);
        little.dar = 0x9000;
        assertThat(Ppc64Exceptions.signal(little, words, Ppc64Trap.ALIGNMENT)).isEqualTo(Siginfo.fault(7, 1, 0x9000));
        little.pc = PC;
        assertThat(Ppc64Exceptions.signal(little, words, Ppc64Trap.ALIGNMENT)).isEqualTo(Siginfo.fault(11, 2, 0x9000));
        little.thread.alignment = 2;
        assertThat(Ppc64Exceptions.signal(little, words, Ppc64Trap.ALIGNMENT)).isEqualTo(Siginfo.fault(7, 1, 0x9000));
    }

    @Test
    void aWordThatIsUnmappedNowIsASegmentationFault() {
        cpu.pc = 0x9000;
        assertThat(Ppc64Exceptions.signal(cpu, memory, Ppc64Trap.ILLEGAL)).isEqualTo(Siginfo.fault(11, 1, 0x9000));
    }
}
