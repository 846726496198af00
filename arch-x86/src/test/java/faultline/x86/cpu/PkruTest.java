package faultline.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.GuestFault;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.x86.mmu.X86Mmu;
import faultline.x86.mmu.X86PageTableFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// PKRU takes effect at once, though the soft TLB holds rights that were checked before.
final class PkruTest {

    private static final long VA = 0x40_0000;
    private static final int KEY = 3;

    private final PhysicalMemory memory = PhysicalMemory.reserve(16 << 12);
    private final VcpuSet vcpus = new VcpuSet(2, memory, () -> new X86Mmu(memory), new Steps(new ParallelSchedule()));
    private final X86Cpu cpu = new X86Cpu();

    @BeforeEach
    void mapOnePageUnderTheKey() {
        X86PageTableFormat format = new X86PageTableFormat();
        for (int level = 3; level >= 0; level--) {
            long entry = (4L - level << 12) + ((VA >>> format.shift(level) & 511) << 3);
            format.store(
                    memory,
                    entry,
                    level > 0
                            ? format.table(level, 5 - level)
                            : format.leaf(6, format.protection(true, true, false, KEY)));
        }
        for (int id = 0; id < 2; id++) {
            vcpus.get(id).mem().mmu().setRoot(1 << 12);
            vcpus.get(id).enterGuest();
        }
        cpu.attach(vcpus.get(0));
    }

    private static void assertDenied(Vcpu vcpu) {
        assertThatExceptionOfType(GuestFault.class).isThrownBy(() -> vcpu.mem().store8(VA, (byte) 1));
        assertThat(vcpu.mem().lastFault().code & 0x20).isEqualTo(0x20);
    }

    @Test
    void aWriteOfPkruRevokesWhatTheTlbHolds() {
        vcpus.get(0).mem().store8(VA, (byte) 1);
        cpu.writePkru(2 << 2 * KEY);
        assertDenied(vcpus.get(0));
        assertThat(vcpus.get(0).mem().load8(VA)).isEqualTo((byte) 1);
        cpu.writePkru(0);
        vcpus.get(0).mem().store8(VA, (byte) 2);
    }

    @Test
    void theRightsComeAlongToAnotherVcpu() {
        cpu.writePkru(2 << 2 * KEY);
        cpu.detach();
        vcpus.get(1).mem().store8(VA, (byte) 1);
        cpu.attach(vcpus.get(1));
        assertDenied(vcpus.get(1));
    }

    @Test
    void aThreadThatRunsNowhereTouchesNoVcpu() {
        cpu.detach();
        cpu.writePkru(-1);
        vcpus.get(0).mem().store8(VA, (byte) 1);
        cpu.attach(vcpus.get(0));
        assertDenied(vcpus.get(0));
    }
}
