package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.mem.AccessObserver;
import faultline.core.mem.CodeModified;
import faultline.core.mem.Mem;
import faultline.core.mmu.Access;
import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Decoded code is never staler than the hardware's: stores, remaps and other mappings of the same frame.
class CodeInvalidationTest {

    /// `mov eax, 1; syscall`
    private static final String RETURNS_1 = "b8 01000000 0f05";

    private final SmallMachine machine = new SmallMachine(1);
    private final X86Cpu cpu = machine.cpu;

    @Test
    void storeIntoCodeThatRanIsSeenAtTheNextCall() {
        long callee = SmallMachine.CODE + 0x1000;
        machine.load(callee, "b8 01000000 c3");
        // call callee; mov byte [callee + 1], 7; mov ebx, eax; call callee; syscall
        machine.load(SmallMachine.CODE, "e8 fb0f0000  c6 0425 01100100 07  89c3  e8 ec0f0000  0f05");
        machine.run();
        assertThat(cpu.r[X86Cpu.RBX]).isEqualTo(1);
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(7);
    }

    @Test
    void storeIntoTheNextInstructionIsSeenByIt() {
        // mov byte [rip + 1], 9; mov al, 1; syscall: the store changes the immediate behind it.
        machine.load(SmallMachine.CODE, "c6 05 01000000 09  b0 01  0f05");
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX] & 0xff).isEqualTo(9);
        assertThat(machine.events).containsExactly("syscall");
    }

    @Test
    void storeIntoItsOwnBytesTakesEffectNextTime() {
        // mov ecx, 2; again: mov byte [rip - 1], 5 (its own immediate becomes 5 and is stored as 5); loop again;
        // syscall
        machine.load(SmallMachine.CODE, "b9 02000000  c6 05 ffffffff 05  e2 f7  0f05");
        machine.run();
        assertThat(machine.events).containsExactly("syscall");
        assertThat(machine.memory.load8(SmallMachine.CODE + 11)).isEqualTo((byte) 5);
    }

    @Test
    void storeBesideCodeInTheSamePageKeepsItAndIsMade() {
        // mov qword [CODE + 0x100], 3; syscall
        machine.load(SmallMachine.CODE, "48 c7 0425 00010100 03000000  0f05");
        machine.run();
        assertThat(machine.memory.load64(SmallMachine.CODE + 0x100)).isEqualTo(3);
    }

    @Test
    void changingAPageByOtherMeansDropsItsCode() {
        machine.load(SmallMachine.CODE, RETURNS_1);
        machine.run();
        machine.load(SmallMachine.CODE, "b8 02000000 0f05");
        cpu.pc = SmallMachine.CODE;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(2);
    }

    @Test
    void remappedPageRunsTheOtherFrameAfterTheFlush() {
        machine.load(SmallMachine.CODE, RETURNS_1);
        machine.load(SmallMachine.DATA, "b8 02000000 0f05");
        machine.run();
        machine.map(SmallMachine.CODE, SmallMachine.DATA);
        cpu.mem().tlb().flush();
        cpu.pc = SmallMachine.CODE;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(2);
    }

    @Test
    void frameMappedTwiceFoldsEachAddressOfItsOwn() {
        // lea rax, [rip]; syscall
        machine.load(SmallMachine.CODE, "48 8d05 00000000 0f05");
        machine.map(SmallMachine.DATA, SmallMachine.CODE);
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(SmallMachine.CODE + 7);
        cpu.pc = SmallMachine.DATA;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(SmallMachine.DATA + 7);
    }

    @Test
    void storeThroughAnotherMappingIsSeen() {
        machine.map(SmallMachine.DATA, SmallMachine.CODE);
        machine.load(SmallMachine.CODE, RETURNS_1);
        machine.run();
        // mov byte [DATA + 1], 4; syscall
        machine.load(SmallMachine.CODE + 0x1000, "c6 0425 01001000 04  0f05");
        cpu.pc = SmallMachine.CODE + 0x1000;
        machine.run();
        cpu.pc = SmallMachine.CODE;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(4);
    }

    @Test
    void instructionAcrossPagesSeesStoresToEitherHalf() {
        long at = SmallMachine.CODE + 0xffe;
        machine.load(at, RETURNS_1);
        cpu.pc = at;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(1);
        // mov byte [CODE + 0x1000], 6 (second byte of the immediate); syscall
        machine.load(SmallMachine.CODE, "c6 0425 00100100 06  0f05");
        cpu.pc = SmallMachine.CODE;
        machine.run();
        cpu.pc = at;
        machine.run();
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(0x601);
    }

    @Test
    @Timeout(30)
    void loopEndsAtItsPollWhenAnotherProcessorInterrupts() throws Exception {
        SmallMachine two = new SmallMachine(2);
        // again: inc rax; jmp again
        two.load(SmallMachine.CODE, "48 ffc0  eb fb");
        Thread guest = new Thread(two::run);
        guest.start();
        Interrupt change = on -> {
            two.map(SmallMachine.CODE, SmallMachine.DATA);
            on.mem().tlb().flush();
        };
        two.load(SmallMachine.DATA, RETURNS_1);
        while (two.vcpus.get(0).mode() != Vcpu.Mode.GUEST) {
            Thread.onSpinWait();
        }
        two.vcpus.interrupt(null, v -> v.id() == 0, change);
        guest.join();
        assertThat(two.events).isNotEmpty();
    }

    /// Cross-modifying code (SDM volume 3A, 9.1.3): what follows a serializing instruction is fetched again, though the
    /// loop that waited for the other processor lies in the same page and its block was decoded before.
    @Test
    void serializingInstructionFetchesWhatAnotherProcessorChanged() {
        SmallMachine two = new SmallMachine(2);
        two.newThread(1);
        Mem other = two.vcpus.get(1).mem();
        // again: cmp byte [DATA], 0; je again; xor eax, eax; cpuid; mov eax, 1; syscall
        two.load(SmallMachine.CODE, "803c25 00001000 00  74 f6  31c0  0fa2  b8 01000000  0f05");
        two.cpu.mem().observe(new AccessObserver() {
            @Override
            public boolean watches(long va) {
                return va == SmallMachine.DATA;
            }

            @Override
            public void accessed(long va, int length, Access access) {
                assertThatThrownBy(() -> other.store8(SmallMachine.CODE + 15, (byte) 7))
                        .isInstanceOf(CodeModified.class);
                other.store8(SmallMachine.CODE + 15, (byte) 7);
                other.store8(SmallMachine.DATA, (byte) 1);
            }
        });
        two.run();
        assertThat(two.cpu.r[X86Cpu.RAX]).isEqualTo(7);
    }
}
