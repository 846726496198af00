package faultline.arm64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfException;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfReader;
import faultline.kernel.elf.Vdso;
import faultline.kernel.syscall.SyscallNames;
import faultline.kernel.testing.FlatMemory;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StructStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Layouts against what `src/test/native/abi-layout.c` takes from a system's headers.
final class AbiLayoutTest {

    private final Map<String, Long> recorded = read().lines()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(words -> words[0], words -> Long.decode(words[1])));

    private static String read() {
        try (InputStream in = AbiLayoutTest.class.getResourceAsStream("layout.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int at(String field) {
        return recorded.get(field).intValue();
    }

    @Test
    void theFramesFieldsLieWhereTheHeadersSay() {
        assertThat(FrameLayout.UC_STACK_SP).isEqualTo(at("frame.ss_sp"));
        assertThat(FrameLayout.UC_STACK_FLAGS).isEqualTo(at("frame.ss_flags"));
        assertThat(FrameLayout.UC_STACK_SIZE).isEqualTo(at("frame.ss_size"));
        assertThat(FrameLayout.UC_SIGMASK).isEqualTo(at("frame.sigmask"));
        assertThat(FrameLayout.FAULT_ADDRESS).isEqualTo(at("frame.fault_address"));
        assertThat(FrameLayout.REGS).isEqualTo(at("frame.regs"));
        assertThat(FrameLayout.SP).isEqualTo(at("frame.sp"));
        assertThat(FrameLayout.PC).isEqualTo(at("frame.pc"));
        assertThat(FrameLayout.PSTATE).isEqualTo(at("frame.pstate"));
        assertThat(FrameLayout.RESERVED).isEqualTo(at("frame.reserved"));
        assertThat(FrameLayout.BYTES).isEqualTo(at("frame.bytes"));
        assertThat(FrameLayout.FPSIMD_FPSR).isEqualTo(at("fpsimd.fpsr"));
        assertThat(FrameLayout.FPSIMD_FPCR).isEqualTo(at("fpsimd.fpcr"));
        assertThat(FrameLayout.FPSIMD_VREGS).isEqualTo(at("fpsimd.vregs"));
        assertThat(FrameLayout.FPSIMD_BYTES).isEqualTo(at("fpsimd.bytes"));
        assertThat(FrameLayout.FPSIMD_MAGIC).isEqualTo(at("fpsimd.magic"));
        assertThat(FrameLayout.ESR_ESR).isEqualTo(at("esr.esr"));
        assertThat(FrameLayout.ESR_BYTES).isEqualTo(at("esr.bytes"));
        assertThat(FrameLayout.ESR_MAGIC).isEqualTo(at("esr.magic"));
        assertThat(FrameLayout.EXTRA_DATA).isEqualTo(at("extra.datap"));
        assertThat(FrameLayout.EXTRA_SIZE).isEqualTo(at("extra.size"));
        assertThat(FrameLayout.EXTRA_BYTES).isEqualTo(at("extra.bytes"));
        assertThat(FrameLayout.EXTRA_MAGIC).isEqualTo(at("extra.magic"));
        assertThat(new Arm64SignalFrames(1L << 48).minimumStack()).isEqualTo(at("minsigstksz"));
    }

    @Test
    void theFlagsOfOpenAreTheHeaders() {
        OpenFlags flags = new Arm64KernelPort().openFlags();
        assertThat(flags)
                .isEqualTo(new OpenFlags(at("O_DIRECT"), at("O_LARGEFILE"), at("O_DIRECTORY"), at("O_NOFOLLOW")));
        long asked = at("O_DIRECTORY") | at("O_NOFOLLOW") | FileMode.O_CLOEXEC;
        int known = FileMode.O_DIRECTORY | FileMode.O_NOFOLLOW | FileMode.O_CLOEXEC;
        assertThat(flags.toKernel(asked)).isEqualTo(known);
        assertThat(flags.toUser(known)).isEqualTo((int) asked);
        assertThat(flags.toKernel(1L << 40)).isEqualTo(1L << 40);
    }

    @Test
    void statFieldsLieWhereTheHeadersSay() {
        FlatMemory memory = new FlatMemory(0x1000, at("stat.bytes"));
        StatLayout layout = StructStat.generic(ByteOrder.LITTLE_ENDIAN);
        layout.write(memory, 0x1000, new StatLayout.Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
        assertThat(memory.load32(0x1000 + at("stat.mode"))).isEqualTo(3);
        assertThat(memory.load32(0x1000 + at("stat.nlink"))).isEqualTo(4);
        assertThat(memory.load64(0x1000 + at("stat.rdev"))).isEqualTo(7);
        assertThat(memory.load64(0x1000 + at("stat.size"))).isEqualTo(8);
        assertThat(memory.load32(0x1000 + at("stat.blksize"))).isEqualTo(9);
        assertThat(memory.load64(0x1000 + at("stat.blocks"))).isEqualTo(10);
        assertThat(memory.load64(0x1000 + at("stat.ctime_nsec"))).isEqualTo(16);
        assertThat(layout.modeOffset()).isEqualTo(at("stat.mode"));
        assertThat(layout.sizeOffset()).isEqualTo(at("stat.size"));
        assertThat(layout.rdevOffset()).isEqualTo(at("stat.rdev"));
    }

    @Test
    void theVdsoIsAnElfObjectWithItsTrampolineInIt() throws ElfException {
        Vdso.Image image = VdsoImage.build();
        ElfFile file = ElfReader.read("vdso", ByteSource.of(image.bytes()));
        assertThat(file.machine()).isEqualTo(Arm64KernelPort.EM_AARCH64);
        assertThat(file.isPositionIndependent()).isTrue();
        ElfFile.Segment load = file.loads().getFirst();
        assertThat((long) image.trampoline()).isBetween(load.address(), load.end() - 8);
    }

    @Test
    void callsHaveTheirNumbers() {
        SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);
        assertThat(names.name(64)).isEqualTo("write");
        assertThat(names.name(93)).isEqualTo("exit");
        assertThat(names.name(128)).isEqualTo("restart_syscall");
        assertThat(names.name(139)).isEqualTo("rt_sigreturn");
        assertThat(names.name(220)).isEqualTo("clone");
        assertThat(names.name(260)).isEqualTo("wait4");
        assertThat(names.name(291)).isEqualTo("statx");
        assertThat(names.name(435)).isEqualTo("clone3");
        assertThat(names.name(244)).isNull();
    }
}
