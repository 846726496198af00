package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// EFLAGS.AC, which a program may set: misaligned accesses raise `#AC` (SDM volume 3, "Interrupt
/// 17").
class AlignmentCheckTest {

    /// `pushfq; or dword [rsp], 1 << 18; popfq`.
    private static final String SET_AC = "9c 810c2400000400 9d";

    private final SmallMachine machine = new SmallMachine(1);

    private String run(String code, long rdi) {
        machine.load(SmallMachine.CODE, code);
        machine.cpu.r[X86Cpu.RDI] = rdi;
        machine.run();
        return machine.events.getLast();
    }

    /// What a Xeon does at each of the sixteen offsets.
    @ParameterizedTest
    @CsvSource({
        "mov ax [rdi], 668b07, 2",
        "mov eax [rdi], 8b07, 4",
        "mov rax [rdi], 488b07, 8",
        "mov [rdi] rax, 488907, 8",
        "lock xadd [rdi] rax, f0480fc107, 8",
        "cmpxchg8b [rdi], 0fc70f, 8",
        "movsd xmm0 [rdi], f20f1007, 8",
        "fld tbyte [rdi], db2f, 8",
        "movups xmm0 [rdi], 0f1007, 1",
        "movups [rdi] xmm0, 0f1107, 1",
        "pcmpistri xmm0 [rdi], 660f3a630700, 1"
    })
    void accessesNotOnAMultipleOfTheirAlignmentRaiseAc(String name, String code, int alignment) {
        for (int offset = 0; offset < 16; offset++) {
            String event = run(SET_AC + code + "ddc0 0f05", SmallMachine.DATA + offset);
            assertThat(event).as("%s at %d", name, offset).isEqualTo(offset % alignment == 0 ? "syscall" : "#AC");
            machine.cpu.pc = SmallMachine.CODE;
            machine.cpu.r[X86Cpu.RSP] = SmallMachine.STACK;
            machine.cpu.setFlags(0x202);
            machine.cpu.fpEmpty = 0xff;
        }
    }

    @Test
    void withoutTheFlagEverythingPasses() {
        assertThat(run("488b4703 0f05", SmallMachine.DATA)).isEqualTo("syscall");
    }

    @Test
    void anotherThreadOfTheVcpuIsNotChecked() {
        assertThat(run(SET_AC + "488b4703", SmallMachine.DATA)).isEqualTo("#AC");

        X86Cpu other = machine.newThread(0);
        other.r[X86Cpu.RDI] = SmallMachine.DATA;
        machine.load(SmallMachine.CODE, "488b4703 0f05");
        machine.newInterpreter().run(other, machine);
        assertThat(machine.events.getLast()).isEqualTo("syscall");
    }
}
