package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What user mode may execute: lengths, prefixes, privileges, as a Xeon under Linux has it.
class LegalityTest {

    private final SmallMachine machine = new SmallMachine(1);

    private String run(String code) {
        machine.load(SmallMachine.CODE, code + "cc");
        Arrays.fill(machine.cpu.r, 0, 16, SmallMachine.DATA);
        machine.cpu.r[X86Cpu.RSP] = SmallMachine.STACK;
        machine.cpu.r[X86Cpu.RCX] = 1;
        machine.run();
        return machine.events.getLast();
    }

    /// `#BP` is the breakpoint behind the bytes: they are an instruction.
    @ParameterizedTest
    @CsvSource({
        "6666666666666666666666666690, #BP",
        "6666666666666666666666666666 90, #BP",
        "666666666666666666666666666666 90, #GP",
        "2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e, #GP",
        "f2f2f2f2f2f2f2f2f2f2 48b8 0102030405060708, #GP",
        "67676767676767 4881 00 01020304, #BP",
        "c4e27bf6c2, #BP",
        "66c4e27bf6c2, #UD",
        "f3c4e27bf6c2, #UD",
        "48c4e27bf6c2, #UD",
        "f0c4e27bf6c2, #UD",
        "c4e27ff6c2, #UD",
        "c4e37bf0c205, #BP",
        "c4e373f0c205, #UD",
        "c4e200f3c8, #BP",
        "c4e078f2c1, #UD",
        "c4e478f2c1, #UD",
        "f091, #UD",
        "f08907, #UD",
        "f00107, #BP",
        "f001c7, #UD",
        "f00f1f00, #UD",
        "d6, #UD",
        "06, #UD",
        "27, #UD",
        "37, #UD",
        "3f, #UD",
        "60, #UD",
        "61, #UD",
        "82c001, #UD",
        "9a000000000000, #UD",
        "c8 0000 00, #BP",
        "cd20, #GP",
        "ce, #UD",
        "d4 0a, #UD",
        "ea000000000000, #UD",
        "0f0b, #UD",
        "f30f0107, #BP",
        "0f010f, #BP",
        "0f0100, #BP",
        "0f0a, #UD",
        "0f0e, #UD",
        "0f24c0, #UD",
        "0f3c00, #UD",
        "0f37, #UD",
        "f4, #GP",
        "ec, #GP",
        "e410, #GP",
        "6c, #GP",
        "fa, #GP",
        "0f08, #GP",
        "0f09, #GP",
        "0f06, #GP",
        "0f20c0, #GP",
        "0f20c8, #UD",
        "0f2238, #UD",
        "440f20c0, #GP",
        "440f20d0, #UD",
        "0f2107, #GP",
        "440f23c0, #UD",
        "0f01d1, #GP",
        "660f01d1, #UD",
        "660f01d0, #UD",
        "f30f01ee, #UD",
        "660f01ef, #UD",
        "f20fc7f0, #UD",
        "f30fc7f0, #UD",
        "f20fc7f8, #UD",
        "f30f38f007, #UD",
        "660f38f007, #BP",
        "f30fae27, #UD",
        "660fae2f, #UD",
        "0f30, #GP",
        "0f32, #GP",
        "0f33, #GP",
        "0fc7c1, #UD",
        "0fc78f00000000, #BP",
        "660fc7f0, #BP",
        "0f00d0, #GP",
        "0f00c0, #BP",
        "0f01e0, #BP",
        "8ec8, #UD",
        "8cf8, #UD",
        "0fb207, #GP",
        "c407, #UD"
    })
    void bytesAreAnInstructionOrRaiseWhatTheyRaiseOnTheHost(String code, String event) {
        assertThat(run(code)).startsWith(event);
    }

    /// `lar eax, cx; setz dl; lsl ebx, ecx; setz dh; verr cx; setz sil; verw cx; setz dil`, as
    /// recorded on the host.
    @ParameterizedTest
    @CsvSource({
        "10, 0, 0, 0, 0",
        "20, cffb00, ffffffff, 1, 0",
        "23, cffb00, ffffffff, 1, 0",
        "2b, cff300, ffffffff, 1, 1",
        "30, affb00, ffffffff, 1, 0",
        "33, affb00, ffffffff, 1, 0",
        "7b, 40f500, 0, 1, 0",
        "43, 0, 0, 0, 0"
    })
    void userModeSeesTheSegmentsOfLinux(String selector, String rights, String limit, int read, int write) {
        machine.cpu.r[X86Cpu.RCX] = Long.parseLong(selector, 16);
        machine.load(SmallMachine.CODE, "0f02c1 0f94c2 0f03d9 0f94c6 0f00e1 400f94c6 0f00e9 400f94c7 cc");
        machine.run();

        long[] r = machine.cpu.r;
        assertThat(Long.toHexString(r[X86Cpu.RAX])).isEqualTo(rights);
        assertThat(Long.toHexString(r[X86Cpu.RBX])).isEqualTo(limit);
        assertThat(r[X86Cpu.RDX]).isEqualTo(rights.equals("0") ? 0 : 0x101);
        assertThat(r[X86Cpu.RSI]).isEqualTo(read);
        assertThat(r[X86Cpu.RDI]).isEqualTo(write);
    }

    @Test
    void whatUmipKeepsBackIsAnsweredAsLinuxDoes() {
        assertThat(run("0f01e0 0f00cb 0f014606")).isEqualTo("#BP");

        assertThat(machine.cpu.r[X86Cpu.RAX]).isEqualTo(0x80050033L);
        assertThat(machine.cpu.r[X86Cpu.RBX]).isEqualTo(0x40);
        assertThat(machine.memory.load64(SmallMachine.DATA + 8)).isEqualTo(0xfffffffffffe0000L);
    }

    /// Undefined by the manual; an EPYC does so.
    @Test
    void swappingTheBytesOf16BitsClearsThem() {
        // mov eax, 0x11223344; bswap ax
        assertThat(run("b844332211 660fc8")).isEqualTo("#BP");

        assertThat(machine.cpu.r[X86Cpu.RAX]).isEqualTo(0x11220000L);
    }

    @Test
    void farPointersLoadOffsetAndSelector() {
        machine.memory.store64(SmallMachine.DATA, 0x002b_8899aabbL);

        // lfs ebx, [rdi]; mov edx, fs
        assertThat(run("0fb41f 8ce2")).isEqualTo("#BP");

        assertThat(machine.cpu.r[X86Cpu.RBX]).isEqualTo(0x8899aabbL);
        assertThat(machine.cpu.r[X86Cpu.RDX]).isEqualTo(0x2b);
    }

    /// The machine's source, so that runs with a seed repeat.
    @Test
    void randomNumbersAreTheMachines() {
        Iterator<Long> numbers = List.of(0x1122334455667788L, 0x99L, -1L).iterator();
        machine.vcpus.setEntropy(numbers::next);
        machine.cpu.setFlags(0x202 | Flags.ZF | Flags.SF);

        // rdrand eax; rdseed rbx; rdrand cx
        assertThat(run("0fc7f0 480fc7fb 660fc7f1")).isEqualTo("#BP");

        assertThat(machine.cpu.r[X86Cpu.RAX]).isEqualTo(0x55667788L);
        assertThat(machine.cpu.r[X86Cpu.RBX]).isEqualTo(0x99);
        assertThat(machine.cpu.r[X86Cpu.RCX]).isEqualTo(0xffff);
        assertThat(machine.cpu.flags()).isEqualTo(0x202 | Flags.CF);
    }
}
