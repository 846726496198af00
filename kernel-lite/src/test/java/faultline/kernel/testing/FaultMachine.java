package faultline.kernel.testing;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Mmu;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import faultline.kernel.KernelHeap;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmLimits;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.Translation;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A kernel over an architecture's real tables, and threads that make accesses as instructions do: the
/// whole way of a fault, walker to signal, without any instruction.
public final class FaultMachine {

    private static final long KERNEL_HEAP = 1L << 30;

    private final Schedule schedule;
    private final PhysicalMemory memory;
    private final VcpuSet vcpus;
    private final KernelMemory kernel;
    private final Translation translation;

    /// One vCPU with a walker of `mmus`; frames are checked.
    public FaultMachine(
            long bytes, Function<PhysicalMemory, Mmu> mmus, Function<PhysicalMemory, Translation> translations) {
        this(new ParallelSchedule(), 1, ByteOrder.LITTLE_ENDIAN, bytes, mmus, translations);
    }

    /// The same with more vCPUs, under another schedule.
    public FaultMachine(
            Schedule schedule,
            int cpus,
            ByteOrder order,
            long bytes,
            Function<PhysicalMemory, Mmu> mmus,
            Function<PhysicalMemory, Translation> translations) {
        this(schedule, cpus, order, bytes, mmus, translations, DiskTiming.INSTANT);
    }

    /// The same with a disk that takes its time.
    FaultMachine(
            Schedule schedule,
            int cpus,
            ByteOrder order,
            long bytes,
            Function<PhysicalMemory, Mmu> mmus,
            Function<PhysicalMemory, Translation> translations,
            DiskTiming disk) {
        this(schedule, cpus, order, bytes, mmus, translations, disk, 1);
    }

    /// The same with several memory nodes.
    FaultMachine(
            Schedule schedule,
            int cpus,
            ByteOrder order,
            long bytes,
            Function<PhysicalMemory, Mmu> mmus,
            Function<PhysicalMemory, Translation> translations,
            DiskTiming disk,
            int nodes) {
        this.schedule = schedule;
        this.memory = PhysicalMemory.reserve(bytes);
        Steps steps = new Steps(schedule);
        this.vcpus = new VcpuSet(cpus, order, memory, () -> mmus.apply(memory), steps);
        this.translation = translations.apply(memory);
        this.kernel =
                new KernelMemory(memory, vcpus, translation, steps, new KernelHeap(KERNEL_HEAP), true, disk, nodes);
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public KernelMemory kernel() {
        return kernel;
    }

    public Translation translation() {
        return translation;
    }

    /// What a thread does.
    @FunctionalInterface
    public interface Body {
        void run(Task task);
    }

    /// Runs `body` in a new address space, with the registers and the fault record of `cpu`; throws what
    /// it threw.
    public void run(Cpu cpu, PageFault fault, FaultEntry entry, Body body) {
        FaultDesign design = FaultDesigns.create(FaultDesigns.DEFAULT, Knobs.NONE, new FaultHandler(kernel));
        Task task = new Task("task", 0, cpu, fault, entry, design, null, body);
        task.launch();
        try {
            task.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the thread of a test was interrupted", e);
        }
        Throwable failure = task.failure();
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /// A thread of that name for a vCPU, which runs `body` in `space`, drops a user of it, and is not
    /// launched yet.
    public Task task(
            String name,
            int vcpu,
            Cpu cpu,
            PageFault fault,
            FaultEntry entry,
            FaultDesign design,
            Mm space,
            Body body) {
        return new Task(name, vcpu, cpu, fault, entry, design, space, body);
    }

    /// A thread that holds the vCPU.
    public final class Task extends KernelThread implements FaultContext {
        private final Cpu cpu;
        private final PageFault fault;
        private final FaultEntry entry;
        private final Body body;
        private final Vcpu vcpu;
        private final FaultDesign design;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private @Nullable Mm mm;
        private int pageFaults;
        private int interrupts;

        private Task(
                String name,
                int vcpu,
                Cpu cpu,
                PageFault fault,
                FaultEntry entry,
                FaultDesign design,
                @Nullable Mm space,
                Body body) {
            super(schedule, name);
            this.vcpu = vcpus.get(vcpu);
            this.cpu = cpu;
            this.fault = fault;
            this.entry = entry;
            this.design = design;
            this.mm = space;
            this.body = body;
        }

        @Override
        protected void carry() {
            try {
                vcpu.enterKernel();
                Mm space = mm == null ? kernel.newMm(1L << 38, new NoLimits()) : mm;
                mm = space;
                space.switchIn(vcpu);
                cpu.attach(vcpu);
                body.run(this);
                space.put();
            } catch (Throwable e) {
                failure.set(e);
            } finally {
                vcpu.enterIdle();
            }
        }

        /// What the body threw, or null.
        public @Nullable Throwable failure() {
            return failure.get();
        }

        /// Makes one access as an instruction does, as often as the entry says to run it again. Null when
        /// it was made.
        public @Nullable FaultOutcome touch(long va, Access access) {
            FaultOutcome outcome;
            do {
                outcome = once(va, access);
            } while (outcome instanceof FaultOutcome.Done);
            return outcome;
        }

        /// The same, but one fault is taken at most: null when there was none.
        public @Nullable FaultOutcome once(long va, Access access) {
            Mem mem = vcpu.mem();
            vcpu.enterGuest();
            try {
                switch (access) {
                    case READ -> mem.load8(va);
                    case WRITE -> mem.store8(va, (byte) 1);
                    case EXECUTE -> mem.executable(va);
                }
                return null;
            } catch (GuestFault e) {
                vcpu.enterKernel();
                interrupts++;
                cpu.latchFault(mem.lastFault());
                return entry.handle(cpu, true, this);
            } finally {
                vcpu.enterKernel();
            }
        }

        /// How many faults were counted as page faults.
        public int pageFaults() {
            return pageFaults;
        }

        /// How often an access was interrupted, for whatever reason.
        public int interrupts() {
            return interrupts;
        }

        Cpu cpu() {
            return cpu;
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
        protected void giveUpVcpu() {
            mm().switchOut(vcpu);
            vcpu.enterIdle();
        }

        @Override
        protected void takeVcpu() {
            vcpu.enterKernel();
            mm().switchIn(vcpu);
        }

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
        public void countPageFault() {
            pageFaults++;
        }

        @Override
        public void countSpeculative() {}

        @Override
        public void countCompleted(boolean major) {}
    }

    /// Nothing is limited but what a stack may grow to.
    public record NoLimits() implements MmLimits {
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
            return 64L << 20;
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
}
