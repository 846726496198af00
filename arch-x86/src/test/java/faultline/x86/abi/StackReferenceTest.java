package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.kernel.task.Siginfo;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.mmu.X86Mmu;
import faultline.x86.mmu.X86PageTableFormat;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Non-canonical accesses: SIGBUS through the stack segment, SIGSEGV through any other.
final class StackReferenceTest {

    private static final long CODE = 0x40_0ff0;
    private static final long NON_CANONICAL = 0x8000_0000_0000L;

    private final PhysicalMemory memory = PhysicalMemory.reserve(16 << 12);
    private final X86PageTableFormat format = new X86PageTableFormat();
    private final X86Cpu cpu = new X86Cpu();

    StackReferenceTest() {
        VcpuSet vcpus = new VcpuSet(1, memory, () -> new X86Mmu(memory), new Steps(new ParallelSchedule()));
        for (int level = 3; level >= 1; level--) {
            format.store(memory, entryPa(level), format.table(level, 5 - level));
        }
        format.store(memory, entryPa(0), format.leaf(6, format.protection(true, false, true, 0)));
        Vcpu vcpu = vcpus.get(0);
        vcpu.mem().mmu().setRoot(1 << 12);
        vcpu.enterKernel();
        cpu.attach(vcpu);
    }

    private long entryPa(int level) {
        return (4L - level << 12) + ((CODE >>> format.shift(level) & 511) << 3);
    }

    @ParameterizedTest
    @CsvSource({
        "c6 45 00 01,          rbp, 7, movb $1 (%rbp)",
        "64 c6 45 00 01,       rbp, 11, movb $1 %fs:(%rbp)",
        "41 c6 45 00 01,       r13, 11, movb $1 (%r13)",
        "c6 04 24 01,          rsp, 7, movb $1 (%rsp)",
        "c6 04 20 01,          rax, 11, movb $1 (%rax)",
        "c6 00 01,             rax, 11, movb $1 (%rax)",
        "c6 44 05 00 01,       rax, 7, movb $1 (%rbp %rax)",
        "50,                   rsp, 7, push %rax",
        "c3,                   rsp, 7, ret",
        "e8 00 00 00 00,       rsp, 7, call",
        "ff 10,                rax, 11, call *(%rax)",
        "aa,                   rdi, 11, stosb",
    })
    void goThroughTheSegmentOfTheirInstruction(String code, String register, int signal, String text) {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(code.strip());
        memory.write((6L << 12) + (CODE & 0xfff), bytes, 0, bytes.length);
        cpu.r[X86Cpu.RSP] = CODE;
        cpu.registers().set(cpu.registers().find(register), 0, NON_CANONICAL + 0x100);
        cpu.pc = CODE;
        Siginfo info = X86Exceptions.signal(cpu, X86Mmu.NON_CANONICAL);
        assertThat(info.signal()).as(text).isEqualTo(signal);
        assertThat(info.code()).isEqualTo(Siginfo.SI_KERNEL);
        assertThat(cpu.signalTrap).isEqualTo(signal == 7 ? 12 : 13);
    }

    @ParameterizedTest
    @CsvSource({"0x500000", "0x800000000000"})
    void codeThatCannotBeReadCountsAsNoStackReference(long pc) {
        cpu.pc = pc;
        assertThat(X86Exceptions.signal(cpu, X86Mmu.NON_CANONICAL).signal()).isEqualTo(11);
    }
}
