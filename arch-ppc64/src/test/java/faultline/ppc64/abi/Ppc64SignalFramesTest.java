package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.kernel.ErrnoException;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames.Delivery;
import faultline.kernel.task.SignalFrames.Restored;
import faultline.kernel.testing.FlatMemory;
import faultline.ppc64.abi.FrameLayout.Word;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Msr;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Frames as `arch/powerpc/kernel/signal_64.c` builds them, and the way back, in both byte orders.
final class Ppc64SignalFramesTest {

    private static final long STACK = 0x3000_0000L;
    private static final int STACK_BYTES = 0x10000;
    private static final long SP = STACK + 0x8010;
    private static final long TRAMPOLINE = 0x7fff_f7ff_0240L;
    private static final long HANDLER = STACK + 0x100;
    private static final long MASK = 1 << 9;
    private static final long SA_SIGINFO = 4;

    /// A machine of one byte order, loaded with values that tell registers apart.
    enum Machine {
        LITTLE(ByteOrder.LITTLE_ENDIAN, 0),
        BIG(ByteOrder.BIG_ENDIAN, 8);

        private final ByteOrder order;
        private final int lowHalf;

        Machine(ByteOrder order, int lowHalf) {
            this.order = order;
            this.lowHalf = lowHalf;
        }

