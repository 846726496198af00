package faultline.arm64.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Registers;
import org.junit.jupiter.api.Test;

final class A64RegistersTest {

    private final A64Cpu cpu = new A64Cpu(CpuModels.max());
    private final Registers registers = cpu.registers();

    @Test
    void everyRegisterReadsBackWhatWasWrittenToItAndToNoOther() {
        // Bits that every register has: NZCV, FPSR's QC, FPCR's rounding mode and DN are among 31 to 22.
        for (int i = 0; i < registers.all().size(); i++) {
            registers.set(i, 0, value(i));
        }
        for (int i = 0; i < registers.all().size(); i++) {
            assertThat(registers.get(i, 0)).as(registers.all().get(i).name()).isEqualTo(value(i));
        }
    }

    private long value(int index) {
        return switch (registers.all().get(index).name()) {
            case "cpsr" -> 0xa000_0000L;
            case "fpsr" -> 0x0800_0011L;
            case "fpcr" -> 0x02c0_0000L;
            default -> 0x1_0000_0000L + index;
        };
    }

    @Test
    void vectorsHaveTwoWords() {
        registers.set(registers.find("v3"), 1, 7);
        assertThat(cpu.v[7]).isEqualTo(7);
        assertThat(registers.get(registers.find("v3"), 1)).isEqualTo(7);
        assertThat(registers.all().get(registers.find("v3")).bits()).isEqualTo(128);
    }

    @Test
    void namesMeanTheirEncodings() {
        cpu.x[A64Cpu.SP] = 0x7fff0000;
        cpu.x[29] = 29;
        cpu.x[30] = 30;
        assertThat(registers.get(registers.stackPointer(), 0)).isEqualTo(0x7fff0000);
        assertThat(registers.get(registers.framePointer(), 0)).isEqualTo(29);
        assertThat(registers.get(registers.linkRegister(), 0)).isEqualTo(30);
        assertThat(registers.all().get(registers.programCounter()).name()).isEqualTo("pc");
    }

    @Test
    void flagsAndSyndromeAreDescribed() {
        Nzcv.setNzcv(cpu, 0b1010);
        assertThat(registers.describe(registers.find("cpsr"))).isEqualTo("[ N C ]");
        assertThat(registers.describe(registers.find("esr_el1"))).isEmpty();
        cpu.esr = 0x9200_0047L;
        assertThat(registers.describe(registers.find("esr_el1")))
                .isEqualTo("DABT|WnR: write, level 3 translation fault");
        assertThat(registers.describe(registers.find("x0"))).isEmpty();
    }
}
