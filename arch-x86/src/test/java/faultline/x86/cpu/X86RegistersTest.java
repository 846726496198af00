package faultline.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Registers;
import org.junit.jupiter.api.Test;

class X86RegistersTest {

    private final X86Cpu cpu = new X86Cpu();
    private final Registers registers = cpu.registers();

    @Test
    void everyRegisterReadsBackWhatWasWrittenToItAndToNoOther() {
        for (int i = 0; i < registers.all().size(); i++) {
            Registers.Info info = registers.all().get(i);
            if (info.name().equals("cs")
                    || info.name().equals("ss")
                    || info.name().equals("eflags")) {
                continue;
            }
            registers.set(i, 0, 0x15);
        }
        for (int i = 0; i < registers.all().size(); i++) {
            Registers.Info info = registers.all().get(i);
            switch (info.name()) {
                case "cs" -> assertThat(registers.get(i, 0)).isEqualTo(0x33);
                case "ss" -> assertThat(registers.get(i, 0)).isEqualTo(0x2b);
                case "eflags" -> assertThat(registers.get(i, 0)).isEqualTo(0x202);
                default -> assertThat(registers.get(i, 0)).as(info.name()).isEqualTo(0x15);
            }
        }
    }

    @Test
    void wideRegistersHaveTwoWords() {
        registers.set(registers.find("xmm3"), 1, 7);
        assertThat(cpu.v[7]).isEqualTo(7);
        cpu.fpTop = 6;
        registers.set(registers.find("st3"), 1, 0xc000);
        assertThat(cpu.fpSignExponent[1]).isEqualTo(0xc000);
        assertThat(registers.get(registers.find("st3"), 1)).isEqualTo(0xc000);
    }

    @Test
    void namesOfGeneralRegistersMeanTheirEncodings() {
        cpu.r[X86Cpu.RSP] = 0x7fff0000;
        cpu.r[X86Cpu.RBX] = 3;
        assertThat(registers.get(registers.find("RSP"), 0)).isEqualTo(0x7fff0000);
        assertThat(registers.get(registers.find("rbx"), 0)).isEqualTo(3);
    }

    @Test
    void flagsAreDescribedByName() {
        cpu.setFlags(Flags.ZF | Flags.PF);
        assertThat(registers.describe(registers.find("eflags"))).isEqualTo("[ PF ZF IF ]");
        cpu.writePkru(0x24);
        assertThat(registers.describe(registers.find("pkru"))).isEqualTo("[ 1:AD 2:WD ]");
        assertThat(registers.describe(registers.find("mxcsr"))).isEqualTo("[ IM DM ZM OM UM PM ]");
        assertThat(registers.describe(registers.find("rax"))).isEmpty();
    }

    @Test
    void settingFlagsKeepsWhatUserModeCannotChange() {
        registers.set(registers.find("eflags"), 0, 0x3fffff);
        assertThat(cpu.flags()).isEqualTo(0x244fd7);
        registers.set(registers.find("eflags"), 0, 0);
        assertThat(cpu.flags()).isEqualTo(0x202);
    }

    @Test
    void copyTakesEveryRegister() {
        for (int i = 0; i < registers.all().size(); i++) {
            registers.set(i, 0, i + 1);
        }
        X86Cpu copy = new X86Cpu();
        copy.copyFrom(cpu);
        for (int i = 0; i < registers.all().size(); i++) {
            assertThat(copy.registers().get(i, 0))
                    .as(registers.all().get(i).name())
                    .isEqualTo(registers.get(i, 0));
        }
    }
}