        Ppc64Cpu newCpu() {
            Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), order);
            for (int n = 0; n < 32; n++) {
                cpu.r[n] = n * 0x0101_0101_0101L + 1;
            }
            cpu.r[1] = SP;
            for (int i = 0; i < cpu.vsr.length; i++) {
                cpu.vsr[i] = i * 0x1111_2222_3333L + 7;
            }
            cpu.pc = 0x400abc;
            cpu.lr = 0x10_2030;
            cpu.ctr = 0x77;
            cpu.vscr = 0x10001;
            cpu.vrsave = 0x1234;
            Ppc64State.setXer(cpu, 0xa000_0005L);
            Ppc64State.setCr(cpu, 0x1234_5678L);
            cpu.fp.setFpscr(3);
            cpu.dar = 0xdead_0000L;
            cpu.dsisr = 0x4200_0000L;
            cpu.firstArgument = 0x99;
            cpu.thread.trap = 0x300;
            return cpu;
        }

        FlatMemory newMemory() {
            return new FlatMemory(STACK, STACK_BYTES, order);
        }

        Ppc64SignalFrames frames() {
            return new Ppc64SignalFrames(order);
        }

        void enter(Ppc64Cpu cpu, FlatMemory memory, long flags, Siginfo info) {
            frames().enter(cpu, memory, new Delivery(info, HANDLER, flags, 0, TRAMPOLINE, MASK, 0, 0, 0, 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void leaveTheRedZoneAloneAndMakeRoomForACaller(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 0xdead_0000L));
        long frame = cpu.r[1] + 128;
        assertThat(frame % 16).isZero();
        assertThat(SP - frame - FrameLayout.INFO - 128).isBetween(512L, 512L + 15);
        assertThat(memory.load64(cpu.r[1])).as("back chain").isEqualTo(SP);
        assertThat(cpu.r[3]).isEqualTo(11);
        assertThat(memory.load32(cpu.r[4])).as("siginfo").isEqualTo(11);
        assertThat(memory.load64(cpu.r[4] + 16)).isEqualTo(0xdead_0000L);
        assertThat(cpu.r[5]).as("ucontext").isEqualTo(frame);
        assertThat(cpu.pc).isEqualTo(TRAMPOLINE);
        assertThat(cpu.fp.fpscr()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void haveTheRegistersInTheirPlaces(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 0xdead_0000L));
        long frame = cpu.r[5];
        long msr = 0x8000_0000_0280_f032L | (machine == Machine.LITTLE ? 1 : 0);
        assertThat(memory.load64(frame + FrameLayout.GP_REGS + 8 * 31)).isEqualTo(31 * 0x0101_0101_0101L + 1);
        assertThat(memory.load64(frame + Word.NIP.offset())).isEqualTo(0x400abc);
        assertThat(memory.load64(frame + Word.MSR.offset())).isEqualTo(msr);
        assertThat(memory.load64(frame + Word.ORIG_R3.offset())).isEqualTo(0x99);
        assertThat(memory.load64(frame + Word.CTR.offset())).isEqualTo(0x77);
        assertThat(memory.load64(frame + Word.LNK.offset())).isEqualTo(0x10_2030);
        assertThat(memory.load64(frame + Word.XER.offset())).isEqualTo(0xa000_0005L);
        assertThat(memory.load64(frame + Word.CCR.offset())).isEqualTo(0x1234_5678L);
        assertThat(memory.load64(frame + Word.SOFTE.offset())).isEqualTo(1);
        assertThat(memory.load64(frame + Word.TRAP.offset())).isEqualTo(0x300);
        assertThat(memory.load64(frame + Word.DAR.offset())).isEqualTo(0xdead_0000L);
        assertThat(memory.load64(frame + Word.DSISR.offset())).isEqualTo(0x4200_0000L);
        assertThat(memory.load64(frame + FrameLayout.UC_SIGMASK)).isEqualTo(MASK);
        assertThat(memory.load32(frame + FrameLayout.SIGNAL)).isEqualTo(11);
        assertThat(memory.load64(frame + FrameLayout.HANDLER)).isEqualTo(HANDLER);
        assertThat(memory.load64(frame + FrameLayout.REGS_POINTER)).isEqualTo(frame + FrameLayout.GP_REGS);
        assertThat(memory.load64(frame + FrameLayout.FP_REGS + 8 * 5)).isEqualTo(machine.newCpu().vsr[11]);
        assertThat(memory.load64(frame + FrameLayout.FP_REGS + 8 * 32)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void haveVectorsAsStvxStoresThem(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long vectors = memory.load64(cpu.r[5] + FrameLayout.V_REGS_POINTER);
        Ppc64Cpu before = machine.newCpu();
        assertThat(vectors % 16).isZero();
        assertThat(vectors - cpu.r[5] - FrameLayout.VMX_RESERVE).isBetween(0L, 15L);
        assertThat(memory.load64(vectors + 16 * 2 + machine.lowHalf))
                .as("VR 2, low")
                .isEqualTo(before.vsr[68]);
        assertThat(memory.load64(vectors + 16 * 2 + 8 - machine.lowHalf)).isEqualTo(before.vsr[69]);
        int lastWord = machine == Machine.LITTLE ? 0 : 12;
        assertThat(memory.load32(vectors + FrameLayout.VSCR + lastWord)).isEqualTo(0x10001);
        assertThat(memory.load32(vectors + FrameLayout.VRSAVE)).isEqualTo(0x1234);
        assertThat(memory.load64(vectors + FrameLayout.VSR_LOW + 8 * 3))
                .as("VSR 3, low")
                .isEqualTo(before.vsr[6]);
    }

    @ParameterizedTest
    @EnumSource
    void enterFunctionsWithoutDescriptors(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        long toc = cpu.r[2];
        machine.enter(cpu, machine.newMemory(), SA_SIGINFO, Siginfo.sent(10, 0, 1, 0));
        assertThat(cpu.ctr).isEqualTo(HANDLER);
        assertThat(cpu.r[12]).isEqualTo(HANDLER);
        assertThat(cpu.r[2]).isEqualTo(toc);
    }

    @ParameterizedTest
    @EnumSource
    void enterFunctionsByTheirDescriptors(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        cpu.thread.descriptors = true;
        long r12 = cpu.r[12];
        FlatMemory memory = machine.newMemory();
        memory.store64(HANDLER, 0x1000_0800L);
        memory.store64(HANDLER + 8, 0x1002_8000L);
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.sent(10, 0, 1, 0));
        assertThat(cpu.ctr).isEqualTo(0x1000_0800L);
        assertThat(cpu.r[2]).isEqualTo(0x1002_8000L);
        assertThat(cpu.r[12]).isEqualTo(r12);
    }

    @ParameterizedTest
    @EnumSource
    void showAPlainHandlerItsSigcontext(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        machine.enter(cpu, machine.newMemory(), 0, Siginfo.sent(10, 0, 1, 0));
        assertThat(cpu.r[4]).isEqualTo(cpu.r[1] + 128 + FrameLayout.UC_MCONTEXT);
        assertThat(cpu.r[5]).isEqualTo(machine.newCpu().r[5]);
    }

    @ParameterizedTest
    @EnumSource
    void bringEverythingBack(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long frame = cpu.r[5];
        Arrays.fill(cpu.vsr, -1);
        Arrays.fill(cpu.r, 0, 32, -1);
        Ppc64State.setXer(cpu, 0);
        Ppc64State.setCr(cpu, 0);
        cpu.vscr = 0;
        cpu.vrsave = 0;
        cpu.r[1] = frame;
        Restored restored = machine.frames().leave(cpu, memory);
        Ppc64Cpu before = machine.newCpu();
        assertThat(cpu.r).isEqualTo(before.r);
        assertThat(cpu.vsr).isEqualTo(before.vsr);
        assertThat(cpu.pc).isEqualTo(before.pc);
        assertThat(cpu.lr).isEqualTo(before.lr);
        assertThat(cpu.ctr).isEqualTo(before.ctr);
        assertThat(cpu.vscr).isEqualTo(before.vscr);
        assertThat(cpu.vrsave).isEqualTo(before.vrsave);
        assertThat(Ppc64State.xer(cpu)).isEqualTo(Ppc64State.xer(before));
        assertThat(Ppc64State.cr(cpu)).isEqualTo(Ppc64State.cr(before));
        assertThat(cpu.fp.fpscr()).isEqualTo(3);
        assertThat(restored.mask()).isEqualTo(MASK);
        assertThat(restored.altStackFlags()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void takeOnlyTheVectorsThatMsrSaysAreThere(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long frame = cpu.r[5];
        long msr = memory.load64(frame + Word.MSR.offset());
        memory.store64(frame + Word.MSR.offset(), msr & ~(Msr.VEC | Msr.VSX));
        cpu.r[1] = frame;
        machine.frames().leave(cpu, memory);
        assertThat(Arrays.copyOfRange(cpu.vsr, 64, 128)).containsOnly(0);
        assertThat(cpu.vsr[6]).as("VSR 3, low").isZero();
        assertThat(cpu.vsr[7]).as("VSR 3, high: FPR 3").isEqualTo(machine.newCpu().vsr[7]);
        assertThat(cpu.vrsave).isEqualTo(0x1234);
    }

    @ParameterizedTest
    @EnumSource
    void areRefusedWhereTheyAreNotAndChangeNothing(Machine machine) {
        Ppc64Cpu cpu = machine.newCpu();
        FlatMemory memory = machine.newMemory();
        machine.enter(cpu, memory, SA_SIGINFO, Siginfo.fault(11, 1, 8));
        long frame = cpu.r[5];
        memory.store64(frame + FrameLayout.V_REGS_POINTER, 0x1000);
        cpu.r[1] = frame;
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> machine.frames().leave(cpu, memory));
        assertThat(cpu.r[1]).isEqualTo(frame);
        cpu.r[1] = 0x1000;
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> machine.frames().leave(cpu, memory));
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> machine.enter(cpu, memory, 0, Siginfo.sent(10, 0, 1, 0)));
    }
}
