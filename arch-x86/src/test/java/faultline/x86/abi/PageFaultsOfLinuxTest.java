package faultline.x86.abi;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmLimits;
import faultline.kernel.mm.ProtectCalls;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.Translation;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole way of a fault, walker to signal over real tables and the classic design, against what
/// `src/test/native/exceptions.c` found Linux to send for the same accesses.
final class PageFaultsOfLinuxTest {

    private static final long PAGE = 0x1000_0000L;
    private static final int FRAME = PhysicalMemory.FRAME_BYTES;

    private final Map<String, List<String>> recorded =
            Recorded.lines("exceptions.txt").stream().collect(Collectors.toMap(List::getFirst, line -> line));

    private final X86KernelPort port = new X86KernelPort();
    private final PhysicalMemory ram = PhysicalMemory.reserve(256L * FRAME);
    private final Schedule schedule = new ParallelSchedule();
    private final Steps steps = new Steps(schedule);
    private final VcpuSet vcpus =
            new VcpuSet(1, ram, () -> port.architecture().newMmu(CpuModels.max(), ram, PageGeometry.KIB_4), steps);
    private final KernelMemory kernel = new KernelMemory(
            ram,
            vcpus,
            new Translation(
                    port.pageTableFormat(PageGeometry.KIB_4),
                    port.tlbInvalidation(PageGeometry.KIB_4),
                    AddressSpaceIds.NONE,
                    TableFreeing.IPI),
            steps,
            new KernelHeap(1L << 30),
            true);
    private final X86Cpu cpu = new X86Cpu();

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
    void endAsTheyDoThere(String name) throws InterruptedException {
        List<String> expected = recorded.get(name);
        TaskThread task = new TaskThread(name);
        task.launch();
        task.join();
        assertThat(task.failure.get()).isNull();
        FaultOutcome.Signal signal = (FaultOutcome.Signal) task.outcome;
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

    /// A thread that maps a page as the recording program does, makes one access and keeps how it
    /// ended.
    private final class TaskThread extends KernelThread implements FaultContext {
        private final String name;
        private final Vcpu vcpu = vcpus.get(0);
        private final PageFault fault = port.newPageFault(cpu);
        private final FaultDesign design = FaultDesigns.create(FaultDesigns.DEFAULT, new FaultHandler(kernel));
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private @Nullable FaultOutcome outcome;
        private @Nullable Mm mm;

        TaskThread(String name) {
            super(schedule, name);
            this.name = name;
        }

        @Override
        protected void carry() {
            try {
                vcpu.enterKernel();
                Mm space = kernel.newMm(port.addressLayout().mmapBase(), new NoLimits());
                mm = space;
                space.switchIn(vcpu);
                cpu.attach(vcpu);
                port.startThread(cpu, PAGE, 0);
                space.mmap(PAGE, FRAME, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
                access(space);
                space.put();
            } catch (Throwable e) {
                failure.set(e);
            }
        }

        private void access(Mm space) {
            switch (name) {
                case "readUnmapped" -> touch(PAGE + 0x4567, Access.READ);
                case "writeUnmapped" -> touch(PAGE + 0x4567, Access.WRITE);
                case "executeUnmapped" -> touch(PAGE + 0x4567, Access.EXECUTE);
                case "writeReadOnly" -> {
                    touch(PAGE, Access.READ);
                    space.mprotect(PAGE, FRAME, PROT_READ);
                    touch(PAGE, Access.WRITE);
                }
                case "writeReadOnlyUntouched" -> {
                    space.mprotect(PAGE, FRAME, PROT_READ);
                    touch(PAGE, Access.WRITE);
                }
                case "executeNoExec" -> {
                    touch(PAGE, Access.WRITE);
                    touch(PAGE, Access.EXECUTE);
                }
                case "executeNoExecUntouched" -> touch(PAGE, Access.EXECUTE);
                case "readNone" -> afterNone(space, Access.READ);
                case "writeNone" -> afterNone(space, Access.WRITE);
                case "readKernel" -> touch(0xffff_8000_0000_0000L, Access.READ);
                case "writeKernel" -> touch(0xffff_ffff_8100_0000L, Access.WRITE);
                case "executeKernel" -> touch(0xffff_ffff_8100_0000L, Access.EXECUTE);
                case "readLastPage" -> touch(0x7fff_ffff_f000L, Access.READ);
                case "pkeyRead" -> {
                    touch(PAGE, Access.WRITE);
                    underKey(space, ProtectionKeys.DISABLE_ACCESS, Access.READ);
                }
                case "pkeyWrite" -> {
                    touch(PAGE, Access.WRITE);
                    underKey(space, ProtectionKeys.DISABLE_WRITE, Access.WRITE);
                }
                case "pkeyReadUntouched" -> underKey(space, ProtectionKeys.DISABLE_ACCESS, Access.READ);
                case "pkeyWriteUntouched" -> underKey(space, ProtectionKeys.DISABLE_WRITE, Access.WRITE);
                case "beyondEnd" -> {
                    space.mmap(PAGE, FRAME, PROT_READ, MAP_SHARED | MAP_FIXED, new EmptyFile(), 0);
                    touch(PAGE + 0x123, Access.READ);
                }
                default -> throw new IllegalArgumentException(name);
            }
        }

        private void afterNone(Mm space, Access access) {
            touch(PAGE, Access.WRITE);
            space.mprotect(PAGE, FRAME, 0);
            touch(PAGE, access);
        }

        private void underKey(Mm space, int rights, Access access) {
            ProtectionKeys keys = port.protectionKeys();
            ProtectCalls calls = new ProtectCalls(space);
            int key = calls.allocateKey(0, rights, keys.count(cpu));
            keys.setRights(cpu, key, rights);
            calls.pkeyMprotect(PAGE, FRAME, PROT_READ | PROT_WRITE, key, keys.count(cpu));
            touch(PAGE, access);
        }

        /// Makes one access as an instruction does, as often as the entry says to run it again.
        private void touch(long va, Access access) {
            Mem mem = vcpu.mem();
            do {
                vcpu.enterGuest();
                try {
                    switch (access) {
                        case READ -> mem.load8(va);
                        case WRITE -> mem.store8(va, (byte) 1);
                        case EXECUTE -> mem.executable(va);
                    }
                    outcome = null;
                    return;
                } catch (GuestFault e) {
                    vcpu.enterKernel();
                    cpu.latchFault(mem.lastFault());
                    outcome = port.faultEntry().handle(cpu, true, this);
                } finally {
                    vcpu.enterKernel();
                }
            } while (outcome instanceof FaultOutcome.Done);
        }

        @Override
        public Vcpu vcpu() {
            return vcpu;
        }

        @Override
        public boolean signalPending() {
            return false;
        }

        @Override
        public boolean fatalSignalPending() {
            return false;
        }

        @Override
        protected void giveUpVcpu() {}

        @Override
        protected void takeVcpu() {}

        @Override
        public Mm mm() {
            if (mm == null) {
                throw new IllegalStateException("no address space yet");
            }
            return mm;
        }

        @Override
        public FaultDesign design() {
            return design;
        }

        @Override
        public PageFault fault() {
            return fault;
        }

        @Override
        public void countPageFault() {}

        @Override
        public void countCompleted(boolean major) {}
    }

    private record NoLimits() implements MmLimits {
        @Override
        public long addressSpace() {
            return -1;
        }

        @Override
        public long data() {
            return -1;
        }

        @Override
        public long stack() {
            return -1;
        }

        @Override
        public long locked() {
            return -1;
        }

        @Override
        public boolean mayLockAll() {
            return true;
        }
    }

    /// A file without a byte: every page of a mapping lies beyond its end.
    private final class EmptyFile implements MappedFile, PageSource {
        private final PageCache pages = kernel.create(this);

        @Override
        public PageCache pages() {
            return pages;
        }

        @Override
        public String mapsName() {
            return "/memfd:short (deleted)";
        }

        @Override
        public int device() {
            return 1;
        }

        @Override
        public long inode() {
            return 1;
        }

        @Override
        public boolean readable() {
            return true;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void get() {}

        @Override
        public void put() {}

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
