package faultline.x86.fault;

import static faultline.kernel.mm.fault.FaultOutcome.Signal.SEGV_MAPERR;
import static faultline.kernel.mm.fault.FaultOutcome.Signal.SIGSEGV;
import static faultline.x86.mmu.PageFaultCode.I;
import static faultline.x86.mmu.PageFaultCode.P;
import static faultline.x86.mmu.PageFaultCode.RSVD;
import static faultline.x86.mmu.PageFaultCode.U;
import static faultline.x86.mmu.PageFaultCode.W;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.trace.TraceBus;
import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the entry does around a design that answers as told.
final class X86FaultEntryTest {

    private static final long USER_END = 0x7fff_ffff_f000L;

    private final X86Cpu cpu = new X86Cpu();
    private final X86FaultEntry entry = new X86FaultEntry(USER_END);
    private final Task task = new Task();

    private FaultOutcome fault(long address, long code, boolean userMode) {
        cpu.cr2 = address;
        cpu.errorCode = code;
        return entry.handle(cpu, userMode, task);
    }

    @Test
    void aCompletedFaultIsCountedOnceAndLeavesNoTraceForFrames() {
        assertThat(fault(0x1000, U | W, true)).isEqualTo(FaultOutcome.Done.MINOR);
        assertThat(task.log).isEqualTo("fault handle minor ");
        task.answer = FaultOutcome.Done.MAJOR;
        assertThat(fault(0x2000, U, true)).isEqualTo(FaultOutcome.Done.MAJOR);
        assertThat(task.log).isEqualTo("fault handle minor fault handle major ");
        assertThat(cpu.signalTrap).isZero();
        assertThat(cpu.signalAddress).isZero();
    }

    @Test
    void theDesignSeesTheUserFlagOfTheRegistersNotOfTheCode() {
        fault(0x1000, U | W, false);
        assertThat(task.fault().isUser()).isFalse();
        fault(0x1000, U | W, true);
        assertThat(task.fault().isUser()).isTrue();
    }

    /// Beyond TASK_SIZE_MAX nothing is looked up and nothing counted; P is feigned in the frame.
    @ParameterizedTest
    @ValueSource(longs = {USER_END, 0x7fff_ffff_ffffL, 0xffff_8000_0000_0000L, 0xffff_ffff_ff60_0000L, -1})
    void theKernelsHalfIsMapErrAndLooksPresent(long address) {
        assertThat(fault(address, U | W, true)).isEqualTo(new FaultOutcome.Signal(SIGSEGV, SEGV_MAPERR, address, 0));
        assertThat(task.log).isEmpty();
        assertThat(cpu.signalError).isEqualTo(U | W | P);
        assertThat(cpu.signalAddress).isEqualTo(address);
    }

    @Test
    void aSignalLeavesTrapCodeAndAddressForTheFrame() {
        task.answer = FaultOutcome.Signal.busError(0x5000);
        assertThat(fault(0x5000, U | I, true)).isEqualTo(task.answer);
        assertThat(task.log).isEqualTo("fault handle ");
        assertThat(cpu.signalTrap).isEqualTo(14);
        assertThat(cpu.signalError).isEqualTo(U | I);
        assertThat(cpu.signalAddress).isEqualTo(0x5000);
        assertThat(cpu.signalResume).isTrue();
    }

    /// The kernel's failing access to user memory is EFAULT: no frame may show it.
    @Test
    void aFailedKernelAccessLeavesFramesAlone() {
        task.answer = FaultOutcome.Signal.busError(0x5000);
        assertThat(fault(0x5000, W, false)).isEqualTo(task.answer);
        assertThat(fault(-1, W, false)).isInstanceOf(FaultOutcome.Signal.class);
        assertThat(cpu.signalTrap).isZero();
        assertThat(cpu.signalAddress).isZero();
    }

    @Test
    void outcomesThatAreNoSignalPassThroughUncounted() {
        task.answer = FaultOutcome.OutOfMemory.INSTANCE;
        assertThat(fault(0x1000, U, true)).isEqualTo(FaultOutcome.OutOfMemory.INSTANCE);
        task.answer = FaultOutcome.Retry.INSTANCE;
        assertThat(fault(0x1000, U, true)).isEqualTo(FaultOutcome.Retry.INSTANCE);
        assertThat(task.log).isEqualTo("fault handle fault handle ");
    }

    @Test
    void reservedBitsAreOurBug() {
        assertThatIllegalStateException()
                .isThrownBy(() -> fault(0x1000, P | RSVD | U, true))
                .withMessageContaining("page table corrupted")
                .withMessageContaining("0x1000");
    }

    /// A task whose design answers as told, with a log of what it was asked.
    private final class Task implements FaultContext, FaultDesign {
        private final X86PageFault fault = new X86PageFault(cpu);
        private String log = "";
        private FaultOutcome answer = FaultOutcome.Done.MINOR;

        @Override
        public String name() {
            return "told";
        }

        @Override
        public FaultOutcome handle(Mm mm, PageFault fault) {
            assertThat(fault.address()).isEqualTo(cpu.cr2);
            log += "handle ";
            return answer;
        }

        @Override
        @SuppressWarnings("NullAway") // passed on to our own handle, which does not look
        public Mm mm() {
            return null;
        }

        @Override
        public FaultDesign design() {
            return this;
        }

        @Override
        public PageFault fault() {
            return fault;
        }

        @Override
        public void countPageFault() {
            log += "fault ";
        }

        @Override
        public TraceBus trace() {
            return TraceBus.OFF;
        }

        @Override
        public void countSpeculative() {
            log += "speculative ";
        }

        @Override
        public void countCompleted(boolean major) {
            log += major ? "major " : "minor ";
        }
    }
}
