package faultline.kernel.mm;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import faultline.kernel.KernelHeap;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.fault.CheckedDesign;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.pgtable.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A machine with real RAM, TLBs and page walks, an architecture of the tests' own, and one kernel
/// thread a vCPU.
public final class ToyMachine {

    static final long MMAP_BASE = 1L << 38;
    static final int PAGE = 4096;

    /// Of CONFIG_HZ=250, in nanoseconds.
    static final long TWO_TICKS = 8_000_000;

    /// No limits.
    static final MmLimits UNLIMITED = new ToyLimits();

    /// Limits that a test sets.
    static final class ToyLimits implements MmLimits {
        long addressSpace = -1;
        long data = -1;
        long stack = 8L << 20;
        long locked = -1;

        @Override
        public long addressSpace() {
            return addressSpace;
        }

        @Override
        public long data() {
            return data;
        }

        @Override
        public long stack() {
            return stack;
        }

        @Override
        public long locked() {
            return locked;
        }

        @Override
        public boolean mayLockAll() {
            return false;
        }
    }

    private final Schedule schedule;
    private final VcpuSet vcpus;
    private final KernelMemory kernel;
    private final FaultHandler handler;
    private FaultDesign design;

    public ToyMachine(int cpus, int frames, Schedule schedule, boolean check) {
        this(cpus, frames, schedule, check, new KernelHeap(1L << 30));
    }

    public ToyMachine(int cpus, int frames, Schedule schedule, boolean check, KernelHeap heap) {
        this(cpus, frames, schedule, check, heap, TableFreeing.IPI);
    }

    ToyMachine(int cpus, int frames, Schedule schedule, boolean check, KernelHeap heap, TableFreeing freeing) {
        this(cpus, frames, schedule, check, heap, freeing, new ToyInvalidation());
    }

    ToyMachine(
            int cpus,
            int frames,
            Schedule schedule,
            boolean check,
            KernelHeap heap,
            TableFreeing freeing,
            TlbInvalidation invalidation) {
        this(cpus, frames, schedule, check, heap, freeing, invalidation, DiskTiming.INSTANT, 1);
    }

    private ToyMachine(
            int cpus,
            int frames,
            Schedule schedule,
            boolean check,
            KernelHeap heap,
            TableFreeing freeing,
            TlbInvalidation invalidation,
            DiskTiming disk,
            int nodes) {
        this.schedule = schedule;
        Steps steps = new Steps(schedule);
        PhysicalMemory memory = PhysicalMemory.reserve((long) frames * PAGE);
        this.vcpus = new VcpuSet(cpus, memory, () -> new ToyMmu(memory), steps);
        this.kernel = new KernelMemory(
                memory,
                vcpus,
                new Translation(new ToyFormat(), invalidation, AddressSpaceIds.NONE, freeing),
                steps,
                heap,
                check,
                disk,
                nodes);
        this.handler = new FaultHandler(kernel);
        this.design = checked(FaultDesigns.create(FaultDesigns.DEFAULT, Knobs.NONE, handler));
    }

    /// 4 MiB, checked, with a disk that takes its time.
    public static ToyMachine withDisk(int cpus, Schedule schedule, DiskTiming disk) {
        return new ToyMachine(
                cpus, 1024, schedule, true, new KernelHeap(1L << 30), TableFreeing.IPI, new ToyInvalidation(), disk, 1);
    }

    /// Checked, `nodes` memory nodes of 4 MiB each.
    public static ToyMachine withNodes(int cpus, int nodes, Schedule schedule) {
        return new ToyMachine(
                cpus,
                1024 * nodes,
                schedule,
                true,
                new KernelHeap(1L << 30),
                TableFreeing.IPI,
                new ToyInvalidation(),
                DiskTiming.INSTANT,
                nodes);
    }

    /// One vCPU, 16 MiB, checked.
    public static ToyMachine small() {
        return new ToyMachine(1, 4096, new ParallelSchedule(), true);
    }

    /// Runs the bodies, each on a vCPU of its own, until all are done; throws what the first of
    /// them threw.
    public void run(ToyThread.Body... bodies) {
        List<ToyThread> threads = new ArrayList<>();
        for (int i = 0; i < bodies.length; i++) {
            threads.add(new ToyThread(this, i, bodies[i]));
        }
        // The first thread launches the others, so that a schedule that repeats sees them come in the same order.
        threads.getFirst().launchFirst(threads.subList(1, threads.size()));
        threads.getFirst().launch();
        TestThread.join(threads);
    }

    /// Runs a body in a new address space, which is gone afterwards. It has two users, or nobody would
    /// speculate.
    public void runShared(ToyThread.Body body) {
        run(self -> {
            Mm mm = newMm();
            mm.get();
            self.use(mm);
            body.run(self);
            mm.put();
            mm.put();
        });
    }

    /// Waits until the files of VMAs that are gone are released.
    void awaitRelease() {
        if (kernel.delayedFput().waiting() == 0) {
            return;
        }
        run(self -> {
            while (kernel.delayedFput().waiting() > 0) {
                kernel.delayedFput().run();
                self.block(schedule.nanoTime() + TWO_TICKS);
            }
        });
    }

    public Mm newMm() {
        return kernel.newMm(MMAP_BASE, UNLIMITED);
    }

    public Mm newMm(MmLimits limits) {
        return kernel.newMm(MMAP_BASE, limits);
    }

    public Schedule schedule() {
        return schedule;
    }

    public VcpuSet vcpus() {
        return vcpus;
    }

    public KernelMemory kernel() {
        return kernel;
    }

    public FaultHandler handler() {
        return handler;
    }

    /// Has another fault design; no address space has been made yet.
    public ToyMachine with(String faultDesign) {
        return with(faultDesign, Knobs.NONE);
    }

    /// The same with some things chosen otherwise.
    ToyMachine with(String faultDesign, Knobs knobs) {
        design = checked(FaultDesigns.create(faultDesign, knobs, handler));
        return this;
    }

    private FaultDesign checked(FaultDesign chosen) {
        return kernel.checks() ? new CheckedDesign(chosen, kernel, _ -> 0) : chosen;
    }

    public FaultDesign design() {
        return design;
    }

    /// Interrupts and waits, as x86 does.
    static final class ToyInvalidation implements TlbInvalidation {
        @Override
        public int flushRange(Vcpu self, Predicate<Vcpu> active, long start, long end) {
            Interrupt flush = on -> on.mem().tlb().flushRange(start, end);
            flush.handle(self);
            return self.all().interrupt(self, active, flush);
        }

        @Override
        public String name() {
            return "toy";
        }
    }
}
