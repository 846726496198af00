package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.core.cpu.GuestTrap;
import faultline.core.mem.Mem;
import faultline.core.mmu.GuestFault;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.ExtendedState;
import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class XsaveFeatureSetTest {

    private static final long AREA = OneInsnMachine.DATA;

    private final OneInsnMachine machine = new OneInsnMachine(CpuModels.max());
    private final Mem mem = machine.mem();
    private final X86Cpu cpu = new X86Cpu();

    private void request(long mask) {
        cpu.r[X86Cpu.RAX] = mask & 0xffff_ffffL;
        cpu.r[X86Cpu.RDX] = mask >>> 32;
    }

    @Test
    void xgetbvReadsXcr0AndNothingElse() {
        cpu.r[X86Cpu.RDX] = -1;
        XsaveFeatureSet.xgetbv(cpu);
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(0x203);
        assertThat(cpu.r[X86Cpu.RDX]).isZero();
        cpu.r[X86Cpu.RCX] = 1;
        assertThatExceptionOfType(GuestTrap.class)
                .isThrownBy(() -> XsaveFeatureSet.xgetbv(cpu))
                .matches(trap -> trap.vector() == 13);
    }

    @Test
    void whatIsSavedIsRestored() {
        cpu.v[7] = 0x1234;
        cpu.sse.mxcsr = 0x3f80;
        cpu.fpControl = 0x27f;
        cpu.writePkru(0x5550);
        request(-1);
        XsaveFeatureSet.xsave(cpu, mem, AREA);
        assertThat(mem.load64(AREA + ExtendedState.XSTATE_BV)).isEqualTo(0x203);
        cpu.v[7] = 0;
        cpu.sse.mxcsr = 0x1f80;
        cpu.fpControl = 0x37f;
        cpu.writePkru(0);
        XsaveFeatureSet.xrstor(cpu, mem, AREA);
        assertThat(cpu.v[7]).isEqualTo(0x1234);
        assertThat(cpu.sse.mxcsr).isEqualTo(0x3f80);
        assertThat(cpu.fpControl).isEqualTo(0x27f);
        assertThat(cpu.pkru).isEqualTo(0x5550);
    }

    /// Components that are not asked for keep their bytes and their bits in the header.
    @Test
    void componentsNotAskedForStayAsTheyAre() {
        cpu.v[0] = 1;
        request(ExtendedState.SSE);
        XsaveFeatureSet.xsave(cpu, mem, AREA);
        cpu.v[0] = 2;
        cpu.writePkru(4);
        request(ExtendedState.PKRU);
        XsaveFeatureSet.xsave(cpu, mem, AREA);
        assertThat(mem.load64(AREA + ExtendedState.XSTATE_BV)).isEqualTo(ExtendedState.SSE | ExtendedState.PKRU);
        assertThat(mem.load64(AREA + 160)).isEqualTo(1);
        request(ExtendedState.SSE);
        cpu.writePkru(8);
        XsaveFeatureSet.xrstor(cpu, mem, AREA);
        assertThat(cpu.v[0]).isEqualTo(1);
        assertThat(cpu.pkru).isEqualTo(8);
    }

    @Test
    void componentsTheHeaderDoesNotNameAreInitialised() {
        for (int i = 0; i < ExtendedState.bytes(cpu.model()); i += 8) {
            mem.store64(AREA + i, 0);
        }
        mem.store32(AREA + 24, 0x1f80);
        cpu.v[0] = 9;
        cpu.fpControl = 0;
        cpu.writePkru(-1);
        request(-1);
        XsaveFeatureSet.xrstor(cpu, mem, AREA);
        assertThat(cpu.v[0]).isZero();
        assertThat(cpu.fpControl).isEqualTo(0x37f);
        assertThat(cpu.pkru).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, ExtendedState.XSTATE_BV, ExtendedState.XSTATE_BV + 8})
    void badImagesAndMisalignedOnesAreGeneralProtectionFaults(int offset) {
        request(-1);
        XsaveFeatureSet.xsave(cpu, mem, AREA);
        mem.store32(AREA + offset, -1);
        assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> XsaveFeatureSet.xrstor(cpu, mem, AREA));
        assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> XsaveFeatureSet.xrstor(cpu, mem, AREA + 32));
        assertThatExceptionOfType(GuestTrap.class).isThrownBy(() -> XsaveFeatureSet.xsave(cpu, mem, AREA + 8));
    }

    /// I1: an area that crosses into a page that cannot be written is not begun.
    @Test
    void aFaultingSaveWritesNothing() {
        long area = OneInsnMachine.DATA + 2 * 4096 - 1024;
        cpu.v[0] = 5;
        request(-1);
        assertThatExceptionOfType(GuestFault.class).isThrownBy(() -> XsaveFeatureSet.xsave(cpu, mem, area));
        assertThat(mem.load64(area + 160)).isZero();
        assertThat(mem.load64(area + ExtendedState.XSTATE_BV)).isZero();
    }
}
