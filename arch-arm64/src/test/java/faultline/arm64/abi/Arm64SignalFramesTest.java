package faultline.arm64.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.CpuModels;
import faultline.arm64.cpu.Nzcv;
import faultline.kernel.ErrnoException;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames.Delivery;
import faultline.kernel.task.SignalFrames.Restored;
import faultline.kernel.testing.FlatMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Frames as `arch/arm64/kernel/signal.c` builds them, and the way back.
final class Arm64SignalFramesTest {

    private static final long STACK = 0x3000_0000L;
    private static final int STACK_BYTES = 0x10000;
    private static final long SP = STACK + 0x8010;
    private static final long RESTORER = 0x1234_5678;
    private static final long TRAMPOLINE = 0xffff_f7ff_f244L;
    private static final long HANDLER = 0x401000;
    private static final long MASK = 1 << 9;
    private static final long SA_SIGINFO = 4;
    private static final long SA_RESTORER = 0x0400_0000;
    private static final long SA_EXPOSE_TAGBITS = 0x800;
    private static final long TAGGED = 0x7e00_0000_dead_0000L;

    private final Arm64SignalFrames frames = new Arm64SignalFrames(1L << 48);
    private final A64Cpu cpu = newCpu();
    private final FlatMemory memory = new FlatMemory(STACK, STACK_BYTES);

    private static A64Cpu newCpu() {
        return (A64Cpu) new Arm64Architecture().newCpu(CpuModels.max());
    }

    @BeforeEach
    void loadRegisters() {
        for (int n = 0; n < 31; n++) {
            cpu.x[n] = n * 0x0101_0101_0101L + 1;
        }
        cpu.x[A64Cpu.SP] = SP;
        cpu.pc = 0x400abc;
        Nzcv.setNzcv(cpu, 0b1010);
        for (int i = 0; i < cpu.v.length; i++) {
            cpu.v[i] = i * 0x1111_2222_3333L + 7;
        }
        cpu.fp.setFpcr(0x01000000);
        cpu.fp.setFpsr(0x10);
        cpu.noteFault(0xdead0000L, 0x92000007L);
    }

    private void enter(long flags, Siginfo info) {
        frames.enter(cpu, memory, new Delivery(info, HANDLER, flags, RESTORER, TRAMPOLINE, MASK, 0, 0, 0, 2));
    }

    @Test
    void haveTheRecordsOfLinuxInItsOrder() {
        enter(SA_SIGINFO, Siginfo.fault(11, 1, 0xdead0000L));
        long frame = cpu.x[A64Cpu.SP];
        long record = SP - FrameLayout.FRAME_RECORD_BYTES;
        assertThat(frame).isEqualTo(record - FrameLayout.BYTES);
        assertThat(memory.load64(record)).isEqualTo(29 * 0x0101_0101_0101L + 1);
        assertThat(memory.load64(record + 8)).isEqualTo(30 * 0x0101_0101_0101L + 1);
        assertThat(cpu.x[29]).isEqualTo(record);
        assertThat(cpu.x[30]).isEqualTo(TRAMPOLINE);
        assertThat(cpu.x[0]).isEqualTo(11);
        assertThat(cpu.x[1]).isEqualTo(frame);
        assertThat(cpu.x[2]).isEqualTo(frame + 128);
        assertThat(cpu.pc).isEqualTo(HANDLER);
        assertThat(memory.load64(frame + FrameLayout.FAULT_ADDRESS)).isEqualTo(0xdead0000L);
        assertThat(memory.load64(frame + FrameLayout.PSTATE)).isEqualTo(0xa0000000L);
        assertThat(memory.load64(frame + FrameLayout.UC_SIGMASK)).isEqualTo(MASK);
        long records = frame + FrameLayout.RESERVED;
        assertThat(memory.load64(records)).isEqualTo(528L << 32 | 0x46508001L);
        assertThat(memory.load32(records + FrameLayout.FPSIMD_FPCR)).isEqualTo(0x01000000);
        assertThat(memory.load64(records + 528)).isEqualTo(16L << 32 | 0x45535201L);
        assertThat(memory.load64(records + 536)).isEqualTo(0x92000007L);
        assertThat(memory.load64(records + 544)).isZero();
    }

    @Test
    void haveNoSyndromeWhereThereIsNone() {
        cpu.noteFault(0, 0);
        enter(SA_SIGINFO, Siginfo.fault(4, 1, cpu.pc));
        assertThat(memory.load64(cpu.x[A64Cpu.SP] + FrameLayout.RESERVED + 528)).isZero();
    }

    @Test
    void returnToTheProgramsOwnRestorer() {
        enter(SA_RESTORER, Siginfo.sent(10, 0, 1, 0));
        assertThat(cpu.x[30]).isEqualTo(RESTORER);
        assertThat(cpu.x[1]).as("an argument of SA_SIGINFO alone").isEqualTo(0x0101_0101_0101L + 1);
    }

    @Test
    void showTheTagOfAnAddressOnRequest() {
        enter(SA_SIGINFO, Siginfo.fault(11, 1, TAGGED));
        assertThat(memory.load64(cpu.x[A64Cpu.SP] + 16)).isEqualTo(0xdead0000L);
        enter(SA_SIGINFO | SA_EXPOSE_TAGBITS, Siginfo.fault(11, 1, TAGGED));
        assertThat(memory.load64(cpu.x[A64Cpu.SP] + 16)).isEqualTo(TAGGED);
    }

    @Test
    void bringEverythingBack() {
        A64Cpu before = newCpu();
        before.copyFrom(cpu);
        enter(SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long frame = cpu.x[A64Cpu.SP];
        java.util.Arrays.fill(cpu.v, -1);
        java.util.Arrays.fill(cpu.x, 0, 31, -1);
        Nzcv.setNzcv(cpu, 0);
        cpu.x[A64Cpu.SP] = frame;
        Restored restored = frames.leave(cpu, memory);
        assertThat(cpu.x).isEqualTo(before.x);
        assertThat(cpu.v).isEqualTo(before.v);
        assertThat(cpu.pc).isEqualTo(before.pc);
        assertThat(Nzcv.nzcv(cpu)).isEqualTo(Nzcv.nzcv(before));
        assertThat(cpu.fp.fpcr()).isEqualTo(before.fp.fpcr());
        assertThat(restored.mask()).isEqualTo(MASK);
        assertThat(restored.altStackFlags()).isEqualTo(2);
    }

    @Test
    void areRefusedWhenTheyAreNone() {
        enter(SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long frame = cpu.x[A64Cpu.SP];
        refused(frame + 8);
        long pstate = memory.load64(frame + FrameLayout.PSTATE);
        memory.store64(frame + FrameLayout.PSTATE, pstate | 4);
        refused(frame);
        memory.store64(frame + FrameLayout.PSTATE, pstate);
        memory.store32(frame + FrameLayout.RESERVED, 0x12345678);
        refused(frame);
        memory.store64(frame + FrameLayout.RESERVED, 0);
        refused(frame);
    }

    private void refused(long frame) {
        cpu.x[A64Cpu.SP] = frame;
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> frames.leave(cpu, memory));
    }
}
