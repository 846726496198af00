package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// TF and the other exceptions that report the next instruction (SDM volume 3, "Single-Step
/// Exception Condition").
class SingleStepTest {

    private static final long CODE = OneInsnMachine.CODE;

    private final OneInsnMachine machine = new OneInsnMachine(CpuModels.max());
    private final X86Cpu cpu = machine.newThread();

    /// Offset of the program counter and vector of every exception, in order.
    private final List<String> events = new ArrayList<>();

    @Test
    void trapFlagRaisesDebugExceptionsFromTheInstructionBehindTheOneThatSetIt() {
        // pushf; or dword [rsp], 0x100; popf; nop; inc eax; pushf; and dword [rsp], ~0x100; popf; nop; hlt
        run("9c" + "810c2400010000" + "9d" + "90" + "ffc0" + "9c" + "812424fffeffff" + "9d" + "90" + "f4");

        // The popf that clears TF began with TF set: it still traps.
        assertThat(events).containsExactly("a:1", "c:1", "d:1", "14:1", "15:1", "16:13");
    }

    @Test
    void steppedInstructionThatFaultsTrapsOnceItHasCompleted() {
        cpu.setFlags(0x302);
        cpu.r[X86Cpu.RSI] = OneInsnMachine.DATA + 2 * 4096;
        // mov [rsi], al; hlt
        run("8806" + "f4");

        assertThat(events).containsExactly("0:14", "2:1", "2:13");
    }

    @Test
    void breakpointsReportTheNextInstruction() {
        // nop; int3; int 3; int1; int 4; ud2
        run("90" + "cc" + "cd03" + "f1" + "cd04" + "0f0b");

        assertThat(events).containsExactly("2:3", "4:3", "5:1", "7:4", "7:6");
    }

    @Test
    void systemCallLeavesReturnAddressAndFlags() {
        cpu.setFlags(0x246);
        run("0f05" + "f4");

        assertThat(cpu.r[X86Cpu.RCX]).isEqualTo(CODE + 2);
        assertThat(cpu.r[11]).isEqualTo(0x246);
        assertThat(events).containsExactly("2:syscall", "2:13");
    }

    @Test
    void softwareInterruptThroughAClosedGateNamesTheGate() {
        run("cd80");
        assertThat(events).containsExactly("0:13");
        assertThat(lastCode).isEqualTo(0x80 << 3 | 2);
    }

    private long lastCode;

    /// Runs until `#GP` or `#UD`.
    private void run(String program) {
        machine.run(cpu, HexFormat.of().parseHex(program), new TrapHandler() {
            @Override
            public Outcome pageFault(Cpu thread) {
                event("14");
                machine.map(2, true);
                return Outcome.RESUME;
            }

            @Override
            public Outcome systemCall(Cpu thread) {
                event("syscall");
                return Outcome.RESUME;
            }

            @Override
            public Outcome exception(Cpu thread, GuestTrap trap) {
                event(String.valueOf(trap.vector()));
                lastCode = trap.code();
                return trap.afterInstruction() ? Outcome.RESUME : Outcome.STOP;
            }

            @Override
            public Outcome poll(Cpu thread) {
                return Outcome.RESUME;
            }
        });
    }

    private void event(String what) {
        events.add(Long.toHexString(cpu.pc - CODE) + ":" + what);
    }
}
