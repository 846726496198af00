package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import faultline.kernel.elf.AuxEntry;
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
import faultline.ppc64.abi.FrameLayout.Word;
import faultline.ppc64.cpu.CpuId;
import faultline.ppc64.cpu.CpuModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Layouts against what `src/test/native/abi-layout.c` takes from a system's headers.
final class AbiLayoutTest {

    /// The byte orders and what was printed in them.
    enum Endian {
        LITTLE("layout-le.txt", ByteOrder.LITTLE_ENDIAN),
        BIG("layout-be.txt", ByteOrder.BIG_ENDIAN);

        private final String file;
        private final ByteOrder order;

        Endian(String file, ByteOrder order) {
            this.file = file;
            this.order = order;
        }

        private Map<String, Long> recorded() {
            try (InputStream in = AbiLayoutTest.class.getResourceAsStream(file)) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                        .lines()
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(words -> words[0], words -> Long.decode(words[1])));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private int at(String field) {
            return recorded().get(field).intValue();
        }

        private Ppc64KernelPort port() {
            return this == LITTLE ? new Ppc64KernelPort.LittleEndian() : new Ppc64KernelPort.BigEndian();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFramesFieldsLieWhereTheHeadersSay(Endian endian) {
        assertThat(FrameLayout.UC_STACK_SP).isEqualTo(endian.at("uc.ss_sp"));
        assertThat(FrameLayout.UC_STACK_FLAGS).isEqualTo(endian.at("uc.ss_flags"));
        assertThat(FrameLayout.UC_STACK_SIZE).isEqualTo(endian.at("uc.ss_size"));
        assertThat(FrameLayout.UC_SIGMASK).isEqualTo(endian.at("uc.sigmask"));
        assertThat(FrameLayout.SIGNAL).isEqualTo(endian.at("uc.signal"));
        assertThat(FrameLayout.HANDLER).isEqualTo(endian.at("uc.handler"));
        assertThat(FrameLayout.REGS_POINTER).isEqualTo(endian.at("uc.regs"));
        assertThat(FrameLayout.GP_REGS).isEqualTo(endian.at("uc.gp_regs"));
        assertThat(FrameLayout.FP_REGS).isEqualTo(endian.at("uc.fp_regs"));
        assertThat(FrameLayout.V_REGS_POINTER).isEqualTo(endian.at("uc.v_regs"));
        assertThat(FrameLayout.VMX_RESERVE).isEqualTo(endian.at("uc.vmx_reserve"));
        assertThat(FrameLayout.UC_BYTES).isEqualTo(endian.at("uc.bytes"));
        assertThat(FrameLayout.FP_REGS_COUNT).isEqualTo(endian.at("ELF_NFPREG"));
        assertThat(FrameLayout.VSR_LOW).isEqualTo(16 * endian.at("ELF_NVRREG"));
        assertThat(FrameLayout.VECTOR_BYTES).isEqualTo(16 * endian.at("ELF_NVRREG") + 8 * endian.at("ELF_NVSRHALFREG"));
        assertThat(new Ppc64SignalFrames(endian.order).minimumStack()).isEqualTo(endian.at("MINSIGSTKSZ"));
    }

    @ParameterizedTest
    @EnumSource
    void theFramesWordsHaveTheHeadersNumbers(Endian endian) {
        for (Word word : Word.values()) {
            assertThat(word.index()).as(word.name()).isEqualTo(endian.at("PT_" + word));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFlagsOfOpenAreTheHeaders(Endian endian) {
        OpenFlags flags = endian.port().openFlags();
        assertThat(flags)
                .isEqualTo(new OpenFlags(
                        endian.at("O_DIRECT"),
                        endian.at("O_LARGEFILE"),
                        endian.at("O_DIRECTORY"),
                        endian.at("O_NOFOLLOW")));
        assertThat(flags.toKernel(endian.at("O_DIRECTORY"))).isEqualTo(FileMode.O_DIRECTORY);
    }

    @ParameterizedTest
    @EnumSource
    void statFieldsLieWhereTheHeadersSay(Endian endian) {
        FlatMemory memory = new FlatMemory(0x1000, endian.at("stat.bytes"), endian.order);
        StatLayout layout = endian.port().statLayout();
        layout.write(memory, 0x1000, new StatLayout.Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
        assertThat(memory.load64(0x1000 + endian.at("stat.dev"))).isEqualTo(1);
        assertThat(memory.load64(0x1000 + endian.at("stat.ino"))).isEqualTo(2);
        assertThat(memory.load32(0x1000 + endian.at("stat.mode"))).isEqualTo(3);
        assertThat(memory.load64(0x1000 + endian.at("stat.nlink"))).isEqualTo(4);
        assertThat(memory.load32(0x1000 + endian.at("stat.uid"))).isEqualTo(5);
        assertThat(memory.load32(0x1000 + endian.at("stat.gid"))).isEqualTo(6);
        assertThat(memory.load64(0x1000 + endian.at("stat.rdev"))).isEqualTo(7);
        assertThat(memory.load64(0x1000 + endian.at("stat.size"))).isEqualTo(8);
        assertThat(memory.load64(0x1000 + endian.at("stat.blksize"))).isEqualTo(9);
        assertThat(memory.load64(0x1000 + endian.at("stat.blocks"))).isEqualTo(10);
        assertThat(memory.load64(0x1000 + endian.at("stat.atime"))).isEqualTo(11);
        assertThat(memory.load64(0x1000 + endian.at("stat.atime_nsec"))).isEqualTo(12);
        assertThat(memory.load64(0x1000 + endian.at("stat.mtime"))).isEqualTo(13);
        assertThat(memory.load64(0x1000 + endian.at("stat.mtime_nsec"))).isEqualTo(14);
        assertThat(memory.load64(0x1000 + endian.at("stat.ctime"))).isEqualTo(15);
        assertThat(memory.load64(0x1000 + endian.at("stat.ctime_nsec"))).isEqualTo(16);
        assertThat(layout.modeOffset()).isEqualTo(endian.at("stat.mode"));
        assertThat(layout.sizeOffset()).isEqualTo(endian.at("stat.size"));
        assertThat(layout.rdevOffset()).isEqualTo(endian.at("stat.rdev"));
    }

    @ParameterizedTest
    @EnumSource
    void theVdsoIsAnElfObjectThatBeginsWithTheCallOfAHandler(Endian endian) throws ElfException {
        Vdso.Image image = endian.port().vdso();
        ElfFile file = ElfReader.read("vdso", ByteSource.of(image.bytes()));
        assertThat(file.machine()).isEqualTo(Ppc64KernelPort.EM_PPC64);
        assertThat(file.order()).isEqualTo(endian.order);
        assertThat(file.isPositionIndependent()).isTrue();
        ElfFile.Segment load = file.loads().getFirst();
        assertThat((long) image.trampoline()).isBetween(load.address(), load.end() - 16);
        ByteBuffer code = ByteBuffer.wrap(image.bytes()).order(endian.order);
        assertThat(code.getInt(image.trampoline())).as("bctrl").isEqualTo(0x4e800421);
        // What libgcc's unwinder looks for at the return address.
        assertThat(code.getInt(image.trampoline() + 4)).isEqualTo(0x38210000 + 128);
        assertThat(code.getInt(image.trampoline() + 8)).isEqualTo(0x380000ac);
        assertThat(code.getInt(image.trampoline() + 12)).isEqualTo(0x44000002);
        assertThat(code.getLong(image.trampoline() + 36)).isEqualTo(-168);
        assertThat((image.trampoline() + 36) % 8).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theAuxiliaryVectorTellsOfCaches(Endian endian) {
        CpuModel model = CpuModels.all().getFirst();
        assertThat(endian.port().auxiliaryEntries(model))
                .startsWith(new AuxEntry(endian.at("AT_IGNOREPPC"), endian.at("AT_IGNOREPPC")))
                .contains(new AuxEntry(endian.at("AT_DCACHEBSIZE"), 128))
                .contains(new AuxEntry(endian.at("AT_ICACHEBSIZE"), 128))
                .contains(new AuxEntry(endian.at("AT_UCACHEBSIZE"), 0))
                .contains(new AuxEntry(endian.at("AT_L1I_CACHESIZE"), 32 << 10))
                .endsWith(new AuxEntry(endian.at("AT_L3_CACHEGEOMETRY"), 8 << 16 | 128));
    }

    @ParameterizedTest
    @EnumSource
    void capabilitiesAreTheHeaders(Endian endian) {
        CpuModel power8 = CpuModels.all().getFirst();
        long hwcap = endian.at("PPC_FEATURE_64")
                | endian.at("PPC_FEATURE_HAS_ALTIVEC")
                | endian.at("PPC_FEATURE_HAS_FPU")
                | endian.at("PPC_FEATURE_HAS_MMU")
                | endian.at("PPC_FEATURE_HAS_VSX")
                | endian.at("PPC_FEATURE_ICACHE_SNOOP")
                | endian.at("PPC_FEATURE_ARCH_2_06")
                | endian.at("PPC_FEATURE_TRUE_LE");
        long hwcap2 = endian.recorded().get("PPC_FEATURE2_ARCH_2_07")
                | endian.at("PPC_FEATURE2_DSCR")
                | endian.at("PPC_FEATURE2_ISEL")
                | endian.at("PPC_FEATURE2_TAR")
                | endian.at("PPC_FEATURE2_VEC_CRYPTO");
        long newer = endian.at("PPC_FEATURE2_ARCH_3_00")
                | endian.at("PPC_FEATURE2_HAS_IEEE128")
                | endian.at("PPC_FEATURE2_DARN")
                | endian.at("PPC_FEATURE2_SCV");
        assertThat(CpuId.hwcap(power8)).isEqualTo(hwcap);
        assertThat(CpuId.hwcap2(power8)).isEqualTo(hwcap2);
        assertThat(CpuId.hwcap(CpuModels.max())).isEqualTo(hwcap);
        assertThat(CpuId.hwcap2(CpuModels.max())).isEqualTo(hwcap2 | newer);
    }

    @Test
    void callsHaveTheirNumbers() {
        SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);
        assertThat(names.name(0)).isEqualTo("restart_syscall");
        assertThat(names.name(1)).isEqualTo("exit");
        assertThat(names.name(4)).isEqualTo("write");
        assertThat(names.name(120)).isEqualTo("clone");
        assertThat(names.name(82)).as("select is of 32-bit programs").isNull();
        assertThat(names.name(142)).isEqualTo("_newselect");
        assertThat(names.name(172)).isEqualTo("rt_sigreturn");
        assertThat(names.name(249)).isEqualTo("swapcontext");
        assertThat(names.name(291)).isEqualTo("newfstatat");
        assertThat(names.name(326)).isEqualTo("socket");
        assertThat(names.name(383)).isEqualTo("statx");
        assertThat(names.name(435)).isEqualTo("clone3");
        assertThat(names.name(192)).as("mmap2 is of 32-bit programs").isNull();
        assertThat(names.name(447)).as("memfd_secret is not there").isNull();
    }
}
