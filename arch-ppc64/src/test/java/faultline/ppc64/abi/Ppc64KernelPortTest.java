package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort.AddressLayout;
import faultline.kernel.task.ThreadAbi.Start;
import faultline.kernel.testing.FlatMemory;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// How Linux starts and copies threads.
final class Ppc64KernelPortTest {

    private static final long ENTRY = 0x1000_0000L;
    private static final long STACK_POINTER = 0x7fff_0000_0000L;

    private final Ppc64KernelPort big = new Ppc64KernelPort.BigEndian();
    private final Ppc64KernelPort little = new Ppc64KernelPort.LittleEndian();

    private static Ppc64Cpu used(ByteOrder order) {
        Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), order);
        Arrays.fill(cpu.r, 0, 32, 7);
        Arrays.fill(cpu.vsr, 7);
        cpu.lr = 7;
        cpu.ctr = 7;
        cpu.fp.setFpscr(7);
        cpu.thread.trap = 0x300;
        cpu.floatingPointMode = 0x900;
        return cpu;
    }

    /// Every register a program could see is reset: the old program's must not leak into the new one.
    @Test
    void aProgramFindsItsEntryInR12() {
        Ppc64Cpu cpu = used(ByteOrder.LITTLE_ENDIAN);
        little.startThread(cpu, new FlatMemory(0, 0), new Start(ENTRY, 0, 2, STACK_POINTER));
        assertThat(cpu.pc).isEqualTo(ENTRY);
        for (int n = 0; n < 32; n++) {
            assertThat(cpu.r[n]).isEqualTo(n == 12 ? ENTRY : n == 1 ? STACK_POINTER : 0);
        }
        assertThat(cpu.vsr).containsOnly(0);
        assertThat(cpu.lr | cpu.ctr | cpu.fp.fpscr() | cpu.thread.trap | cpu.floatingPointMode)
                .isZero();
        assertThat(cpu.vscr).as("NJ").isEqualTo(0x10000);
        assertThat(cpu.thread.descriptors).isFalse();
    }

    @Test
    void aProgramOfTheFirstAbiIsEnteredByItsDescriptor() {
        FlatMemory memory = new FlatMemory(ENTRY, 24, ByteOrder.BIG_ENDIAN);
        memory.store64(ENTRY, 0x700);
        memory.store64(ENTRY + 8, 0x8000);
        Ppc64Cpu cpu = used(ByteOrder.BIG_ENDIAN);
        big.startThread(cpu, memory, new Start(ENTRY, 0x1_0000_0000L, 1, STACK_POINTER));
        assertThat(cpu.pc).isEqualTo(0x1_0000_0700L);
        assertThat(cpu.r[2]).isEqualTo(0x1_0000_8000L);
        assertThat(cpu.r[12]).isZero();
        assertThat(cpu.thread.descriptors).isTrue();
        big.startThread(cpu, memory, new Start(ENTRY, 0, 0, STACK_POINTER));
        assertThat(cpu.pc).as("a version that is not told is the first").isEqualTo(0x700);
    }

    @Test
    void aChildReturnsZeroOnTheStackItWasGivenIfAny() {
        Ppc64Cpu child = used(ByteOrder.LITTLE_ENDIAN);
        little.childReturn(child, 0);
        assertThat(child.r[3]).isZero();
        assertThat(child.r[1]).isEqualTo(7);
        little.childReturn(child, 0x2000);
        assertThat(little.stackPointer(child)).isEqualTo(0x2000);
        little.setTls(child, 0x3000);
        assertThat(child.r[13]).isEqualTo(0x3000);
    }

    @Test
    void programsArePlacedAsOnLinuxWithoutRandomisation() {
        assertThat(little.addressLayout(new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_64)))
                .isEqualTo(new AddressLayout(0x8000_0000_0000L, 0x7fff_f800_0000L, 0x1_0000_0000L));
        assertThat(little.addressLayout(new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_4)))
                .isEqualTo(new AddressLayout(0x4000_0000_0000L, 0x3fff_f800_0000L, 0x1_0000_0000L));
    }

    @Test
    void aByteOrderHasItsNameAndNoOtherPort() {
        assertThat(little.machineName()).isEqualTo("ppc64le");
        assertThat(big.machineName()).isEqualTo("ppc64");
        assertThat(little.byteOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(big.byteOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }

    @Test
    void cpuinfoHasTheFormOfPower() {
        assertThat(little.cpuinfo(CpuModels.all().getFirst(), 2)).isEqualTo("""
                processor\t: 0
                cpu\t\t: POWER8 (raw), altivec supported
                revision\t: 2.0 (pvr 004d 0200)

                processor\t: 1
                cpu\t\t: POWER8 (raw), altivec supported
                revision\t: 2.0 (pvr 004d 0200)

                timebase\t: 512000000
                platform\t: Faultline
                """);
        assertThat(little.cpuinfo(CpuModels.max(), 1)).contains("POWER9", "2.2 (pvr 004e 1202)");
    }
}
