package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.TrapHandler.Outcome;
import faultline.core.testing.Allocation;
import org.junit.jupiter.api.Test;

class HotPathTest {

    /// `mov ecx, 2000000; again: add [DATA], rcx; mov rax, [DATA]; push rax; pop rbx; call f; dec ecx; jnz again;
    /// syscall; f: ret`: loads, stores, a read-modify-write, the stack, an indirect branch, and thousands of polls.
    private static final String LOOP =
            "b9 80841e00  48 010c25 00001000  48 8b0425 00001000  50 5b  e8 06000000" + "  ff c9  75 e4  0f05  c3";

    @Test
    void loopFromFetchToTlbHitAllocatesNothing() throws Exception {
        SmallMachine machine = new SmallMachine(1);
        machine.load(SmallMachine.CODE, LOOP);
        machine.run();
        machine.cpu.pc = SmallMachine.CODE;
        Allocation.ofThisThread();
        long before = Allocation.ofThisThread();
        Outcome outcome = machine.run();
        long bytes = Allocation.ofThisThread() - before;
        assertThat(outcome).isEqualTo(Outcome.STOP);
        assertThat(machine.events).containsExactly("syscall", "syscall");
        // Two million rounds: one object in every thousandth would show. The measurement itself boxes a few.
        assertThat(bytes).isLessThan(8_192);
    }
}
