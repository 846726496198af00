package faultline.x86.abi;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProtectCalls;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.Translation;
import faultline.kernel.task.ThreadAbi;
import faultline.kernel.testing.FaultMachine;
import faultline.kernel.testing.FlatMemory;
import faultline.kernel.testing.PlainFile;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole way of a fault, walker to signal over real tables and the classic design, against what
/// `src/test/native/exceptions.c` found Linux to send for the same accesses.
final class PageFaultsOfLinuxTest {

    private static final MmuChoice MMU = new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_4);

    private static final long PAGE = 0x1000_0000L;
    private static final int FRAME = PhysicalMemory.FRAME_BYTES;

    private final Map<String, List<String>> recorded =
            Recorded.lines("exceptions.txt").stream().collect(Collectors.toMap(List::getFirst, line -> line));

    private final X86KernelPort port = new X86KernelPort();
    private final FaultEntry entry = port.faultEntry(
            new FaultRules(MMU, MmuCache.NONE, port.stackGrowth().getFirst()));
    private final FaultMachine machine = new FaultMachine(
            256L * FRAME,
            ram -> port.architecture().newMmu(CpuModels.max(), ram, MMU),
            _ -> new Translation(
                    port.pageTableFormat(MMU), port.tlbInvalidation(MMU), AddressSpaceIds.NONE, TableFreeing.IPI));
    private final X86Cpu cpu = new X86Cpu();
    private @Nullable FaultOutcome outcome;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "readUnmapped",
                "writeUnmapped",
                "executeUnmapped",
                "writeReadOnly",
                "writeReadOnlyUntouched",
                "executeNoExec",
                "executeNoExecUntouched",
                "readNone",
                "writeNone",
                "readKernel",
                "writeKernel",
                "executeKernel",
                "readLastPage",
                "pkeyRead",
                "pkeyWrite",
                "pkeyReadUntouched",
                "pkeyWriteUntouched",
                "beyondEnd"
            })
    void endAsTheyDoThere(String name) {
        List<String> expected = recorded.get(name);
        machine.run(cpu, port.newPageFault(cpu), entry, task -> {
            port.startThread(cpu, new FlatMemory(0, 0), new ThreadAbi.Start(PAGE, 0, 0, 0));
            task.mm().mmap(PAGE, FRAME, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
            access(name, task);
        });
        FaultOutcome.Signal signal = (FaultOutcome.Signal) outcome;
        assertThat(signal).isNotNull();
        long address = Recorded.number(expected.get(6));
        assertThat(signal.signal()).isEqualTo(Integer.parseInt(expected.get(1)));
        assertThat(signal.code()).isEqualTo(Integer.parseInt(expected.get(2)));
        assertThat(signal.address()).isEqualTo(address);
        assertThat(cpu.signalTrap).isEqualTo(Integer.parseInt(expected.get(4)));
        assertThat(cpu.signalError).isEqualTo(Recorded.number(expected.get(5)));
        assertThat(cpu.signalAddress).isEqualTo(address);
        assertThat(signal.pkey()).isEqualTo(Integer.parseInt(expected.get(7)));
    }

    /// What the recording program does for a case.
    private void access(String name, FaultMachine.Task task) {
        Mm space = task.mm();
        switch (name) {
            case "readUnmapped" -> touch(task, PAGE + 0x4567, Access.READ);
            case "writeUnmapped" -> touch(task, PAGE + 0x4567, Access.WRITE);
            case "executeUnmapped" -> touch(task, PAGE + 0x4567, Access.EXECUTE);
            case "writeReadOnly" -> {
                touch(task, PAGE, Access.READ);
                space.mprotect(PAGE, FRAME, PROT_READ);
                touch(task, PAGE, Access.WRITE);
            }
            case "writeReadOnlyUntouched" -> {
                space.mprotect(PAGE, FRAME, PROT_READ);
                touch(task, PAGE, Access.WRITE);
            }
            case "executeNoExec" -> {
                touch(task, PAGE, Access.WRITE);
                touch(task, PAGE, Access.EXECUTE);
            }
            case "executeNoExecUntouched" -> touch(task, PAGE, Access.EXECUTE);
            case "readNone" -> afterNone(task, Access.READ);
            case "writeNone" -> afterNone(task, Access.WRITE);
            case "readKernel" -> touch(task, 0xffff_8000_0000_0000L, Access.READ);
            case "writeKernel" -> touch(task, 0xffff_ffff_8100_0000L, Access.WRITE);
            case "executeKernel" -> touch(task, 0xffff_ffff_8100_0000L, Access.EXECUTE);
            case "readLastPage" -> touch(task, 0x7fff_ffff_f000L, Access.READ);
            case "pkeyRead" -> {
                touch(task, PAGE, Access.WRITE);
                underKey(task, ProtectionKeys.DISABLE_ACCESS, Access.READ);
            }
            case "pkeyWrite" -> {
                touch(task, PAGE, Access.WRITE);
                underKey(task, ProtectionKeys.DISABLE_WRITE, Access.WRITE);
            }
            case "pkeyReadUntouched" -> underKey(task, ProtectionKeys.DISABLE_ACCESS, Access.READ);
            case "pkeyWriteUntouched" -> underKey(task, ProtectionKeys.DISABLE_WRITE, Access.WRITE);
            case "beyondEnd" -> {
                space.mmap(PAGE, FRAME, PROT_READ, MAP_SHARED | MAP_FIXED, new EmptyFile(), 0);
                touch(task, PAGE + 0x123, Access.READ);
            }
            default -> throw new IllegalArgumentException(name);
        }
    }

    private void afterNone(FaultMachine.Task task, Access access) {
        touch(task, PAGE, Access.WRITE);
        task.mm().mprotect(PAGE, FRAME, 0);
        touch(task, PAGE, access);
    }

    private void underKey(FaultMachine.Task task, int rights, Access access) {
        ProtectionKeys keys = port.protectionKeys(MMU);
        ProtectCalls calls = new ProtectCalls(task.mm());
        int key = calls.allocateKey(0, rights, keys, cpu);
        keys.setRights(cpu, key, rights);
        calls.pkeyMprotect(PAGE, FRAME, PROT_READ | PROT_WRITE, key, keys.count(cpu));
        touch(task, PAGE, access);
    }

    private void touch(FaultMachine.Task task, long va, Access access) {
        outcome = task.touch(va, access);
    }

    /// A file without a byte: every page of a mapping lies beyond its end.
    private final class EmptyFile implements PlainFile, PageSource {
        private final PageCache pages = machine.kernel().create(this);

        @Override
        public PageCache pages() {
            return pages;
        }

        @Override
        public String mapsName() {
            return "/memfd:short (deleted)";
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void readPage(long index, long pa) {
            throw new IllegalStateException("page " + index + " of an empty file was read");
        }

        @Override
        public void writePage(long index, long pa) {
            throw new IllegalStateException("page " + index + " of an empty file was written");
        }
    }
}
