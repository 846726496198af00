package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.task.ThreadAbi;
import faultline.kernel.testing.FlatMemory;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.X86Cpu;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class X86KernelPortTest {

    private static final MmuChoice MMU = new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_4);

    private final X86KernelPort port = new X86KernelPort();

    @Test
    void theModuleOffersPortAndArchitectureAsServices() {
        assertThat(X86KernelPort.class.getModule().getDescriptor().provides())
                .anyMatch(service -> service.service().equals(KernelPort.class.getName())
                        && service.providers().contains(X86KernelPort.class.getName()))
                .anyMatch(service -> service.service().equals(Architecture.class.getName())
                        && service.providers().contains(X86Architecture.class.getName()));
    }

    /// Every register a program could see is reset: the old program's must not leak into the new
    /// one.
    @Test
    void aNewProgramFindsOnlyEntryAndStack() {
        X86Cpu cpu = new X86Cpu();
        Arrays.fill(cpu.r, 0, 16, 7);
        Arrays.fill(cpu.v, 7);
        cpu.fsBase = 7;
        cpu.gsBase = 7;
        cpu.sse.mxcsr = 0;
        cpu.fpControl = 0;
        cpu.setFlags(-1);
        cpu.writePkru(0);
        cpu.signalTrap = 14;
        port.startThread(cpu, new FlatMemory(0, 0), new ThreadAbi.Start(0x401000, 0, 0, 0x7fff_0000));
        assertThat(cpu.pc).isEqualTo(0x401000);
        for (int i = 0; i < 16; i++) {
            assertThat(cpu.r[i]).isEqualTo(i == X86Cpu.RSP ? 0x7fff_0000 : 0);
        }
        assertThat(cpu.v).containsOnly(0);
        assertThat(cpu.fsBase | cpu.gsBase | cpu.signalTrap).isZero();
        assertThat(cpu.sse.mxcsr).isEqualTo(0x1f80);
        assertThat(cpu.fpControl).isEqualTo(0x37f);
        assertThat(cpu.flags()).isEqualTo(0x202);
        assertThat(cpu.pkru).isEqualTo(0x5555_5554);
    }

    @Test
    void aChildReturnsZeroOnTheStackItWasGivenIfAny() {
        X86Cpu child = new X86Cpu();
        child.r[X86Cpu.RAX] = 56;
        child.r[X86Cpu.RSP] = 0x1000;
        port.childReturn(child, 0);
        assertThat(child.r[X86Cpu.RAX]).isZero();
        assertThat(child.r[X86Cpu.RSP]).isEqualTo(0x1000);
        port.childReturn(child, 0x2000);
        assertThat(port.stackPointer(child)).isEqualTo(0x2000);
        port.setTls(child, 0x3000);
        assertThat(child.fsBase).isEqualTo(0x3000);
    }

    @Test
    void programsArePlacedAsOnLinuxWithoutRandomisation() {
        KernelPort.AddressLayout layout = port.addressLayout(MMU);
        assertThat(layout.stackTop()).isEqualTo(0x7fff_ffff_f000L);
        assertThat(layout.mmapBase()).isEqualTo(0x7fff_f7ff_f000L);
        assertThat(layout.pieBase()).isEqualTo(0x5555_5555_4000L);
    }

    @Test
    void fsgsbaseIsAnnouncedWhereTheModelHasIt() {
        assertThat(port.hwcap2(new CpuModel("with", "", Set.of("FSGSBASE")))).isEqualTo(2);
        assertThat(port.hwcap2(new CpuModel("without", "", Set.of("FPU")))).isZero();
    }

    @Test
    void keysAreOfferedWhereTheModelHasThem() {
        X86Cpu with = new X86Cpu(new CpuModel("with", "", Set.of("PKU", "XSAVE")));
        assertThat(port.protectionKeys(MMU).count(with)).isEqualTo(16);
        assertThat(port.protectionKeys(MMU).count(new X86Cpu(new CpuModel("without", "", Set.of()))))
                .isZero();
        with.writePkru(-1);
        port.protectionKeys(MMU).setRights(with, 5, 2);
        assertThat(with.pkru).isEqualTo(~(1 << 10));
        assertThat(port.protectionKeys(MMU).rights(with, 5)).isEqualTo(2);
        assertThat(port.protectionKeys(MMU).rights(with, 4)).isEqualTo(3);
    }

    @Test
    void anInterruptedCallRunsAgainOnItsInstruction() {
        X86Cpu cpu = new X86Cpu();
        cpu.pc = 0x401002;
        cpu.r[X86Cpu.RAX] = -512;
        port.syscallAbi().restart(cpu, 35);
        assertThat(cpu.pc).isEqualTo(0x401000);
        assertThat(port.syscallAbi().number(cpu)).isEqualTo(35);
        cpu.pc = 0x401002;
        port.syscallAbi().restartWithBlock(cpu);
        assertThat(port.syscallAbi().name(port.syscallAbi().number(cpu))).isEqualTo("restart_syscall");
    }

    @Test
    void argumentsComeInTheOrderOfThePsabi() {
        X86Cpu cpu = new X86Cpu();
        int[] registers = {X86Cpu.RDI, X86Cpu.RSI, X86Cpu.RDX, 10, 8, 9};
        for (int i = 0; i < registers.length; i++) {
            cpu.r[registers[i]] = 100L + i;
        }
        long[] args = new long[6];
        port.syscallAbi().arguments(cpu, args);
        assertThat(args).containsExactly(100, 101, 102, 103, 104, 105);
        port.syscallAbi().setResult(cpu, -14);
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(-14);
    }

    @Test
    void itsOwnCallsHaveNumbers() {
        SyscallTable table = new SyscallTable();
        port.registerCalls(table);
        for (int number : new int[] {154, 158, 172, 173}) {
            String name = port.syscallAbi().name(number);
            assertThat(name).isNotNull();
            assertThat(table.find(name == null ? "" : name)).as(name).isNotNull();
        }
    }
}
